"""The effects port over one Temporal workflow: turn by turn, outcomes in and operations out."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Any, Final, NoReturn, TypeAlias

from temporalio import workflow
from temporalio.common import RawValue

from interpreter.effects import Begun, ChildWorkflow, Operation, Outcome, Room, TaskCall, Timer
from interpreter.event_log import ExecutionLog, TellingLedger
from interpreter.execution import Execution, FailedWith, Succeeded
from interpreter.frames import JsonObject
from interpreter.history import Clock, Failure, Ledger
from interpreter.hosts.details import describe_frames
from interpreter.hosts.operations import Closing, OperationQueue, localized
from interpreter.hosts.room import room_left
from interpreter.hosts.stop_reasons import StopReason, parse_stop_reason
from interpreter.hosts.temporal.commands import begin, raw_json, start_closing, start_timer
from interpreter.hosts.temporal.loose import LooseChildren
from interpreter.hosts.temporal.outcomes import outcome_of, workflow_failure
from interpreter.hosts.temporal.wiring import Wiring
from interpreter.hosts.tokens import TaskToken
from interpreter.hosts.wire import answer_of_outcome
from interpreter.limits import limits_of
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, parse_json, print_kept

_MORE: Final = 0
"""The number of the timer that asks for a turn to begin more operations; the core's own numbers start at 1."""

_SETTLING_STEPS: Final = 3
"""Steps of the event loop after which every outcome of an activation has arrived: the SDK applies all of them before
the loop runs, and each then wakes one task (two for a child's end) and that task's callback. More steps only cost CPU,
in every turn."""

_ENGINE_THAT_ENDS_LOCAL_CALLS: Final = 3

_Arrival: TypeAlias = tuple[int, Operation | Closing, asyncio.Task[Any]]
"""The number of what has ended, what it was, and its outcome."""


def _is_local(arrival: _Arrival) -> bool:
    return isinstance(arrival[1], TaskCall) and arrival[1].local


