"""The example client does what its page says."""

from __future__ import annotations

import asyncio
import runpy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.grpc.server import create_server
from api.service import shapes
from api.service.gateway import ExecutionStatus
from interpreter.values import JsonValue
from tests.api.grpc.conftest import Door
from tests.api.grpc.scripted_service import ScriptedService
from tests.api.service.installation import install
from tests.support.access import bearer, guard_over

CLIENT = Path(__file__).resolve().parents[3] / "examples" / "grpc" / "client.py"
DATE = datetime(2026, 1, 1, tzinfo=UTC)
MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:order-grpc"
ARN = "arn:aws:states:us-east-1:123456789012:execution:order-grpc:one"
OUTPUT = '[{"approved": true}, {}]'


def _event(number: int, type_: str) -> dict[str, JsonValue]:
    return {"id": number, "previousEventId": number - 1, "timestamp": 1.0, "type": type_}


async def test_it_fails_with_the_execution(door: Door, tmp_path: Path) -> None:
    door.service.answers = {
        shapes.StartExecutionRequest: shapes.StartExecutionResponse(execution_arn=ARN, start_date=DATE)
    }
    door.service.events.put_nowait(None)
    door.service.ended.put_nowait(
        shapes.DescribeExecutionResponse(
            execution_arn=ARN,
            state_machine_arn=MACHINE_ARN,
            status=ExecutionStatus.FAILED,
            start_date=DATE,
            error="Refused",
            cause="no money",
        )
    )
    main = runpy.run_path(str(CLIENT))["main"]
    code = await asyncio.to_thread(_exit_code, main, door.address, MACHINE_ARN, str(tmp_path / "approval.json"))
    assert code == "Refused: no money"


async def test_it_sends_the_token_that_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = ScriptedService()
    service.answers = {shapes.StartExecutionRequest: shapes.StartExecutionResponse(execution_arn=ARN, start_date=DATE)}
    service.events.put_nowait(None)
    service.ended.put_nowait(
        shapes.DescribeExecutionResponse(
            execution_arn=ARN,
            state_machine_arn=MACHINE_ARN,
            status=ExecutionStatus.SUCCEEDED,
            start_date=DATE,
            output=OUTPUT,
        )
    )
    async with install(tmp_path) as installation:
        new = await bearer(installation.store)
        assert new.secret is not None
        monkeypatch.setenv("STEPLOOM_TOKEN", new.secret)
        server, port = create_server(service, guard=guard_over(installation.store, installation.clock))
        await server.start()
        main = runpy.run_path(str(CLIENT))["main"]
        ended = await asyncio.to_thread(main, f"127.0.0.1:{port}", MACHINE_ARN, str(tmp_path / "approval.json"))
        await server.stop(None)
    assert ended == OUTPUT


def _exit_code(main: Callable[..., str], *arguments: str) -> object:
    with pytest.raises(SystemExit) as caught:
        main(*arguments)
    return caught.value.code


@pytest.mark.parametrize("known", [True, False], ids=["by ARN", "by definition"])
async def test_it_approves_when_the_task_is_submitted(
    door: Door, tmp_path: Path, capfd: pytest.CaptureFixture[str], known: bool
) -> None:
    approval, definition = tmp_path / "approval.json", tmp_path / "definition.asl.json"
    approval.write_text('{"taskToken": "the token"}')
    definition.write_text('{"StartAt": "A"}')
    door.service.answers = {
        shapes.CreateStateMachineRequest: shapes.CreateStateMachineResponse(
            state_machine_arn=MACHINE_ARN, creation_date=DATE
        ),
        shapes.StartExecutionRequest: shapes.StartExecutionResponse(execution_arn=ARN, start_date=DATE),
        shapes.SendTaskSuccessRequest: shapes.SendTaskSuccessResponse(),
    }
    for event in (_event(1, "ExecutionStarted"), _event(2, "TaskSubmitted"), _event(3, "ExecutionSucceeded"), None):
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
    main = runpy.run_path(str(CLIENT))["main"]
    machine = MACHINE_ARN if known else str(definition)
    assert await asyncio.to_thread(main, door.address, machine, str(approval)) == OUTPUT
    assert capfd.readouterr().out == "1 ExecutionStarted\n2 TaskSubmitted\n3 ExecutionSucceeded\n"
    assert shapes.SendTaskSuccessRequest(task_token="the token", output='{"approved": true}') in door.service.requests
    assert any(isinstance(request, shapes.CreateStateMachineRequest) for request in door.service.requests) != known
