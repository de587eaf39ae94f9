"""Hostile JSONata on a real worker: each state fails or succeeds, no workflow task fails, and the worker goes on."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from temporalio.api.enums.v1 import EventType

from api.service.shapes import DescribeExecutionResponse
from api.temporal_server import TemporalServer
from interpreter.dataflow import jsonata
from interpreter.jsonata import Bounds, ExpressionError, parse_expression
from interpreter.values import JsonValue
from tests.interpreter.jsonata.test_bounds import HEAVY, hostile
from tests.resilience.hostile_sources import HOSTILE, hostile_input
from tests.support.engine import TestEngine, running_engine

_GENERATED: Final = 100
_MANY_STATES: Final = 250
_STATES: Final = 20
"""In a row in one execution: the next is entered whatever becomes of the one before."""

_FAILED_TASKS: Final = frozenset(
    {EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT}
)


def _expressions() -> list[str]:
    """Some of those made by hand, which take a third of a second each, and generated ones that are not refused."""
    chance = random.Random(20_261_127)
    generated = [hostile(chance) for _ in range(_GENERATED)]
    return [case.expression for case in HEAVY[::6]] + [source for source in generated if _is_accepted(source)]


def _is_accepted(source: str) -> bool:
    try:
        parse_expression(source)
    except ExpressionError:
        return False
    return True


def _machine(expressions: list[str]) -> dict[str, Any]:
    """Maps of one iteration each, as nothing else catches what fails a Pass."""
    states: dict[str, Any] = {}
    for number, source in enumerate(expressions):
        following = f"S{number + 1}"
        inner = {"Type": "Pass", "Output": {"kept": f"{{% $exists({source}) %}}"}, "End": True}
        states[f"S{number}"] = {
            "Type": "Map",
            "Items": [0],
            "ItemProcessor": {"StartAt": f"P{number}", "States": {f"P{number}": inner}},
            "ItemSelector": "{% $states.input %}",
            "Output": "{% $states.input %}",
            "Catch": [
                {"ErrorEquals": ["States.QueryEvaluationError"], "Output": "{% $states.input %}", "Next": following}
            ],
            "Next": following,
        }
    states[f"S{len(expressions)}"] = {"Type": "Succeed", "Output": "done"}
    return {"QueryLanguage": "JSONata", "StartAt": "S0", "States": states}


def _input() -> JsonValue:
    """Some 30 KB of each kind of value."""
    return {
        "items": [{"id": number, "name": f"n{number}"} for number in range(1_000)],
        "nums": list(range(5_000)),
        "text": "a b,c" * 6_000,
    }


async def test_hostile_expressions_fail_their_states_only(temporal_server: TemporalServer, tmp_path: Path) -> None:
    expressions = _expressions()
    async with running_engine(temporal_server, tmp_path, {}) as engine:

        async def run(first: int) -> tuple[DescribeExecutionResponse, list[str], set[int]]:
            name = f"hostile-{first}"
            arn = await engine.create(name, _machine(expressions[first : first + _STATES]))
            ended = await engine.run(arn, _input())
            history = await engine.client.get_workflow_handle(f"{name}:{ended.name}").fetch_history()
            types = await engine.event_types(ended.execution_arn)
            return ended, types, {event.event_type for event in history.events}

        runs = [await run(first) for first in range(0, len(expressions), _STATES)]
        for ended, _, _ in runs:
            assert (ended.status, ended.output) == ("SUCCEEDED", '"done"'), ended.cause
        assert not _FAILED_TASKS & set().union(*(types for _, _, types in runs))
        events = Counter(event for _, types, _ in runs for event in types)
        assert events["EvaluationFailed"] > 20
        assert events["MapIterationSucceeded"] > 20
        assert events["MapIterationStarted"] == len(expressions)
        await _still_serves(engine)


@pytest.mark.timeout(450)
async def test_a_thousand_by_kind(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All kinds of `hostile_sources` in one process, within less work than they may do, so that they take seconds."""
    monkeypatch.setattr(jsonata, "_TRIES", {"aws": _within(jsonata._TRIES["aws"], steps=10_000)})
    monkeypatch.setattr(jsonata, "_REGEX_TRIES", {"aws": _within(jsonata._REGEX_TRIES["aws"], steps=1_000)})
    expressions = [source for kind in HOSTILE.values() for source in kind if _is_accepted(source)]
    assert len(expressions) >= 1_000
    events: Counter[str] = Counter()
    async with running_engine(temporal_server, tmp_path, {}) as engine:
        for first in range(0, len(expressions), _MANY_STATES):
            name, part = f"thousand-{first}", expressions[first : first + _MANY_STATES]
            ended = await engine.run(await engine.create(name, _machine(part)), hostile_input())
            assert (ended.status, ended.output) == ("SUCCEEDED", '"done"'), ended.cause
            events += Counter(await engine.event_types(ended.execution_arn))
            history = await engine.client.get_workflow_handle(f"{name}:{ended.name}").fetch_history()
            assert not _FAILED_TASKS & {event.event_type for event in history.events}
        assert events["MapIterationStarted"] == len(expressions)
        assert events["EvaluationFailed"] > 1_000
        assert events["MapIterationSucceeded"] > 20
        await _still_serves(engine)


def _within(tries: tuple[tuple[Bounds, int], ...], steps: int) -> tuple[tuple[Bounds, int], ...]:
    bounds, cost = tries[2]
    return (*tries[:2], (replace(bounds, steps=steps, work=10_000), cost))


async def _still_serves(engine: TestEngine) -> None:
    fresh = await engine.create("fresh", {"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})
    assert (await engine.run(fresh)).status == "SUCCEEDED"
