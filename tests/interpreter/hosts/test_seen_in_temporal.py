"""What an operator who knows nothing of steploom sees in Temporal, and what a bug of ours does to an execution."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.converter import PayloadConverter

from api.service.shapes import StopExecutionRequest
from api.temporal_server import TemporalServer
from interpreter.effects import Room
from interpreter.execution import Execution
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, running_engine


async def _asked(_: Any) -> JsonValue:
    return None


@pytest.fixture
async def engine(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[TestEngine]:
    async with running_engine(temporal_server, tmp_path, {"ask-boss": _asked}) as running:
        yield running


def _only(name: str, state: dict[str, object]) -> dict[str, object]:
    return {"StartAt": name, "States": {name: state}}


ASK: dict[str, object] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {"FunctionName": "ask-boss", "Payload": {"token.$": "$$.Task.Token"}},
    "End": True,
}
PAUSE: dict[str, object] = {"Type": "Wait", "Seconds": 3600, "End": True}
BOTH = _only("Both", {"Type": "Parallel", "Branches": [_only("Ask", ASK), _only("Pause", PAUSE)], "End": True})


async def test_list_timeline_and_details(engine: TestEngine) -> None:
    """The workflow's type, the types, ids and summaries of what it began, and its current details."""
    execution = await engine.start(await engine.create("approval", BOTH), name="seen")
    async for event in engine.service.watch_execution(execution):
        if event["type"] == "TaskSubmitted":
            break
    workflow = engine.client.get_workflow_handle("approval:seen")
    events = (await workflow.fetch_history()).events

    assert (await workflow.describe()).workflow_type == "approval"
    begun = {_summary(event): _of_activity(event) for event in events if _is_begun(event)}
    assert begun.keys() == {"Ask", "Ask: callback", "Wait: Pause"}
    (call_type, call_id), (_, wait_id) = begun["Ask"], begun["Ask: callback"]
    assert call_type == "ask-boss"
    for activity_id in (call_id, wait_id):
        assert re.fullmatch(r"Ask-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", activity_id)
    metadata = await workflow.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert metadata.current_details == (
        "- **Both**: 0 of 2 done\n  - **Ask**: waiting for its task token\n  - **Pause**: Wait: Pause"
    )
    await engine.service.stop_execution(StopExecutionRequest(execution_arn=execution))


def _is_begun(event: HistoryEvent) -> bool:
    return event.event_type in (EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, EventType.EVENT_TYPE_TIMER_STARTED)


def _summary(event: HistoryEvent) -> str:
    return PayloadConverter.default.from_payload(event.user_metadata.summary, str)


def _of_activity(event: HistoryEvent) -> tuple[str, str]:
    scheduled = event.activity_task_scheduled_event_attributes
    return scheduled.activity_type.name, scheduled.activity_id


async def test_a_bug_fails_no_execution(engine: TestEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails the workflow task: the execution goes on as soon as what fails is mended."""
    run, bugs = Execution.run, ["a bug of ours"]

    def run_with_a_bug(self: Execution, room: Room = "plenty") -> None:
        if bugs:
            raise LookupError(bugs.pop())
        run(self, room)

    monkeypatch.setattr(Execution, "run", run_with_a_bug)
    arn = await engine.create("buggy", _only("Done", {"Type": "Pass", "Result": 1, "End": True}))
    ended = await engine.run(arn)
    events = (await engine.client.get_workflow_handle(f"buggy:{ended.name}").fetch_history()).events
    failures = [
        event.workflow_task_failed_event_attributes.failure.message
        for event in events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    ]
    assert failures == ["a bug of ours"]
    assert (ended.status, ended.output) == ("SUCCEEDED", "1")
