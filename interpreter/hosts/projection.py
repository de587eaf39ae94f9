"""The projecting host: runs the interpreter over a recorded Temporal history and keeps the events it emits.

Nothing is asked of the world here. Each workflow task of the record is one turn: the outcomes recorded before it are
settled, the core runs, and the operations it begins are matched with the recorded ones by activity id, and for timers
by the number the SDK gives them. The caller translates Temporal's events into the records below.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, assert_never

from interpreter.definition.model import Definition
from interpreter.effects import (
    Begun,
    CallbackWait,
    ChildWorkflow,
    Done,
    Failed,
    Operation,
    Outcome,
    Room,
    TaskCall,
    TaskRouter,
    Timer,
)
from interpreter.execution import Execution
from interpreter.frames import JsonObject
from interpreter.history import Clock, Failure, HistoryEvent, KeepingLedger
from interpreter.hosts.operations import Closing, OperationQueue, asks_heartbeat, localized
from interpreter.hosts.room import room_left
from interpreter.hosts.wire import answer_of_outcome
from interpreter.limits import limits_of
from interpreter.redrive import redrive_checkpoint
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True)
class TaskStarted:
    """A workflow task was started; `time` in milliseconds since the epoch.

    `history_bytes` is the size of the run's history then, `suggested` whether Temporal suggested to continue as new.
    """

    event_id: int
    time: int
    history_bytes: int = 0
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class TaskCompleted:
    """The workflow task started by event `started_id` was completed."""

    started_id: int


@dataclass(frozen=True, slots=True)
class ActivityEnded:
    """An activity ended; whether a heartbeat was asked for is filled in here, from the operation."""

    activity_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LocalEnded:
    """A local activity ended, inside the workflow task that was completed last; `outcome` is what it returned."""

    activity_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TimerFired:
    """Timer number `number` of the run fired."""

    number: int


@dataclass(frozen=True, slots=True)
class ChildInitiated:
    """A child workflow was asked for; later records name it by `event_id`."""

    event_id: int
    workflow_id: str


@dataclass(frozen=True, slots=True)
class ChildBegun:
    """A child workflow was started."""

    event_id: int


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """A child workflow ended, or was not started."""

    event_id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """StopExecution asked for the end."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The run was closed from outside; the core's own ends need no such record."""

    how: Literal["timed-out", "aborted"]
    time: int
    error: str | None = None
    cause: str | None = None


Record: TypeAlias = (
    TaskStarted
    | TaskCompleted
    | ActivityEnded
    | LocalEnded
    | TimerFired
    | ChildInitiated
    | ChildBegun
    | ChildEnded
    | CancelRequested
    | Closed
)


