"""What connectors take: checked when a definition is created, and when its state runs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from activities.connector_secrets import shown_url, without_secrets
from activities.connectors import ConnectorCall
from activities.names import CONNECTOR_CALL, WORKFLOW_QUEUE
from activities.registry import Registry
from activities.router import Router
from interpreter.definition.parse import parse_definition
from interpreter.definition.resources import parse_resource
from interpreter.definition.validate import validate_definition
from interpreter.effects import ActivityFailure, TaskRequest
from interpreter.errors import DefinitionError, StatesRuntime
from interpreter.values import JsonValue

API = {"ApiEndpoint": "abc.execute-api.us-east-1.amazonaws.com", "Method": "GET"}


@dataclass(frozen=True)
class Case:
    """`faults` is where each fault is and what is said of it."""

    name: str
    resource: str
    state: dict[str, Any]
    faults: list[tuple[str, str]] = field(default_factory=list)


CASES = [
    Case("right", "apigateway:invoke", {"Parameters": API}),
    Case("all by paths", "apigateway:invoke", {"Parameters": {"ApiEndpoint.$": "$.e", "Method.$": "$.m"}}),
    Case("parts by paths", "apigateway:invoke", {"Parameters": API | {"Headers": {"A": ["1"], "B.$": "$.b"}}}),
    Case(
        "none",
        "apigateway:invoke",
        {},
        [
            (
                "/States/Ask/Resource",
                "Parameters field is required for resource ARN: arn:aws:states:::apigateway:invoke",
            ),
        ],
    ),
    Case("neither stage nor path", "apigateway:invoke", {"Parameters": API | {"Stage": "", "Path": ""}}),
    Case(
        "JSONata",
        "apigateway:invoke",
        {"QueryLanguage": "JSONata", "Arguments": API | {"Headers": "{% $states.input %}", "Method": "{% 'GET' %}"}},
    ),
    Case("JSONata, all", "apigateway:invoke", {"QueryLanguage": "JSONata", "Arguments": "{% $states.input %}"}),
    Case(
        "missing",
        "apigateway:invoke",
        {"Parameters": {"Stage": "prod"}},
        [
            ("/States/Ask/Parameters", "The field 'ApiEndpoint' is required but was missing"),
            ("/States/Ask/Parameters", "The field 'Method' is required but was missing"),
        ],
    ),
    Case(
        "unknown",
        "apigateway:invoke",
        {"Parameters": API | {"Headres": {}, "Body.$": "$.b"}},
        [
            ("/States/Ask/Parameters", "The field 'Headres' is not supported by Step Functions"),
            ("/States/Ask/Parameters", "The field 'Body' is not supported by Step Functions"),
        ],
    ),
    Case(
        "wrong",
        "apigateway:invoke",
        {"Parameters": {"ApiEndpoint": 1, "Method": "FETCH", "Headers": {"A": "1"}, "AllowNullValues": "yes"}},
        [
            (
                "/States/Ask/Parameters/ApiEndpoint",
                "The value of the field 'ApiEndpoint' has an invalid format; wanted is a string",
            ),
            (
                "/States/Ask/Parameters/Method",
                "The value of the field 'Method' has an invalid format; wanted is one of "
                "[GET, POST, PUT, DELETE, PATCH, OPTIONS, HEAD]",
            ),
            ("/States/Ask/Parameters/Headers", "The value of the field 'Headers' has an invalid format"),
            (
                "/States/Ask/Parameters/AllowNullValues",
                "The value of the field 'AllowNullValues' has an invalid format; wanted is a boolean",
            ),
        ],
    ),
    Case("function by a path", "lambda:invoke", {"Parameters": {"FunctionName.$": "$.f", "Payload.$": "$"}}),
    Case(
        "function in JSONata",
        "lambda:invoke.waitForTaskToken",
        {"QueryLanguage": "JSONata", "Arguments": {"FunctionName": "{% $states.input.f %}", "Payload": {}}},
    ),
    Case("function in JSONata, all", "lambda:invoke", {"QueryLanguage": "JSONata", "Arguments": "{% $f %}"}),
    Case(
        "function, misspelt",
        "lambda:invoke",
        {"Parameters": {"Functionname": "f"}},
        [
            ("/States/Ask/Parameters", "The field 'Functionname' is not supported by Step Functions"),
            ("/States/Ask/Parameters", "The field 'FunctionName' is required but was missing"),
        ],
    ),
    Case(
        "function in JSONata, missing",
        "lambda:invoke.waitForTaskToken",
        {"QueryLanguage": "JSONata", "Arguments": {"Payload": "{% $states.context.Task.Token %}"}},
        [("/States/Ask/Arguments", "The field 'FunctionName' is required but was missing")],
    ),
    Case(
        "activity of Temporal, without its queue",
        "temporal:activity",
        {"Parameters": {"ActivityType.$": "$.t", "Inptu": 1}},
        [
            ("/States/Ask/Parameters", "The field 'Inptu' is not supported by Step Functions"),
            ("/States/Ask/Parameters", "The field 'TaskQueue' is required but was missing"),
        ],
    ),
    Case(
        "HTTP, right",
        "http:invoke",
        {
            "Parameters": {
                "ApiEndpoint.$": "$.url",
                "Method": "POST",
                "Authentication": {"ConnectionArn.$": "$.arn"},
                "Headers": {"A": "1", "B": ["2"]},
                "QueryParameters": {"q": {"any": 1}},
                "Transform": {
                    "RequestBodyEncoding": "URL_ENCODED",
                    "RequestEncodingOptions": {"ArrayFormat": "COMMAS"},
                },
            }
        },
    ),
    Case(
        "HTTP, nested",
        "http:invoke",
        {
            "Parameters": {
                "ApiEndpoint": "https://example.org",
                "Method": "GET",
                "InvocationConfig": {},
                "Transform": {"RequestEncodingOptions": {"ArrayFormat": "LIST"}},
            }
        },
        [
            (
                "/States/Ask/Parameters/InvocationConfig",
                "The field 'InvocationConfig.ConnectionArn' is required but was missing",
            ),
            (
                "/States/Ask/Parameters/Transform/RequestEncodingOptions/ArrayFormat",
                "The value of the field 'Transform.RequestEncodingOptions.ArrayFormat' has an invalid format; wanted "
                "is one of [INDICES, REPEAT, COMMAS, BRACKETS]",
            ),
        ],
    ),
    Case(
        "HTTP, no connection",
        "http:invoke",
        {"Parameters": {"ApiEndpoint": "https://example.org", "Method": "GET"}},
        [
            (
                "/States/Ask/Parameters",
                "There should be one of the following fields: [Authentication, InvocationConfig]",
            )
        ],
    ),
    Case(
        "Temporal workflow",
        "temporal:workflow.sync",
        {"Parameters": {"WorkflowType": "T", "Queue": "q"}},
        [
            ("/States/Ask/Parameters", "The field 'Queue' is not supported by Step Functions"),
            ("/States/Ask/Parameters", "The field 'TaskQueue' is required but was missing"),
        ],
    ),
    Case(
        "Temporal activity",
        "temporal:activity",
        {"Parameters": {"ActivityType.$": "$.type", "Input": {}}},
        [("/States/Ask/Parameters", "The field 'TaskQueue' is required but was missing")],
    ),
    Case("gRPC", "grpc:call", {"Parameters": {"Endpoint": "h:1", "Method": "a.B/C", "DeadlineSeconds": 5}}),
    Case(
        "gRPC, bounds",
        "grpc:call",
        {"Parameters": {"Endpoint": "h:1", "Method": "a.B/C", "DeadlineSeconds": 0}},
        [
            (
                "/States/Ask/Parameters/DeadlineSeconds",
                "The value of the field 'DeadlineSeconds' has an invalid format; wanted is an integer from 1 to 3600",
            )
        ],
    ),
    Case(
        "SQL",
        "sql:query",
        {"Parameters": {"Connection": "shop", "Statement": "SELECT :a", "Parameters": {"a.$": "$.a"}}},
    ),
    Case(
        "SQL, a statement made of input",
        "sql:query",
        {"Parameters": {"Connection": "shop", "Statement.$": "States.Format('SELECT {}', $.a)"}},
        [
            (
                "/States/Ask/Parameters/Statement",
                "The field 'Statement' must be written out in the definition: what changes belongs into its parameters",
            )
        ],
    ),
    Case(
        "SQL, everything from the input",
        "sql:query",
        {},
        [
            (
                "/States/Ask/Parameters",
                "The field 'Statement' must be written out in the definition: what changes belongs into its parameters",
            )
        ],
    ),
    Case(
        "wrong in JSONata",
        "apigateway:invoke",
        {"QueryLanguage": "JSONata", "Arguments": API | {"AuthType": "NONE"}},
        [
            (
                "/States/Ask/Arguments/AuthType",
                "The value of the field 'AuthType' has an invalid format; wanted is one of "
                "[NO_AUTH, IAM_ROLE, RESOURCE_POLICY]",
            )
        ],
    ),
]


def definition(resource: str, state: dict[str, Any]) -> str:
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True} | state
    return json.dumps({"StartAt": "Ask", "States": {"Ask": task}})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_at_creation(case: Case) -> None:
    text = definition(case.resource, case.state)
    found: list[tuple[str | None, str]] = []
    try:
        parse_definition(text, Registry())
    except DefinitionError as error:
        found = [(diagnostic.location, diagnostic.message) for diagnostic in error.diagnostics]
    assert found == case.faults


@dataclass(frozen=True)
class Misspelt:
    resource: str
    parameters: dict[str, Any]
    written: str
    hint: str | None


MISSPELT = [
    Misspelt("lambda:invoke", {"FunctionNam": "f"}, "FunctionNam", "did you mean 'FunctionName'?"),
    Misspelt("lambda:invoke", {"FunctionName": "f", "Pyload.$": "$"}, "Pyload.$", "did you mean 'Payload'?"),
    Misspelt("lambda:invoke", {"FunctionName": "f", "FunctionNam": "f"}, "FunctionNam", None),
    Misspelt("aws-sdk:sqs:purgeQueue", {"QueueUrl": "q", "Unlike": 1}, "Unlike", None),
    Misspelt("aws-sdk:sqs:purgeQueue", {"QueueURL.$": "$"}, "QueueURL.$", "did you mean 'QueueUrl'?"),
    Misspelt("http:invoke", {"Transform": {"RequestBodyEncodin": "NONE"}}, "RequestBodyEncodin",
             "did you mean 'RequestBodyEncoding'?"),
]  # fmt: skip


@pytest.mark.parametrize("case", MISSPELT, ids=lambda case: case.written)
def test_an_unknown_argument_is_pointed_at(case: Misspelt) -> None:
    text = definition(case.resource, {"Parameters": case.parameters})
    [found] = [one for one in validate_definition(text, Registry()) if "is not supported by" in one.message]
    before, key, _ = text.partition(f'"{case.written}": ')
    assert (found.line, found.column, found.hint) == (1, len(before + key) + 1, case.hint)


def test_stored_definitions_are_let_be() -> None:
    parse_definition(definition("apigateway:invoke", {"Parameters": {}}), Registry(stored=True))
    parse_definition(definition("apigateway:invoke", {}), Registry(stored=True))


# ---------------------------------------------------------------- when the state runs


def request(arguments: JsonValue) -> TaskRequest:
    resource = parse_resource("arn:aws:states:::apigateway:invoke")
    assert resource is not None
    return TaskRequest(resource, arguments, "Ask", "Ask-1", None, None)


def test_route() -> None:
    call = Router().route(request(dict(API)), "temporal")
    assert (call.activity_type, call.task_queue, call.worker) == (CONNECTOR_CALL, WORKFLOW_QUEUE, "ours")
    assert isinstance(call.argument, dict)
    made = ConnectorCall.from_json(call.argument)
    assert (made.connector.name, made.state, made.arguments) == ("apigateway:invoke", "Ask", API)


@pytest.mark.parametrize(
    "arguments, cause",
    [
        (
            {**API, "Headers": {"A": "1"}},
            'The Parameters \'{"ApiEndpoint":"abc.execute-api.us-east-1.amazonaws.com","Method":"GET",'
            '"Headers":{"A":"1"}}\' could not be used to start the Task: [The value of the field \'Headers\' has an '
            "invalid format]",
        ),
        (
            {"Method": "GET", "Headers": {"X-Api-Key": ["hidden"]}},
            'The Parameters \'{"Method":"GET","Headers":{"X-Api-Key":"***"}}\' could not be used to start the Task: '
            "[The field 'ApiEndpoint' is required but was missing]",
        ),
        ([], "The Parameters '[]' could not be used to start the Task: [The value is not a JSON object]"),
    ],
    ids=["format", "secret", "no object"],
)
def test_refused(arguments: JsonValue, cause: str) -> None:
    with pytest.raises(StatesRuntime) as raised:
        Router().route(request(arguments), "temporal")
    assert raised.value.cause == cause


@pytest.mark.parametrize(
    "failure, name, cause",
    [
        (
            ActivityFailure(
                "application", "ApiGateway.403", "no", ({"error": "ApiGateway.403", "cause": "no"},), False
            ),
            "ApiGateway.403",
            "no",
        ),
        (
            ActivityFailure("heartbeat", None, "", (), False),
            "ApiGateway.SdkClientException",
            "apigateway:invoke of state 'Ask': the worker died in the middle of the call",
        ),
        (
            ActivityFailure("application", "KeyError", "x", (), False),
            "ApiGateway.SdkClientException",
            "apigateway:invoke of state 'Ask': KeyError: x",
        ),
    ],
    ids=["reported", "dead worker", "bug"],
)
def test_failures(failure: ActivityFailure, name: str, cause: str) -> None:
    error = Router().failure(request(dict(API)), "temporal", failure)
    assert (error.name, error.cause) == (name, cause)


# ---------------------------------------------------------------- secrets


@pytest.mark.parametrize(
    "url, shown",
    [
        ("https://me:pw@example.org:8443/a/b?token=t#f", "https://example.org:8443/a/b"),
        ("https://example.org", "https://example.org"),
        ("http://[::1", "(not a URL)"),
    ],
)
def test_shown_url(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_without_secrets() -> None:
    value: JsonValue = {
        "Authentication": {"ConnectionArn": "arn:x"},
        "Headers": {"Authorization": "a", "X-API-Key": ["b"], "Accept": "c"},
        "List": [{"password": "d", "SessionId": "e"}],
        "ApiEndpoint": "https://me:pw@example.org/p?q=1",
        "Text": "what? @home",
        "Token": None,
    }
    assert without_secrets(value) == {
        "Authentication": {"ConnectionArn": "arn:x"},
        "Headers": {"Authorization": "***", "X-API-Key": "***", "Accept": "c"},
        "List": [{"password": "***", "SessionId": "***"}],
        "ApiEndpoint": "https://example.org/p",
        "Text": "what? @home",
        "Token": None,
    }
