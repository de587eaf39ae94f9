"""The in-process host: runs an execution on asyncio, in real or in skipped time.

Used for tests and for everything that needs no durability. With skipped time the clock jumps to the next timer
whenever nothing else is under way.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from interpreter.definition.model import Definition
from interpreter.effects import (
    ActivityFailure,
    Begun,
    CallbackWait,
    ChildWorkflow,
    Done,
    Failed,
    Operation,
    Outcome,
    TaskCall,
    TaskRouter,
    Timer,
)
from interpreter.event_log import TellingLedger
from interpreter.execution import Execution, FailedWith, Succeeded
from interpreter.frames import JsonObject
from interpreter.history import Clock, Failure, HistoryEvent, KeepingLedger, Ledger
from interpreter.hosts.operations import asks_heartbeat
from interpreter.inspection import Inspection
from interpreter.limits import limits_of
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue

_PAUSE: Final = 1
"""Milliseconds that a pause of the core lasts (`interpreter.work`). Where time is skipped it waits for no call: what it
keeps waiting may be what lets that call return."""


class CallFailed(Exception):
    """What `Invoke` raises when an activity fails."""

    def __init__(self, failure: ActivityFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


Invoke = Callable[[TaskCall], Awaitable[JsonValue]]
"""Runs one activity call and returns its result; raises `CallFailed`."""

RunChild = Callable[[ChildWorkflow, Callable[[], None]], Awaitable[JsonValue]]
"""Runs a child workflow and calls the function when it has begun; returns its result; raises `CallFailed`."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the execution ended. `result` is None when it ran out of its TimeoutSeconds or was stopped."""

    status: Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
    result: Succeeded | FailedWith | None


