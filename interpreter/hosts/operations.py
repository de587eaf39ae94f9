"""Which operations a durable host begins in one turn: Temporal bounds what is pending and what one task may command.

The Temporal host and the projection share this module, so that the projection knows without being told which
operations were begun in which workflow task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from interpreter.effects import CallbackWait, Operation, TaskCall, Timer
from interpreter.values import json_size

PENDING_BUDGET: Final = 1_800
"""Activities pending at once in one workflow. Two nested inline Maps of 40 callbacks each fit; Temporal's own limit of
2,000, which would fail the workflow task, is not reached."""

TURN_COMMANDS: Final = 500
TURN_BYTES: Final = 1_500_000
"""Bytes of arguments that one workflow task may carry; a whole task's answer may not exceed 4 MB."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What one turn begins and gives up, in order. `again` asks for another turn soon, as more is waiting."""

    started: list[tuple[int, Operation]]
    cancelled: list[tuple[int, Operation]]
    again: bool


class OperationQueue:
    """First in, first out, within the bounds above; timers count as commands only."""

    __slots__ = ("_cancelled", "_pending", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[int, Operation] = {}
        self._pending: set[int] = set()
        self._cancelled: list[tuple[int, Operation]] = []

    def start(self, number: int, operation: Operation) -> None:
        """Queue an operation."""
        self._waiting[number] = operation

    def cancel(self, number: int, operation: Operation) -> None:
        """Take a queued operation back, or have a begun one cancelled with the next turn."""
        if self._waiting.pop(number, None) is None:
            self._pending.discard(number)
            self._cancelled.append((number, operation))

    def settled(self, number: int) -> None:
        """An operation is over; its place in the budget is free."""
        self._pending.discard(number)

    def turn(self) -> Begun:
        """What to begin and to cancel now."""
        started: list[tuple[int, Operation]] = []
        size = 0
        again = False
        alone = len(self._waiting) == 1  # goes in any case, and need not be measured
        for number, operation in list(self._waiting.items()):
            if not isinstance(operation, Timer) and len(self._pending) >= PENDING_BUDGET:
                break
            size += 0 if alone else _size(operation)
            if started and (len(started) >= TURN_COMMANDS or size > TURN_BYTES):
                again = True
                break
            del self._waiting[number]
            started.append((number, operation))
            if not isinstance(operation, Timer):
                self._pending.add(number)
        cancelled, self._cancelled = self._cancelled, []
        return Begun(started, cancelled, again)


def _size(operation: Operation) -> int:
    match operation:
        case TaskCall():
            return json_size(operation.call.argument)
        case CallbackWait() | Timer():
            return 0


def asks_heartbeat(operation: TaskCall | CallbackWait) -> bool:
    """Whether the state itself has HeartbeatSeconds; else a missed heartbeat means a dead worker."""
    asked = operation.request.heartbeat_seconds if isinstance(operation, TaskCall) else operation.heartbeat_seconds
    return asked is not None
