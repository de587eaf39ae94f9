"""`steploom:lambda-invoke` through the real botocore, against a small Lambda API."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from dataclasses import dataclass
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.function_calls import FunctionCall
from activities.integrations.lambda_ import LambdaInvoker
from interpreter.values import JsonValue
from tests.support.fake_lambda_api import FakeLambdaApi, Reply, answer, refusal

REQUEST_ID = FakeLambdaApi.REQUEST_ID


async def invoke(call: FunctionCall, environment: ActivityEnvironment | None = None) -> JsonValue:
    environment = environment or ActivityEnvironment()
    result: JsonValue = await environment.run(LambdaInvoker("us-east-1").invoke, call.to_json())
    return result


async def failure(call: FunctionCall) -> tuple[str | None, str]:
    with pytest.raises(ApplicationError) as raised:
        await invoke(call)
    detail = raised.value.details[0]
    assert (raised.value.type, raised.value.message) == (detail["error"], detail["cause"])
    return detail["error"], detail["cause"]


async def test_wrapped_result(lambda_api: FakeLambdaApi) -> None:
    lambda_api.replies["f"] = answer({"b": 1, "a": [2]}, X_Amz_Log_Result="TE9H")
    result = await invoke(FunctionCall(function="f", payload={"k": "é"}, log_type="Tail"))
    assert isinstance(result, dict)
    metadata = result.pop("SdkHttpMetadata")
    assert list(result) == ["ExecutedVersion", "LogResult", "Payload", "SdkResponseMetadata", "StatusCode"]
    assert result == {
        "ExecutedVersion": "$LATEST",
        "LogResult": "TE9H",
        "Payload": {"b": 1, "a": [2]},
        "SdkResponseMetadata": {"RequestId": REQUEST_ID},
        "StatusCode": 200,
    }
    assert isinstance(metadata, dict)
    headers = metadata["HttpHeaders"]
    assert isinstance(headers, dict)
    assert list(headers) == sorted(headers, key=str.lower)
    assert (headers["x-amzn-RequestId"], headers["X-Amz-Executed-Version"]) == (REQUEST_ID, "$LATEST")
    assert metadata["AllHttpHeaders"] == {name: [value] for name, value in headers.items()}
    assert metadata["HttpStatusCode"] == 200


async def test_request(lambda_api: FakeLambdaApi) -> None:
    lambda_api.replies["f"] = answer(None)
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    lambda_api.replies[arn] = answer(None)
    await invoke(FunctionCall(function="f", payload="é", qualifier="live", client_context="e30="))
    await invoke(FunctionCall(function="f", has_payload=False))
    await invoke(FunctionCall(function=arn, payload=None, wrapped=False))
    first, second, third = lambda_api.requests
    assert (first.body, first.query) == ('"é"'.encode(), {"Qualifier": "live"})
    assert first.headers["X-Amz-Client-Context"] == "e30="
    assert second.body == b""
    assert (third.body, "/eu-west-1/lambda/" in third.headers["Authorization"]) == (b"null", True)


async def test_unwrapped_result(lambda_api: FakeLambdaApi) -> None:
    lambda_api.replies["f"] = answer([1])
    assert await invoke(FunctionCall(function="f", wrapped=False)) == [1]


async def test_a_payload_that_is_too_large(lambda_api: FakeLambdaApi) -> None:
    lambda_api.replies["f"] = Reply(200, b"a" * 6_291_557)
    error, cause = await failure(FunctionCall(function="f"))
    assert error == "Function.ResponseSizeTooLarge"
    assert "maximum allowed payload size (6291556 bytes)" in cause


async def test_payload_that_is_no_json(lambda_api: FakeLambdaApi) -> None:
    lambda_api.replies["f"] = Reply(200, b"aaa")
    assert await invoke(FunctionCall(function="f", wrapped=False)) == "aaa"


async def test_payload_that_is_nested_too_deeply(lambda_api: FakeLambdaApi) -> None:
    lambda_api.replies["f"] = Reply(200, b"[" * 201 + b"]" * 201)
    assert await failure(FunctionCall(function="f")) == (
        "States.TaskFailed",
        "The function returned a payload that is refused: arrays and objects are nested more than 200 deep.",
    )


async def test_asynchronous_invocation(lambda_api: FakeLambdaApi) -> None:
    lambda_api.replies["f"] = Reply(202, b"")
    result = await invoke(FunctionCall(function="f", payload={}, invocation_type="Event"))
    assert isinstance(result, dict)
    assert (result["Payload"], result["StatusCode"], "ExecutedVersion" in result) == ("", 202, False)
    assert lambda_api.requests[0].headers["X-Amz-Invocation-Type"] == "Event"


def function_error(body: str) -> Reply:
    return Reply(200, body.encode(), {"X-Amz-Function-Error": "Unhandled"})


@dataclass(frozen=True)
class Failure:
    name: str
    reply: Reply | None
    error: str
    cause: str


TAIL = f"Request ID: {REQUEST_ID}; Proxy: null)"
RAISED = '{"errorMessage": "no", "errorType": "OrderError", "requestId": "r", "stackTrace": []}'
TIMED_OUT = '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r Error: Task timed out after 3.00 seconds"}'

FAILURES = [
    Failure(
        "no such function",
        None,
        "Lambda.ResourceNotFoundException",
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST "
        f"(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; {TAIL}",
    ),
    Failure(
        "throttled",
        refusal(429, "TooManyRequestsException", "Rate Exceeded."),
        "Lambda.TooManyRequestsException",
        f"Rate Exceeded. (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; {TAIL}",
    ),
    Failure(
        "a code of no model",
        refusal(403, "AccessDeniedException", "User is not authorized"),
        "Lambda.AWSLambdaException",
        f"User is not authorized (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; {TAIL}",
    ),
    Failure(
        "a fault of the service",
        refusal(500, "ServiceException", "oops"),
        "Lambda.ServiceException",
        f"oops (Service: AWSLambda; Status Code: 500; Error Code: ServiceException; {TAIL}",
    ),
    Failure("the function raised", function_error(RAISED), "OrderError", RAISED),
    Failure("the function timed out", function_error(TIMED_OUT), "Lambda.Unknown", TIMED_OUT),
    Failure(
        "an error without a type", function_error('{"errorMessage":"?"}'), "Lambda.Unknown", '{"errorMessage":"?"}'
    ),
    Failure("an error that is no JSON", function_error("out of memory"), "Lambda.Unknown", "out of memory"),
    Failure("a cause over the limit", function_error("x" * 40_000), "Lambda.Unknown", "x" * 32_768),
]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.name)
async def test_failure(case: Failure, lambda_api: FakeLambdaApi) -> None:
    if case.reply is not None:
        lambda_api.replies["f"] = case.reply
    assert await failure(FunctionCall(function="f", payload={})) == (case.error, case.cause)
    assert len(lambda_api.requests) == 1  # one attempt is one call, whatever the SDK would retry


async def test_nobody_listens(lambda_api: FakeLambdaApi, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://127.0.0.1:{port}")
        assert await failure(FunctionCall(function="f")) == (
            "Lambda.SdkClientException",
            f"Unable to execute HTTP request: 127.0.0.1:{port}: Connection refused",
        )


async def test_no_such_host(lambda_api: FakeLambdaApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", "http://lambda.invalid")
    error, cause = await failure(FunctionCall(function="f"))
    assert error == "Lambda.SdkClientException"
    assert cause.startswith("Unable to execute HTTP request: lambda.invalid: ")


async def test_no_credentials(lambda_api: FakeLambdaApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    error, cause = await failure(FunctionCall(function="f"))
    assert (error, "Unable to locate credentials" in cause) == ("Lambda.SdkClientException", True)


async def test_heartbeats_while_it_runs_and_stops_when_cancelled(lambda_api: FakeLambdaApi) -> None:
    lambda_api.held.clear()
    environment, beats = ActivityEnvironment(), asyncio.Queue[None]()
    environment.info = dataclasses.replace(environment.info, heartbeat_timeout=timedelta(seconds=0.3))
    environment.on_heartbeat = lambda *_: beats.put_nowait(None)
    running = asyncio.create_task(invoke(FunctionCall(function="f"), environment))
    await lambda_api.arrived.wait()
    await beats.get()
    await beats.get()
    environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
