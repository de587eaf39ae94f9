"""One execution: its frames, its chain of events, and the operations it asked its host for.

A host calls `begin` (or `resume` or `go_on` with a checkpoint), then `settle` with each batch of outcomes, and after
each of the two `run`, until `result` or `continuation` is there.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from interpreter.chance import SeededChance
from interpreter.context_object import ContextView, ExecutionContext
from interpreter.dataflow.view import View
from interpreter.definition.model import Definition, State, WaitState
from interpreter.effects import Begun, ChildWorkflow, Effects, Operation, Outcome, Room, TaskCall, TaskRouter, Timer
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesQueryEvaluationError, StatesRuntime
from interpreter.frames import (
    CHECKPOINT_VERSION,
    Ended,
    Frame,
    JsonObject,
    MapItem,
    frame_from_json,
    frame_to_json,
    variables_bytes,
)
from interpreter.history import (
    Details,
    EvaluationFailure,
    ExecutionStarted,
    Failure,
    HistoryFull,
    Ledger,
    Output,
    Redriven,
    StateEntered,
    StateExited,
)
from interpreter.inspection import Inspection
from interpreter.jsonpath.scope import Context
from interpreter.limits import limits_of
from interpreter.measure import Measure
from interpreter.observation import Observer
from interpreter.scheduler import Inbox, Promise, Scheduler
from interpreter.start import ExecutionStart
from interpreter.states.machine import run_machine
from interpreter.states.outcome import Transition
from interpreter.values import JsonValue, NestingError, json_text

Sink: TypeAlias = Callable[[Outcome], None]

STATE_TYPES: Final = {
    "PassState": "Pass",
    "TaskState": "Task",
    "ChoiceState": "Choice",
    "WaitState": "Wait",
    "SucceedState": "Succeed",
    "FailState": "Fail",
    "ParallelState": "Parallel",
    "MapState": "Map",
}

_ACTIVATION_BUDGET: Final = 150_000
"""Estimated microseconds of work after which the core waits for a pacing timer (Temporal allows 2 s a task)."""

_FIRST_ENGINE_BUDGET: Final = 300_000
"""That of executions that began with engine 1, which did not count operations either."""

_OPERATION_COST: Final = 150
"""What the Temporal SDK needs to begin an activity or a timer, in estimated microseconds."""

_ENGINE_THAT_BREATHES: Final = 3

_TRANSITION_COST: Final = 60
_BYTES_PER_COST: Final = 20
_NODE_COST: Final = 3
_STRETCH_BUDGET: Final = 300_000
"""Estimated microseconds of JSONPath between two places where the core can wait; more would end the workflow task.
A slow machine needs three times the estimate."""
_FIRST_ENGINES_STRETCH_BUDGET: Final = 600_000

_LONGEST_STRETCH: Final = 1_200_000
"""The same with JSONata, the estimates of which are high: what an expression is tried with is hardly ever used up."""

_LONGEST_ERROR: Final = 256
_LONGEST_CAUSE: Final = 32_768
"""Characters of an execution's error and cause (API reference, ExecutionFailedEventDetails)."""


