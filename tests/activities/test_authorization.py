"""Credentials of connections, and OAuth tokens."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest

from activities.address_guard import AddressGuard
from activities.authorization import Authorizer
from activities.connections import Additions, ApiKey, Basic, Connection, OAuthClient
from activities.http_calls import HttpCaller, http_caller
from interpreter.errors import StatesError
from tests.support.connections import ARN, DictionaryBook, connection
from tests.support.faulty_server import Fault, FaultyServer, faulty_server

SECRET = "client-secret"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stage:
    server: FaultyServer
    book: DictionaryBook
    authorizer: Authorizer
    clock: Clock
    caller: HttpCaller = field(repr=False)

    def oauth(self, method: str = "POST", version: str = "1") -> Connection:
        client = OAuthClient(
            endpoint=f"{self.server.url}/token?tenant=t",
            method=method,
            client_id="id",
            client_secret=SECRET,
            additions=Additions(headers={"X-A": "1"}, query={"q": "2"}, body={"audience": "api"}),
        )
        return connection(client, version=version)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with faulty_server() as server, http_caller(AddressGuard(on=False), limit_seconds=5) as caller:
        book, clock = DictionaryBook(), Clock()
        server.body = json.dumps({"access_token": "t1", "expires_in": 300}).encode()
        yield Stage(server, book, Authorizer(book, caller, clock), clock, caller)


async def test_basic_and_api_key(stage: Stage) -> None:
    basic = await stage.authorizer.headers(connection(Basic(username="me", password="ü")))
    key = await stage.authorizer.headers(connection(ApiKey(name="X-Key", value="v")))
    assert (basic, key) == ({"Authorization": "Basic bWU6w7w="}, {"X-Key": "v"})


async def test_nothing_is_kept_of_connections_that_no_call_uses(stage: Stage) -> None:
    for version in range(5):
        await stage.authorizer.headers(stage.oauth(version=str(version)))
        stage.authorizer.refused(stage.oauth(version=str(version)))
    gc.collect()
    assert (len(stage.authorizer._asking), len(stage.authorizer._tokens)) == (0, 0)


async def test_token_request(stage: Stage) -> None:
    assert await stage.authorizer.headers(stage.oauth()) == {"Authorization": "Bearer t1"}
    server = stage.server
    assert server.requests == ["POST /token?tenant=t&q=2 HTTP/1.1"]
    assert server.seen_headers[0]["x-a"] == "1"
    assert parse_qs(server.seen_bodies[0].decode()) == {
        "grant_type": ["client_credentials"],
        "audience": ["api"],
        "client_id": ["id"],
        "client_secret": [SECRET],
    }


async def test_token_request_with_get(stage: Stage) -> None:
    await stage.authorizer.headers(stage.oauth("GET"))
    path = stage.server.requests[0].split()[1]
    assert parse_qs(path.partition("?")[2])["client_secret"] == [SECRET]
    assert stage.server.seen_bodies == [b""]


async def test_tokens_are_kept_until_shortly_before_their_end(stage: Stage) -> None:
    await asyncio.gather(*(stage.authorizer.headers(stage.oauth()) for _ in range(5)))
    stage.clock.now += 269
    await stage.authorizer.headers(stage.oauth())
    assert len(stage.server.requests) == 1
    stage.clock.now += 2
    stage.server.body = b'{"access_token": "t2"}'
    assert await stage.authorizer.headers(stage.oauth()) == {"Authorization": "Bearer t2"}
    assert len(stage.server.requests) == 2


@pytest.mark.parametrize(
    "life",
    ['"\u00b2"', "1" * 400, '"' + "1" * 400 + '"', "-1", "true", "[]"],
    ids=["superscript", "large", "large text", "negative", "boolean", "list"],
)
async def test_a_life_that_is_no_number_of_seconds_is_the_usual_one(life: str, stage: Stage) -> None:
    stage.server.body = f'{{"access_token": "t1", "expires_in": {life}}}'.encode()
    for _ in range(2):
        assert await stage.authorizer.headers(stage.oauth()) == {"Authorization": "Bearer t1"}
    stage.clock.now += 271
    await stage.authorizer.headers(stage.oauth())
    assert len(stage.server.requests) == 2


@pytest.mark.parametrize("endpoint", ["ftp://example.com/token", "token", "https://"])
async def test_an_endpoint_that_is_no_url_of_http(endpoint: str, stage: Stage) -> None:
    client = OAuthClient(endpoint=endpoint, method="POST", client_id="id", client_secret=SECRET)
    with pytest.raises(StatesError, match="the authorization endpoint is not a URL") as raised:
        await stage.authorizer.headers(connection(client))
    assert raised.value.name == "Events.ConnectionResource.InvalidConnectionState"


async def test_a_changed_connection_and_a_refused_token_need_a_new_one(stage: Stage) -> None:
    await stage.authorizer.headers(stage.oauth())
    await stage.authorizer.headers(stage.oauth(version="2"))
    stage.authorizer.refused(stage.oauth(version="2"))
    await stage.authorizer.headers(stage.oauth(version="2"))
    assert len(stage.server.requests) == 3


@dataclass(frozen=True)
class NoToken:
    name: str
    status: str
    body: bytes
    fault: Fault
    reason: str


NO_TOKENS = [
    NoToken("refused", "401 Unauthorized", b"{}", Fault.ANSWER, "the authorization endpoint answered with status 401."),
    NoToken("no token", "200 OK", b"{}", Fault.ANSWER, "the authorization endpoint's answer has no access_token."),
    NoToken("no JSON", "200 OK", b"<html>", Fault.ANSWER, "the authorization endpoint's answer has no access_token."),
    NoToken("deep", "200 OK", b"[" * 9_999, Fault.ANSWER, "the authorization endpoint's answer has no access_token."),
    NoToken("reset", "200 OK", b"{}", Fault.RESET, "/token: Connection reset by peer."),
]


@pytest.mark.parametrize("case", NO_TOKENS, ids=lambda case: case.name)
async def test_no_token(case: NoToken, stage: Stage) -> None:
    stage.server.status, stage.server.body, stage.server.fault = case.status, case.body, case.fault
    with pytest.raises(StatesError) as raised:
        await stage.authorizer.headers(stage.oauth())
    assert raised.value.name == "Events.ConnectionResource.InvalidConnectionState"
    cause = raised.value.cause or ""
    assert cause.startswith(f"The connection {ARN} was given no token: ")
    assert cause.endswith(case.reason)
    assert SECRET not in cause
    assert len(stage.server.requests) == 1


async def test_unusable_connections(stage: Stage) -> None:
    async def error(arn: str) -> tuple[str | None, str | None]:
        with pytest.raises(StatesError) as raised:
            await stage.authorizer.connection(arn)
        return raised.value.name, raised.value.cause

    assert await error("arn:x") == (
        "Events.ConnectionResource.ResourceNotFound",
        "The connection arn:x does not exist.",
    )
    stage.book.connections[ARN] = connection(state="DEAUTHORIZED")
    assert (await error(ARN))[0] == "Events.ConnectionResource.InvalidConnectionState"
    stage.book.unreadable = True
    name, cause = await error(ARN)
    assert name == "Events.ConnectionResource.InternalError"
    assert cause == f"The connection {ARN} cannot be used: its secrets were encrypted with another key"


def test_nothing_shows_a_secret(stage: Stage) -> None:
    shown = repr([stage.oauth(), connection(), connection(ApiKey(name="k", value="key-value"))])
    assert all(secret not in shown for secret in (SECRET, "pass-word", "key-value", "audience"))
