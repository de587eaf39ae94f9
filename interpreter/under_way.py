"""The operations that an execution's host was asked for: who hears of each, and whose outcome concerns nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from interpreter.effects import Begun, Effects, Operation, Outcome
from interpreter.frames import Frame

Sink: TypeAlias = Callable[[Outcome], None]


class UnderWay:
    """Operations under way, by number; numbers ascend from 1 in the order in which operations are started."""

    __slots__ = ("_beginnings", "_effects", "_last", "_sinks")

    def __init__(self, effects: Effects) -> None:
        self._effects = effects
        self._last = 0
        self._sinks: dict[int, Sink] = {}
        self._beginnings: dict[int, Callable[[], None]] = {}

    def start(self, frame: Frame, operation: Operation, sink: Sink, begun: Callable[[], None] | None) -> int:
        """Start an operation for a frame; `sink` gets its outcome, `begun` is called when a child has begun."""
        self._last += 1
        number = self._last
        frame.live[number] = operation

        def settled(outcome: Outcome) -> None:
            frame.live.pop(number, None)
            sink(outcome)

        self._sinks[number] = settled
        if begun is not None:
            self._beginnings[number] = begun
        self._effects.start(number, operation)
        return number

    def settle(self, outcomes: Iterable[tuple[int, Outcome | Begun]]) -> None:
        """Tell outcomes, in the order in which the operations were started; a child's `Begun` comes first."""
        for number, outcome in sorted(outcomes, key=lambda pair: pair[0]):
            begun = self._beginnings.pop(number, None)
            if isinstance(outcome, Begun):
                if begun is not None:
                    begun()
                continue
            sink = self._sinks.pop(number, None)
            if sink is not None:
                sink(outcome)

    def cancel(self, frame: Frame, number: int) -> None:
        """Give an operation up, if it is still under way."""
        operation = frame.live.pop(number, None)
        if operation is not None:
            self._ignore(number)
            self._effects.cancel(number, operation)

    def release(self, frame: Frame, number: int) -> None:
        """Let an operation go on by itself; its outcome concerns nobody any more."""
        frame.live.pop(number, None)
        self._ignore(number)

    def is_awaited(self, number: int) -> bool:
        """Whether the outcome of an operation is waited for; else its end concerns nobody."""
        return number in self._sinks

    def _ignore(self, number: int) -> None:
        self._sinks.pop(number, None)
        self._beginnings.pop(number, None)
