"""A small Glue API for tests of jobs: runs last until the test ends them, and every call is counted."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web

from tests.support.served import served

_TARGET: Final = "AWSGlue."


class FakeGlueApi:
    """The API behind `endpoint`.

    Attributes:
        endpoint: its URL.
        states: the state of each run, by its id.
        calls: how often each operation was called.
        refusals: what the next calls of an operation are refused with: status and error code.
        changed: notified with each call.
        answering: cleared by a test that wants answers to be late.
    """

    def __init__(self) -> None:
        self.endpoint = ""
        self.states: dict[str, str] = {}
        self.calls: Counter[str] = Counter()
        self.refusals: dict[str, list[tuple[int, str]]] = {}
        self.changed = asyncio.Condition()
        self.answering = asyncio.Event()
        self.answering.set()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one operation."""
        operation = request.headers["X-Amz-Target"].removeprefix(_TARGET)
        parameters = await request.json()
        self.calls[operation] += 1
        refusals = self.refusals.get(operation)
        if refusals:
            status, code = refusals.pop(0)
            body: dict[str, Any] = {"__type": code, "message": "as told"}
        else:
            status, body = 200, self._answer(operation, parameters)
        async with self.changed:
            self.changed.notify_all()
        await self.answering.wait()
        return web.Response(status=status, body=json.dumps(body), content_type="application/x-amz-json-1.1")

    def _answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "StartJobRun":
                run = f"jr_{len(self.states)}"
                self.states[run] = "RUNNING"
                return {"JobRunId": run}
            case "GetJobRun":
                state = self.states[parameters["RunId"]]
                return {"JobRun": {"Id": parameters["RunId"], "JobName": parameters["JobName"], "JobRunState": state}}
            case "BatchStopJobRun":
                for run in parameters["JobRunIds"]:
                    self.states[run] = "STOPPED"
                return {"SuccessfulSubmissions": [], "Errors": []}
            case _:
                raise web.HTTPNotFound

    async def until(self, operation: str, count: int = 1) -> None:
        """Wait until an operation was called so often."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.calls[operation] >= count)


@asynccontextmanager
async def fake_glue_api() -> AsyncIterator[FakeGlueApi]:
    """Serve the API on a free port of this machine."""
    api = FakeGlueApi()
    async with served("/", api.handle) as api.endpoint:
        yield api
