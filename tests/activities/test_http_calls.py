"""Requests that are made once, against a server in trouble."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from yarl import URL

from activities.address_guard import AddressGuard
from activities.http_calls import LARGEST_ANSWER, HttpAnswer, HttpRequest, Unanswered, http_caller, system_reason
from tests.support.faulty_server import Fault, FaultyServer, faulty_server

OFF = AddressGuard(on=False)


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as server:
        yield server


async def send(
    request: HttpRequest, *, limit: float = 20.0, guard: AddressGuard = OFF, follow: bool = True
) -> HttpAnswer:
    async with asyncio.timeout(30), http_caller(guard, limit_seconds=limit) as caller:
        return await caller.send(request, follow=follow)


async def reason(request: HttpRequest, *, limit: float = 20.0, guard: AddressGuard = OFF) -> str:
    with pytest.raises(Unanswered) as raised:
        await send(request, limit=limit, guard=guard)
    return str(raised.value)


def get(url: str) -> HttpRequest:
    return HttpRequest(method="GET", url=URL(url))


@dataclass(frozen=True)
class Case:
    fault: Fault
    reason: str
    limit: float = 20.0


FAULTS = [
    Case(Fault.SILENCE, "no whole answer within 0.2 s", 0.2),
    Case(Fault.SLOW_BODY, "no whole answer within 0.2 s", 0.2),
    Case(Fault.DRIPPING_BODY, "no whole answer within 0.2 s", 0.2),
    Case(Fault.CLOSED, "the server closed the connection without an answer"),
    Case(Fault.RESET, "Connection reset by peer"),
    Case(Fault.HALF_HEADERS, "the server closed the connection without an answer"),
    Case(Fault.HALF_BODY, "the connection was closed in the middle of the answer"),
]


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.fault)
async def test_one_request_and_why_it_was_not_answered(case: Case, server: FaultyServer) -> None:
    server.fault = case.fault
    told = await reason(get(f"{server.url}/p?key=hidden"), limit=case.limit)
    assert told == f"{server.url}/p: {case.reason}"
    assert server.requests == ["GET /p?key=hidden HTTP/1.1"]


async def test_idempotent_requests_are_not_repeated_on_a_kept_connection(server: FaultyServer) -> None:
    async with http_caller(OFF) as caller:
        await caller.send(get(server.url), follow=True)
        server.fault = Fault.CLOSED
        with pytest.raises(Unanswered):
            await caller.send(get(server.url), follow=True)
    assert len(server.requests) == 2


async def test_large_answers_are_not_fetched_to_their_end(server: FaultyServer) -> None:
    server.fault = Fault.HUGE_BODY
    answer = await send(get(server.url))
    assert (len(answer.body), answer.too_large) == (LARGEST_ANSWER, True)


async def test_nobody_listens(server: FaultyServer, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    assert await reason(get(url)) == f"{url}: Connection refused"


@pytest.mark.parametrize(
    "error, told",
    [
        (OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)"), "Connection refused"),
        (ssl.SSLError(1, "wrong version number"), "wrong version number"),
        (socket.gaierror(8, "nodename nor servname provided"), "nodename nor servname provided"),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (OSError("no route"), "no route"),
        (TimeoutError(), "TimeoutError"),
    ],
    ids=["refused", "TLS", "a name on macOS", "a name on Linux", "text only", "nothing"],
)
def test_what_the_system_says(error: OSError, told: str) -> None:
    assert system_reason(error) == told


async def test_the_guard(server: FaultyServer) -> None:
    told = await reason(get(server.url), guard=AddressGuard(on=True))
    assert told.endswith(
        "the host has no public address, and HTTP Tasks may call public addresses only, besides the networks in "
        "http_guard_allowed (STEPLOOM_HTTP_GUARD_ALLOWED)"
    )
    port = URL(server.url).port
    told = await reason(get(f"http://localhost:{port}/"), guard=AddressGuard(on=True))
    assert "no public address" in told
    assert server.requests == []


# ---------------------------------------------------------------- redirects


async def redirected(server: FaultyServer, status: str, location: str, request: HttpRequest) -> HttpAnswer:
    server.status, server.headers = status, {"Location": location}
    async with asyncio.timeout(30), http_caller(OFF) as caller:
        return await caller.send(request, follow=True)


async def test_redirects_are_followed_and_bounded(server: FaultyServer) -> None:
    answer = await redirected(server, "302 Found", "/again", get(f"{server.url}/a"))
    assert answer.status == 302
    assert server.requests == ["GET /a HTTP/1.1"] + ["GET /again HTTP/1.1"] * 10


@pytest.mark.parametrize("status, method, body", [("303 See Other", "GET", b""), ("307 Moved", "POST", b"x")])
async def test_methods_of_redirects(status: str, method: str, body: bytes, server: FaultyServer) -> None:
    request = HttpRequest(
        method="POST", url=URL(server.url), headers=[("Content-Type", "text/plain"), ("X-A", "1")], body=b"x"
    )
    await redirected(server, status, "/b", request)
    assert server.requests[1] == f"{method} /b HTTP/1.1"
    assert (server.seen_bodies[1], server.seen_headers[1]["x-a"]) == (body, "1")
    assert ("content-type" in server.seen_headers[1]) is (body != b"")


async def test_another_origin_is_told_less(server: FaultyServer) -> None:
    async with faulty_server() as other:
        plain = HttpRequest(method="POST", url=URL(server.url), headers=[("X-A", "1")], body=b"{}")
        request = HttpRequest(
            method="POST",
            url=URL(server.url),
            headers=[("X-A", "1"), ("Authorization", "secret")],
            body=b'{"password":"secret"}',
            elsewhere=plain,
        )
        await redirected(server, "307 Moved", f"{other.url}/c", request)
        assert "authorization" in server.seen_headers[0]
        assert other.seen_bodies == [b"{}"]
        assert "authorization" not in other.seen_headers[0]
        assert other.seen_headers[0]["x-a"] == "1"


async def test_the_guard_stands_before_redirects(server: FaultyServer) -> None:
    """The first address is allowed, the one that the redirect names is not."""
    from activities.address_guard import parse_networks

    server.status, server.headers = "302 Found", {"Location": server.url.replace("127.0.0.1", "127.0.0.2")}
    guard = AddressGuard(on=True, allowed=parse_networks(["127.0.0.1"]))
    assert "no public address" in await reason(get(server.url), guard=guard)
    assert len(server.requests) == 1
