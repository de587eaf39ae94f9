"""`steploom:function-url` against a real HTTP server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.function_calls import FunctionCall, request_id_of
from activities.integrations.function_url import UrlInvoker
from interpreter.values import JsonValue
from tests.support.served import served

REQUEST_ID = request_id_of("test")


LIMIT = 6_291_556


class FunctionServer:
    def __init__(self) -> None:
        self.url = ""
        self.reply = web.Response()
        self.seen: list[tuple[dict[str, str], bytes]] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.seen.append((dict(request.headers), await request.read()))
        return self.reply


@pytest.fixture
async def server() -> AsyncIterator[FunctionServer]:
    server = FunctionServer()
    async with served("/f", server.handle) as url:
        server.url = f"{url}/f"
        yield server


async def invoke(url: str, *, wrapped: bool = False, client_context: str | None = None) -> JsonValue:
    call = FunctionCall(function="f", payload={"k": 1}, wrapped=wrapped, url=url, client_context=client_context)
    async with aiohttp.ClientSession() as session:
        result: JsonValue = await ActivityEnvironment().run(UrlInvoker(session).invoke, call.to_json())
    return result


async def test_request_and_payload(server: FunctionServer) -> None:
    server.reply = web.json_response([1, "é"])
    assert await invoke(server.url, client_context="e30=") == [1, "é"]
    headers, body = server.seen[0]
    assert body == b'{"k":1}'
    assert (headers["Content-Type"], headers["Idempotency-Key"]) == ("application/json", "test")
    assert (headers["X-Amzn-RequestId"], headers["X-Amz-Client-Context"]) == (REQUEST_ID, "e30=")


async def test_wrapped_result(server: FunctionServer) -> None:
    server.reply = web.json_response({"a": 1}, status=201)
    result = await invoke(server.url, wrapped=True)
    assert isinstance(result, dict)
    assert list(result) == ["ExecutedVersion", "Payload", "SdkHttpMetadata", "SdkResponseMetadata", "StatusCode"]
    assert (result["Payload"], result["StatusCode"], result["SdkResponseMetadata"]) == (
        {"a": 1},
        201,
        {"RequestId": REQUEST_ID},
    )


async def test_empty_body_is_null(server: FunctionServer) -> None:
    server.reply = web.Response(status=204)
    assert await invoke(server.url) is None


@dataclass(frozen=True)
class Failure:
    name: str
    status: int
    text: str
    headers: dict[str, str]
    error: str
    cause: str


TAIL = f"Request ID: {REQUEST_ID}; Proxy: null)"
TOO_DEEP = "The function returned a payload that is refused: arrays and objects are nested more than 200 deep."
DEEP_FAILURE = '{"errorType":"Deep","data":' + "[" * 201 + "]" * 201 + "}"
ANSWERED = "{url} answered for function 'f': "

FAILURES = [
    Failure(
        "the function's own",
        200,
        '{"errorType":"OrderError"}',
        {"X-Amz-Function-Error": "Unhandled"},
        "OrderError",
        '{"errorType":"OrderError"}',
    ),
    Failure("an answer that is nested too deeply", 200, "[" * 201 + "]" * 201, {}, "States.TaskFailed", TOO_DEEP),
    Failure(
        "a failure that is nested too deeply",
        200,
        DEEP_FAILURE,
        {"X-Amz-Function-Error": "Unhandled"},
        "Lambda.Unknown",
        DEEP_FAILURE,
    ),
    Failure(
        "nothing there",
        404,
        "",
        {},
        "Lambda.ResourceNotFoundException",
        ANSWERED + f"Not Found (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; {TAIL}",
    ),
    Failure(
        "too many",
        429,
        "later",
        {},
        "Lambda.TooManyRequestsException",
        ANSWERED + f"later (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; {TAIL}",
    ),
    Failure(
        "a fault",
        503,
        "down",
        {},
        "Lambda.ServiceException",
        ANSWERED + f"down (Service: AWSLambda; Status Code: 503; Error Code: ServiceException; {TAIL}",
    ),
    Failure(
        "elsewhere",
        302,
        "",
        {"Location": "/g"},
        "Lambda.AWSLambdaException",
        ANSWERED + f"Found (Service: AWSLambda; Status Code: 302; Error Code: AWSLambdaException; {TAIL}",
    ),
]


async def test_the_largest_payload(server: FunctionServer) -> None:
    server.reply = web.Response(text="a" * LIMIT)
    assert await invoke(server.url) == "a" * LIMIT


async def test_a_larger_payload_fails_as_on_lambda(server: FunctionServer) -> None:
    server.reply = web.Response(text="a" * (LIMIT + 1))
    assert await too_large(server.url) == TOO_LARGE


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    """The server sends until the caller has hung up."""
    hung_up = asyncio.Event()

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"a" * 65_536)
        except ConnectionError:
            hung_up.set()
        return response

    async with served("/f", stream) as url:
        assert await too_large(f"{url}/f") == TOO_LARGE
        async with asyncio.timeout(20):
            await hung_up.wait()


TOO_LARGE = {
    "error": "Function.ResponseSizeTooLarge",
    "cause": '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).",'
    '"errorType":"Function.ResponseSizeTooLarge"}',
}


async def too_large(url: str) -> object:
    with pytest.raises(ApplicationError) as raised:
        await invoke(url)
    return raised.value.details[0]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.name)
async def test_failure(case: Failure, server: FunctionServer) -> None:
    server.reply = web.Response(status=case.status, text=case.text, headers=case.headers)
    with pytest.raises(ApplicationError) as raised:
        await invoke(server.url)
    assert raised.value.details[0] == {"error": case.error, "cause": case.cause.replace("{url}", server.url)}


async def test_a_secret_in_the_url_is_not_told(server: FunctionServer) -> None:
    server.reply = web.Response(status=404, text="no")
    secret = f"{server.url.replace('//', '//me:pass-word@')}?code=s3cret"
    for url in (secret, secret.replace("http:", "nonsense:")):
        with pytest.raises(ApplicationError) as raised:
            await invoke(url)
        cause = str(raised.value.details[0])
        assert server.url.partition(":")[2] in cause
        assert "s3cret" not in cause
        assert "pass-word" not in cause


async def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(ApplicationError) as raised:
            await invoke(f"http://127.0.0.1:{port}/f")
    assert raised.value.details[0] == {
        "error": "Lambda.SdkClientException",
        "cause": f"Unable to execute HTTP request: 127.0.0.1:{port}: Connection refused",
    }


async def test_a_server_without_tls(server: FunctionServer) -> None:
    with pytest.raises(ApplicationError) as raised:
        await invoke(server.url.replace("http:", "https:"))
    told = raised.value.details[0]
    assert told["error"] == "Lambda.SdkClientException"
    assert "Unable to execute HTTP request: 127.0.0.1:" in told["cause"]
    assert "SSL" in told["cause"]
