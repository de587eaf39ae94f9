"""EXPRESS executions after their end: described, and their histories shown, for as long as the installation keeps them.

AWS shows EXPRESS executions in their logs only. With the setting `express_retention` steploom answers for them: from
the database for synchronous ones, which leave no other trace, and from Temporal for the others.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

from api.service.arns import Arns
from api.service.clock import Clock, epoch_milliseconds, of_epoch_milliseconds
from api.service.gateway import (
    ExecutionDescription,
    ExecutionGateway,
    ExecutionStatus,
    ExecutionSummary,
    NoSuchExecution,
)
from api.storage.store import ExpressRun, Store, StoreUnavailable
from interpreter.history import HistoryEvent, render
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, json_bytes, parse_json

_LOG: Final = logging.getLogger(__name__)
MOST_EVENTS: Final = 25_000
"""Events of a run that are kept, the first ones; there is no quota on what a run may record."""

_FAST: Final = 1
_DATA: Final = frozenset(
    {
        "input",
        "inputDetails",
        "output",
        "outputDetails",
        "parameters",
        "assignedVariables",
        "assignedVariablesDetails",
    }
)


@dataclass(slots=True)
class Recorder:
    """Takes the first events of a run."""

    events: list[HistoryEvent] = field(default_factory=list)

    def add(self, event: HistoryEvent) -> None:
        """Take an event."""
        if len(self.events) < MOST_EVENTS:
            self.events.append(event)


class ExpressRuns:
    """Keeps runs of synchronous executions, and reads those of both kinds."""

    def __init__(
        self, store: Store, gateway: ExecutionGateway, arns: Arns, clock: Clock, retention_seconds: int
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._arns = arns
        self._clock = clock
        self._retention = timedelta(seconds=retention_seconds)
        self._waiting: list[tuple[ExpressRun, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def keep(self, description: ExecutionDescription, recorder: Recorder) -> None:
        """Keep a run that has ended; runs that end meanwhile are stored together.

        A database that does not answer is told to the log: the execution has ended all the same.
        """
        stopped = description.summary.stop_date
        assert stopped is not None
        expires = epoch_milliseconds(stopped + self._retention)
        events = render(recorder.events)
        run = ExpressRun(
            description.start.execution_arn,
            _packed(_to_json(description)),
            _packed(cast("list[JsonValue]", events)),
            expires,
        )
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((run, stored))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_waiting())
        await stored

    async def _store_waiting(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                await self._store_batch([run for run, _ in waiting])
                for _, stored in waiting:
                    if not stored.done():  # its caller may have been cancelled
                        stored.set_result(None)
        finally:
            self._storing = None

    async def _store_batch(self, runs: Sequence[ExpressRun]) -> None:
        try:
            await self._store.put_express_runs(runs, epoch_milliseconds(self._clock()))
        except StoreUnavailable as error:
            _LOG.warning("%d runs of EXPRESS executions are not kept: %s", len(runs), error)

    async def describe(self, state_machine_name: str, key: str) -> ExecutionDescription:
        """One execution; `key` is its name with the UUID behind. Raises: NoSuchExecution."""
        run = await self._kept(state_machine_name, key)
        if run is not None:
            return _from_json(_unpacked(run.described))
        description = await self._gateway.describe(state_machine_name, key)
        stopped = description.summary.stop_date
        if stopped is not None and stopped + self._retention < self._clock():
            raise NoSuchExecution(key)
        return description

    async def history(
        self, state_machine_name: str, key: str, *, include_data: bool
    ) -> Sequence[Mapping[str, JsonValue]]:
        """All its events, as of `ExecutionGateway.history`. Raises: NoSuchExecution."""
        run = await self._kept(state_machine_name, key)
        if run is None:
            await self.describe(state_machine_name, key)  # which says whether it is shown still
            return await self._gateway.history(state_machine_name, key, include_data=include_data)
        events = cast("list[dict[str, JsonValue]]", _unpacked(run.events))
        return events if include_data else [_without_data(event) for event in events]

    async def _kept(self, state_machine_name: str, key: str) -> ExpressRun | None:
        name, _, uuid = key.partition(":")
        arn = self._arns.express_execution(state_machine_name, name, uuid)
        return await self._store.get_express_run(arn, epoch_milliseconds(self._clock()))


def _without_data(event: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        name: {inner: member for inner, member in value.items() if inner not in _DATA}
        if isinstance(value, dict)
        else value
        for name, value in event.items()
    }


def _to_json(description: ExecutionDescription) -> JsonValue:
    summary = description.summary
    assert summary.stop_date is not None
    return {
        "start": description.start.to_json(),
        "status": summary.status,
        "started": epoch_milliseconds(summary.start_date),
        "stopped": epoch_milliseconds(summary.stop_date),
        "input": description.input,
        "output": description.output,
        "error": description.error,
        "cause": description.cause,
    }


def _from_json(value: JsonValue) -> ExecutionDescription:
    shown = cast("dict[str, JsonValue]", value)
    start = ExecutionStart.from_json(cast("dict[str, JsonValue]", shown["start"]))
    summary = ExecutionSummary(
        run_id="",  # there was none
        name=start.key,
        status=ExecutionStatus(cast(str, shown["status"])),
        start_date=_moment(shown["started"]),
        stop_date=_moment(shown["stopped"]),
        version_arn=start.version_arn,
        alias_arn=start.alias_arn,
    )
    return ExecutionDescription(
        summary=summary,
        start=start,
        input=cast(str, shown["input"]),
        output=cast("str | None", shown["output"]),
        error=cast("str | None", shown["error"]),
        cause=cast("str | None", shown["cause"]),
    )


def _moment(milliseconds: JsonValue) -> datetime:
    return of_epoch_milliseconds(cast(int, milliseconds))


def _packed(value: JsonValue) -> bytes:
    return zlib.compress(json_bytes(value), _FAST)


def _unpacked(data: bytes) -> JsonValue:
    return parse_json(zlib.decompress(data))