_NO_ROOM: Final = (
    "The execution reached the number of events or bytes that one Temporal workflow run may have. It can go on in a "
    "new run only between two states of its outermost machine: do less inside one Parallel or Map state, or start "
    "executions of their own there."
)


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The execution reached its end."""

    output: JsonValue


@dataclass(frozen=True, slots=True)
class FailedWith:
    """The execution failed with an error that nothing caught."""

    error: StatesError


class Execution:
    """The interpreter at work on one execution.

    Attributes:
        definition: what is run.
        start: what StartExecution said.
        effects: the host.
        router: where tasks go.
        ledger: the history.
        result: how the execution ended, None while it runs.
        continuation: the checkpoint from which a new run is to go on, once the host has said that there is little room.
        root: the outermost frame.
        on_boundary: called before each state is entered, where a checkpoint can be taken.
        inspection: set where one state is looked at (`inspect`).
        clock_decides: whether a JSONata expression may fail by a clock: only where nothing replays the execution.
        observer: told of each step, where somebody watches.
        mocked: whether the call of a Task stands for all that its pattern does: no job is watched, no token or worker
            waited for.
    """

    def __init__(
        self,
        definition: Definition,
        start: ExecutionStart,
        input_: JsonValue,
        effects: Effects,
        router: TaskRouter,
        ledger: Ledger,
    ) -> None:
        self.definition = definition
        self.start = start
        self.effects = effects
        self.router = router
        self.ledger = ledger
        self.limits = limits_of(start.mode, start.engine)
        self.chance = SeededChance(start.seed)
        self.context = ExecutionContext(start, input_)
        self.measure = Measure()
        self.result: Succeeded | FailedWith | None = None
        self.continuation: JsonObject | None = None
        self.root = Frame(definition.machine, definition.machine.start_at, input_, ChainMap(), chain=0)
        self.on_boundary: Callable[[], None] | None = None
        self.inspection: Inspection | None = None
        self.clock_decides = False
        self.observer: Observer | None = None
        self.mocked = False
        self._scheduler = Scheduler()
        self._sinks: dict[int, Sink] = {}
        self._beginnings: dict[int, Callable[[], None]] = {}
        self._operations = 0
        self._cost = 0
        self._stretch = 0
        self._most_stored = 0
        first = start.engine == 1
        self._budget = _FIRST_ENGINE_BUDGET if first else _ACTIVATION_BUDGET
        self._operation_cost = 0 if first else _OPERATION_COST
        self._pause: Promise[None] | None = None
        self._room: Room = "plenty"

    # ------------------------------------------------------------------ what a host calls

    def begin(self, input_text: str | None = None) -> None:
        """Record the start and make the first state ready; `input_text` is the input as the client sent it."""
        start = self.start
        text = json_text(self.context.input) if input_text is None else input_text
        details = ExecutionStarted(text, start.role_arn, start.version_arn, start.alias_arn)
        self.ledger.record("ExecutionStarted", 0, details)
        self._spawn_root()

    def inspect(self, inspection: Inspection) -> None:
        """Before `begin`: run the first state only, and note in `inspection` what it does."""
        self.inspection = inspection
        self.root.variables = ChainMap(dict(inspection.variables))
        self.root.item = inspection.item
        self._most_stored = variables_bytes(self.root, self.measure)
        if inspection.retries_used:
            self.root.retries = [inspection.retries_used]

    def run(self, room: Room = "plenty") -> None:
        """Go on until everything waits for the host, or the run has ended; `room` is what the host can still record."""
        self._room = room
        self._stretch = 0
        self._scheduler.run()

    def settle(self, outcomes: Iterable[tuple[int, Outcome | Begun]], *, new_task: bool = True) -> None:
        """Tell the outcomes of operations; they count in the order in which the operations were started.

        A child's `Begun` comes before its outcome. `new_task` says whether the host may spend time anew, or has been
        told these outcomes in the same stretch as those before.
        """
        if new_task:
            self._cost = 0
        for number, outcome in sorted(outcomes, key=lambda pair: pair[0]):
            begun = self._beginnings.pop(number, None)
            if isinstance(outcome, Begun):
                if begun is not None:
                    begun()
                continue
            sink = self._sinks.pop(number, None)
            if sink is not None:
                sink(outcome)

    def checkpoint(self) -> JsonObject:
        """The whole run state as JSON."""
        return {
            "version": CHECKPOINT_VERSION,
            "nextEvent": self.ledger.next_id,
            "visible": self.chance.visible,
            "operations": self.chance.operations,
            "root": frame_to_json(self.root),
        }

    def resume(self, checkpoint: JsonObject) -> None:
        """Take the run state from a checkpoint instead of `begin`; the ledger's next id is the caller's to set.

        Raises:
            ValueError: the checkpoint is of a version that this release does not know.
        """
        if checkpoint.get("version") != CHECKPOINT_VERSION:
            raise ValueError(f"checkpoint version {checkpoint.get('version')!r} is not {CHECKPOINT_VERSION}")
        self.chance.visible = cast(int, checkpoint["visible"])
        self.chance.operations = cast(int, checkpoint["operations"])
        self.ledger.next_id = cast(int, checkpoint["nextEvent"])
        self.root = frame_from_json(cast(JsonObject, checkpoint["root"]), self.definition.machine, None)
        self._most_stored = variables_bytes(self.root, self.measure)
        self._spawn_root()

    def go_on(self, checkpoint: JsonObject) -> None:
        """Begin a run that has earlier ones: redriven, from a checkpoint of `interpreter.redrive`, or `continuation`.

        Raises:
            ValueError: as `resume`.
        """
        self.resume(checkpoint)
        if self.start.continued:
            return
        self.ledger.record("ExecutionRedriven", self.ledger.next_id - 1, Redriven(self.start.redrive_count))

    # ------------------------------------------------------------------ what states call: operations

    async def perform(self, frame: Frame, operation: Operation) -> Outcome:
        """Run an operation for a frame, and wait for its outcome."""
        promise: Promise[Outcome] = Promise()
        self.begin_operation(frame, operation, promise.keep)
        outcome = await promise
        await self.breathe()
        return outcome

    def begin_operation(
        self, frame: Frame, operation: Operation, sink: Sink, begun: Callable[[], None] | None = None
    ) -> int:
        """Start an operation for a frame and return its number; `sink` gets its outcome.

        `begun` is called when a child has begun.

        Raises:
            StatesRuntime: it is a call or a child, and the host can record no more.
        """
        if self._room == "none" and isinstance(operation, TaskCall | ChildWorkflow):
            raise StatesRuntime(_NO_ROOM)
        self._operations += 1
        self._cost += self._operation_cost
        number = self._operations
        frame.live[number] = operation

        def settled(outcome: Outcome) -> None:
            frame.live.pop(number, None)
            sink(outcome)

        self._sinks[number] = settled
        if begun is not None:
            self._beginnings[number] = begun
        self.effects.start(number, operation)
        return number

    def cancel_operation(self, frame: Frame, number: int) -> None:
        """Give an operation up, if it is still under way."""
        operation = frame.live.pop(number, None)
        if operation is not None:
            self._ignore(number)
            self.effects.cancel(number, operation)

    def release_operation(self, frame: Frame, number: int) -> None:
        """Let an operation go on by itself; its outcome concerns nobody any more."""
        frame.live.pop(number, None)
        self._ignore(number)

    def waits_for(self, number: int) -> bool:
        """Whether the outcome of an operation is waited for; else its end concerns nobody."""
        return number in self._sinks

    def _ignore(self, number: int) -> None:
        self._sinks.pop(number, None)
        self._beginnings.pop(number, None)

    def spawn_child(self, frame: Frame, index: int, inbox: Inbox[int]) -> None:
        """Run a child frame; its index goes to `inbox` when it has ended."""
        frame.strand = self._scheduler.spawn(lambda: self._run_child(frame, index, inbox))

    def abandon(self, frame: Frame) -> None:
        """Stop a frame and everything below it where it stands, without waiting for anything."""
        for number in list(frame.live):
            self.cancel_operation(frame, number)
        if frame.group is not None:
            for child in frame.group.running.values():
                self.abandon(child)
        if frame.strand is not None:
            frame.strand.close()
            frame.strand = None

    async def sleep(self, frame: Frame, due: int, purpose: str) -> None:
        """Wait until `due`, in milliseconds since the epoch."""
        if due > self.effects.now():
            await self.perform(frame, Timer(due, purpose))

    # ------------------------------------------------------------------ what states call: data and events

    def view(
        self,
        frame: Frame,
        *,
        retries: bool = False,
        token: str | None = None,
        item: MapItem | None = None,
        chain: Frame | None = None,
    ) -> View:
        """What the expressions of the frame's state see; `item` is a Map item that is only about to start.

        Failed evaluations are recorded in the chain of `chain`, the frame itself if None.
        """
        context: Context = ContextView(self.context, frame, retries=retries, token=token, item=item)
        if self.inspection is not None and self.inspection.context is not None:
            context = self.inspection.context
        if chain is None:
            chain = frame
        return View(frame.input, context, frame.variables, self.chance, self, frame, self.inspection, chain)

    def record(self, type_: str, previous_id: int, frame: Frame, details: Details | None = None) -> int:
        """Record an event of a frame's chain."""
        frame.chain = self.ledger.record(type_, previous_id, details)
        return frame.chain

    def check_size(self, value: JsonValue, source: str) -> None:
        """Refuse a value over the payload limit; `source` names the state, service or function it came from.

        Raises:
            StatesDataLimitExceeded: the value is too large.
            StatesRuntime: it is nested deeper than we can print.
        """
        limit = self.limits.payload_bytes
        size = self._size(value, source)
        if limit is not None and size > limit:
            raise StatesDataLimitExceeded(
                f"The state/task '{source}' returned a result with a size exceeding the maximum number of bytes "
                "service limit."
            )

    def enter(self, frame: Frame, state: State) -> None:
        """Record that a state is entered."""
        frame.entered_at = self.effects.now()
        frame.entered_after = frame.chain
        type_ = f"{STATE_TYPES[type(state).__name__]}StateEntered"
        frame.entered = self.record(type_, frame.chain, frame, StateEntered(state.name, frame.input))
        if self.observer is not None:
            self.observer.entered(frame)

    def exit(self, frame: Frame, state: State, transition: Transition) -> None:
        """Check a state's output, set its variables and record that it is exited.

        Raises:
            StatesDataLimitExceeded: the output or a variable is too large.
        """
        self.check_size(transition.output, state.name)
        if transition.assigned:
            self._set_variables(frame, state, transition.assigned)
        type_ = f"{STATE_TYPES[type(state).__name__]}StateExited"
        self.record(type_, frame.chain, frame, StateExited(state.name, transition.output, transition.assigned))
        if self.observer is not None:
            self.observer.exited(frame, transition.output)

    def located(self, frame: Frame, error: StatesRuntime) -> StatesRuntime:
        """The error with AWS's prefix, which names the state and its entered event; TestState shows none."""
        return error if isinstance(error, HistoryFull) else StatesRuntime(self._located(frame, error))

    def evaluation_failed(
        self, frame: Frame, chain: Frame, error: StatesQueryEvaluationError
    ) -> StatesQueryEvaluationError:
        """Record a failed evaluation in `chain`, and give the error with AWS's prefix.

        The event points to the one before the state was entered, if nothing else has happened in the state; a Wait's
        to its entered event (both recorded).
        """
        located = StatesQueryEvaluationError(self._located(frame, error), error.location)
        is_first = chain.chain == frame.entered
        waits = isinstance(frame.machine.states[frame.state_name], WaitState)
        previous = frame.entered_after if is_first and not waits else chain.chain
        details = EvaluationFailure(located.NAME, located.cause or "", error.location, frame.state_name)
        self.record("EvaluationFailed", previous, chain, details)
        return located

    def _located(self, frame: Frame, error: StatesError) -> str | None:
        if self.inspection is not None:
            return error.cause
        return (
            f"An error occurred while executing the state '{frame.state_name}' "
            f"(entered at the event id #{frame.entered}). {error.cause}"
        )

    def spend(self, cost: int) -> None:
        """Count work that a transition does besides its own, in estimated microseconds."""
        self._cost += cost

    def affords(self, cost: int) -> bool:
        """Count work in estimated microseconds, and tell whether the core may do it before it can wait."""
        self._cost += cost
        self._stretch += cost
        return self._stretch <= _LONGEST_STRETCH

    def charge(self, nodes: int) -> None:
        """Count the values that a JSONPath looked at.

        Raises:
            StatesRuntime: the expressions of one state are more work than a workflow task may do at a stretch.
        """
        cost = nodes * _NODE_COST
        self._cost += cost
        self._stretch += cost
        budget = _STRETCH_BUDGET if self.start.engine >= _ENGINE_THAT_BREATHES else _FIRST_ENGINES_STRETCH_BUDGET
        if self._stretch > budget:
            raise StatesRuntime(
                "The JSONPath expressions of the state look at too many values for one step; use fewer of them, "
                "shorter paths, or a smaller input."
            )

    async def pace(self, frame: Frame) -> None:
        """Count one transition of `frame`; wait for the host's next turn when this one has done enough.

        Where the host has little room left, the outermost machine's transitions do not return: a new run goes on.

        Raises:
            StatesRuntime: the host can record no more, and the frame is not the outermost.
        """
        self._stretch = 0
        if self.on_boundary is not None:
            self.on_boundary()
        if self._room != "plenty":
            await self._make_room(frame)
        self._cost += _TRANSITION_COST + self.measure.bytes_printed // _BYTES_PER_COST
        self.measure.bytes_printed = 0
        if self.start.engine >= _ENGINE_THAT_BREATHES:
            await self.breathe()
        elif self._cost > self._budget or self._pause is not None:
            await self._turn()

    async def breathe(self) -> None:
        """Wait, where a frame is about to work, for the host's next turn if this one has done enough.

        What comes in one batch is many frames' work: none of them may be charged for that of the others, and those
        that a turn lets go on must not all do so at once.
        """
        if self.start.engine < _ENGINE_THAT_BREATHES:
            return
        while self._cost > self._budget or self._pause is not None:
            await self._turn()
        self._stretch = 0

    # ------------------------------------------------------------------ inside

    async def _make_room(self, frame: Frame) -> None:
        if frame is self.root:
            self.continuation = self.checkpoint()
            self._scheduler.stop()
            await Promise[None]()
        if self._room == "none":
            raise StatesRuntime(_NO_ROOM)

    def _spawn_root(self) -> None:
        self.root.strand = self._scheduler.spawn(self._run_root)

    async def _run_root(self) -> None:
        try:
            output = await run_machine(self, self.root)
        except StatesError as error:
            self._fail(error, self.root)
        else:
            self.result = Succeeded(output)
            self.ledger.record("ExecutionSucceeded", self.root.chain, Output(output))
            self._scheduler.stop()

    async def _run_child(self, frame: Frame, index: int, inbox: Inbox[int]) -> None:
        if frame.ended is None:  # else it had when the checkpoint was taken
            try:
                frame.ended = Ended(await run_machine(self, frame))
            except StatesRuntime as error:
                return self._fail(error, frame)
            except StatesError as error:
                frame.ended = Ended(None, error)
        inbox.post(index)
        return None

    def _fail(self, error: StatesError, frame: Frame) -> None:
        error = _within_limits(error)
        self.result = FailedWith(error)
        self.ledger.record("ExecutionFailed", frame.chain, Failure(error.name, error.cause))
        self._scheduler.stop()

    def _set_variables(self, frame: Frame, state: State, assigned: Mapping[str, JsonValue]) -> None:
        at_once = self.limits.payload_bytes
        size = sum(self._size(value, state.name) for value in assigned.values())
        if at_once is not None and size > at_once:
            raise StatesDataLimitExceeded(f"The variables assigned by the state '{state.name}' exceed {at_once} bytes.")
        frame.variables.update(assigned)
        limit = self.limits.variables_bytes
        if limit is not None and self._stored_bytes(frame, size) > limit:
            raise StatesDataLimitExceeded(
                f"The variables of the execution exceed {limit} bytes after the state '{state.name}'."
            )

    def _stored_bytes(self, frame: Frame, assigned: int) -> int:
        """The bytes of all variables of the execution, or more than that where it is surely within the limit.

        Until engine 3, those that the frame sees.
        """
        if self.start.engine < 3:
            return sum(map(self.measure.size, frame.variables.values()))
        self._most_stored += assigned
        limit = self.limits.variables_bytes
        if limit is not None and self._most_stored > limit:  # something may have gone or been replaced since
            self._most_stored = variables_bytes(self.root, self.measure)
        return self._most_stored

    def _size(self, value: JsonValue, source: str) -> int:
        try:
            return self.measure.size(value)
        except NestingError as error:
            raise StatesRuntime(f"The state/task '{source}' returned a result that is refused: {error}.") from None

    async def _turn(self) -> None:
        if self._pause is None:
            pause: Promise[None] = Promise()
            self._pause = pause

            def turned(_: Outcome) -> None:
                self._cost = 0
                self._pause = None
                pause.keep(None)

            self.begin_operation(self.root, Timer(self.effects.now() + 1, "pacing"), turned)
        await self._pause


def _within_limits(error: StatesError) -> StatesError:
    name, cause = error.name or "", error.cause or ""
    if len(name) <= _LONGEST_ERROR and len(cause) <= _LONGEST_CAUSE:
        return error
    return StatesError(
        None if error.name is None else name[:_LONGEST_ERROR], None if error.cause is None else cause[:_LONGEST_CAUSE]
    )
