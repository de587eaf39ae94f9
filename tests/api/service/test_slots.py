"""The bound on what runs inside the service, by itself and in use."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from activities.payloads import CompiledDefinitions
from activities.router import Router
from api.access.errors import ThrottlingException
from api.service.local_engine import LocalEngine
from api.service.slots import Slots
from api.storage.store import Store
from interpreter.effects import TaskCall
from interpreter.values import JsonValue
from tests.api.service.installation import ROLE, Installation, ScriptedCalls, install
from tests.api.service.test_sync_executions import TASK


def test_a_slot_is_free_again_whatever_ends_the_block() -> None:
    slots = Slots(1)
    with pytest.raises(KeyError), slots.taken():
        raise KeyError
    with slots.taken(), pytest.raises(ThrottlingException, match="Rate exceeded"), slots.taken():
        pass


class Held:
    """Calls that are answered when `end` is set; each that begins lets `begun` be acquired once."""

    def __init__(self) -> None:
        self.begun = asyncio.Semaphore(0)
        self.end = asyncio.Event()

    async def run(self, _: TaskCall) -> JsonValue:
        """One call."""
        self.begun.release()
        await self.end.wait()
        return None


async def test_synchronous_executions_and_tests_of_states_share_the_bound(tmp_path: Path) -> None:
    held = Held()

    def of_two(store: Store, _: ScriptedCalls) -> LocalEngine:
        return LocalEngine(CompiledDefinitions(store), Router(), held.run, slots=Slots(2))

    async with install(tmp_path, local=of_two) as installation:
        arn = await installation.create("x", TASK, type="EXPRESS")
        running = [asyncio.create_task(start(installation, arn)) for _ in range(2)]
        for _ in running:
            await held.begun.acquire()
        for refused in (start(installation, arn), tested(installation)):
            with pytest.raises(ThrottlingException):
                await refused
        given_up = running.pop()  # whose caller hangs up
        given_up.cancel()
        await asyncio.wait([given_up])
        assert (await tested(installation))["status"] == "SUCCEEDED"
        held.end.set()
        assert (await running[0])["status"] == "SUCCEEDED"
        assert (await start(installation, arn))["status"] == "SUCCEEDED"


async def start(installation: Installation, arn: str) -> dict[str, Any]:
    return await installation.call("StartSyncExecution", stateMachineArn=arn)


async def tested(installation: Installation) -> dict[str, Any]:
    state = '{"Type": "Pass", "End": true}'
    return await installation.call("TestState", definition=state, roleArn=ROLE, input="{}")
