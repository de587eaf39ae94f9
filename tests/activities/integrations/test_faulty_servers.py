"""Services in trouble: the right error name, one request for one attempt, and no attempt that hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

import activities.aws_clients
import activities.integrations.function_url
from activities.function_calls import FunctionCall
from activities.integrations.aws_service import AwsService
from activities.integrations.function_url import UrlInvoker
from activities.integrations.lambda_ import LambdaInvoker
from interpreter.errors import StatesError
from tests.support.aws_calls import call_aws
from tests.support.faulty_server import Fault, FaultyServer, faulty_server

PATIENCE = 0.3

Call = Callable[[str], Awaitable[Any]]
"""Makes one call, given the URL of the server."""


@pytest.fixture
async def server(credentials: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FaultyServer]:
    monkeypatch.setattr(activities.aws_clients, "_READ_TIMEOUTS", (PATIENCE,))
    monkeypatch.setattr(activities.integrations.function_url, "_LONGEST_SECONDS", PATIENCE)
    async with faulty_server() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


async def lambda_api(_url: str) -> Any:
    return await LambdaInvoker("us-east-1").call(FunctionCall(function="f", payload={}), None)


async def function_url(url: str) -> Any:
    async with aiohttp.ClientSession() as session:
        return await UrlInvoker(session).call(FunctionCall(function="f", payload={}, url=url), "f-1")


def aws(service: str, action: str, arguments: dict[str, Any]) -> Call:
    async def call(url: str) -> Any:
        given = {
            name: value.replace("URL", url) if isinstance(value, str) else value for name, value in arguments.items()
        }
        return await call_aws(service, action, given)

    return call


@dataclass(frozen=True)
class Kind:
    """One kind of service, and the error names of its troubles: throttled, broken inside, not answered."""

    name: str
    call: Call
    throttled: tuple[str, bytes, str]
    broken: str
    unanswered: str


PAGE = b"<!doctype html>\n<html><title>Bad Gateway</title></html>"
JSON_THROTTLE = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'

KINDS = [
    Kind(
        "lambda through its API",
        lambda_api,
        ("429 Too Many Requests", JSON_THROTTLE, "Lambda.TooManyRequestsException"),
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
    ),
    Kind(
        "lambda at a URL",
        function_url,
        ("429 Too Many Requests", b"wait", "Lambda.TooManyRequestsException"),
        "Lambda.ServiceException",
        "Lambda.SdkClientException",
    ),
    Kind(
        "aws-sdk, JSON",
        aws("aws-sdk:dynamodb", "getItem", {"TableName": "t", "Key": {"id": {"S": "1"}}}),
        ("400 Bad Request", JSON_THROTTLE, "DynamoDb.ThrottlingException"),
        "DynamoDb.DynamoDbException",
        "DynamoDb.SdkClientException",
    ),
    Kind(
        "aws-sdk, idempotent XML with a streamed answer",
        aws("aws-sdk:s3", "getObject", {"Bucket": "b", "Key": "k"}),
        (
            "503 Slow Down",
            b"<Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>",
            "S3.S3Exception",
        ),
        "S3.S3Exception",
        "S3.SdkClientException",
    ),
    Kind(
        "optimized",
        aws("sqs", "sendMessage", {"QueueUrl": "URL/1/q", "MessageBody": "m"}),
        ("400 Bad Request", JSON_THROTTLE, "SQS.AmazonSQSException"),
        "SQS.AmazonSQSException",
        "SQS.SdkClientException",
    ),
    Kind(
        "optimized, with entries",
        aws("events", "putEvents", {"Entries": [{"Source": "s", "DetailType": "d", "Detail": "{}"}]}),
        ("400 Bad Request", JSON_THROTTLE, "EventBridge.ThrottlingException"),
        "EventBridge.AmazonEventBridgeException",
        "EventBridge.SdkClientException",
    ),
]

KINDS.append(
    Kind(
        "optimized, XML",
        aws("sns", "publish", {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "Message": "m"}),
        (
            "400 Bad Request",
            b"<ErrorResponse><Error><Code>Throttled</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
            "SNS.ThrottledException",
        ),
        "SNS.AmazonSNSException",
        "SNS.SdkClientException",
    )
)

SILENT = [Fault.SILENCE, Fault.CLOSED, Fault.RESET, Fault.HALF_HEADERS, Fault.HALF_BODY, Fault.SLOW_BODY]


async def error(call: Call, server: FaultyServer) -> StatesError:
    async with asyncio.timeout(60):
        with pytest.raises(StatesError) as raised:
            await call(server.url)
    assert len(server.requests) == 1, server.requests
    assert "secret-access-key" not in (raised.value.cause or "")
    return raised.value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_throttled(kind: Kind, server: FaultyServer) -> None:
    server.status, server.body, wanted = kind.throttled
    if kind.call is lambda_api:
        server.headers = {"x-amzn-ErrorType": "TooManyRequestsException"}
    assert (await error(kind.call, server)).name == wanted


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_broken_inside(kind: Kind, server: FaultyServer) -> None:
    server.status, server.body, server.headers = "503 Service Unavailable", b"", {}
    raised = await error(kind.call, server)
    assert raised.name == kind.broken
    assert "Status Code: 503" in (raised.cause or "")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_a_proxy_s_page_in_place_of_a_refusal(kind: Kind, server: FaultyServer) -> None:
    server.status, server.body, server.headers = "502 Bad Gateway", PAGE, {"Content-Type": "text/html"}
    raised = await error(kind.call, server)
    assert raised.name == kind.broken
    assert "Status Code: 502" in (raised.cause or "")


@pytest.mark.parametrize("kind", [KINDS[2], *KINDS[4:]], ids=lambda kind: kind.name)
async def test_a_proxy_s_page_in_place_of_an_answer(kind: Kind, server: FaultyServer) -> None:
    server.body, server.headers = PAGE, {"Content-Type": "text/html"}
    raised = await error(kind.call, server)
    assert raised.name == kind.unanswered
    assert "the answer is not of the API's protocol" in (raised.cause or "")


TROUBLES = [(kind, fault) for kind in KINDS[:4] for fault in SILENT]
"""Optimized services are called as those of the SDK are: one trouble of each is enough."""
TROUBLES += [(kind, Fault.RESET) for kind in KINDS[4:]]


@pytest.mark.parametrize("kind, fault", TROUBLES, ids=lambda value: getattr(value, "name", None))
async def test_unanswered(kind: Kind, fault: Fault, server: FaultyServer) -> None:
    server.fault, server.body = fault, b'{"a": "' + b"x" * 1000 + b'"}'
    assert (await error(kind.call, server)).name == kind.unanswered


async def test_an_answer_at_a_url_that_never_ends(server: FaultyServer) -> None:
    server.fault = Fault.DRIPPING_BODY
    assert (await error(function_url, server)).name == "Lambda.SdkClientException"


@pytest.mark.parametrize("kind, made", [(KINDS[0], LambdaInvoker), (KINDS[2], AwsService)])
async def test_an_answer_of_an_api_that_never_ends(
    kind: Kind, made: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client waits anew for each byte; we do not."""
    ends = threading.Event()
    monkeypatch.setattr(activities.aws_clients, "LONGEST_SECONDS", 0.05)
    monkeypatch.setattr(made, "_call" if made is LambdaInvoker else "_made", lambda *_: ends.wait())
    with pytest.raises(StatesError) as raised:
        await kind.call("")
    ends.set()
    assert raised.value.name == kind.unanswered
    assert (raised.value.cause or "").endswith("Read timed out")


@pytest.mark.parametrize("kind", KINDS[:2], ids=lambda kind: kind.name)
async def test_a_function_s_answer_that_is_too_large(kind: Kind, server: FaultyServer) -> None:
    server.fault, server.headers = Fault.HUGE_BODY, {"Content-Type": "text/plain"}
    answer = await kind.call(server.url)
    assert len(str(answer["Payload"])) == 6 * 1024 * 1024  # below Lambda's own limit: the state's limit refuses it


async def test_a_large_object(server: FaultyServer) -> None:
    server.fault, server.headers = Fault.HUGE_BODY, {"Content-Type": "text/plain"}
    answer = await KINDS[3].call(server.url)
    assert len(answer["Body"]) == 6 * 1024 * 1024
