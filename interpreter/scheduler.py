"""A first-in-first-out scheduler for the core's own coroutines.

The core does not run on asyncio: its order of steps would then depend on the host's event loop, and a recorded
history could not be run again elsewhere. Here the order depends only on the order in which outcomes are delivered,
which is the same in every host.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Final, Generic, TypeAlias, TypeVar

T = TypeVar("T")

Start: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
"""Makes a coroutine; called when it is first stepped, so that none is made that never runs."""

_UNSET: Final = object()


class Scheduler:
    """Runs coroutines until all of them wait."""

    __slots__ = ("_ready", "_stopped")

    def __init__(self) -> None:
        self._ready: deque[Callable[[], None]] = deque()
        self._stopped = False

    def spawn(self, start: Start) -> Strand:
        """Run the coroutine that `start` makes, after everything that is ready now."""
        strand = Strand(self, start)
        self._ready.append(strand.step)
        return strand

    def call(self, callback: Callable[[], None]) -> None:
        """Run `callback` after everything that is ready now."""
        self._ready.append(callback)

    def run(self) -> None:
        """Step whatever is ready, in order, until nothing is or `stop` was called."""
        ready = self._ready
        while ready and not self._stopped:
            ready.popleft()()

    def stop(self) -> None:
        """Never step anything again."""
        self._stopped = True


class Strand:
    """One coroutine on a scheduler."""

    __slots__ = ("_coroutine", "_scheduler", "_start")

    def __init__(self, scheduler: Scheduler, start: Start) -> None:
        self._scheduler = scheduler
        self._start: Start | None = start
        self._coroutine: Coroutine[Any, Any, None] | None = None

    def step(self) -> None:
        """Run the coroutine up to its next wait."""
        if self._start is not None:
            self._coroutine, self._start = self._start(), None
        if self._coroutine is None:
            return
        try:
            promise: Promise[Any] = self._coroutine.send(None)
        except StopIteration:
            self._coroutine = None
        else:
            promise.wake(self)

    def wake(self) -> None:
        """Have the coroutine stepped in its turn."""
        self._scheduler.call(self.step)

    def close(self) -> None:
        """Give the coroutine up where it waits; it is never stepped again."""
        self._start = None
        coroutine, self._coroutine = self._coroutine, None
        if coroutine is not None:
            coroutine.close()


class Promise(Generic[T]):
    """A value that comes later; any number of strands may await it."""

    __slots__ = ("_value", "_waiting")

    def __init__(self) -> None:
        self._value: Any = _UNSET
        self._waiting: list[Strand] = []

    @property
    def kept(self) -> bool:
        """Whether the value is there."""
        return self._value is not _UNSET

    def keep(self, value: T) -> None:
        """Give the value; those who wait go on in the order in which they came."""
        self._value = value
        waiting, self._waiting = self._waiting, []
        for strand in waiting:
            strand.wake()

    def wake(self, strand: Strand) -> None:
        """Have `strand` stepped once the value is there."""
        if self.kept:
            strand.wake()
        else:
            self._waiting.append(strand)

    def __await__(self) -> Generator[Promise[T], None, T]:
        while self._value is _UNSET:
            yield self
        value: T = self._value
        return value


class Inbox(Generic[T]):
    """What children and operations report to the strand that started them, in the order of reporting."""

    __slots__ = ("_arrival", "_messages")

    def __init__(self) -> None:
        self._messages: deque[T] = deque()
        self._arrival: Promise[None] | None = None

    def post(self, message: T) -> None:
        """Add a message; a waiting receiver goes on."""
        self._messages.append(message)
        if self._arrival is not None:
            arrival, self._arrival = self._arrival, None
            arrival.keep(None)

    async def receive(self) -> T:
        """The oldest message, when there is one."""
        while not self._messages:
            if self._arrival is None:
                self._arrival = Promise()
            await self._arrival
        return self._messages.popleft()
