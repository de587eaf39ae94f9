"""What a busy machine does to executions: an activation may take seconds of real time without failing its task."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType

from api.temporal_server import TemporalServer
from interpreter.effects import Room
from interpreter.execution import Execution
from tests.support.engine import running_engine

_SECONDS = 2.3
"""More than the SDK itself allows."""


async def test_an_activation_may_take_seconds(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, runs = Execution.run, 0

    def run_slowly(self: Execution, room: Room = "plenty") -> None:
        nonlocal runs
        runs += 1
        time.sleep(_SECONDS)  # stands for other processes and threads that have the CPU
        run(self, room)

    monkeypatch.setattr(Execution, "run", run_slowly)
    async with running_engine(temporal_server, tmp_path, {}) as engine:
        machine = await engine.create("slow", {"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})
        ended = await engine.run(machine)
        history = await engine.client.get_workflow_handle(f"slow:{ended.name}").fetch_history()
    assert ended.status == "SUCCEEDED"
    assert EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED not in {event.event_type for event in history.events}
    assert runs == 1
