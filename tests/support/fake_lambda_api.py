"""A small Lambda API for tests: one HTTP server whose answers are set per function, and which keeps what was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.support.served import served


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answers: status, body and headers beside the request id."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One `Invoke` as it arrived."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class FakeLambdaApi:
    """The API behind `endpoint`; `replies` by function name, anything else is not found."""

    REQUEST_ID = "11111111-2222-4333-8444-555555555555"

    def __init__(self) -> None:
        self.endpoint = ""
        self.replies: dict[str, Reply] = {}
        self.requests: list[Request] = []
        self.arrived = asyncio.Event()
        self.held = asyncio.Event()
        self.held.set()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer `POST /2015-03-31/functions/<name>/invocations`."""
        body = await request.read()
        self.requests.append(Request(request.path, dict(request.query), dict(request.headers), body))
        self.arrived.set()
        await self.held.wait()
        reply = self.replies.get(request.match_info["name"]) or self._not_found(request.match_info["name"])
        headers = {"x-amzn-RequestId": self.REQUEST_ID, "Content-Type": "application/json", **reply.headers}
        return web.Response(status=reply.status, body=reply.body, headers=headers)

    @staticmethod
    def _not_found(name: str) -> Reply:
        message = f"Function not found: arn:aws:lambda:us-east-1:123456789012:function:{name}:$LATEST"
        return refusal(404, "ResourceNotFoundException", message)


def answer(payload: object, **headers: str) -> Reply:
    """A function's result; header names with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(200, json.dumps(payload).encode(), {"X-Amz-Executed-Version": "$LATEST", **named})


def refusal(status: int, code: str, message: str) -> Reply:
    """An error of the API itself."""
    body = json.dumps({"Type": "User", "Message": message}).encode()
    return Reply(status, body, {"x-amzn-ErrorType": code})


@asynccontextmanager
async def fake_lambda_api() -> AsyncIterator[FakeLambdaApi]:
    """Serve the API on a free port of this machine."""
    api = FakeLambdaApi()
    async with served("/2015-03-31/functions/{name}/invocations", api.handle) as api.endpoint:
        try:
            yield api
        finally:
            api.held.set()
