"""The router: which Temporal activity runs a task, and what the state sees of its result and of its failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pytest

from activities.function_calls import request_id_of
from activities.integrations import sqs
from activities.router import Router
from activities.service_models import model_loader
from interpreter.definition.resources import parse_resource
from interpreter.effects import ActivityCall, ActivityFailure, TaskRequest
from interpreter.errors import StatesError, StatesHeartbeatTimeout, StatesRuntime, StatesTaskFailed, StatesTimeout
from interpreter.values import JsonValue, json_text

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
INVOKE = "arn:aws:states:::lambda:invoke"
ACTIVITY = "arn:aws:states:::temporal:activity"
SQS = "arn:aws:states:::sqs:sendMessage"
GET_OBJECT = "arn:aws:states:::aws-sdk:s3:getObject"
OPERATION = "Task-6f0e9c1e-0000-4000-8000-000000000001"
REQUEST_ID = request_id_of(OPERATION)


def request(resource: str, arguments: JsonValue) -> TaskRequest:
    parsed = parse_resource(resource)
    assert parsed is not None
    return TaskRequest(parsed, arguments, "Task", OPERATION, None, None)


def hosted(name: str, event: JsonValue) -> ActivityCall:
    return ActivityCall(name, "functions", event, "ours")


def through_lambda(**members: JsonValue) -> ActivityCall:
    return ActivityCall("steploom:lambda-invoke", "steploom", members, "ours", direct=True)


def through_url(**members: JsonValue) -> ActivityCall:
    return ActivityCall("steploom:function-url", "steploom", members, "ours", direct=True)


def through_aws(service: str, action: str, **arguments: JsonValue) -> ActivityCall:
    argument: JsonValue = {"service": service, "action": action, "arguments": arguments}
    return ActivityCall("steploom:aws-call", "steploom", argument, "ours", direct=True)


@dataclass(frozen=True)
class Route:
    name: str
    resource: str
    arguments: JsonValue
    call: ActivityCall
    functions: JsonValue = "temporal"


URL: JsonValue = {"f": {"url": "http://u/"}}

ROUTES = [
    Route("hosted", INVOKE, {"FunctionName": "f", "Payload": {"a": 1}}, hosted("f", {"a": 1})),
    Route(
        "hosted, with its token", f"{INVOKE}.waitForTaskToken", {"FunctionName": "f", "Payload": "t"}, hosted("f", "t")
    ),
    Route("hosted, null", INVOKE, {"FunctionName": "f", "Payload": None}, hosted("f", {})),
    Route("hosted, without payload", INVOKE, {"FunctionName": "f"}, hosted("f", {})),
    Route("hosted, by ARN", INVOKE, {"FunctionName": f"{ARN}:$LATEST", "Payload": 1}, hosted("f", 1)),
    Route("hosted, a qualifier is another", INVOKE, {"FunctionName": f"{ARN}:live"}, hosted("f:live", {})),
    Route("hosted, Qualifier", INVOKE, {"FunctionName": "f", "Qualifier": "7"}, hosted("f:7", {})),
    Route(
        "hosted, plainly synchronous",
        INVOKE,
        {"FunctionName": "f", "InvocationType": "RequestResponse", "LogType": "None"},
        hosted("f", {}),
    ),
    Route("hosted, direct", ARN, {"a": 1}, hosted("f", {"a": 1})),
    Route("hosted, direct, null", ARN, None, hosted("f", None)),
    Route(
        "a worker of its own",
        INVOKE,
        {"FunctionName": "f", "Payload": 1},
        ActivityCall("f", "billing", 1, "foreign"),
        {"f": {"task_queue": "billing"}},
    ),
    Route(
        "Lambda",
        INVOKE,
        {
            "FunctionName": ARN,
            "Payload": 1,
            "Qualifier": "7",
            "InvocationType": "Event",
            "LogType": "Tail",
            "ClientContext": "e30=",
        },
        through_lambda(
            function=ARN, payload=1, qualifier="7", invocation_type="Event", log_type="Tail", client_context="e30="
        ),
        "lambda",
    ),
    Route(
        "Lambda, no payload", INVOKE, {"FunctionName": "f"}, through_lambda(function="f", has_payload=False), "lambda"
    ),
    Route("Lambda, direct", ARN, {"a": 1}, through_lambda(function=ARN, payload={"a": 1}, wrapped=False), "lambda"),
    Route(
        "Lambda judges names itself",
        INVOKE,
        {"FunctionName": "a b", "Payload": 1},
        through_lambda(function="a b", payload=1),
        "lambda",
    ),
    Route(
        "URL", INVOKE, {"FunctionName": ARN, "Payload": 1}, through_url(function="f", payload=1, url="http://u/"), URL
    ),
    Route("URL, direct", ARN, 1, through_url(function="f", payload=1, wrapped=False, url="http://u/"), URL),
    Route(
        "an optimized API",
        f"{SQS}.waitForTaskToken",
        {"QueueUrl": "q"},
        through_aws("sqs", "sendMessage", QueueUrl="q"),
    ),
    Route("any API", GET_OBJECT, {"Bucket": "b"}, through_aws("aws-sdk:s3", "getObject", Bucket="b")),
    Route(
        "an activity",
        ACTIVITY,
        {"ActivityType": "Price", "TaskQueue": "pricing", "Input": [1]},
        ActivityCall("Price", "pricing", [1], "foreign"),
    ),
    Route(
        "an activity without input",
        f"{ACTIVITY}.waitForTaskToken",
        {"ActivityType": "Price", "TaskQueue": "pricing"},
        ActivityCall("Price", "pricing", {}, "foreign"),
    ),
    Route(
        "an activity with the longest names",
        ACTIVITY,
        {"ActivityType": "é" * 500, "TaskQueue": "q" * 1000},
        ActivityCall("é" * 500, "q" * 1000, {}, "foreign"),
    ),
]


@pytest.mark.parametrize("case", ROUTES, ids=lambda case: case.name)
def test_route(case: Route) -> None:
    assert Router().route(request(case.resource, case.arguments), case.functions) == case.call


@dataclass(frozen=True)
class Unusable:
    name: str
    resource: str
    arguments: JsonValue
    text: str
    reason: str
    functions: JsonValue = "temporal"


NEEDS_LAMBDA = "needs the Lambda API, and the function 'f' is reached without"


def _bad_name(name: str, resource: str, arguments: JsonValue, field: str) -> Unusable:
    reason = f"The value of the field {field!r} has an invalid format"
    return Unusable(name, resource, arguments, json_text(arguments), reason)


UNUSABLE = [
    Unusable(
        "no name", INVOKE, {"Payload": 1}, '{"Payload":1}', "The field 'FunctionName' is required but was missing"
    ),
    Unusable(
        "a name that is none",
        INVOKE,
        {"FunctionName": 1},
        '{"FunctionName":1}',
        "The value of the field 'FunctionName' has an invalid format",
    ),
    Unusable("no object", INVOKE, [1], "[1]", "The value is not a JSON object"),
    Unusable("no object for an API", GET_OBJECT, "b", '"b"', "The value is not a JSON object"),
    Unusable(
        "unknown field",
        INVOKE,
        {"FunctionName": "f", "X": 1},
        '{"FunctionName":"f","X":1}',
        "The field 'X' is not supported by Step Functions",
    ),
    Unusable(
        "asynchronous",
        INVOKE,
        {"FunctionName": "f", "InvocationType": "Event"},
        '{"FunctionName":"f","InvocationType":"Event"}',
        f"The value of the field 'InvocationType' {NEEDS_LAMBDA}",
    ),
    Unusable(
        "a log",
        INVOKE,
        {"FunctionName": "f", "LogType": "Tail"},
        '{"FunctionName":"f","LogType":"Tail"}',
        f"The value of the field 'LogType' {NEEDS_LAMBDA}",
    ),
    Unusable(
        "client context",
        INVOKE,
        {"FunctionName": "f", "ClientContext": "e30="},
        '{"FunctionName":"f","ClientContext":"e30="}',
        f"The value of the field 'ClientContext' {NEEDS_LAMBDA}",
    ),
    Unusable(
        "a URL without this qualifier",
        INVOKE,
        {"FunctionName": "f:7"},
        '{"FunctionName":"f:7"}',
        "The functions setting has no URL for the qualifier of 'f:7'",
        URL,
    ),
    Unusable(
        "no activity type",
        ACTIVITY,
        {"TaskQueue": "q"},
        '{"TaskQueue":"q"}',
        "The field 'ActivityType' is required but was missing",
    ),
    Unusable(
        "no task queue",
        ACTIVITY,
        {"ActivityType": "a", "TaskQueue": ""},
        '{"ActivityType":"a","TaskQueue":""}',
        "The value of the field 'TaskQueue' has an invalid format",
    ),
    Unusable(
        "our own task queue",
        ACTIVITY,
        {"ActivityType": "a", "TaskQueue": "steploom"},
        '{"ActivityType":"a","TaskQueue":"steploom"}',
        "The task queue 'steploom' is reserved",
    ),
    *(
        _bad_name(f"{name}: {field}", resource, {**others, field: text}, field)
        for name, text in (("too many bytes", "é" * 501), ("a lone surrogate", "q\ud800"))
        for resource, others, field in (
            (ACTIVITY, {"TaskQueue": "q"}, "ActivityType"),
            (ACTIVITY, {"ActivityType": "a"}, "TaskQueue"),
            (INVOKE, {"FunctionName": "f"}, "Qualifier"),
        )
    ),
    Unusable(
        "a task queue of Temporal's own",
        ACTIVITY,
        {"ActivityType": "a", "TaskQueue": "/_sys/q"},
        '{"ActivityType":"a","TaskQueue":"/_sys/q"}',
        "The value of the field 'TaskQueue' has an invalid format",
    ),
]


@pytest.mark.parametrize("case", UNUSABLE, ids=lambda case: case.name)
def test_unusable_arguments(case: Unusable) -> None:
    with pytest.raises(StatesRuntime) as raised:
        Router().route(request(case.resource, case.arguments), case.functions)
    assert raised.value.cause == f"The Parameters '{case.text}' could not be used to start the Task: [{case.reason}]"


SENT = {"QueueUrl": "http://q", "MessageBody": "m"}


@pytest.mark.parametrize(
    "resource, arguments, wanted",
    [
        ("sqs:sendMessage", {**SENT, "Unknown": 1}, SENT),
        ("aws-sdk:sqs:sendMessage", {**SENT, "Unknown": 1}, {**SENT, "Unknown": 1}),
        ("ecs:runTask.sync", {"TaskDefinition": "t"}, {"TaskDefinition": "t", "StartedBy": "AWS Step Functions"}),
        ("ecs:runTask", {"TaskDefinition": "t"}, {"TaskDefinition": "t"}),
        ("glue:startJobRun.sync", {"JobName": "j"}, {"JobName": "j"}),
        ("http:invoke", {"Method": "GET"}, {"Method": "GET"}),
        ("lambda:invoke", "no object", "no object"),
    ],
)
def test_shown_arguments(resource: str, arguments: JsonValue, wanted: JsonValue) -> None:
    assert Router().shown(request(f"arn:aws:states:::{resource}", arguments)) == wanted


def test_the_arguments_that_sqs_knows() -> None:
    model = model_loader().load_service_model("sqs", "service-2")
    assert frozenset(model["shapes"]["SendMessageRequest"]["members"]) == sqs.SQS.known


def test_a_name_that_lambda_refuses() -> None:
    with pytest.raises(StatesError) as raised:
        Router().route(request(INVOKE, {"FunctionName": "a b"}), "temporal")
    assert raised.value.name == "Lambda.AWSLambdaException"
    assert raised.value.cause is not None
    assert raised.value.cause.startswith("1 validation error detected: Value 'a b' at 'functionName' failed to satisfy")
    assert raised.value.cause.endswith(f"; Error Code: ValidationException; Request ID: {REQUEST_ID}; Proxy: null)")


def framed(payload: JsonValue, version: str) -> JsonValue:
    headers: dict[str, JsonValue] = {
        "Content-Type": "application/json",
        "X-Amz-Executed-Version": version,
        "x-amzn-RequestId": REQUEST_ID,
    }
    return {
        "ExecutedVersion": version,
        "Payload": payload,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": REQUEST_ID},
        "StatusCode": 200,
    }


@dataclass(frozen=True)
class Result:
    name: str
    resource: str
    arguments: JsonValue
    result: JsonValue
    functions: JsonValue = "temporal"


RESULTS = [
    Result("hosted", INVOKE, {"FunctionName": "f"}, framed("v", "$LATEST")),
    Result("hosted, an alias", INVOKE, {"FunctionName": "f:live"}, framed("v", "$LATEST")),
    Result("hosted, a version", INVOKE, {"FunctionName": "f:7"}, framed("v", "7")),
    Result("hosted, direct", ARN, {}, "v"),
    Result("Lambda frames it itself", INVOKE, {"FunctionName": "f"}, "v", "lambda"),
    Result("so does a URL", INVOKE, {"FunctionName": "f"}, "v", URL),
    Result("an API", GET_OBJECT, {}, "v"),
    Result("an activity", ACTIVITY, {"ActivityType": "a", "TaskQueue": "q"}, "v"),
]


@pytest.mark.parametrize("case", RESULTS, ids=lambda case: case.name)
def test_result(case: Result) -> None:
    assert Router().result(request(case.resource, case.arguments), case.functions, "v") == case.result


NAMED: JsonValue = {"FunctionName": "f"}
Kind = Literal["application", "timeout", "heartbeat", "other"]


@dataclass(frozen=True)
class Failure:
    name: str
    resource: str
    kind: Kind
    error: StatesError
    functions: JsonValue = "temporal"
    type: str | None = None
    message: str = ""
    details: tuple[JsonValue, ...] = ()
    heartbeat_asked: bool = False
    arguments: JsonValue = field(default_factory=lambda: NAMED)


RAISED = '{"errorMessage": "no", "errorType": "E", "requestId": "r", "stackTrace": []}'
COMPACT = '{"errorMessage":"no","errorType":"E","requestId":"r","stackTrace":[]}'
OURS: JsonValue = {"error": "E", "cause": RAISED}
PLAIN = '{"errorMessage": "é", "errorType": "ValueError", "stackTrace": []}'
PLAIN_COMPACT = '{"errorMessage":"é","errorType":"ValueError","stackTrace":[]}'
PRICE: JsonValue = {"ActivityType": "Price", "TaskQueue": "pricing"}
NO_ANSWER = "Unable to execute HTTP request: function "
BILLING: JsonValue = {"f": {"task_queue": "billing"}}

FAILURES = [
    Failure("timeout", INVOKE, "timeout", StatesTimeout()),
    Failure("missed heartbeat", INVOKE, "heartbeat", StatesHeartbeatTimeout(), heartbeat_asked=True),
    Failure(
        "dead worker",
        INVOKE,
        "heartbeat",
        StatesError(
            "Lambda.SdkClientException",
            f"{NO_ANSWER}'f' (task queue 'functions'): the worker died in the middle of the call",
        ),
    ),
    Failure(
        "dead worker of ours, calling Lambda",
        ARN,
        "heartbeat",
        StatesError(
            "Lambda.SdkClientException", f"{NO_ANSWER}'{ARN}' (Lambda API): the worker died in the middle of the call"
        ),
        "lambda",
    ),
    Failure(
        "dead worker of ours, calling a URL in which there are secrets",
        ARN,
        "heartbeat",
        StatesError(
            "Lambda.SdkClientException", f"{NO_ANSWER}'{ARN}' (https://u/f): the worker died in the middle of the call"
        ),
        {"f": {"url": "https://me:password@u/f?code=secret"}},
    ),
    Failure(
        "no answer",
        INVOKE,
        "other",
        StatesError("Lambda.SdkClientException", f"{NO_ANSWER}'f' (http://u/): activity cancelled"),
        URL,
        message="activity cancelled",
    ),
    Failure("hosted", INVOKE, "application", StatesError("E", COMPACT), details=(OURS,)),
    Failure("hosted, direct", ARN, "application", StatesError("E", RAISED), details=(OURS,)),
    Failure("Lambda", INVOKE, "application", StatesError("E", COMPACT), "lambda", details=(OURS,)),
    Failure(
        "Lambda, text",
        INVOKE,
        "application",
        StatesError("E", "x: y"),
        "lambda",
        details=({"error": "E", "cause": "x: y"},),
    ),
    Failure("Lambda, no cause", INVOKE, "application", StatesError("E"), "lambda", details=({"error": "E"},)),
    Failure(
        "a fault of ours",
        INVOKE,
        "application",
        StatesError("Lambda.SdkClientException", f"{NO_ANSWER}'f' (Lambda API): TypeError: oops"),
        "lambda",
        type="TypeError",
        message="oops",
    ),
    Failure(
        "plain worker", INVOKE, "application", StatesError("ValueError", PLAIN_COMPACT), BILLING, "ValueError", "é"
    ),
    Failure("plain worker, direct", ARN, "application", StatesError("ValueError", PLAIN), BILLING, "ValueError", "é"),
    Failure(
        "plain worker on our queue", ARN, "application", StatesError("ValueError", PLAIN), "temporal", "ValueError", "é"
    ),
    Failure(
        "plain worker, details of its own",
        ARN,
        "application",
        StatesError("ValueError", PLAIN),
        BILLING,
        "ValueError",
        "é",
        (OURS,),
    ),
    Failure(
        "an activity",
        ACTIVITY,
        "application",
        StatesError("NoPrice", "of A-1"),
        type="NoPrice",
        message="of A-1",
        arguments=PRICE,
    ),
    Failure(
        "dead worker, calling an API",
        GET_OBJECT,
        "heartbeat",
        StatesError(
            "S3.SdkClientException",
            "Unable to execute HTTP request: aws-sdk:s3:getObject: the worker died in the middle of the call",
        ),
    ),
    Failure("an API", SQS, "application", StatesError("SQS.E", RAISED), details=({"error": "SQS.E", "cause": RAISED},)),
    Failure(
        "an API's arguments",
        SQS,
        "application",
        StatesRuntime("no"),
        details=({"error": "States.Runtime", "cause": "no"},),
    ),
    Failure(
        "an API, a fault of ours",
        SQS,
        "application",
        StatesError("SQS.SdkClientException", "Unable to execute HTTP request: sqs:sendMessage: TypeError: oops"),
        type="TypeError",
        message="oops",
    ),
    Failure("an activity, untyped", ACTIVITY, "application", StatesTaskFailed("oops"), message="oops", arguments=PRICE),
    Failure(
        "an activity, cancelled",
        ACTIVITY,
        "other",
        StatesTaskFailed("The Temporal activity of state 'Task' did not end: cancelled"),
        message="cancelled",
        arguments=PRICE,
    ),
]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.name)
def test_failure(case: Failure) -> None:
    failure = ActivityFailure(case.kind, case.type, case.message, case.details, case.heartbeat_asked)
    error = Router().failure(request(case.resource, case.arguments), case.functions, failure)
    assert (error.name, error.cause) == (case.error.name, case.error.cause)
    for kind in (StatesHeartbeatTimeout, StatesRuntime):
        assert isinstance(error, kind) == isinstance(case.error, kind)
