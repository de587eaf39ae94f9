"""ListExecutions is Temporal's list: its order, and that it lags a little behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from api.service.errors import InvalidToken
from api.service.pages import page_token
from api.service.shapes import ListExecutionsRequest
from api.temporal_server import TemporalServer
from tests.support.engine import TestEngine, running_engine

_BY_INPUT = {
    "StartAt": "C",
    "States": {
        "C": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.waits", "IsPresent": True, "Next": "W"}],
            "Default": "E",
        },
        "W": {"Type": "Wait", "Seconds": 1000, "End": True},
        "E": {"Type": "Succeed"},
    },
}


@pytest.fixture
async def engine(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[TestEngine]:
    async with running_engine(temporal_server, tmp_path, {}) as running:
        yield running


async def _listed(engine: TestEngine, machine: str, expected: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Names and statuses in their order, asked for until there are those of `expected`, in whatever order."""
    async with asyncio.timeout(30):
        while True:
            page = await engine.service.list_executions(ListExecutionsRequest(state_machine_arn=machine))
            shown = [(each.name, each.status) for each in page.executions]
            if sorted(shown) == sorted(expected):
                return shown
            await asyncio.sleep(0.05)


async def test_running_ones_come_first_then_those_that_ended_last(engine: TestEngine) -> None:
    machine = await engine.create("listed-by-their-ends", _BY_INPUT)
    await engine.start(machine, {"waits": True}, name="oldest")
    for name in ("second", "third"):
        await engine.service.wait_for_execution(await engine.start(machine, name=name))

    expected = [("oldest", "RUNNING"), ("third", "SUCCEEDED"), ("second", "SUCCEEDED")]
    assert await _listed(engine, machine, expected) == expected


async def test_a_token_made_by_hand_is_refused_at_once(engine: TestEngine) -> None:
    """It has our digest, and a place that Temporal cannot read."""
    machine = await engine.create("listed-by-hand", _BY_INPUT)
    for place in (
        b"garbage",
        b"\xff",
        b"[1]",
        b"[" * 2_000,  # which the API's bound on tokens lets pass, and Python's stack does not
        b'{"StartTime": 1}',
        b'{"RunID": "r"}',
        b'{"RunID": "r", "StartTime": 1, "CloseTime": ""}',
    ):
        token = page_token(place, "ListExecutions", machine, None)
        with pytest.raises(InvalidToken):
            await engine.service.list_executions(ListExecutionsRequest(state_machine_arn=machine, next_token=token))
