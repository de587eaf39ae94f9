"""Reads Temporal's list of executions ahead, so that late pages cost little more than early ones.

On its SQL stores Temporal finds the beginning of a page by walking over all executions before it: measured with SQLite,
three microseconds for each, which is more than the page itself after ten thousand. So ten pages are read at once, and
those that are asked for next are answered from them. Their tokens are Temporal's own, made here from the last execution
shown, so that any process can go on with one, at any time. Where Temporal's tokens are of another form (those of
Elasticsearch, which has no such cost) nothing is read ahead. Callers may have made a token by hand: `form_of`.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, Literal, Protocol, TypeAlias, TypeVar

_PAGES: Final = 10
_MOST: Final = 1_000
"""Executions that Temporal lists at once, by its default."""

_KEPT_SECONDS: Final = 10.0
_KEPT: Final = 8
_OPEN: Final = "9999-12-31T23:59:59Z"
"""What Temporal's tokens have for the end of an execution that has not ended."""


class Listed(Protocol):
    """An execution in Temporal's list, as far as its place there goes."""

    @property
    def run_id(self) -> str:
        """Its run's id."""
        ...

    @property
    def start_time(self) -> datetime:
        """Aware, UTC."""
        ...

    @property
    def close_time(self) -> datetime | None:
        """Aware, UTC; None while it runs."""
        ...


_Item = TypeVar("_Item", bound=Listed)
Page: TypeAlias = tuple[Sequence[_Item], bytes | None]
"""Executions, and the token of those that follow."""

Fetch: TypeAlias = Callable[[str, int, bytes | None], Awaitable[Page[_Item]]]
"""Asks Temporal: a query, how many executions at most, and a token."""


@dataclass(frozen=True, slots=True)
class _Read(Generic[_Item]):
    """Executions that were read ahead, what follows them, and until when they may be shown (monotonic seconds).

    `places` has, for each run but the last, where what follows it begins.
    """

    query: str
    executions: Sequence[_Item]
    token: bytes | None
    until: float
    places: Mapping[str, int]

    def page(self, begin: int, size: int) -> Page[_Item]:
        shown = self.executions[begin : begin + size]
        if begin + size >= len(self.executions):
            return shown, self.token
        return shown, token_of(shown[-1])


class ExecutionLists(Generic[_Item]):
    """Pages of lists; what was read ahead is shown for ten seconds, as AWS's lists lag behind, too."""

    def __init__(self, fetch: Fetch[_Item], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._kept: deque[_Read[_Item]] = deque(maxlen=_KEPT)
        self._understands_tokens = False

    async def page(self, query: str, size: int, token: bytes | None) -> Page[_Item]:
        """A page of `size` executions at most. The first one is never older than the call."""
        found = None if token is None else self._find(query, token)
        if found is not None:
            read, begin = found
            return read.page(begin, size)
        read = await self._read(query, size, token)
        if len(read.executions) > size:
            self._kept.append(read)
        return read.page(0, size)

    def _find(self, query: str, token: bytes) -> tuple[_Read[_Item], int] | None:
        """What was read ahead and has what follows a token; also where other processes have shown what is before it."""
        run_id, now = _run_of(token), self._clock()
        if run_id is None:
            return None
        for read in reversed(self._kept):
            if read.query == query and now <= read.until:
                begin = read.places.get(run_id)
                if begin is not None and _is_token_of(read.executions[begin - 1], token):
                    return read, begin
        return None

    async def _read(self, query: str, size: int, token: bytes | None) -> _Read[_Item]:
        ahead = min(_MOST, size * _PAGES) if token is not None and self._understands_tokens else size
        executions, following = await self._fetch(query, ahead, token)
        if executions and following is not None:
            self._understands_tokens = _is_token_of(executions[-1], following)
            if not self._understands_tokens and len(executions) > size:
                executions, following = await self._fetch(query, size, token)
        places = {execution.run_id: place for place, execution in enumerate(executions[:-1], 1)}
        return _Read(query, executions, following, self._clock() + _KEPT_SECONDS, places)


def token_of(execution: Listed) -> bytes:
    """The token of what follows an execution, as Temporal's SQL stores make it."""
    closed = _OPEN if execution.close_time is None else _text(execution.close_time)
    token = {"CloseTime": closed, "StartTime": _text(execution.start_time), "RunID": execution.run_id}
    return json.dumps(token, separators=(",", ":")).encode()


def form_of(token: bytes) -> Literal["known", "broken", "other"]:
    """Whether a token is as Temporal's own stores make them, a spoiled one of its SQL stores, or neither.

    Neither may be a good one, too: no one says what a service that hosts Temporal makes.
    """
    try:
        members = json.loads(token)
    except (ValueError, RecursionError):
        return "other" if token else "broken"
    if isinstance(members, dict) and "RunID" in members:
        try:
            return "known" if isinstance(_parsed(token)["RunID"], str) else "broken"
        except (ValueError, KeyError, TypeError):
            return "broken"
    is_of_elasticsearch = isinstance(members, dict) and "SearchAfter" in members
    return "known" if is_of_elasticsearch else "other"


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _is_token_of(execution: Listed, token: bytes) -> bool:
    try:
        return _parsed(token) == _parsed(token_of(execution))
    except (ValueError, KeyError, TypeError):
        return False


def _run_of(token: bytes) -> str | None:
    """The run that a token names, if it is one of Temporal's SQL stores."""
    try:
        run_id = json.loads(token)["RunID"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return run_id if isinstance(run_id, str) else None


def _parsed(token: bytes) -> dict[str, object]:
    members = json.loads(token)
    moments = {name: datetime.fromisoformat(members[name]) for name in ("CloseTime", "StartTime")}
    return {**members, **moments}
