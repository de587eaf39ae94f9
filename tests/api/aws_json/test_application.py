"""The door as the wire sees it: headers, broken requests, health, metrics, and how it stops."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.service.gateway import ActivityTask
from tests.api.service.installation import Installation, execution_arn

TARGET = "AWSStepFunctions.ListStateMachines"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any


@pytest_asyncio.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as opened:
        yield opened


async def post(session: ClientSession, url: str, body: bytes, target: str | None = TARGET, **headers: str) -> Answer:
    sent = {"Content-Type": "application/x-amz-json-1.0"} | headers | ({"X-Amz-Target": target} if target else {})
    async with session.post(url, data=io.BytesIO(body), headers=sent) as response:
        return Answer(response.status, response.headers, json.loads(await response.read()))


@dataclass(frozen=True)
class Case:
    name: str
    body: bytes = b"{}"
    target: str | None = TARGET
    headers: Mapping[str, str] = field(default_factory=dict)


ACCEPTED = [
    Case("as sent by SDKs"),
    Case("no body", b""),
    Case("nulls", b'{"maxResults": null}'),
    Case("unknown members", b'{"colour": {"deep": [1]}}'),
    Case("a whole number written as a fraction", b'{"maxResults": 5.0}'),
    Case("another content type", headers={"Content-Type": "application/json; charset=utf-8"}),
    Case("compressed", gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}),
]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.name)
async def test_accepts(session: ClientSession, endpoint: str, case: Case) -> None:
    answer = await post(session, endpoint, case.body, case.target, **case.headers)
    assert (answer.status, answer.body) == (200, {"stateMachines": []})
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert len(answer.headers["x-amzn-RequestId"]) == 36


SERIALIZATION, UNKNOWN = (400, "SerializationException"), (400, "UnknownOperationException")


@dataclass(frozen=True)
class Refusal(Case):
    result: tuple[int, str] = SERIALIZATION


REFUSED = [
    Refusal("no JSON", b"{"),
    Refusal("no UTF-8", b'{"nextToken": "\xff"}'),
    Refusal("UTF-16", '{"maxResults": 1}'.encode("utf-16")),
    Refusal("NaN", b'{"maxResults": NaN}'),
    Refusal("an endless number", b'{"maxResults": 1e999}'),
    Refusal("a number of many digits", b'{"maxResults": ' + b"9" * 5000 + b"}"),
    Refusal("nested without end", b"[" * 200_000),
    Refusal("no object", b"[]"),
    Refusal("a wrong type", b'{"maxResults": "5"}'),
    Refusal("a fraction", b'{"maxResults": 5.5}'),
    Refusal("a boolean for a number", b'{"maxResults": true}'),
    Refusal("half a surrogate pair", b'{"nextToken": "\\ud800"}'),
    Refusal("no target", target=None, result=UNKNOWN),
    Refusal("an unknown operation", target="AWSStepFunctions.Nothing", result=UNKNOWN),
    Refusal("an attribute of the service", target="AWSStepFunctions.invoke", result=UNKNOWN),
    Refusal("another service", target="DynamoDB_20120810.ListTables", result=UNKNOWN),
    Refusal("no service", target="ListStateMachines", result=UNKNOWN),
    Refusal("no gzip", b"{}", headers={"Content-Encoding": "gzip"}),
    Refusal("gzip that is cut off", gzip.compress(b"{}")[:12], headers={"Content-Encoding": "gzip"}),
    Refusal("too large", b" " * (8 * 1024 * 1024 + 1), result=(413, "RequestEntityTooLargeException")),
    Refusal("a web page", headers={"Origin": "http://a.example"}, result=(400, "AccessDeniedException")),
    Refusal("a constraint", b'{"maxResults": 1001}', result=(400, "ValidationException")),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_refuses(session: ClientSession, endpoint: str, case: Refusal) -> None:
    answer = await post(session, endpoint, case.body, case.target, **case.headers)
    assert (answer.status, answer.body["__type"]) == case.result
    assert answer.headers["x-amzn-ErrorType"] == case.result[1]
    assert answer.body["message"]


async def test_a_definition_of_a_megabyte_in_escapes(session: ClientSession, endpoint: str) -> None:
    filling = "\u00e9" * 500_000
    text = json.dumps({"Comment": filling, "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, ensure_ascii=False)
    params = {"name": "large", "definition": text, "roleArn": "arn:aws:iam::123456789012:role/r"}
    answer = await post(session, endpoint, json.dumps(params).encode(), "AWSStepFunctions.CreateStateMachine")
    assert answer.status == 200
    arn = json.dumps({"stateMachineArn": answer.body["stateMachineArn"]}).encode()
    answer = await post(session, endpoint, arn, "AWSStepFunctions.DescribeStateMachine")
    assert answer.body["definition"] == text


async def test_dates_are_numbers_with_milliseconds(
    session: ClientSession, endpoint: str, installation: Installation
) -> None:
    await installation.create("m")
    answer = await post(session, endpoint, b"{}")
    assert answer.body["stateMachines"][0]["creationDate"] == 1795383000.123


async def test_a_bug_is_answered_and_logged(
    session: ClientSession,
    endpoint: str,
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(*_: object) -> None:
        raise LookupError("a secret detail")

    monkeypatch.setattr(installation.store, "list_state_machines", fail)
    with caplog.at_level(logging.ERROR, "api.aws_json.application"):
        answer = await post(session, endpoint, b"{}")
    assert (answer.status, answer.body["__type"]) == (500, "InternalFailure")
    assert "secret" not in answer.body["message"]
    assert answer.headers["x-amzn-RequestId"] in caplog.text


async def test_health(session: ClientSession, endpoint: str, installation: Installation) -> None:
    async def health() -> tuple[int, Any]:
        async with session.get(f"{endpoint}/health") as response:
            return response.status, await response.json()

    assert await health() == (200, {"live": True, "ready": True})
    installation.gateway.available = False
    assert await health() == (503, {"live": True, "ready": False})


async def test_metrics(session: ClientSession, endpoint: str) -> None:
    await post(session, endpoint, b"{}")
    await post(session, endpoint, b"{}", "AWSStepFunctions.MadeUp")
    await post(session, endpoint, b"{}", "AWSStepFunctions.StopExecution")
    async with session.get(f"{endpoint}/metrics") as response:
        lines = (await response.text()).splitlines()
    assert 'steploom_api_requests_total{code="OK",operation="ListStateMachines"} 1.0' in lines
    assert 'steploom_api_requests_total{code="UnknownOperationException",operation="unknown"} 1.0' in lines
    assert 'steploom_api_requests_total{code="ValidationException",operation="StopExecution"} 1.0' in lines
    assert 'steploom_api_request_seconds_count{operation="ListStateMachines"} 1.0' in lines


async def test_calls_under_way_are_finished_at_the_end(session: ClientSession, installation: Installation) -> None:
    await installation.create("m")
    arn = await installation.start("m", "e")
    assert arn == execution_arn("m", "e")
    gateway = installation.gateway
    gateway.gate.clear()

    async def ready() -> bool:
        return True

    async with serve(create_app(installation.service, ready=ready), "127.0.0.1", 0) as port:
        url, body = f"http://127.0.0.1:{port}", json.dumps({"executionArn": arn}).encode()
        call = asyncio.create_task(post(session, url, body, "AWSStepFunctions.DescribeExecution"))
        await gateway.waiting.wait()
        asyncio.get_running_loop().call_later(0.05, gateway.gate.set)
    answer = await call
    assert (answer.status, answer.body["name"]) == (200, "e")


async def test_a_trace_header_of_http_counts_more(
    session: ClientSession, endpoint: str, installation: Installation
) -> None:
    arn = await installation.create("m")
    body = json.dumps({"stateMachineArn": arn, "name": "e", "traceHeader": "Root=member"}).encode()
    headers = {"X-Amzn-Trace-Id": "Root=header"}
    await post(session, endpoint, body, "AWSStepFunctions.StartExecution", **headers)
    assert installation.gateway.executions["m", "e"].description.start.trace_header == "Root=header"
    ignored = await post(session, endpoint, b"{}", TARGET, **headers)
    assert ignored.status == 200


async def test_a_task_whose_caller_has_hung_up_is_given_back(endpoint: str, installation: Installation) -> None:
    gateway = installation.gateway
    gateway.poll_seconds = 60
    arn = (await installation.call("CreateActivity", name="a"))["activityArn"]
    body = json.dumps({"activityArn": arn}).encode()
    _, writer = await asyncio.open_connection("127.0.0.1", int(endpoint.rpartition(":")[2]))
    head = (
        f"POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: AWSStepFunctions.GetActivityTask\r\n"
        f"Content-Type: application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await gateway.waiting.wait()
    writer.transport.abort()
    for _ in range(100):  # the door's end of the connection is in this loop, too
        await asyncio.sleep(0)
    gateway.activity_tasks[arn].put_nowait(ActivityTask("t", "1"))
    async with asyncio.timeout(10):
        await gateway.task_returned.wait()
    assert gateway.returned == ["t"]