class TemporalHost:
    """Runs one execution."""

    def __init__(self, wiring: Wiring, start: ExecutionStart, input_: RawValue) -> None:
        self._wiring = wiring
        self._input = input_
        self._start = start
        self._now = workflow.time_ns() // 1_000_000
        self._queue = OperationQueue()
        self._handles: dict[int, asyncio.Task[Any]] = {}
        self._local: dict[int, asyncio.Task[Any]] = {}
        self._arrived: list[_Arrival] = []
        self._begun: list[int] = []
        self._loose = LooseChildren(wiring)
        self._wake: asyncio.Future[None] | None = None
        definition = wiring.definitions.compiled(start.definition)
        self._clock = Clock(start.start_date if start.redrive is None else start.redrive.date)
        self._log: ExecutionLog | None = None
        self._ledger = self._new_ledger()
        document = parse_json(input_.payload.data)
        self._execution = Execution(definition, start, document, self, wiring.router, self._ledger)

    def _new_ledger(self) -> Ledger:
        """One that forgets, or one that logs what happens."""
        limit, event_log = limits_of(self._start.mode, self._start.engine).history_events, self._wiring.event_log
        if self._start.logging is None or event_log is None:
            return Ledger(limit)
        self._log = ExecutionLog(self._start, event_log)
        return TellingLedger(limit, self._clock, self._log.add)

    # ------------------------------------------------------------------ the port

    def now(self) -> int:
        """The time of the workflow task, or of the local call that was answered last."""
        return self._now

    def start(self, number: int, operation: Operation) -> None:
        """Queue the operation; it begins when the core has run."""
        self._queue.start(number, localized(operation, self._start))

    def cancel(self, number: int, operation: Operation) -> None:
        """Give the operation up when the core has run."""
        self._queue.cancel(number, operation)

    def task_token(self, operation_id: str) -> str:
        """A token that names the activity with this id."""
        info = workflow.info()
        return TaskToken(info.namespace, info.workflow_id, info.run_id, operation_id).encode()

    # ------------------------------------------------------------------ the run

    async def run(self, checkpoint: JsonObject | None) -> JsonValue:
        """Run from the start, or from a checkpoint, to the end, and return the output.

        Raises:
            temporalio.exceptions.ApplicationError: the execution failed.
        """
        try:
            result = await self._run(checkpoint)
        except asyncio.CancelledError:
            reason = workflow.cancellation_reason()
            if reason is None:
                raise  # this worker only forgets the workflow
            self._log_abortion(parse_stop_reason(reason))
            self._loose.stop(number for number in self._loose.numbers() if self._execution.waits_for(number))
            await self._loose.stops_begun()
            raise
        await self._loose.stops_begun()
        if isinstance(result, FailedWith):
            raise workflow_failure(result)
        return result.output

    async def _run(self, checkpoint: JsonObject | None) -> Succeeded | FailedWith:
        self._listen()
        if checkpoint is None:
            self._execution.begin("" if self._log is None else self._input.payload.data.decode("utf-8", "replace"))
        else:
            self._execution.go_on(checkpoint)
        while True:
            self._listen()
            self._clock.now = self._now
            self._execution.run(self._room())
            self._flush_log()
            if self._execution.continuation is not None:
                await self._continue_as_new(self._execution.continuation)
            result = self._execution.result
            if result is not None:
                self._loose.stop(number for number, _ in self._queue.turn().cancelled)
                await self._end_local_calls()
                return result
            again = self._begin_operations()
            workflow.set_current_details(describe_frames(self._execution.root))
            await self._next_turn(again)

    def _room(self) -> Room:
        info = workflow.info()
        return room_left(
            self._start.mode,
            self._start.engine,
            events=info.get_current_history_length(),
            size_bytes=info.get_current_history_size(),
            suggested=info.is_continue_as_new_suggested(),
        )

    async def _end_local_calls(self) -> None:
        """Give up the local calls that are still under way, and wait until the SDK has told of their end.

        It records an answer even after the command that ends the run; the server then refuses the whole workflow task,
        and so it goes again and again (temporalio/sdk-rust, issue 659, without which this can go).
        """
        if self._start.engine < _ENGINE_THAT_ENDS_LOCAL_CALLS:
            return
        for number, handle in self._local.items():
            if number in self._handles:  # else it was given up before
                handle.cancel()
        while self._local:
            await workflow.wait(list(self._local.values()))
            await asyncio.sleep(0)  # what is done leaves by its callback

    async def _continue_as_new(self, checkpoint: JsonObject) -> NoReturn:
        self._begin_operations()  # nothing is to begin where the core stopped, but children may have to be stopped
        await asyncio.sleep(0)  # so that those commands come before the one that ends this run
        await self._loose.stops_begun()
        runs = (*self._start.continued, workflow.info().run_id)
        kept = raw_json(print_kept(checkpoint))
        workflow.continue_as_new(args=[dataclasses.replace(self._start, continued=runs), self._input, kept])

    # ------------------------------------------------------------------ what is begun

    def _begin_operations(self) -> bool:
        turn = self._queue.turn()
        for number, operation in turn.started:
            self._begin(number, operation)
        for number, operation in turn.cancelled:
            handle = self._handles.pop(number, None)
            if handle is not None and not _runs_on(operation):
                handle.cancel()
        self._loose.stop(number for number, _ in turn.cancelled)
        for closing in turn.closings:
            self._close(closing)
        return turn.again

    def _begin(self, number: int, operation: Operation) -> None:
        self._loose.watch(number, operation)
        handle = begin(operation, self._wiring, self._now, lambda: self._child_begun(number))
        if isinstance(operation, TaskCall) and operation.local:
            self._local[number] = handle
        self._watch(number, operation, handle)

    def _child_begun(self, number: int) -> None:
        if self._handles.get(number) is asyncio.current_task():
            self._begun.append(number)
            self._wake_up()

    def _close(self, closing: Closing) -> None:
        handle = start_closing(closing, self._wiring)
        if closing.activity_id is None:
            handle.add_done_callback(lambda done: done.cancelled() or done.exception())
        else:
            self._watch(-closing.numbers[0], closing, handle)

    def _watch(self, number: int, operation: Operation | Closing, handle: asyncio.Task[Any]) -> None:
        self._handles[number] = handle
        handle.add_done_callback(lambda done: self._ended(number, operation, done))

    def _ended(self, number: int, operation: Operation | Closing, handle: asyncio.Task[Any]) -> None:
        self._local.pop(number, None)
        if self._handles.get(number) is not handle:
            if not handle.cancelled():
                handle.exception()  # seen, and of no interest
            return  # cancelled: not a reason for a turn, which a projection would not know of
        self._arrived.append((number, operation, handle))
        self._wake_up()

    # ------------------------------------------------------------------ what has ended

    async def _next_turn(self, again: bool) -> None:
        """Wait for outcomes and settle all that a workflow task brings, as one batch; local ones come one by one."""
        if again and _MORE not in self._handles:
            self._watch(_MORE, Timer(0, "more operations"), start_timer(1))
        if not self._arrived and not self._begun:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        for _ in range(_SETTLING_STEPS):
            await asyncio.sleep(0)
        brought = [arrival for arrival in self._arrived if not _is_local(arrival)]
        if brought or self._begun:
            self._arrived = [arrival for arrival in self._arrived if _is_local(arrival)]
            self._settle_task(brought)
        else:
            self._settle_local(self._arrived.pop(0))

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _settle_task(self, brought: Sequence[_Arrival]) -> None:
        self._now = max(self._now, workflow.time_ns() // 1_000_000)
        self._queue.new_task()
        begun, self._begun = self._begun, []
        outcomes: list[tuple[int, Outcome | Begun]] = [(number, Begun()) for number in begun]
        for number, operation, handle in brought:
            del self._handles[number]
            self._loose.ended(number)
            if isinstance(operation, Closing):
                handle.exception()  # it is retried until it succeeds, unless an operator gave it up
                self._queue.closed(operation)
                continue
            self._queue.settled(number)
            outcomes.append((number, outcome_of(operation, handle)))
        self._execution.settle(outcomes)

    def _settle_local(self, arrival: _Arrival) -> None:
        """Settle a local call: how many of them an activation brings says nothing, so that none may depend on it."""
        number, operation, handle = arrival
        assert isinstance(operation, TaskCall)
        del self._handles[number]
        self._queue.settled(number)
        answer = answer_of_outcome(outcome_of(operation, handle))
        if answer.at is not None:
            self._now = max(self._now, answer.at)
        self._execution.settle([(number, answer.outcome)], new_task=False)

    # ------------------------------------------------------------------ the log

    def _listen(self) -> None:
        """What happens in a replay was logged when it happened first."""
        if self._log is not None:
            self._log.muted = workflow.unsafe.is_replaying()

    def _log_abortion(self, reason: StopReason) -> None:
        self._clock.now = max(self._now, workflow.time_ns() // 1_000_000)
        self._listen()
        self._ledger.record("ExecutionAborted", 0, Failure(reason.error, reason.cause))
        self._flush_log()

    def _flush_log(self) -> None:
        """Before the workflow task is answered: what was recorded was logged, perhaps twice if the task is repeated."""
        if self._log is not None:
            self._log.flush()


def _runs_on(operation: Operation) -> bool:
    """Whether giving the operation up leaves what it began alone."""
    return isinstance(operation, ChildWorkflow) and not operation.bound