class InProcessHost:
    """Runs one execution.

    Attributes:
        execution: the interpreter.
        events: the history so far.
    """

    def __init__(
        self,
        definition: Definition,
        start: ExecutionStart,
        input_: JsonValue,
        router: TaskRouter,
        invoke: Invoke,
        *,
        skip_time: bool = False,
        now: int | None = None,
        time_limit_seconds: int | None = None,
        inspection: Inspection | None = None,
        children: RunChild | None = None,
        tell: Callable[[HistoryEvent], None] | None = None,
    ) -> None:
        """Prepare a run; that of an EXPRESS execution keeps no events, and its history has no quota.

        Args:
            definition: what is run.
            start: what StartExecution said.
            input_: the execution's input.
            router: where tasks go.
            invoke: makes their calls.
            skip_time: whether the clock jumps instead of waiting.
            now: where skipped time begins, the execution's start if None: a resumed run goes on later.
            time_limit_seconds: how long the execution may take besides its own TimeoutSeconds.
            inspection: where one state only is run and looked at.
            children: runs child workflows; none where no definition that is run here has them.
            tell: is told the events of an EXPRESS execution.
        """
        self._clock = Clock((start.start_date if now is None else now) if skip_time else _real_time())
        self._express = start.is_express
        self._events: list[HistoryEvent] = []
        self._ledger = Ledger(None) if tell is None else TellingLedger(None, self._clock, tell)
        if not self._express:
            kept = KeepingLedger(limits_of(start.mode, start.engine).history_events, self._clock)
            self._ledger, self._events = kept, kept.events
        self.execution = Execution(definition, start, input_, self, router, self._ledger)
        self.execution.clock_decides = True
        if inspection is not None:
            self.execution.inspect(inspection)
        self._invoke = invoke
        self._run_child = children
        self._skip_time = skip_time
        begun = self._clock.now if start.redrive is not None or not skip_time else start.start_date
        limits = [each for each in (definition.timeout_seconds, time_limit_seconds) if each is not None]
        self._deadline = begun + min(limits) * 1000 if limits else None
        self._timers: list[tuple[int, int, int, Outcome]] = []  # a heap; of operations not in `_timed` nobody waits
        self._timed: set[int] = set()
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._waits: dict[str, CallbackWait] = {}
        self._wait_numbers: dict[str, int] = {}
        self._timer_order = 0
        self._outcomes: dict[int, Outcome] = {}
        self._begun: list[int] = []
        self._progress = asyncio.Event()
        self._stop: tuple[str | None, str | None] | None = None

    @property
    def events(self) -> list[HistoryEvent]:
        """The history events so far, ids ascending."""
        return self._events

    # ------------------------------------------------------------------ the port

    def now(self) -> int:
        """Real or skipped time."""
        return self._clock.now

    def start(self, number: int, operation: Operation) -> None:
        """Begin the operation on the event loop."""
        match operation:
            case Timer(due, _):
                self._at(due, number, Done(None))
            case TaskCall(request, _):
                self._calls[number] = asyncio.create_task(self._call(number, operation))
                self._expire(number, request.timeout_seconds, "timeout")
                if asks_heartbeat(operation) and not self._express:  # whose calls are watched by what takes them
                    self._expire(number, request.heartbeat_seconds, "heartbeat")
            case ChildWorkflow():
                if self._run_child is None:
                    raise TypeError(f"no child workflows are run here, but {operation.workflow_id} was asked for")
                self._calls[number] = asyncio.create_task(self._child(number, operation, self._run_child))
            case CallbackWait(_, operation_id, timeout_seconds, heartbeat_seconds):
                self._waits[operation_id] = operation
                self._wait_numbers[operation_id] = number
                self._expire(number, timeout_seconds, "timeout")
                self._expire(number, heartbeat_seconds, "heartbeat")

    def cancel(self, number: int, operation: Operation) -> None:
        """Forget the operation; a call that is running is cancelled."""
        self._forget(number)
        if isinstance(operation, CallbackWait):
            self._waits.pop(operation.operation_id, None)

    def task_token(self, operation_id: str) -> str:
        """The operation id itself: nothing outside this process can use it."""
        return operation_id

    # ------------------------------------------------------------------ the run

    async def run(self, checkpoint: JsonObject | None = None, *, input_text: str | None = None) -> Ended:
        """Run from the start, or from a checkpoint, to the end; a redriven execution begins with one.

        `input_text` is the input as the client sent it.
        """
        if checkpoint is None:
            self.execution.begin(input_text)
        elif self.execution.start.redrive is None:
            self.execution.resume(checkpoint)
        else:
            self.execution.go_on(checkpoint)
        try:
            while True:
                self.execution.run()
                result = self.execution.result
                if result is not None:
                    return Ended("SUCCEEDED" if isinstance(result, Succeeded) else "FAILED", result)
                if self._stop is not None:
                    self._ledger.record("ExecutionAborted", 0, Failure(*self._stop))
                    return Ended("ABORTED", None)
                if not await self._next_turn():
                    self._ledger.record("ExecutionTimedOut", 0, Failure("States.Timeout", None))
                    return Ended("TIMED_OUT", None)
        finally:
            for task in self._calls.values():
                task.cancel()

    def complete(self, token: str, envelope: JsonValue) -> bool:
        """Answer a callback; False when nothing waits for this token any more."""
        number = self._wait_numbers.pop(token, None)
        if number is None or self._waits.pop(token, None) is None:
            return False
        self._settle(number, Done(envelope))
        return True

    def stop(self, error: str | None, cause: str | None) -> None:
        """Abort the execution."""
        self._stop = (error, cause)
        self._progress.set()

    # ------------------------------------------------------------------ inside

    async def _next_turn(self) -> bool:
        """Wait until there is something to settle, then settle it; False when the execution's time is up."""
        while not self._outcomes and not self._begun and self._stop is None:
            due = self._next_due()
            if self._deadline is not None and (due is None or due > self._deadline):
                due = self._deadline
            if not await self._wait_until(due):
                continue
            if self._deadline is not None and self._clock.now >= self._deadline:
                return False
            self._fire()
        if not self._skip_time:
            self._clock.now = max(self._clock.now, _real_time())
        outcomes, self._outcomes = self._outcomes, {}
        begun, self._begun = self._begun, []
        self.execution.settle([*((number, Begun()) for number in begun), *outcomes.items()])
        return True

    async def _wait_until(self, due: int | None) -> bool:
        """Wait for progress; True when `due` came first."""
        self._progress.clear()
        if self._skip_time and due is not None and (not self._calls or due <= self._clock.now + _PAUSE):
            if self._calls:
                await asyncio.sleep(0)  # they go on, also where one pause follows the other
            self._clock.now = max(self._clock.now, due)
            return True
        if self._skip_time or due is None:
            await self._progress.wait()
            return False
        try:
            await asyncio.wait_for(self._progress.wait(), max(0, due - _real_time()) / 1000)
        except TimeoutError:
            self._clock.now = max(self._clock.now, due)
            return True
        return False

    def _next_due(self) -> int | None:
        while self._timers and self._timers[0][2] not in self._timed:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def _fire(self) -> None:
        while (due := self._next_due()) is not None and due <= self._clock.now:
            _, _, number, outcome = heapq.heappop(self._timers)
            self._settle(number, outcome)

    def _settle(self, number: int, outcome: Outcome) -> None:
        self._forget(number)
        self._outcomes.setdefault(number, outcome)
        self._progress.set()

    def _forget(self, number: int) -> None:
        self._timed.discard(number)
        task = self._calls.pop(number, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def _at(self, due: int, number: int, outcome: Outcome) -> None:
        self._timer_order += 1
        self._timed.add(number)
        heapq.heappush(self._timers, (due, self._timer_order, number, outcome))

    def _expire(self, number: int, seconds: int | None, kind: Literal["timeout", "heartbeat"]) -> None:
        if seconds is not None:
            failure = ActivityFailure(kind, None, f"{kind} after {seconds} s", (), heartbeat_asked=True)
            self._at(self._clock.now + seconds * 1000, number, Failed(failure))

    async def _call(self, number: int, operation: TaskCall) -> None:
        try:
            value = await self._invoke(operation)
        except CallFailed as failed:
            self._settle(number, Failed(failed.failure))
        else:
            self._settle(number, Done(value))

    async def _child(self, number: int, child: ChildWorkflow, run: RunChild) -> None:
        def begun() -> None:
            self._begun.append(number)
            self._progress.set()

        try:
            value = await run(child, begun)
        except CallFailed as failed:
            self._settle(number, Failed(failed.failure))
        else:
            self._settle(number, Done(value))


def _real_time() -> int:
    return time.time_ns() // 1_000_000
