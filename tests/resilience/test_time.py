"""A year in seconds: long waits, long retries and long timeouts with time skipped; missed callbacks in real time."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.worker import Worker

from api.service.errors import TaskTimedOut
from api.service.shapes import DescribeExecutionResponse, SendTaskSuccessRequest
from api.temporal_server import TemporalServer
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, running_engine
from tests.support.server import running_server

YEAR_SECONDS = 31_536_000


class Functions:
    """`flaky` fails twice and then works; `ask` keeps the token that it is handed."""

    def __init__(self) -> None:
        self.calls = 0
        self.tokens: asyncio.Queue[str] = asyncio.Queue()

    async def flaky(self, event: Any) -> JsonValue:
        self.calls += 1
        if self.calls <= 2:
            raise ConnectionError("not today")
        return self.calls

    async def ask(self, event: Any) -> JsonValue:
        await self.tokens.put(event["token"])
        return None

    def by_name(self) -> dict[str, Any]:
        return {"flaky": self.flaky, "ask": self.ask}


@pytest.fixture(scope="module")
def server() -> Iterator[TemporalServer]:
    """A server that skips time for the executions that ask for it."""
    with running_server(time_skipping=True) as started:
        yield started


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
async def skipping(server: TemporalServer, functions: Functions, tmp_path: Path) -> AsyncIterator[TestEngine]:
    """An engine whose executions skip time."""
    async with running_engine(server, tmp_path, functions.by_name(), skip_time=True) as running:
        yield running


@pytest.fixture
async def engine(server: TemporalServer, functions: Functions, tmp_path: Path) -> AsyncIterator[TestEngine]:
    """An engine in real time."""
    async with running_engine(server, tmp_path, functions.by_name()) as running:
        yield running


def took(ended: DescribeExecutionResponse) -> timedelta:
    """How long the execution lasted by its own clock."""
    assert ended.stop_date is not None
    return ended.stop_date - ended.start_date


async def test_wait_of_three_hundred_days(skipping: TestEngine) -> None:
    seconds = 300 * 24 * 3600
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": seconds, "End": True}}}
    ended = await skipping.run(await skipping.create("long-wait", definition))
    assert ended.status == "SUCCEEDED"
    assert timedelta(seconds=seconds) <= took(ended) < timedelta(seconds=seconds + 60)


async def test_retry_after_ninety_days(skipping: TestEngine, functions: Functions) -> None:
    seconds = 90 * 24 * 3600
    retry = {"ErrorEquals": ["ConnectionError"], "IntervalSeconds": seconds, "BackoffRate": 2.0, "MaxAttempts": 2}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:flaky",
        "Retry": [retry],
        "End": True,
    }
    ended = await skipping.run(await skipping.create("long-retry", {"StartAt": "Task", "States": {"Task": task}}))
    assert (ended.status, ended.output, functions.calls) == ("SUCCEEDED", "3", 3)
    assert timedelta(seconds=3 * seconds) <= took(ended) < timedelta(seconds=3 * seconds + 60)


async def test_machine_timeout_of_a_year(skipping: TestEngine) -> None:
    loop = {
        "StartAt": "Wait",
        "TimeoutSeconds": YEAR_SECONDS,
        "States": {
            "Wait": {"Type": "Wait", "Seconds": 40 * 24 * 3600, "Next": "Again"},
            "Again": {"Type": "Pass", "Next": "Choose"},
            "Choose": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.over", "IsPresent": True, "Next": "Over"}],
                "Default": "Wait",
            },
            "Over": {"Type": "Succeed"},
        },
    }
    ended = await skipping.run(await skipping.create("year", loop))
    assert (ended.status, ended.error, ended.cause) == ("TIMED_OUT", None, None)
    assert took(ended) == timedelta(seconds=YEAR_SECONDS)
    events = await skipping.event_types(ended.execution_arn)
    assert (events.count("WaitStateEntered"), events[-1]) == (10, "ExecutionTimedOut")


@pytest.mark.parametrize("limit", ["HeartbeatSeconds", "TimeoutSeconds"])
async def test_open_callback_that_nobody_answers(engine: TestEngine, functions: Functions, limit: str) -> None:
    """In real time: the server's clock does not skip while an activity is open."""
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}},
        limit: 1,
        "Catch": [{"ErrorEquals": ["States.Timeout"], "ResultPath": "$.error", "Next": "Caught"}],
        "End": True,
    }
    states = {"Ask": ask, "Caught": {"Type": "Wait", "Seconds": 2, "End": True}}
    execution = await engine.start(await engine.create(f"missed-{limit}", {"StartAt": "Ask", "States": states}))
    token = await functions.tokens.get()
    async for event in engine.service.watch_execution(execution):
        if event["type"] == "WaitStateEntered":
            break
    with pytest.raises(TaskTimedOut):
        await engine.service.send_task_success(SendTaskSuccessRequest(task_token=token, output="1"))
    ended = await engine.service.wait_for_execution(execution)
    assert ended.output == '{"error":{"Error":"States.Timeout","Cause":""}}'
    events = await engine.event_types(execution)
    assert events[4:7] == ["TaskSubmitted", "TaskTimedOut", "TaskStateExited"]


async def test_the_time_of_a_task_counts_from_when_a_worker_has_it(engine: TestEngine) -> None:
    """The call stands in its queue for longer than its TimeoutSeconds, and is made as soon as there is a worker."""
    queue = f"late-{uuid.uuid4().hex}"
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::temporal:activity",
        "Parameters": {"ActivityType": "late", "TaskQueue": queue},
        "TimeoutSeconds": 2,
        "End": True,
    }
    wait = {"Type": "Wait", "Seconds": 3, "End": True}
    both = {"Type": "Parallel", "Branches": [_only("T", task), _only("W", wait)], "End": True}
    execution = await engine.start(await engine.create("late", _only("P", both)))
    async for event in engine.service.watch_execution(execution):
        if event["type"] == "WaitStateExited":
            break

    async with Worker(engine.client, task_queue=queue, activities=[late]):
        ended = await engine.service.wait_for_execution(execution)

    assert (ended.status, ended.output) == ("SUCCEEDED", '["after all",{}]')


@activity.defn
async def late(_: Any) -> str:
    """What nobody did in time."""
    return "after all"


def _only(name: str, state: Mapping[str, object]) -> dict[str, object]:
    return {"StartAt": name, "States": {name: state}}
