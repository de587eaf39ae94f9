"""`apigateway:invoke` against a server that stands where the environment says, and one in trouble."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from activities.address_guard import AddressGuard
from activities.http_calls import http_caller
from activities.integrations.api_gateway import ApiGateway
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesRuntime
from interpreter.values import JsonValue
from tests.support.faulty_server import Fault, FaultyServer, faulty_server

HOST = "abc123.execute-api.eu-west-1.amazonaws.com"


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FaultyServer]:
    async with faulty_server() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_EXECUTE_API", server.url)
        yield server


async def invoke(limit: float = 20.0, **arguments: JsonValue) -> Any:
    given: dict[str, JsonValue] = {"ApiEndpoint": HOST, "Method": "GET", **arguments}
    async with (
        asyncio.timeout(30),
        http_caller(AddressGuard(on=True)) as guarded,
        http_caller(AddressGuard(on=False), limit_seconds=limit) as trusted,
    ):
        return await ApiGateway(guarded, trusted, "us-east-1").call(given, "Ask")


async def test_request_and_result(server: FaultyServer) -> None:
    server.headers, server.body = {"Content-Type": "application/json", "X-B": "2"}, b'{"a": [1]}'
    result = await invoke(
        Method="POST",
        Stage="prod",
        Path="pets/{a b}/",
        Headers={"X-A": ["1", "2"]},
        QueryParameters={"q": ["a b", "c&d"], "r": []},
        RequestBody={"name": "é", "none": None, "inner": {"none": None}},
    )
    assert server.requests == ["POST /prod/pets/%7Ba%20b%7D/?q=a%20b&q=c%26d HTTP/1.1"]
    assert (server.seen_headers[0]["host"], server.seen_headers[0]["content-type"]) == (HOST, "application/json")
    assert server.seen_bodies == ['{"name":"é","inner":{}}'.encode()]
    assert result == {
        "Headers": {"Content-Type": ["application/json"], "X-B": ["2"], "Content-Length": ["10"]},
        "ResponseBody": {"a": [1]},
        "StatusCode": 200,
        "StatusText": "OK",
    }


async def test_nulls_are_kept_where_asked_for_and_text_is_sent_as_it_is(server: FaultyServer) -> None:
    await invoke(Method="PUT", RequestBody={"a": None}, AllowNullValues=True)
    await invoke(Method="PUT", RequestBody="a=1", Headers={"Content-Type": ["text/plain"]})
    assert server.seen_bodies == [b'{"a":null}', b"a=1"]
    assert server.seen_headers[1]["content-type"] == "text/plain"


async def test_an_empty_body_is_an_empty_text(server: FaultyServer) -> None:
    server.body = b""
    assert (await invoke())["ResponseBody"] == ""


@pytest.mark.parametrize("kind", ["IAM_ROLE", "RESOURCE_POLICY"])
async def test_signed(kind: str, server: FaultyServer, credentials: None) -> None:
    await invoke(AuthType=kind, Method="POST", RequestBody={})
    authorization = server.seen_headers[0]["authorization"]
    assert "/eu-west-1/execute-api/aws4_request" in authorization
    assert "host" in authorization.partition("SignedHeaders=")[2]


@dataclass(frozen=True)
class Refused:
    name: str
    arguments: dict[str, Any]
    reason: str


REFUSED = [
    Refused("method", {"RequestBody": {}}, "The field 'RequestBody' cannot be used with the method GET"),
    Refused("header", {"Headers": {"Authorization": ["x"]}}, "The header 'Authorization' cannot be set"),
    Refused("header family", {"Headers": {"X-Amz-Date": ["x"]}}, "The header 'X-Amz-Date' cannot be set"),
    Refused("header value", {"Headers": {"A": ["x\r\nB: 1"]}}, "The value of the header 'A' has an invalid format"),
    Refused(
        "host",
        {"ApiEndpoint": "evil/path?x"},
        "The value of the field 'ApiEndpoint' is not a host like <id>.execute-api.<region>...",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_refused_arguments(case: Refused, server: FaultyServer) -> None:
    with pytest.raises(StatesRuntime) as raised:
        await invoke(**case.arguments)
    assert (raised.value.cause or "").endswith(f"could not be used to start the Task: [{case.reason}]")
    assert server.requests == []


async def test_other_statuses_are_errors(server: FaultyServer) -> None:
    server.status, server.body = "403 Forbidden", b'{"message":"Missing Authentication Token"}'
    with pytest.raises(StatesError) as raised:
        await invoke()
    assert (raised.value.name, raised.value.cause) == (
        "ApiGateway.403",
        '{"message":"Missing Authentication Token"}',
    )


@dataclass(frozen=True)
class Trouble:
    fault: Fault
    reason: str
    limit: float = 20.0
    name: str = field(default="ApiGateway.SdkClientException")


TROUBLES = [
    Trouble(Fault.SILENCE, "no whole answer within 0.2 s", 0.2),
    Trouble(Fault.SLOW_BODY, "no whole answer within 0.2 s", 0.2),
    Trouble(Fault.CLOSED, "the server closed the connection without an answer"),
    Trouble(Fault.RESET, "Connection reset by peer"),
    Trouble(Fault.HALF_BODY, "the connection was closed in the middle of the answer"),
]


@pytest.mark.parametrize("case", TROUBLES, ids=lambda case: case.fault)
async def test_trouble(case: Trouble, server: FaultyServer) -> None:
    server.fault = case.fault
    with pytest.raises(StatesError) as raised:
        await invoke(case.limit, Stage="s", QueryParameters={"key": ["hidden"]})
    assert raised.value.name == case.name
    cause = raised.value.cause or ""
    assert cause.startswith("Unable to execute HTTP request: apigateway:invoke of state 'Ask': ")
    assert cause.endswith(f"/s: {case.reason}")
    assert "hidden" not in cause
    assert len(server.requests) == 1


async def test_a_large_answer(server: FaultyServer) -> None:
    server.fault = Fault.HUGE_BODY
    with pytest.raises(StatesDataLimitExceeded) as raised:
        await invoke()
    assert json.dumps(raised.value.cause).startswith("\"The state/task 'apigateway' returned a result")


async def test_without_the_environment_the_guard_stands_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(StatesError) as raised:
        await invoke(ApiEndpoint="127.0.0.1:1")
    assert "no public address" in (raised.value.cause or "")
