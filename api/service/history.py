"""GetExecutionHistory, and the stream of an execution's events.

A history is obtained whole. While a caller turns pages, the pages come from one snapshot of it, so that reading all of
a long history does not cost a projection per page; the first page, and one beyond the snapshot, is always taken anew.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, TypeAlias

from api.service.arns import Arns
from api.service.errors import ExecutionDoesNotExist, InvalidToken
from api.service.express_runs import ExpressRuns
from api.service.gateway import ExecutionGateway, NoSuchExecution
from api.service.pages import page_position, page_size, page_token
from api.service.shapes import GetExecutionHistoryRequest, GetExecutionHistoryResponse
from interpreter.values import JsonValue

_Event: TypeAlias = Mapping[str, JsonValue]
_Key: TypeAlias = tuple[str, str, bool]

_SNAPSHOTS: Final = 8
_POSITION_BYTES: Final = 8


class Histories:
    """Reads the histories of executions."""

    def __init__(self, gateway: ExecutionGateway, arns: Arns, express: ExpressRuns | None) -> None:
        self._express = express
        self._gateway = gateway
        self._arns = arns
        self._snapshots: OrderedDict[_Key, Sequence[_Event]] = OrderedDict()

    async def get(self, request: GetExecutionHistoryRequest) -> GetExecutionHistoryResponse:
        """GetExecutionHistory, by ascending or descending ids."""
        include_data = request.include_execution_data is not False
        backward = bool(request.reverse_order)
        machine, name = self._read(request.execution_arn, express=self._express is not None)
        arguments = ("GetExecutionHistory", request.execution_arn, backward, include_data)
        position, size = None, page_size(request.max_results)
        if request.next_token is not None:
            position = _event_id(page_position(request.next_token, *arguments))
        key = (machine, name, include_data)
        snapshot = None if position is None else self._snapshots.get(key)
        events = await self._fetch(request.execution_arn, key) if snapshot is None else snapshot
        page, more = _page(events, position, size, backward)
        if (
            snapshot is not None and not more and not backward
        ):  # the end of the snapshot need not be that of the history
            events = await self._fetch(request.execution_arn, key)
            page, more = _page(events, position, size, backward)
        self._keep(key, events if more else None)
        token = None
        if more:
            token = page_token(_id(page[-1]).to_bytes(_POSITION_BYTES, "big"), *arguments)
        return GetExecutionHistoryResponse(events=tuple(page), next_token=token)

    async def watch(self, execution_arn: str) -> AsyncIterator[_Event]:
        """Every event of an execution from the first on, as it happens, until the execution has ended."""
        machine, name = self._read(execution_arn)
        try:
            async for event in self._gateway.watch(machine, name):
                yield event
        except NoSuchExecution:
            raise ExecutionDoesNotExist(execution_arn) from None

    def _read(self, execution_arn: str, *, express: bool = False) -> tuple[str, str]:
        arn = self._arns.read_shown_execution(execution_arn, express=express)
        if arn.state_machine_name is None or arn.name is None:
            raise ExecutionDoesNotExist(execution_arn)
        return arn.state_machine_name, arn.name

    async def _fetch(self, execution_arn: str, key: _Key) -> Sequence[_Event]:
        machine, name, include_data = key
        try:
            if self._express is not None and ":" in name:
                return await self._express.history(machine, name, include_data=include_data)
            return await self._gateway.history(machine, name, include_data=include_data)
        except NoSuchExecution:
            raise ExecutionDoesNotExist(execution_arn) from None

    def _keep(self, key: _Key, events: Sequence[_Event] | None) -> None:
        self._snapshots.pop(key, None)
        if events is not None:
            self._snapshots[key] = events
            while len(self._snapshots) > _SNAPSHOTS:
                self._snapshots.popitem(last=False)


_raw_id: Final = itemgetter("id")


def _id(event: _Event) -> int:
    id_ = _raw_id(event)
    assert isinstance(id_, int)
    return id_


def _page(events: Sequence[_Event], position: int | None, size: int, backward: bool) -> tuple[Sequence[_Event], bool]:
    """The events after `position` in the direction of reading, and whether there are more behind them."""
    if backward:
        end = len(events) if position is None else bisect_left(events, position, key=_id)
        start = max(0, end - size)
        return list(reversed(events[start:end])), start > 0
    start = 0 if position is None else bisect_left(events, position + 1, key=_id)
    return events[start : start + size], start + size < len(events)


def _event_id(position: bytes) -> int:
    if len(position) != _POSITION_BYTES:  # only in a token made by hand
        raise InvalidToken
    return int.from_bytes(position, "big")
