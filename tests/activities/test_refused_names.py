"""Names that Temporal would refuse, on a real server: the execution fails, and no workflow task is tried for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.temporal_server import TemporalServer
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, running_engine

ACTIVITY = "arn:aws:states:::temporal:activity"
INVOKE = "arn:aws:states:::lambda:invoke"


@dataclass(frozen=True)
class Case:
    name: str
    resource: str
    arguments: dict[str, JsonValue]


CASES = (
    Case("long-type", ACTIVITY, {"ActivityType": "a" * 1001, "TaskQueue": "q"}),
    Case("long-queue", ACTIVITY, {"ActivityType": "a", "TaskQueue": "q" * 1001}),
    Case("system-queue", ACTIVITY, {"ActivityType": "a", "TaskQueue": "/_sys/q"}),
    Case("surrogate-type", ACTIVITY, {"ActivityType": "\ud800", "TaskQueue": "q"}),
    Case("surrogate-queue", ACTIVITY, {"ActivityType": "a", "TaskQueue": "\ud800"}),
    Case("long-qualifier", INVOKE, {"FunctionName": "f", "Qualifier": "7" * 1001}),
    Case("surrogate-qualifier", INVOKE, {"FunctionName": "f", "Qualifier": "\ud800"}),
)


@pytest.fixture
async def engine(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[TestEngine]:
    async with running_engine(temporal_server, tmp_path, {}) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_execution_fails(case: Case, engine: TestEngine) -> None:
    parameters = {f"{field}.$": f"$.{field}" for field in case.arguments}
    task = {"Type": "Task", "Resource": case.resource, "Parameters": parameters, "End": True}
    arn = await engine.create(case.name, {"StartAt": "T", "States": {"T": task}})
    async with asyncio.timeout(20):
        ended = await engine.run(arn, case.arguments)
    assert (ended.status, ended.error) == ("FAILED", "States.Runtime")
    assert ended.cause is not None
    assert "could not be used to start the Task" in ended.cause
