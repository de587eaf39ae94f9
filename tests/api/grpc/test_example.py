"""The example programs do what their page says."""

from __future__ import annotations

import asyncio
import runpy
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.service import shapes
from api.service.gateway import ExecutionStatus
from interpreter.values import JsonValue
from tests.api.grpc.conftest import Door

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "grpc"
DATE = datetime(2026, 1, 1, tzinfo=UTC)
MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:order-grpc"
ARN = "arn:aws:states:us-east-1:123456789012:execution:order-grpc:one"
OUTPUT = '[{"approved": true}, {}]'


def _event(number: int, type_: str) -> dict[str, JsonValue]:
    return {"id": number, "previousEventId": number - 1, "timestamp": 1.0, "type": type_}


def test_the_client_has_ten_lines() -> None:
    _, code = (EXAMPLES / "client.py").read_text().split('"""\n', 1)
    assert len([line for line in code.splitlines() if line.strip()]) == 10


async def test_the_client_watches_an_execution_to_its_end(
    door: Door, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    door.service.answers = {
        shapes.StartExecutionRequest: shapes.StartExecutionResponse(execution_arn=ARN, start_date=DATE)
    }
    for event in (_event(1, "ExecutionStarted"), _event(2, "ExecutionSucceeded"), None):
        door.service.events.put_nowait(event)
    door.service.ended.put_nowait(
        shapes.DescribeExecutionResponse(
            execution_arn=ARN,
            state_machine_arn=MACHINE_ARN,
            status=ExecutionStatus.SUCCEEDED,
            start_date=DATE,
            output=OUTPUT,
        )
    )
    monkeypatch.setattr(sys, "argv", ["client.py", door.address, MACHINE_ARN, '{"a": 1}'])
    await asyncio.to_thread(runpy.run_path, str(EXAMPLES / "client.py"))
    assert capfd.readouterr().out == f"1 ExecutionStarted\n2 ExecutionSucceeded\n{OUTPUT}\n"
    assert shapes.StartExecutionRequest(state_machine_arn=MACHINE_ARN, input='{"a": 1}') in door.service.requests


async def test_the_task_is_answered(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approval = tmp_path / "approval.json"
    approval.write_text('{"taskToken": "the token"}')
    door.service.answers = {shapes.SendTaskSuccessRequest: shapes.SendTaskSuccessResponse()}
    monkeypatch.setattr(sys, "argv", ["approve.py", door.address, str(approval)])
    await asyncio.to_thread(runpy.run_path, str(EXAMPLES / "approve.py"))
    assert door.service.requests == [shapes.SendTaskSuccessRequest(task_token="the token", output='{"approved": true}')]