class Projection:
    """One execution, projected record by record.

    Attributes:
        events: the execution's history events so far.
    """

    def __init__(
        self,
        definition: Definition,
        start: ExecutionStart,
        input_: JsonValue,
        input_text: str,
        router: TaskRouter,
        token_of: Callable[[str], str],
        checkpoint: JsonObject | None = None,
    ) -> None:
        """`checkpoint` is that of a run that has earlier ones; its events follow those of the runs before."""
        self._clock = Clock(start.start_date if start.redrive is None else start.redrive.date)
        self._ledger = KeepingLedger(limits_of(start.mode, start.engine).history_events, self._clock)
        self._start = start
        self._latest = 0
        self._token_of = token_of
        self._queue = OperationQueue()
        self._execution = Execution(definition, start, input_, self, router, self._ledger)
        if checkpoint is None:
            self._execution.begin(input_text)  # the start is known before a worker takes it up
        else:
            self._execution.go_on(checkpoint)
        self._stopped = False
        self._closed = False
        self._tasks: dict[int, tuple[int, TaskStarted]] = {}
        self._room: Room = "plenty"
        self._arrived: list[Record] = []
        self._timers = 0
        self._timer_numbers: dict[int, int] = {}
        self._again: int | None = None
        self._awake = True
        self._activities: dict[str, tuple[int, TaskCall | CallbackWait]] = {}
        self._closings: dict[str, Closing] = {}
        self._asked: dict[str, deque[int]] = {}
        self._children: dict[int, int] = {}

    @property
    def events(self) -> Sequence[HistoryEvent]:
        """The history events so far, ids ascending."""
        return self._ledger.events

    @property
    def ended(self) -> bool:
        """Whether the execution's last event is there."""
        return self._execution.result is not None or self._closed

    @property
    def last_event_id(self) -> int:
        """The id of the last event, over all runs of the execution."""
        return self._ledger.next_id - 1

    @property
    def earlier_runs(self) -> Sequence[str]:
        """Temporal's ids of the runs before this one, the first one first."""
        return self._execution.start.earlier_runs

    def redrive_checkpoint(self, date: int) -> JsonObject:
        """From where a redrive at `date`, in milliseconds since the epoch, goes on; the projection is used up."""
        return redrive_checkpoint(self._execution, date)

    # ------------------------------------------------------------------ the port

    def now(self) -> int:
        """The time of the workflow task that is being projected."""
        return self._clock.now

    def start(self, number: int, operation: Operation) -> None:
        """Queue the operation as the Temporal host does."""
        self._queue.start(number, localized(operation, self._start))

    def cancel(self, number: int, operation: Operation) -> None:
        """Cancel as the Temporal host does."""
        self._queue.cancel(number, operation)

    def task_token(self, operation_id: str) -> str:
        """The token that the Temporal host made."""
        return self._token_of(operation_id)

    # ------------------------------------------------------------------ records

    def feed(self, record: Record) -> None:
        """Project the next record."""
        match record:
            case TaskStarted():
                self._tasks[record.event_id] = (len(self._arrived), record)
            case TaskCompleted(started_id):
                self._turn(started_id)
            case ChildInitiated(event_id, workflow_id):
                if self._asked.get(workflow_id):  # else it is none of the core's
                    self._children[event_id] = self._asked[workflow_id].popleft()
            case ActivityEnded() | TimerFired() | ChildBegun() | ChildEnded() | CancelRequested():
                self._arrived.append(record)
            case LocalEnded():
                self._settle_local(record)
            case Closed():
                self._close(record)
            case _:
                assert_never(record)

    def _turn(self, started_id: int) -> None:
        arrived, task = self._tasks.pop(started_id)
        self._latest = self._clock.now = max(self._latest, task.time)  # no clock goes back, as with Temporal's host
        self._room = self._room_left(task)
        batch, self._arrived = self._arrived[:arrived], self._arrived[arrived:]
        self._tasks.clear()
        if self._stopped or any(isinstance(record, CancelRequested) for record in batch):
            self._stopped = True
            return
        outcomes = self._outcomes(batch)
        if not self._awake:  # the Temporal host sleeps through a task that brings nothing it waits for
            return
        self._awake = False
        self._queue.new_task()
        self._go_on(outcomes)

    def _room_left(self, task: TaskStarted) -> Room:
        start = self._start
        return room_left(
            start.mode,
            start.engine,
            events=task.event_id,
            size_bytes=task.history_bytes,
            suggested=task.suggested,
        )

    def _settle_local(self, record: LocalEnded) -> None:
        """The outcome of a local call; that of one that was given up is no reason for a turn."""
        begun = self._activities.pop(record.activity_id, None)
        if begun is None:
            return
        number, _ = begun
        self._queue.settled(number)
        answer = answer_of_outcome(record.outcome)
        if answer.at is not None:
            self._latest = self._clock.now = max(self._latest, answer.at)
        self._go_on([(number, answer.outcome)], new_task=False)

    def _go_on(self, outcomes: Sequence[tuple[int, Outcome | Begun]], *, new_task: bool = True) -> None:
        self._execution.settle(outcomes, new_task=new_task)
        self._execution.run(self._room)
        if self._execution.result is None and self._execution.continuation is None:
            self._begin_operations()

    def _outcomes(self, batch: Sequence[Record]) -> list[tuple[int, Outcome | Begun]]:
        outcomes: list[tuple[int, Outcome | Begun]] = []
        for record in batch:
            match record:
                case ActivityEnded(activity_id, outcome):
                    closing = self._closings.pop(activity_id, None)
                    if closing is not None:
                        self._queue.closed(closing)
                        self._awake = True
                        continue
                    begun = self._activities.pop(activity_id, None)
                    if begun is not None:
                        number, operation = begun
                        self._queue.settled(number)
                        outcomes.append((number, _as_asked(operation, outcome)))
                case TimerFired(timer):
                    timer_number = self._timer_numbers.pop(timer, None)
                    if timer_number is not None:
                        outcomes.append((timer_number, Done(None)))
                    elif timer == self._again:
                        self._again = None
                        self._awake = True
                case ChildBegun(event_id):
                    if event_id in self._children:
                        outcomes.append((self._children[event_id], Begun()))
                case ChildEnded(event_id, outcome):
                    child = self._children.pop(event_id, None)
                    if child is not None:
                        self._queue.settled(child)
                        outcomes.append((child, outcome))
                case _:
                    pass
        self._awake = self._awake or bool(outcomes)
        return outcomes

    def _begin_operations(self) -> None:
        begun = self._queue.turn()
        for number, operation in begun.started:
            match operation:
                case TaskCall(request, _):
                    self._activities[request.operation_id] = (number, operation)
                case CallbackWait(_, operation_id):
                    self._activities[operation_id] = (number, operation)
                case ChildWorkflow():
                    self._asked.setdefault(operation.workflow_id, deque()).append(number)
                case Timer():
                    self._timers += 1
                    self._timer_numbers[self._timers] = number
                case _:
                    assert_never(operation)
        self._forget({number for number, _ in begun.cancelled})
        for closing in begun.closings:
            if closing.activity_id is not None:
                self._closings[closing.activity_id] = closing
        if begun.again and self._again is None:
            self._timers += 1
            self._again = self._timers

    def _forget(self, cancelled: set[int]) -> None:
        """What comes of a cancelled operation later is no reason for a turn."""
        if cancelled:
            self._activities = {id_: begun for id_, begun in self._activities.items() if begun[0] not in cancelled}
            self._timer_numbers = {
                timer: number for timer, number in self._timer_numbers.items() if number not in cancelled
            }
            self._children = {id_: number for id_, number in self._children.items() if number not in cancelled}

    def _close(self, closed: Closed) -> None:
        if self._execution.result is not None:
            return
        self._closed = True
        self._clock.now = closed.time
        if closed.how == "timed-out":
            self._ledger.record("ExecutionTimedOut", 0, Failure("States.Timeout", None))
        else:
            self._ledger.record("ExecutionAborted", 0, Failure(closed.error, closed.cause))


def _as_asked(operation: TaskCall | CallbackWait, outcome: Outcome) -> Outcome:
    if isinstance(outcome, Failed):
        return replace(outcome, failure=replace(outcome.failure, heartbeat_asked=asks_heartbeat(operation)))
    return outcome
