"""Logs the ends of executions that no worker sees: timeouts, and terminations.

Workers log what happens while they run an execution. Temporal ends one without them when its time is up or somebody
terminates it. One process at a time, by a lease in the database, asks Temporal every few seconds for such ends since it
last asked; the next one goes on where it stopped. An end is logged at least once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import uuid4

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from activities.log_groups import LogGroups
from activities.names import LOGGED_MEMO
from api.background import in_background
from api.gateway_history import TemporalHistories
from api.service.clock import Clock, epoch_milliseconds, of_epoch_milliseconds, utc_now
from api.storage.store import Store, StoreUnavailable
from interpreter.event_log import ExecutionLog

_LOG: Final = logging.getLogger(__name__)
_LEASE: Final = "closing-log"
_LEASE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 5.0
_OVERLAP: Final = timedelta(seconds=15)
"""Temporal's visibility lags: what closed shortly before the last question may come into sight only now."""

_REMEMBERED: Final = 100_000


class ClosingLog:
    """Looks for ends, and logs those that were not logged."""

    def __init__(
        self, client: Client, histories: TemporalHistories, store: Store, log_groups: LogGroups, clock: Clock = utc_now
    ) -> None:
        self._client = client
        self._histories = histories
        self._store = store
        self._log_groups = log_groups
        self._clock = clock
        self._holder = str(uuid4())
        self._logged: OrderedDict[str, None] = OrderedDict()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look until the block ends."""
        async with in_background(self._run(), _LOG, "logs the ends of executions that no worker sees"):
            yield

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except (RPCError, StoreUnavailable) as error:
                _LOG.warning("ends of executions cannot be logged for the moment: %s", error)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def look(self) -> None:
        """Log what has ended since somebody last looked, if it is this process's turn.

        Raises:
            RPCError, StoreUnavailable: Temporal or the database does not answer; the next look makes up for it.
        """
        now = self._clock()
        position = await self._store.hold_lease(_LEASE, self._holder, epoch_milliseconds(now), _LEASE_SECONDS)
        if position is None:
            return
        since = of_epoch_milliseconds(position) - _OVERLAP
        ended = f'ExecutionStatus IN ("TimedOut", "Terminated") AND CloseTime > "{since.isoformat()}"'
        async for execution in self._client.list_workflows(ended):
            if execution.run_id not in self._logged and await execution.memo_value(LOGGED_MEMO, False, type_hint=bool):
                await self._log_if_there(execution)
        await self._store.move_lease(_LEASE, self._holder, epoch_milliseconds(now))

    async def _log_if_there(self, execution: WorkflowExecution) -> None:
        """Log an end, unless the execution has been deleted since Temporal listed it."""
        try:
            await self._log(execution)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _log(self, execution: WorkflowExecution) -> None:
        first = await self._histories.first(execution.id, execution.run_id)
        events = await self._histories.read(execution.id, execution.run_id, closed=True)
        log = ExecutionLog(first.start, self._log_groups)
        never_ran = len(events) == 2
        for event in events if never_ran else events[-1:]:
            log.add(event)
        log.flush()
        self._logged[execution.run_id] = None
        if len(self._logged) > _REMEMBERED:
            self._logged.popitem(last=False)
