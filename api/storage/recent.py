"""What was read of the store within the last second: what starting an execution needs, read once for many of them.

A change by this process counts at once, one by another process within a second: AWS says of UpdateStateMachine that
executions started right after it may still use the previous definition and role, and much the same of aliases. That
something does not exist is never remembered.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar, cast

from api.storage.store import Alias, StateMachine, Version

FRESH_SECONDS: Final = 1.0
_MOST: Final = 5_000

_T = TypeVar("_T")


class Source(Protocol):
    """The part of `Store` that is remembered."""

    async def get_state_machine(self, name: str) -> StateMachine | None:
        """See `Store`."""
        ...

    async def get_version(self, name: str, number: int) -> Version | None:
        """See `Store`."""
        ...

    async def get_alias(self, state_machine_name: str, name: str) -> Alias | None:
        """See `Store`."""
        ...


class CountedSource(Source, Protocol):
    """That part, with the count of changes."""

    @property
    def writes(self) -> int:
        """See `Store`."""
        ...


class RecentReads:
    """State machines, versions and aliases of a store, at most a second old; `clock` counts seconds."""

    def __init__(self, source: CountedSource, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._known: OrderedDict[tuple[str, ...], tuple[float, int, object]] = OrderedDict()

    async def get_state_machine(self, name: str) -> StateMachine | None:
        """See `Store`."""
        return await self._get(("machine", name), lambda: self._source.get_state_machine(name))

    async def get_version(self, name: str, number: int) -> Version | None:
        """See `Store`."""
        return await self._get(("version", name, str(number)), lambda: self._source.get_version(name, number))

    async def get_alias(self, state_machine_name: str, name: str) -> Alias | None:
        """See `Store`."""
        return await self._get(
            ("alias", state_machine_name, name), lambda: self._source.get_alias(state_machine_name, name)
        )

    async def _get(self, key: tuple[str, ...], read: Callable[[], Awaitable[_T | None]]) -> _T | None:
        known = self._known.get(key)
        if known is not None:
            until, writes, value = known
            if writes == self._source.writes and self._clock() < until:
                return cast(_T, value)
        began, writes = self._clock(), self._source.writes  # before reading: what changes meanwhile is not remembered
        read_value = await read()
        if read_value is None:
            self._known.pop(key, None)
        else:
            self._known[key] = (began + FRESH_SECONDS, writes, read_value)
            self._known.move_to_end(key)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        return read_value
