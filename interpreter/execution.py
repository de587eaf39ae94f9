"""One execution: its frames, its chain of events, and the operations it asked its host for.

A host calls `begin` (or `resume` or `go_on` with a checkpoint), then `settle` with each batch of outcomes, and after
each of the two `run`, until `result` or `continuation` is there.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, cast

from interpreter.chance import SeededChance
from interpreter.context_object import ContextView, ExecutionContext
from interpreter.data_limits import DataLimits
from interpreter.dataflow.view import View
from interpreter.definition.model import Definition, State, WaitState
from interpreter.effects import Begun, ChildWorkflow, Effects, Operation, Outcome, Room, TaskCall, TaskRouter, Timer
from interpreter.errors import StatesError, StatesQueryEvaluationError, StatesRuntime, within_limits
from interpreter.frames import (
    CHECKPOINT_VERSION,
    Ended,
    Frame,
    JsonObject,
    MapItem,
    frame_from_json,
    frame_to_json,
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
from interpreter.under_way import Sink, UnderWay
from interpreter.values import JsonValue, json_text
from interpreter.work import Work

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
        work: how much was done at a stretch.
        data: the bounds on what states hand on and set.
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
        self.work = Work(start.engine)
        self.data = DataLimits(self.limits, start.engine, self.measure)
        self.result: Succeeded | FailedWith | None = None
        self.continuation: JsonObject | None = None
        self.root = Frame(definition.machine, definition.machine.start_at, input_, ChainMap(), chain=0)
        self.on_boundary: Callable[[], None] | None = None
        self.inspection: Inspection | None = None
        self.clock_decides = False
        self.observer: Observer | None = None
        self.mocked = False
        self._scheduler = Scheduler()
        self._under_way = UnderWay(effects)
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
        self.data.begin_with(self.root)
        if inspection.retries_used:
            self.root.retries = [inspection.retries_used]

    def run(self, room: Room = "plenty") -> None:
        """Go on until everything waits for the host, or the run has ended; `room` is what the host can still record."""
        self._room = room
        self.work.begin_stretch()
        self._scheduler.run()

    def settle(self, outcomes: Iterable[tuple[int, Outcome | Begun]], *, new_task: bool = True) -> None:
        """Tell the outcomes of operations; they count in the order in which the operations were started.

        A child's `Begun` comes before its outcome. `new_task` says whether the host may spend time anew, or has been
        told these outcomes in the same stretch as those before.
        """
        if new_task:
            self.work.begin_turn()
        self._under_way.settle(outcomes)

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
        self.data.begin_with(self.root)
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
        self.work.count_operation()
        return self._under_way.start(frame, operation, sink, begun)

    def cancel_operation(self, frame: Frame, number: int) -> None:
        """Give an operation up, if it is still under way."""
        self._under_way.cancel(frame, number)

    def release_operation(self, frame: Frame, number: int) -> None:
        """Let an operation go on by itself; its outcome concerns nobody any more."""
        self._under_way.release(frame, number)

    def waits_for(self, number: int) -> bool:
        """Whether the outcome of an operation is waited for; else its end concerns nobody."""
        return self._under_way.is_awaited(number)

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
        self.data.check_size(transition.output, state.name)
        if transition.assigned:
            self.data.set_variables(self.root, frame, state.name, transition.assigned)
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

    # ------------------------------------------------------------------ what states call: waiting for the host

    async def pace(self, frame: Frame) -> None:
        """Count one transition of `frame`; wait for the host's next turn when this one has done enough.

        Where the host has little room left, the outermost machine's transitions do not return: a new run goes on.

        Raises:
            StatesRuntime: the host can record no more, and the frame is not the outermost.
        """
        self.work.begin_stretch()
        if self.on_boundary is not None:
            self.on_boundary()
        if self._room != "plenty":
            await self._make_room(frame)
        self.work.count_transition(self.measure.bytes_printed)
        self.measure.bytes_printed = 0
        if self.work.breathes:
            await self.breathe()
        elif self.work.is_enough or self._pause is not None:
            await self._turn()

    async def breathe(self) -> None:
        """Wait, where a frame is about to work, for the host's next turn if this one has done enough.

        What comes in one batch is many frames' work: none of them may be charged for that of the others, and those
        that a turn lets go on must not all do so at once.
        """
        if not self.work.breathes:
            return
        while self.work.is_enough or self._pause is not None:
            await self._turn()
        self.work.begin_stretch()

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
        error = within_limits(error)
        self.result = FailedWith(error)
        self.ledger.record("ExecutionFailed", frame.chain, Failure(error.name, error.cause))
        self._scheduler.stop()

    async def _turn(self) -> None:
        if self._pause is None:
            pause: Promise[None] = Promise()
            self._pause = pause

            def turned(_: Outcome) -> None:
                self.work.begin_turn()
                self._pause = None
                pause.keep(None)

            self.begin_operation(self.root, Timer(self.effects.now() + 1, "pacing"), turned)
        await self._pause
