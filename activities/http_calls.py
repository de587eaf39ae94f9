"""HTTP requests that are made once, in bounded time, with a bounded answer, through the guard of addresses.

aiohttp by itself repeats idempotent requests whose connection breaks; here nothing does, so that one attempt of a Task
is one request at most. Each connection serves one request: a kept one that has died meanwhile would cost an attempt.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import aiohttp
from yarl import URL

from activities.address_guard import AddressGuard
from activities.connector_secrets import shown_url
from activities.trace_context import trace_headers, x_ray_headers

LARGEST_ANSWER: Final = 262_144
"""Bytes of an answer's body (AWS quota, checked 2026-11)."""

USUAL_SECONDS: Final = 60.0
"""From the begin of a call to the end of its answer (AWS quota, checked 2026-11)."""

_CONNECT_SECONDS: Final = 10.0
_MOST_REDIRECTS: Final = 10
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NO_AUTO_HEADERS: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class _Broken(aiohttp.ClientError):
    """A connection broke after the request was begun; aiohttp repeats nothing for it."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """A middleware: whatever aiohttp would repeat a request for becomes an error that it does not know."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:  # nothing was sent, and nothing is repeated
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _Broken(error) from error


class Unanswered(Exception):
    """A request got no whole answer; the message says why, without what may be secret in its URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request; `elsewhere` is what a redirect to another origin may be told instead of it."""

    method: str
    url: URL = field(repr=False)
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    elsewhere: HttpRequest | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """An answer; its body has `LARGEST_ANSWER` bytes at most, and `too_large` tells that there were more."""

    status: int
    reason: str
    headers: Mapping[str, list[str]]
    body: bytes
    too_large: bool
    content_type: str
    charset: str | None


class HttpCaller:
    """Makes requests; made by `http_caller`."""

    def __init__(self, sessions: Mapping[str, aiohttp.ClientSession], limit_seconds: float) -> None:
        self._sessions = sessions
        self._limit_seconds = limit_seconds

    async def send(self, request: HttpRequest, *, follow: bool) -> HttpAnswer:
        """Make a request and, where `follow` says so, those that its redirects ask for.

        Raises:
            Unanswered: there was no whole answer.
        """
        try:
            async with asyncio.timeout(self._limit_seconds):
                for _ in range(_MOST_REDIRECTS if follow else 0):
                    answer = await self._send_once(request)
                    target = _redirected(request, answer)
                    if target is None:
                        return answer
                    request = target
                return await self._send_once(request)
        except _Broken as error:
            raise Unanswered(f"{shown_url(str(request.url))}: {self._reason(error.error)}") from None
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            raise Unanswered(f"{shown_url(str(request.url))}: {self._reason(error)}") from None

    async def _send_once(self, request: HttpRequest) -> HttpAnswer:
        async with self._sessions[request.url.scheme].request(
            request.method,
            request.url,
            headers=_with_trace(request.headers),
            data=request.body,
            allow_redirects=False,
        ) as response:
            body = await bounded_body(response, LARGEST_ANSWER)
            headers: dict[str, list[str]] = {}
            for name, value in response.headers.items():
                headers.setdefault(name, []).append(value)
            return HttpAnswer(
                status=response.status,
                reason=response.reason or "",
                headers=headers,
                body=body[:LARGEST_ANSWER],
                too_large=len(body) > LARGEST_ANSWER,
                content_type=response.content_type if "Content-Type" in response.headers else "",
                charset=response.charset,
            )

    def _reason(self, error: BaseException) -> str:
        """What happened; never the text of an error that may quote the URL."""
        match error:
            case aiohttp.ConnectionTimeoutError():
                return f"no connection within {_CONNECT_SECONDS:g} s"
            case TimeoutError():
                return f"no whole answer within {self._limit_seconds:g} s"
            case aiohttp.ClientConnectorCertificateError():
                return f"the certificate is not accepted: {_certificate_fault(error.certificate_error)}"
            case aiohttp.ClientConnectorError():
                return system_reason(error.os_error)
            case aiohttp.ServerDisconnectedError():
                return "the server closed the connection without an answer"
            case aiohttp.ClientPayloadError():
                return "the connection was closed in the middle of the answer"
            case aiohttp.ClientResponseError():
                return f"the answer is not HTTP: {error.message}"
            case OSError():
                return system_reason(error)
            case _:
                return type(error).__name__


@asynccontextmanager
async def http_caller(
    guard: AddressGuard, *, limit_seconds: float = USUAL_SECONDS, tls: ssl.SSLContext | None = None
) -> AsyncIterator[HttpCaller]:
    """A caller; `limit_seconds` bounds each call from its begin to the end of the answer.

    Without `tls` certificates are checked against the system's.
    """
    async with _session(guard, tls, secure=True) as https, _session(guard, tls, secure=False) as http:
        yield HttpCaller({"https": https, "http": http}, limit_seconds)


def _session(guard: AddressGuard, tls: ssl.SSLContext | None, *, secure: bool) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        force_close=True,
        limit=0,
        ssl=True if tls is None else tls,
        socket_factory=partial(guard.open_socket, secure=secure),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=_NO_AUTO_HEADERS,
        middlewares=[_once],
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
    )


def _with_trace(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    given = {name.lower() for name, _ in headers}
    more = (*trace_headers().items(), *x_ray_headers().items())
    return [*headers, *((name, value) for name, value in more if name.lower() not in given)]


async def bounded_body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The answer's body; `most + 1` bytes of a larger one, which is not fetched to its end."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > most:
            break
    return bytes(body[: most + 1])


def _redirected(request: HttpRequest, answer: HttpAnswer) -> HttpRequest | None:
    """The request that a redirect asks for (RFC 9110, 15.4); None where there is none, or none that may be followed."""
    location = next((values[0] for name, values in answer.headers.items() if name.lower() == "location"), None)
    if answer.status not in _REDIRECTS or location is None:
        return None
    try:
        url = request.url.join(URL(location))
    except ValueError:
        return None
    if url.scheme not in ("http", "https") or not url.host or (request.url.scheme, url.scheme) == ("https", "http"):
        return None
    told = request if url.origin() == request.url.origin() else (request.elsewhere or request)
    elsewhere = None if told is request.elsewhere else request.elsewhere
    if (answer.status == 303 and request.method != "HEAD") or (
        answer.status in (301, 302) and request.method == "POST"
    ):
        return HttpRequest(method="GET", url=url, headers=_bodiless(told.headers), elsewhere=elsewhere)
    return HttpRequest(method=told.method, url=url, headers=told.headers, body=told.body, elsewhere=elsewhere)


def _bodiless(headers: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    return [(name, value) for name, value in headers if not name.lower().startswith("content-")]


def _certificate_fault(error: Exception) -> str:
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else str(error)


def system_reason(error: OSError) -> str:
    """The operating system's words, for which asyncio has its own; TLS and name resolution number theirs apart."""
    if error.errno and not isinstance(error, ssl.SSLError | socket.gaierror):
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__
