"""Tests of `api.service.deletion`: executions are stopped, the name comes free, and a crash delays it only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from api.service.application import ApplicationService
from api.service.config import ServiceConfig
from api.service.errors import StateMachineDeleting, StateMachineDoesNotExist
from api.service.gateway import EngineUnavailable, ExecutionPage, ExecutionStatus
from tests.api.service.installation import (
    EveryResource,
    Installation,
    execution_arn,
    install,
    local_engine,
    machine_arn,
)


@pytest_asyncio.fixture
async def settling(tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation whose clock stands still, so that deletions wait for it."""
    async with install(tmp_path, ServiceConfig(deletion_settle_seconds=0.01)) as installed:
        yield installed


async def delete(installation: Installation, name: str) -> None:
    assert await installation.call("DeleteStateMachine", stateMachineArn=machine_arn(name)) == {}


async def test_stops_what_runs_and_removes(installation: Installation) -> None:
    await installation.create("m")
    await installation.create("other")
    for number in range(150):
        await installation.start("m", f"e{number}")
    await installation.start("other", "e")
    await installation.gateway.end("m", "e0", ExecutionStatus.SUCCEEDED)
    await delete(installation, "m")
    await installation.service.deletions.drained()
    status = {key: each.description.summary.status for key, each in installation.gateway.executions.items()}
    assert status.pop(("other", "e")) is ExecutionStatus.RUNNING
    assert status.pop(("m", "e0")) is ExecutionStatus.SUCCEEDED
    assert set(status.values()) == {ExecutionStatus.ABORTED}
    with pytest.raises(StateMachineDoesNotExist):
        await installation.call("DescribeStateMachine", stateMachineArn=machine_arn("m"))
    await installation.create("m")


async def test_what_does_not_exist(installation: Installation) -> None:
    await delete(installation, "none")
    assert await installation.call("DeleteStateMachine", stateMachineArn="arn:aws:states:x:y:stateMachine:m") == {}


async def test_while_it_is_going_on(settling: Installation) -> None:
    arn = await settling.create("m")
    await settling.start("m", "e")
    await delete(settling, "m")
    described = await settling.call("DescribeStateMachine", stateMachineArn=arn)
    assert described["status"] == "DELETING"
    for call in (
        settling.call("StartExecution", stateMachineArn=arn),
        settling.call("UpdateStateMachine", stateMachineArn=arn, roleArn="arn:aws:iam::123456789012:role/x"),
        settling.create("m"),
    ):
        with pytest.raises(StateMachineDeleting, match=f"State Machine is being deleted: '{arn}'"):
            await call
    settling.clock.move(seconds=1)
    await settling.service.deletions.drained()
    with pytest.raises(StateMachineDoesNotExist):
        await settling.call("DescribeStateMachine", stateMachineArn=arn)
    answer = await settling.call("DescribeExecution", executionArn=execution_arn("m", "e"))
    assert (answer["status"], answer["redriveStatusReason"]) == ("ABORTED", "State machine is in DELETING status")


async def test_an_execution_that_comes_into_sight_late_is_stopped(settling: Installation) -> None:
    await settling.create("m")
    await settling.start("m", "late")
    hidden = settling.gateway.executions.pop(("m", "late"))
    await delete(settling, "m")
    await asyncio.sleep(0)
    settling.gateway.executions["m", "late"] = hidden
    settling.clock.move(seconds=1)
    await settling.service.deletions.drained()
    assert hidden.description.summary.status is ExecutionStatus.ABORTED


async def test_goes_on_when_the_engine_is_back(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await installation.create("m")
    failed = asyncio.Event()

    async def fail(*_: object) -> ExecutionPage:
        monkeypatch.undo()
        failed.set()
        raise EngineUnavailable("Temporal cannot be reached")

    monkeypatch.setattr(installation.gateway, "list", fail)
    await delete(installation, "m")
    await failed.wait()
    await installation.service.deletions.drained()
    assert "trying again: Temporal cannot be reached" in caplog.text
    assert await installation.store.get_state_machine("m") is None


async def test_another_process_finishes_it(settling: Installation) -> None:
    await settling.create("m")
    await delete(settling, "m")
    await settling.service.deletions.close()
    assert [each.name for each in await settling.store.list_deleting()] == ["m"]
    settling.clock.move(seconds=1)
    local = local_engine(settling.store, settling.calls)
    again = ApplicationService(
        settling.store, settling.gateway, ServiceConfig(), EveryResource(), local=local, clock=settling.clock
    )
    async with again:
        settling.clock.move(seconds=10)
        await again.deletions.drained()
    assert await settling.store.get_state_machine("m") is None
