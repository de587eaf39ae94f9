"""Golden histories: what was recorded replays in this release, and means the events that it meant."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from activities.payloads import data_converter
from activities.worker import wiring
from interpreter.hosts.temporal.wiring import install
from interpreter.hosts.temporal.workflow import ExecutionWorkflow
from tests.histories.record import BEHAVIOURS, FOREIGN, REDRIVEN
from tests.support.golden import HISTORIES, Golden, abridged, project

PATHS = sorted(HISTORIES.glob("*.json"))


async def _replay(golden: Golden, history: WorkflowHistory) -> None:
    store, definitions = golden.definitions()
    install(wiring(definitions))
    replayer = Replayer(
        workflows=[ExecutionWorkflow],
        data_converter=data_converter(definitions, store),
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    await replayer.replay_workflow(history)


def test_every_behaviour_is_recorded() -> None:
    assert {path.stem for path in PATHS} >= {*BEHAVIOURS, *REDRIVEN, *FOREIGN}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_history_replays(path: Path) -> None:
    golden = Golden.load(path)

    await _replay(golden, golden.recorded())


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_history_means_the_same(path: Path) -> None:
    golden = Golden.load(path)

    events = await project(golden.definition, golden.workflow_id, golden.recorded().events)

    assert abridged(events) == golden.events


def _scheduled(history: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for event in history["events"]:
        if "activityTaskScheduledEventAttributes" in event:
            yield event["activityTaskScheduledEventAttributes"]


def _other_activity_type(history: dict[str, Any]) -> None:
    next(_scheduled(history))["activityType"]["name"] = "another"


def _other_activity_id(history: dict[str, Any]) -> None:
    next(_scheduled(history))["activityId"] = "T-00000000-0000-4000-8000-000000000000"


def _timer_in_place_of_an_activity(history: dict[str, Any]) -> None:
    event = next(event for event in history["events"] if "activityTaskScheduledEventAttributes" in event)
    event["eventType"] = "EVENT_TYPE_TIMER_STARTED"
    del event["activityTaskScheduledEventAttributes"]
    event["timerStartedEventAttributes"] = {"timerId": "1", "startToFireTimeout": "1s"}


@pytest.mark.parametrize("change", [_other_activity_type, _other_activity_id, _timer_in_place_of_an_activity])
async def test_an_incompatible_history_fails(change: Any) -> None:
    golden = Golden.load(HISTORIES / "tasks-in-sequence.json")
    history = copy.deepcopy(cast("dict[str, Any]", golden.history))
    change(history)

    with pytest.raises(NondeterminismError):
        await _replay(golden, WorkflowHistory.from_json(golden.workflow_id, json.dumps(history)))
