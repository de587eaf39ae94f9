"""Deletes state machines to the end: stops their executions, and removes those that have none left.

The mark in the store is the only thing that counts: whoever finds one goes on with the work, after a crash as well, and
several processes may do so at once.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Final

from api.service.clock import Clock
from api.service.gateway import (
    EngineUnavailable,
    ExecutionFilter,
    ExecutionGateway,
    ExecutionStatus,
    NoSuchExecution,
)
from api.storage.store import StateMachine, Store, StoreUnavailable

_LOG: Final = logging.getLogger(__name__)
_PAGE: Final = 100
_AT_ONCE: Final = 20
_GRACE_SECONDS: Final = 10


class Deletions:
    """One background task that lives as long as there is something to delete."""

    def __init__(self, store: Store, gateway: ExecutionGateway, clock: Clock, settle_seconds: float) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._settle = timedelta(seconds=settle_seconds)
        self._wanted = False
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Go to work, if that is not so already."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="steploom-deletions")

    async def drained(self) -> None:
        """Return once there is nothing left to delete."""
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """Stop working after the step under way; what is marked stays marked."""
        self._closing.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=_GRACE_SECONDS)
            self._task.cancel()

    async def _run(self) -> None:
        while self._wanted and not self._closing.is_set():
            self._wanted = False
            try:
                done = [await self._delete(machine) for machine in await self._store.list_deleting()]
            except (EngineUnavailable, StoreUnavailable) as error:
                _LOG.warning("state machines could not be deleted, trying again: %s", error)
                done = [False]
            if not all(done):
                self._wanted = True
                await self._pause()

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), self._settle.total_seconds())

    async def _delete(self, machine: StateMachine) -> bool:
        """Stop what runs; remove the state machine if nothing ran and nothing can still come into sight."""
        if self._closing.is_set():
            return False
        stopped = await self._stop_executions(machine.name)
        assert machine.deleting_since is not None
        if stopped or self._clock() < machine.deleting_since + self._settle:
            return False
        await self._store.remove_state_machine(machine.id)
        return True

    async def _stop_executions(self, name: str) -> int:
        filter_ = ExecutionFilter(state_machine_name=name, status=ExecutionStatus.RUNNING)
        stopped, token = 0, None
        while True:
            page = await self._gateway.list(filter_, _PAGE, token)
            for start in range(0, len(page.executions), _AT_ONCE):
                some = page.executions[start : start + _AT_ONCE]
                await asyncio.gather(*(self._stop(name, execution.name) for execution in some))
            stopped, token = stopped + len(page.executions), page.next_token
            if token is None or self._closing.is_set():
                return stopped

    async def _stop(self, state_machine_name: str, name: str) -> None:
        try:
            await self._gateway.stop(state_machine_name, name, None, None)
        except NoSuchExecution:
            _LOG.debug("execution %s of %s was gone before it could be stopped", name, state_machine_name)
