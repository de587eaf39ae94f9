"""`http:invoke` against a server that a test can spoil."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from activities.address_guard import AddressGuard
from activities.authorization import Authorizer
from activities.connections import Additions, ApiKey, Basic, Connection, OAuthClient
from activities.http_calls import http_caller
from activities.integrations.http_endpoint import HttpEndpoint, url_encoded
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesRuntime
from interpreter.values import JsonValue
from tests.support.connections import ARN, DictionaryBook
from tests.support.faulty_server import Fault, FaultyServer, faulty_server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SECRETS = ("pass-word", "secret-header", "secret-query", "secret-body", "hidden")


@dataclass
class Stage:
    server: FaultyServer
    book: DictionaryBook
    endpoint: HttpEndpoint
    hurried: HttpEndpoint

    async def invoke(self, **arguments: JsonValue) -> Any:
        given: dict[str, JsonValue] = {
            "ApiEndpoint": f"{self.server.url}/v1",
            "Method": "GET",
            "Authentication": {"ConnectionArn": ARN},
        }
        return await self.endpoint.call(given | arguments, "Ask")

    def hurry(self) -> None:
        """Wait for answers for a moment only."""
        self.endpoint = self.hurried

    async def error(self, **arguments: JsonValue) -> StatesError:
        async with asyncio.timeout(30):
            with pytest.raises(StatesError) as raised:
                await self.invoke(**arguments)
        return raised.value

    def add(self, additions: Additions) -> None:
        self.book.connections[ARN] = Connection(
            arn=ARN,
            version="2",
            state="AUTHORIZED",
            authorization=Basic(username="me", password="pass-word"),
            additions=additions,
        )


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    off, book = AddressGuard(on=False), DictionaryBook()
    async with faulty_server() as server, http_caller(off) as caller, http_caller(off, limit_seconds=0.2) as hurried:
        authorizer = Authorizer(book, caller)
        endpoints = (HttpEndpoint(each, authorizer, "eu-west-1") for each in (caller, hurried))
        yield Stage(server, book, *endpoints)


# ---------------------------------------------------------------- requests


async def test_usual_headers_and_result(stage: Stage) -> None:
    stage.server.headers = {"Content-Type": "application/json; charset=utf-8", "Set-Cookie": "a=1"}
    stage.server.body = b'{"a": 1}'
    result = await stage.invoke()
    assert stage.server.requests == ["GET /v1 HTTP/1.1"]
    headers = stage.server.seen_headers[0]
    assert headers == {
        "host": stage.server.url.removeprefix("http://"),
        "user-agent": "Amazon|StepFunctions|HttpInvoke|eu-west-1",
        "range": "bytes=0-262144",
        "authorization": "Basic bWU6cGFzcy13b3Jk",
        "connection": "close",
    }
    assert result == {
        "Headers": {
            "Content-Type": ["application/json; charset=utf-8"],
            "Set-Cookie": ["a=1"],
            "Content-Length": ["8"],
        },
        "ResponseBody": {"a": 1},
        "StatusCode": 200,
        "StatusText": "OK",
    }


async def test_parameters(stage: Stage) -> None:
    await stage.invoke(
        Method="POST",
        ApiEndpoint=f"{stage.server.url}/a%2Fb?x=1",
        Headers={"X-A": "1", "X-B": ["2", "3"]},
        QueryParameters={"q": "a b", "n": 1, "l": ["x", "y"]},
        RequestBody={"k": None},
    )
    assert stage.server.requests == ["POST /a%2Fb?x=1&q=a+b&n=1&l=x&l=y HTTP/1.1"]
    headers = stage.server.seen_headers[0]
    assert (headers["x-a"], headers["x-b"], headers["content-type"]) == ("1", "3", "application/json")
    assert stage.server.seen_bodies == [b'{"k":null}']


async def test_the_connection_wins(stage: Stage) -> None:
    stage.add(
        Additions(
            headers={"X-Token": "secret-header"}, query={"q": "secret-query"}, body={"k": "secret-body", "n": "1"}
        )
    )
    await stage.invoke(
        Method="PUT",
        Headers={"x-token": "mine", "X-Other": "1"},
        QueryParameters={"q": "mine", "r": "2"},
        RequestBody={"k": "mine", "o": 3},
    )
    assert stage.server.requests == ["PUT /v1?r=2&q=secret-query HTTP/1.1"]
    assert stage.server.seen_headers[0]["x-token"] == "secret-header"
    assert json.loads(stage.server.seen_bodies[0]) == {"k": "secret-body", "o": 3, "n": "1"}


async def test_another_origin_gets_nothing_of_the_connection(stage: Stage) -> None:
    stage.add(Additions(headers={"X-Token": "secret-header"}, body={"k": "secret-body"}))
    async with faulty_server() as other:
        stage.server.status, stage.server.headers = "307 Moved", {"Location": f"{other.url}/x"}
        await stage.invoke(Method="POST", RequestBody={"o": 1}, Headers={"X-A": "1"})
        assert other.seen_bodies == [b'{"o":1}']
        assert not {"authorization", "x-token"} & other.seen_headers[0].keys()
        assert other.seen_headers[0]["x-a"] == "1"


@pytest.mark.parametrize(
    "array_format, wanted",
    [
        ("INDICES", "a[0]=x&a[1]=y+z&o[k][0]=1&t=true&n="),
        ("REPEAT", "a=x&a=y+z&o[k]=1&t=true&n="),
        ("COMMAS", "a=x,y%20z&o[k]=1&t=true&n="),
        ("BRACKETS", "a[]=x&a[]=y+z&o[k][]=1&t=true&n="),
    ],
)
async def test_url_encoding(array_format: str, wanted: str, stage: Stage) -> None:
    body: dict[str, JsonValue] = {"a": ["x", "y z"], "o": {"k": [1]}, "t": True, "n": None}
    options: JsonValue = {"ArrayFormat": array_format}
    transform: JsonValue = {"RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": options}
    await stage.invoke(Method="POST", Headers=dict(FORM), RequestBody=body, Transform=transform)
    assert stage.server.seen_bodies == [wanted.encode()]
    assert url_encoded(body, array_format) == wanted


# ---------------------------------------------------------------- results


@dataclass(frozen=True)
class Body:
    name: str
    content_type: str
    body: bytes
    result: JsonValue


BODIES = [
    Body("JSON", "application/json", b"[1]", [1]),
    Body("problem", "application/problem+json", b'{"t":1}', {"t": 1}),
    Body("text", "text/plain; charset=latin-1", b"\xe9", "é"),
    Body("no type", "", b"plain", "plain"),
    Body("empty", "application/json", b"", ""),
    Body("deep text", "text/plain", b"[" * 300 + b"]" * 300, "[" * 300 + "]" * 300),
    Body("JSON by its name only", "application/json", b"oops", "oops"),
]


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case.name)
async def test_bodies(case: Body, stage: Stage) -> None:
    stage.server.headers = {"Content-Type": case.content_type} if case.content_type else {}
    stage.server.body = case.body
    assert (await stage.invoke())["ResponseBody"] == case.result


@pytest.mark.parametrize(
    "content_type, body, told",
    [
        ("application/octet-stream", b"x", "answered with application/octet-stream, which cannot be a result"),
        ("image/png", b"x", "answered with image/png, which cannot be a result"),
        ("text/plain", b"\xff\xfe", "answered with a body that is not text in utf-8"),
        ("text/plain; charset=nosuch", b"x", "answered with a body that is not text in nosuch"),
        (
            "application/json",
            b"[" * 300 + b"]" * 300,
            "answered with a body that is refused: arrays and objects are nested more than 200 deep",
        ),
    ],
)
async def test_bodies_that_cannot_be_results(content_type: str, body: bytes, told: str, stage: Stage) -> None:
    stage.server.headers, stage.server.body = {"Content-Type": content_type}, body
    error = await stage.error()
    assert isinstance(error, StatesRuntime)
    assert error.cause == f"http:invoke of state 'Ask': {stage.server.url}/v1 {told}"


async def test_large(stage: Stage) -> None:
    stage.server.fault = Fault.HUGE_BODY
    error = await stage.error()
    assert isinstance(error, StatesDataLimitExceeded)
    assert error.cause == (
        "The state/task 'http' returned a result with a size exceeding the maximum number of bytes service limit."
    )


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "status, body, cause",
    [
        ("429 Too Many Requests", b'{"wait": 1}', '{"wait": 1}'),
        ("503 Service Unavailable", b"", "Service Unavailable"),
        ("404 Not Found", b"\xff", "\ufffd"),
        ("304 Not Modified", b"", "Not Modified"),
    ],
)
async def test_statuses(status: str, body: bytes, cause: str, stage: Stage) -> None:
    stage.server.status, stage.server.body = status, body
    error = await stage.error()
    assert (error.name, error.cause) == (f"States.Http.StatusCode.{status[:3]}", cause)
    assert len(stage.server.requests) == 1


@dataclass(frozen=True)
class Trouble:
    fault: Fault
    reason: str
    secrets: Additions = field(default=Additions(headers={"T": "secret-header"}, query={"q": "secret-query"}))


TROUBLES = [
    Trouble(Fault.SILENCE, "no whole answer within 0.2 s"),
    Trouble(Fault.SLOW_BODY, "no whole answer within 0.2 s"),
    Trouble(Fault.CLOSED, "the server closed the connection without an answer"),
    Trouble(Fault.RESET, "Connection reset by peer"),
    Trouble(Fault.HALF_HEADERS, "the server closed the connection without an answer"),
    Trouble(Fault.HALF_BODY, "the connection was closed in the middle of the answer"),
]


@pytest.mark.parametrize("case", TROUBLES, ids=lambda case: case.fault)
async def test_trouble(case: Trouble, stage: Stage) -> None:
    stage.server.fault = case.fault
    stage.add(case.secrets)
    if case.reason.startswith("no whole answer"):
        stage.hurry()
    error = await stage.error(ApiEndpoint=f"{stage.server.url}/v1?key=hidden", QueryParameters={"more": "hidden"})
    assert (error.name, error.cause) == (
        "States.Http.Socket",
        f"http:invoke of state 'Ask': {stage.server.url}/v1: {case.reason}",
    )
    assert len(stage.server.requests) == 1


async def test_a_token_that_is_refused_is_not_used_again(stage: Stage) -> None:
    async with faulty_server() as tokens:
        tokens.body = b'{"access_token": "t"}'
        client = OAuthClient(endpoint=tokens.url, method="POST", client_id="i", client_secret="s")
        stage.book.connections[ARN] = Connection(arn=ARN, version="1", state="AUTHORIZED", authorization=client)
        await stage.invoke()
        assert stage.server.seen_headers[0]["authorization"] == "Bearer t"
        stage.server.status = "401 Unauthorized"
        assert (await stage.error()).name == "States.Http.StatusCode.401"
        stage.server.status = "200 OK"
        await stage.invoke()
        assert len(tokens.requests) == 2


@dataclass(frozen=True)
class Refused:
    name: str
    arguments: dict[str, Any]
    reason: str
    additions: Additions = field(default=Additions())


URL = "The value of the field 'ApiEndpoint' is not a URL like https://host/path"
NEEDS_FORM = "RequestBodyEncoding URL_ENCODED needs the header 'Content-Type: application/x-www-form-urlencoded'"

REFUSED = [
    Refused("no URL", {"ApiEndpoint": "example.org"}, URL),
    Refused("another scheme", {"ApiEndpoint": "ftp://example.org"}, URL),
    Refused(
        "a user in the URL",
        {"ApiEndpoint": "https://me:hidden@example.org/"},
        "The field 'ApiEndpoint' holds a user; credentials belong into a connection",
    ),
    Refused(
        "forbidden header",
        {"Headers": {"authorization": "hidden"}},
        "The header 'authorization' cannot be set by an HTTP Task",
    ),
    Refused("forbidden family", {"Headers": {"X-Amz-A": "1"}}, "The header 'X-Amz-A' cannot be set by an HTTP Task"),
    Refused("two headers in one", {"Headers": {"A": "1\nB: 2"}}, "The value of the header 'A' has an invalid format"),
    Refused("no form", {"Transform": {"RequestBodyEncoding": "URL_ENCODED"}, "RequestBody": {}}, NEEDS_FORM),
    Refused(
        "no object",
        {"Headers": FORM, "Transform": {"RequestBodyEncoding": "URL_ENCODED"}, "RequestBody": "x"},
        "RequestBodyEncoding URL_ENCODED needs a RequestBody that is a JSON object",
    ),
    Refused(
        "nothing to add to",
        {"RequestBody": [1]},
        "The connection adds to the body, so the value of the field 'RequestBody' must be a JSON object",
        Additions(body={"a": "secret-body"}),
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_refused_arguments(case: Refused, stage: Stage) -> None:
    stage.add(case.additions)
    error = await stage.error(**case.arguments)
    assert isinstance(error, StatesRuntime)
    assert (error.cause or "").endswith(f"could not be used to start the Task: [{case.reason}]")
    assert not any(secret in (error.cause or "") for secret in SECRETS)
    assert stage.server.requests == []


async def test_api_key(stage: Stage) -> None:
    key = ApiKey(name="X-Key", value="k")
    stage.book.connections[ARN] = Connection(arn=ARN, version="1", state="AUTHORIZED", authorization=key)
    await stage.invoke(Headers={"x-key": "mine"}, InvocationConfig={"ConnectionArn": ARN}, Authentication=None)
    assert stage.server.seen_headers[0]["x-key"] == "k"


async def test_no_such_connection(stage: Stage) -> None:
    error = await stage.error(Authentication={"ConnectionArn": "arn:x"})
    assert error.name == "Events.ConnectionResource.ResourceNotFound"
    assert stage.server.requests == []
