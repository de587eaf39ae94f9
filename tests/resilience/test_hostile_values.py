"""Values and expressions that would fail a careless workflow task for ever: each ends its execution as an error."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.temporal_server import TemporalServer
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, running_engine

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:echo"
DEEP = "$..[?(@.d == 6999)]"


@dataclass(frozen=True)
class Case:
    """A definition, its input, and how the execution ends."""

    id: str
    states: dict[str, Any]
    input: JsonValue
    status: str
    cause: str = ""
    error: str | None = "States.Runtime"


def _large() -> JsonValue:
    """About 250 KB of small objects."""
    return {"items": [{"a": number, "b": "x" * 8, "d": number} for number in range(6_000)]}


def _chain(count: int) -> dict[str, Any]:
    """Pass states in a row, each with one expensive expression; the last leads to Done."""
    states: dict[str, Any] = {}
    for number in range(count):
        following = f"S{number + 1}" if number + 1 < count else "Done"
        states[f"S{number}"] = {
            "Type": "Pass",
            "Parameters": {"found.$": DEEP},
            "ResultPath": None,
            "Next": following,
        }
    return {**states, "Done": {"Type": "Pass", "Result": "done", "End": True}}


def _task(**more: Any) -> dict[str, Any]:
    return {"Task": {"Type": "Task", "Resource": FUNCTION, "End": True, **more}}


CASES = (
    Case("many-expensive-states", _chain(40), _large(), "SUCCEEDED", error=None),
    Case(
        "one-state-of-many-expensive-expressions",
        {"S": {"Type": "Pass", "Parameters": {f"x{number}.$": DEEP for number in range(60)}, "End": True}},
        _large(),
        "FAILED",
        "look at too many values",
    ),
    Case("a-chain-of-descents", {"S": {"Type": "Pass", "InputPath": "$..*..*..*..*", "End": True}}, _large(), "FAILED"),
    Case(
        "a-timeout-beyond-all-calendars",
        _task(TimeoutSecondsPath="$.seconds"),
        {"seconds": 10**14},
        "FAILED",
        "TimeoutSecondsPath",
    ),
    Case(
        "seconds-of-five-thousand-digits",
        {"W": {"Type": "Wait", "SecondsPath": "$.seconds", "End": True}},
        {"seconds": "9" * 5_000},
        "FAILED",
        "cannot be parsed as a long value",
    ),
    Case(
        "width-of-five-thousand-digits",
        {
            "M": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "MaxConcurrencyPath": "$.width",
                "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}},
                "End": True,
            }
        },
        {"items": [1], "width": "9" * 5_000},
        "FAILED",
        "is not a valid integer",
    ),
    Case(
        "an-endless-cause",
        {"F": {"Type": "Fail", "ErrorPath": "$.text", "CausePath": "$.text"}},
        {"text": "x" * 100_000},
        "FAILED",
        "x" * 32_768,
        error="x" * 256,
    ),
)


@pytest.fixture
async def engine(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[TestEngine]:
    async def echo(event: Any) -> JsonValue:
        value: JsonValue = event
        return value

    async with running_engine(temporal_server, tmp_path, {"echo": echo}) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_ends(engine: TestEngine, case: Case) -> None:
    definition = {"StartAt": next(iter(case.states)), "States": case.states}
    ended = await engine.run(await engine.create(f"hostile-{case.id}", definition), case.input)
    assert (ended.status, ended.error) == (case.status, case.error), ended.cause
    assert case.cause in (ended.cause or "")
    assert len(ended.cause or "") <= 32_768
    events = await engine.event_types(ended.execution_arn)
    assert events[-1] == ("ExecutionSucceeded" if case.status == "SUCCEEDED" else "ExecutionFailed")
