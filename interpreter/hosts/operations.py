"""Which operations a durable host begins in one turn: Temporal bounds what is pending and what one task may command.

The Temporal host and the projection share this module, so that the projection knows without being told which
operations were begun in which workflow task.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from interpreter.effects import (
    CallbackWait,
    ChildArgument,
    ChildWorkflow,
    ForeignJson,
    JsonText,
    Operation,
    TaskCall,
    Timer,
)
from interpreter.start import ExecutionStart
from interpreter.values import json_size

PENDING_BUDGET: Final = 1_800
"""Activities pending at once in one workflow. Two nested inline Maps of 40 callbacks each fit; Temporal's own limit of
2,000, which would fail the workflow task, is not reached. Children have a limit of their own, of the same size."""

TURN_COMMANDS: Final = 500
TURN_BYTES: Final = 1_500_000
"""Bytes of arguments that one workflow task may carry; a whole task's answer may not exceed 4 MB."""


LOCAL_CALLS: Final = 50
"""Local calls that one workflow task begins. Their results, 32 KiB at most, are in its one answer, 4 MB at most, and
lost if it comes too late: a worker that is short of time must not have to make thousands of calls again."""

LOCAL_SECONDS: Final = 10
"""A Task of an EXPRESS execution whose TimeoutSeconds is longer is no short one: it gets a Temporal activity."""

_LOCAL_SINCE_ENGINE: Final = 3

CLOSED_AT_ONCE: Final = 100
"""Abandoned activities that one activity of ours closes."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Activities that a cancellation does not close, as their workers left them open: another activity closes them.

    They count as pending until it has done so. A single one is closed without that: it needs no watching.
    """

    numbers: tuple[int, ...]
    activity_ids: tuple[str, ...]

    @property
    def activity_id(self) -> str | None:
        """The id of the activity that closes them; None for a single one, which nobody waits for."""
        return None if len(self.numbers) == 1 else f"close-{self.activity_ids[0]}"


@dataclass(frozen=True, slots=True)
class Begun:
    """What one turn begins and gives up, in order. `again` asks for another turn soon, as more is waiting."""

    started: list[tuple[int, Operation]]
    cancelled: list[tuple[int, Operation]]
    closings: list[Closing]
    again: bool


class OperationQueue:
    """First in, first out, within the bounds above; timers count as commands only.

    A child counts as pending until it has ended, whether anybody waits for that or not.
    """

    __slots__ = ("_abandoned", "_cancelled", "_children", "_local", "_pending", "_waiting")

    def __init__(self) -> None:
        self._local = 0
        self._waiting: dict[int, Operation] = {}
        self._pending: set[int] = set()
        self._children: set[int] = set()
        self._cancelled: list[tuple[int, Operation]] = []
        self._abandoned: list[tuple[int, str]] = []

    def start(self, number: int, operation: Operation) -> None:
        """Queue an operation."""
        self._waiting[number] = operation

    def cancel(self, number: int, operation: Operation) -> None:
        """Take a queued operation back, or have a begun one cancelled with the next turn."""
        if self._waiting.pop(number, None) is not None:
            return
        self._cancelled.append((number, operation))
        left_open = _left_open(operation)
        if left_open is None:
            self.settled(number)
        else:
            self._abandoned.append((number, left_open))

    def closed(self, closing: Closing) -> None:
        """Abandoned activities are closed; their places in the budget are free."""
        self._pending.difference_update(closing.numbers)

    def settled(self, number: int) -> None:
        """An operation is over; its place in the budget is free."""
        self._pending.discard(number)
        self._children.discard(number)

    def new_task(self) -> None:
        """A new workflow task has brought what was waited for: it may begin local calls again."""
        self._local = 0

    def turn(self) -> Begun:
        """What to begin and to cancel now."""
        closings = self._closings()
        started: list[tuple[int, Operation]] = []
        size = 0
        again = False
        alone = len(self._waiting) == 1  # goes in any case, and need not be measured
        for number, operation in list(self._waiting.items()):
            places = self._places(operation)
            if places is not None and len(places) >= PENDING_BUDGET:
                break
            size += 0 if alone else _size(operation)
            if started and (len(started) >= TURN_COMMANDS or size > TURN_BYTES):
                again = True
                break
            if isinstance(operation, TaskCall) and operation.local:
                if self._local >= LOCAL_CALLS:
                    again = True
                    break
                self._local += 1
            del self._waiting[number]
            started.append((number, operation))
            if places is not None:
                places.add(number)
        cancelled, self._cancelled = self._cancelled, []
        return Begun(started, cancelled, closings, again)

    def _places(self, operation: Operation) -> set[int] | None:
        match operation:
            case ChildWorkflow():
                return self._children
            case TaskCall() | CallbackWait():
                return self._pending
            case Timer():
                return None

    def _closings(self) -> list[Closing]:
        abandoned, self._abandoned = self._abandoned, []
        if len(abandoned) == 1:
            self._pending.discard(abandoned[0][0])
        batches = (abandoned[first : first + CLOSED_AT_ONCE] for first in range(0, len(abandoned), CLOSED_AT_ONCE))
        return [Closing(*zip(*batch, strict=True)) for batch in batches]


def _left_open(operation: Operation) -> str | None:
    """The activity id of an operation that, once begun, no worker holds: cancelling it reaches nobody."""
    match operation:
        case CallbackWait(_, operation_id, _, int()):
            return operation_id
        case TaskCall(request, call) if call.worker == "polled":
            return request.operation_id
        case _:
            return None


def _size(operation: Operation) -> int:
    match operation:
        case TaskCall():
            return json_size(operation.call.argument)
        case ChildWorkflow(arguments=arguments):
            return sum(_argument_size(argument) for argument in arguments)
        case CallbackWait() | Timer():
            return 0


def _argument_size(argument: ChildArgument) -> int:
    match argument:
        case JsonText(text):
            return len(text.encode("utf-8", "surrogatepass"))
        case ForeignJson(value):
            return json_size(value)
        case ExecutionStart():
            return json_size(argument.to_json())
        case _:
            return json_size(argument)


def asks_heartbeat(operation: TaskCall | CallbackWait) -> bool:
    """Whether a missed heartbeat is the state's own HeartbeatSeconds; else it means a dead worker.

    Workers of ours heartbeat by themselves whatever the state says, so that theirs always means that.
    """
    if isinstance(operation, TaskCall):
        return operation.call.worker != "ours" and operation.request.heartbeat_seconds is not None
    return operation.heartbeat_seconds is not None


def localized(operation: Operation, start: ExecutionStart) -> Operation:
    """The operation as a durable host of this execution begins it: short calls of EXPRESS executions become local."""
    if not isinstance(operation, TaskCall) or not operation.call.direct:
        return operation
    if not start.is_express or start.engine < _LOCAL_SINCE_ENGINE:
        return operation
    timeout_seconds = operation.request.timeout_seconds
    short = timeout_seconds is None or timeout_seconds <= LOCAL_SECONDS
    return replace(operation, local=short)
