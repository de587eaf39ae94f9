"""Log lines: text or JSON, also those of what is no Python: the core of Temporal's SDK."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import grpc
import pytest
import pytest_asyncio
from temporalio.api.workflowservice.v1 import PollActivityTaskQueueRequest
from temporalio.client import Client
from temporalio.runtime import Runtime

from api.cli.logs import set_up_logs
from api.config import load_settings
from tests.support.fake_temporal import Context, fake_temporal


async def nobody(_: str, context: Context) -> None:
    """Answer as a proxy before a Temporal that is away."""
    await context.abort(grpc.StatusCode.UNAVAILABLE, "nobody is there")


@pytest_asyncio.fixture
async def away() -> AsyncIterator[str]:
    """The address of a Temporal server that is away."""
    async with fake_temporal(nobody) as address:
        yield address


async def test_the_sdks_core_is_heard_in_lines_of_json(
    away: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    made: list[Runtime] = []
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as a process begins
    monkeypatch.setattr(Runtime, "set_default", lambda runtime, **_: made.append(runtime))
    set_up_logs(load_settings(log_format="json"))
    client = await Client.connect(away, runtime=made[0])
    calling = asyncio.create_task(
        client.workflow_service.poll_activity_task_queue(PollActivityTaskQueueRequest(), retry=True)
    )
    lines = ""
    while not lines:
        await asyncio.sleep(0.05)
        told = capfd.readouterr()
        assert (told.out, calling.done()) == ("", False)
        lines += told.err
    calling.cancel()
    with suppress(asyncio.CancelledError):
        await calling
    (line,) = lines.splitlines()[:1]
    told_of = json.loads(line)
    assert told_of["logger"] == "temporalio-sdk_core::temporalio_client::retry"
    assert told_of["level"] == "warning"
    assert "gRPC call poll_activity_task_queue retried" in told_of["message"]
    assert "nobody is there" in told_of["message"]


@pytest.mark.parametrize("level, told", [("warning", []), ("info", ["INFO"])])
def test_a_late_answer_is_no_fault(
    level: str, told: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(Runtime, "set_default", lambda *_, **__: None)
    set_up_logs(load_settings(log_level=level))
    message = "Activity not found on completion. This may happen if ... {'task_token': 'TaskToken(abc)'}"
    logger = logging.getLogger("temporalio")
    logger.handle(logger.makeRecord("temporalio-sdk_core::x", logging.WARNING, "(sdk-core)", 0, message, (), None))
    lines = capfd.readouterr().err.splitlines()
    assert [line.split()[2] for line in lines] == told
    assert all("A call was answered when its Task had been given up already" in line for line in lines)


@pytest.mark.parametrize("level, told", [("error", []), ("warning", ["of a library"]), ("debug", ["of a library"])])
def test_the_level_is_for_libraries_too(
    level: str, told: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = root.level
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(Runtime, "set_default", lambda *_, **__: None)
    try:
        set_up_logs(load_settings(log_level=level))
        logging.getLogger("library").warning("of a library")
        logging.getLogger("library").info("not heard")
    finally:
        root.setLevel(before)
    assert [line.rsplit(": ", 1)[1] for line in capfd.readouterr().err.splitlines()] == told
