"""GetExecutionHistory of long executions: right, paginated, running and closed, with no worker alive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.service.shapes import GetExecutionHistoryRequest
from api.temporal_server import TemporalServer
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, running_engine


@dataclass(frozen=True)
class Case:
    """A Map over `items` items in `rounds` rounds; the execution has `events` events."""

    id: str
    rounds: int
    items: int
    running: bool
    events: int


def _events(rounds: int, items: int, end: int) -> int:
    """Six events an iteration (started, two Pass states, succeeded); a round has eight of its own."""
    return 1 + rounds * (items * 6 + 8) + end


CASES = (
    Case("10,000 closed", 10, 166, running=False, events=_events(10, 166, end=2)),
    Case("10,000 running", 10, 166, running=True, events=_events(10, 166, end=1)),
    Case("24,000 closed", 24, 166, running=False, events=_events(24, 166, end=2)),
    Case("24,000 running", 24, 166, running=True, events=_events(24, 166, end=1)),
)


def definition(case: Case) -> dict[str, Any]:
    """Rounds of a Map of Pass states, then a Wait if the execution is to stay running."""
    iteration = {
        "StartAt": "First",
        "States": {"First": {"Type": "Pass", "Next": "Second"}, "Second": {"Type": "Pass", "End": True}},
    }
    count = {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)", "items.$": "$.items"}, "Next": "More"}
    more = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.n", "NumericLessThan": case.rounds, "Next": "Each"}],
        "Default": "Last",
    }
    last: dict[str, Any] = {"Type": "Wait", "Seconds": 3600, "End": True} if case.running else {"Type": "Fail"}
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": iteration, "ResultPath": None, "Next": "Count"}
    return {"StartAt": "Each", "States": {"Each": each, "Count": count, "More": more, "Last": last}}


@pytest.fixture
async def engine(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[TestEngine]:
    async with running_engine(temporal_server, tmp_path, {}) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_long_history(engine: TestEngine, case: Case) -> None:
    machine = await engine.create(f"history-{case.rounds}-{case.running}", definition(case))
    execution = await engine.start(machine, {"n": 0, "items": list(range(case.items))})
    last = "WaitStateEntered" if case.running else "ExecutionFailed"
    async for event in engine.service.watch_execution(execution):
        if event["type"] == last:
            break
    await engine.stop_workers()
    events = await all_pages(engine, execution, reverse=False)
    assert len(events) == case.events
    assert [event["id"] for event in events] == list(range(1, case.events + 1))
    assert events[-1]["type"] == last
    outputs = [event for event in events if event["type"] == "MapIterationSucceeded"]
    assert len(outputs) == case.rounds * case.items
    assert await all_pages(engine, execution, reverse=True) == events[::-1]


async def all_pages(engine: TestEngine, execution: str, *, reverse: bool) -> list[Mapping[str, JsonValue]]:
    """All events, page by page."""
    events: list[Mapping[str, JsonValue]] = []
    token: str | None = None
    while True:
        request = GetExecutionHistoryRequest(
            execution_arn=execution, max_results=1000, reverse_order=reverse, next_token=token
        )
        page = await engine.service.get_execution_history(request)
        events += page.events
        assert len(page.events) <= 1000
        token = page.next_token
        if token is None:
            return events
