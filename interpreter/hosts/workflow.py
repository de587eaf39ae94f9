"""The durable host: one dynamic Temporal workflow that carries the interpreter.

The workflow causes no history event that a hand-written workflow would not: states that need nothing from the world
run inside the workflow task that reached them. It is registered unsandboxed; the core is deterministic by construction
(docs/architecture.md), and whatever is not a `StatesError` fails the workflow task, so that a fixed release resumes it.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, NoReturn, Protocol, TypeAlias, assert_never, cast

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure
from temporalio.common import (
    RawValue,
    RetryPolicy,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    TerminatedError,
    WorkflowAlreadyStartedError,
)
from temporalio.exceptions import TimeoutError as TemporalTimeoutError

from interpreter.definition.model import Definition
from interpreter.effects import (
    TAKEN,
    ActivityCall,
    ActivityFailure,
    Begun,
    CallbackWait,
    ChildArgument,
    ChildWorkflow,
    Done,
    Failed,
    FailureKind,
    ForeignJson,
    JsonText,
    Operation,
    Outcome,
    Room,
    TaskCall,
    TaskRouter,
    Timer,
)
from interpreter.event_log import EventLog, ExecutionLog, TellingLedger
from interpreter.execution import Execution, FailedWith, Succeeded
from interpreter.frames import JsonObject
from interpreter.history import Clock, Ledger
from interpreter.history import Failure as FailureDetails
from interpreter.hosts.details import describe_frames, short_summary
from interpreter.hosts.operations import Closing, OperationQueue, asks_heartbeat, localized
from interpreter.hosts.room import room_left
from interpreter.hosts.stop_reasons import StopReason, parse_stop_reason
from interpreter.hosts.tokens import TaskToken
from interpreter.hosts.wire import GIVEN_BACK, InlineJson, answer_of_outcome, outcome_of_payload
from interpreter.limits import EXPRESS_SECONDS, limits_of
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, parse_json

_UNBOUNDED: Final = timedelta(seconds=99_999_999)
"""AWS's default of TimeoutSeconds; the execution's own timeout ends earlier."""

_WORKER_HEARTBEAT: Final = timedelta(seconds=10)
"""A worker of ours that is silent for so long is dead."""

_ONCE: Final = RetryPolicy(maximum_attempts=1)

_UNTIL_ANSWERED: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), maximum_interval=timedelta(seconds=10)
)

_UNTIL_TAKEN: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=1.0,
    non_retryable_error_types=["TemporalTimeout:Heartbeat", "TemporalTimeout:StartToClose"],
)
"""A task that was given back is offered again; a worker that falls silent has had its attempt."""

_CLOSING: Final = timedelta(seconds=30)

_LOCAL_GRACE_SECONDS: Final = 10
"""How much longer than its own limit a local call may take: it reports by itself that it took too long."""
_CANCELLED: Final = workflow.ParentClosePolicy.REQUEST_CANCEL
_LEFT: Final = workflow.ParentClosePolicy.ABANDON

_MORE: Final = 0
"""The number of the timer that asks for a turn to begin more operations; the core's own numbers start at 1."""

_SETTLING_STEPS: Final = 3
"""Steps of the event loop after which every outcome of an activation has arrived: the SDK applies all of them before
the loop runs, and each then wakes one task (two for a child's end) and that task's callback. More steps only cost CPU,
in every turn."""


class Definitions(Protocol):
    """Compiled definitions by content hash."""

    def compiled(self, hash_: str) -> Definition:
        """The definition; it was fetched when the workflow's input was decoded.

        Raises:
            LookupError: it is not at hand, which fails the workflow task and has it tried again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the worker gives every execution it hosts."""

    router: TaskRouter
    definitions: Definitions
    waits_queue: str
    open_waits_queue: str
    workflow_queue: str
    callback_wait: str
    close_wait: str
    local_call: str
    job: str
    event_log: EventLog | None = None


class _Installed:
    wiring: Wiring | None = None


def install(wiring: Wiring) -> None:
    """Set the process's wiring; called once before a worker starts."""
    _Installed.wiring = wiring


_Arrival: TypeAlias = tuple[int, Operation | Closing, asyncio.Task[Any]]
"""The number of what has ended, what it was, and its outcome."""


def _is_local(arrival: _Arrival) -> bool:
    return isinstance(arrival[1], TaskCall) and arrival[1].local


@workflow.defn(dynamic=True)
class ExecutionWorkflow:
    """One execution of a state machine; its workflow type is the machine's name."""

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> Any:  # any JSON
        """Arguments: an `ExecutionStart`, the execution's input, and a checkpoint where there are earlier runs."""
        wiring = _Installed.wiring
        if wiring is None:
            raise RuntimeError("interpreter.hosts.workflow.install was not called in this worker")
        start = ExecutionStart.from_json(cast("dict[str, JsonValue]", parse_json(args[0].payload.data)))
        host = _TemporalHost(wiring, start, args[1])
        checkpoint = cast("JsonObject", parse_json(args[2].payload.data)) if start.earlier_runs else None
        return await host.run(checkpoint)


class _TemporalHost:
    """The effects port over one Temporal workflow."""

    def __init__(self, wiring: Wiring, start: ExecutionStart, input_: RawValue) -> None:
        self._wiring = wiring
        self._input = input_
        self._start = start
        self._now = workflow.time_ns() // 1_000_000
        self._queue = OperationQueue()
        self._handles: dict[int, asyncio.Task[Any]] = {}
        self._arrived: list[_Arrival] = []
        self._begun: list[int] = []
        self._loose: dict[int, ChildWorkflow] = {}
        self._stops: list[asyncio.Task[Any]] = []
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

    async def run(self, checkpoint: JsonObject | None) -> JsonValue:
        try:
            result = await self._run(checkpoint)
        except asyncio.CancelledError:
            reason = workflow.cancellation_reason()
            if reason is None:
                raise  # this worker only forgets the workflow
            self._log_abortion(parse_stop_reason(reason))
            awaited = [number for number in self._loose if self._execution.waits_for(number)]
            self._stop_given_up([(number, self._loose[number]) for number in awaited])
            await self._stops_begun()
            raise
        await self._stops_begun()
        if isinstance(result, FailedWith):
            raise _application_error(result)
        return result.output

    def _listen(self) -> None:
        """What happens in a replay was logged when it happened first."""
        if self._log is not None:
            self._log.muted = workflow.unsafe.is_replaying()

    def _log_abortion(self, reason: StopReason) -> None:
        self._clock.now = max(self._now, workflow.time_ns() // 1_000_000)
        self._listen()
        self._ledger.record("ExecutionAborted", 0, FailureDetails(reason.error, reason.cause))
        self._flush_log()

    def _flush_log(self) -> None:
        """Before the workflow task is answered: what was recorded was logged, perhaps twice if the task is repeated."""
        if self._log is not None:
            self._log.flush()

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
                self._stop_given_up(self._queue.turn().cancelled)
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

    async def _continue_as_new(self, checkpoint: JsonObject) -> NoReturn:
        self._begin_operations()  # nothing is to begin where the core stopped, but children may have to be stopped
        await asyncio.sleep(0)  # so that those commands come before the one that ends this run
        await self._stops_begun()
        runs = (*self._start.continued, workflow.info().run_id)
        workflow.continue_as_new(args=[dataclasses.replace(self._start, continued=runs), self._input, checkpoint])

    # ------------------------------------------------------------------ the port

    def now(self) -> int:
        return self._now

    def start(self, number: int, operation: Operation) -> None:
        self._queue.start(number, localized(operation, self._start))

    def cancel(self, number: int, operation: Operation) -> None:
        self._queue.cancel(number, operation)

    def task_token(self, operation_id: str) -> str:
        info = workflow.info()
        return TaskToken(info.namespace, info.workflow_id, info.run_id, operation_id).encode()

    # ------------------------------------------------------------------ turns

    async def _next_turn(self, again: bool) -> None:
        """Wait for outcomes and settle all that a workflow task brings, as one batch; local ones come one by one."""
        if again and _MORE not in self._handles:
            self._watch(_MORE, Timer(0, "more operations"), asyncio.create_task(workflow.sleep(0.001)))
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

    def _settle_task(self, brought: Sequence[_Arrival]) -> None:
        self._now = max(self._now, workflow.time_ns() // 1_000_000)
        self._queue.new_task()
        begun, self._begun = self._begun, []
        outcomes: list[tuple[int, Outcome | Begun]] = [(number, Begun()) for number in begun]
        for number, operation, handle in brought:
            del self._handles[number]
            self._loose.pop(number, None)
            if isinstance(operation, Closing):
                handle.exception()  # it is retried until it succeeds, unless an operator gave it up
                self._queue.closed(operation)
                continue
            self._queue.settled(number)
            outcomes.append((number, _outcome(operation, handle)))
        self._execution.settle(outcomes)

    def _settle_local(self, arrival: _Arrival) -> None:
        """Settle a local call: how many of them an activation brings says nothing, so that none may depend on it."""
        number, operation, handle = arrival
        assert isinstance(operation, TaskCall)
        del self._handles[number]
        self._queue.settled(number)
        answer = answer_of_outcome(_outcome(operation, handle))
        if answer.at is not None:
            self._now = max(self._now, answer.at)
        self._execution.settle([(number, answer.outcome)], new_task=False)

    def _watch(self, number: int, operation: Operation | Closing, handle: asyncio.Task[Any]) -> None:
        self._handles[number] = handle
        handle.add_done_callback(lambda done: self._ended(number, operation, done))

    def _ended(self, number: int, operation: Operation | Closing, handle: asyncio.Task[Any]) -> None:
        if self._handles.get(number) is not handle:
            if not handle.cancelled():
                handle.exception()  # seen, and of no interest
            return  # cancelled: not a reason for a turn, which a projection would not know of
        self._arrived.append((number, operation, handle))
        self._wake_up()

    def _wake_up(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _begin_operations(self) -> bool:
        begun = self._queue.turn()
        for number, operation in begun.started:
            self._watch(number, operation, self._begin(number, operation))
        for number, operation in begun.cancelled:
            handle = self._handles.pop(number, None)
            if handle is not None and not _runs_on(operation):
                handle.cancel()
        self._stop_given_up(begun.cancelled)
        for closing in begun.closings:
            self._close(closing)
        return begun.again

    def _begin(self, number: int, operation: Operation) -> asyncio.Task[Any]:
        match operation:
            case TaskCall(local=True):
                return self._start_local(operation)
            case TaskCall():
                return _start_call(operation)
            case CallbackWait():
                return self._start_wait(operation)
            case ChildWorkflow():
                if operation.stop is not None:
                    self._loose[number] = operation
                return asyncio.create_task(self._run_child(number, operation))
            case Timer(due, purpose):
                seconds = max(1, due - self.now()) / 1000
                return asyncio.create_task(workflow.sleep(seconds, summary=short_summary(purpose)))
            case _:
                assert_never(operation)

    def _start_local(self, operation: TaskCall) -> asyncio.Task[Any]:
        request, call = operation.request, operation.call
        limit = EXPRESS_SECONDS if request.timeout_seconds is None else request.timeout_seconds
        argument = {"activityType": call.activity_type, "argument": call.argument, "timeoutSeconds": limit}
        return workflow.start_local_activity(
            self._wiring.local_call,
            argument,
            activity_id=request.operation_id,
            start_to_close_timeout=timedelta(seconds=limit + _LOCAL_GRACE_SECONDS),
            retry_policy=_ONCE,
            result_type=RawValue,
            summary=short_summary(request.state_name),
        )

    def _start_wait(self, wait: CallbackWait) -> asyncio.Task[Any]:
        open_ = wait.heartbeat_seconds is not None
        return workflow.start_activity(
            self._wiring.callback_wait,
            task_queue=self._wiring.open_waits_queue if open_ else self._wiring.waits_queue,
            activity_id=wait.operation_id,
            schedule_to_close_timeout=_seconds(wait.timeout_seconds) or _UNBOUNDED,
            heartbeat_timeout=_seconds(wait.heartbeat_seconds),
            retry_policy=_ONCE,
            result_type=RawValue,
            summary=short_summary(f"{wait.state_name}: callback"),
        )

    async def _run_child(self, number: int, child: ChildWorkflow) -> Any:  # a RawValue
        handle = await workflow.start_child_workflow(
            child.workflow_type,
            args=[child_argument(argument) for argument in child.arguments],
            id=child.workflow_id,
            task_queue=child.task_queue or self._wiring.workflow_queue,
            result_type=RawValue,
            parent_close_policy=_CANCELLED if child.bound else _LEFT,
            execution_timeout=_seconds(child.timeout_seconds),
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            memo=child.memo or None,
            search_attributes=child_keywords(child.attributes),
            static_summary=None if child.summary is None else short_summary(child.summary),
            static_details=child.details,
        )
        if self._handles.get(number) is asyncio.current_task():
            self._begun.append(number)
            self._wake_up()
        return await handle

    def _stop_given_up(self, cancelled: Sequence[tuple[int, Operation]]) -> None:
        for number, _ in cancelled:
            child = self._loose.pop(number, None)
            if child is not None:
                self._stop(child)

    async def _stops_begun(self) -> None:
        """Wait, before this workflow ends, for those that stop its children: Temporal begins none of an ended one."""
        if self._stops:
            await workflow.wait(self._stops)

    def _stop(self, child: ChildWorkflow) -> None:
        """Have a child stopped by a workflow of its own, which goes on when this one has ended."""
        stopping = workflow.start_child_workflow(
            self._wiring.job,
            child.stop,
            id=f"stop:{child.workflow_id}",
            task_queue=self._wiring.workflow_queue,
            parent_close_policy=_LEFT,
            static_summary="stop a nested execution",
        )
        task = asyncio.create_task(stopping)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._stops.append(task)

    def _close(self, closing: Closing) -> None:
        """Have a worker report activities as cancelled that were left open; until then they would take their tokens."""
        ids = closing.activity_ids
        handle = workflow.start_activity(
            self._wiring.close_wait,
            {"activity_id": ids[0]} if closing.activity_id is None else {"activity_ids": list(ids)},
            task_queue=self._wiring.workflow_queue,
            activity_id=closing.activity_id,
            start_to_close_timeout=_CLOSING,
            summary=f"close {len(ids)} abandoned",
        )
        if closing.activity_id is None:
            handle.add_done_callback(lambda done: done.cancelled() or done.exception())
        else:
            self._watch(-closing.numbers[0], closing, handle)


def _start_call(operation: TaskCall) -> asyncio.Task[Any]:
    request, call = operation.request, operation.call
    ours, polled = call.worker == "ours", call.worker == "polled"
    timeout = _seconds(request.timeout_seconds) or _UNBOUNDED
    heartbeat = _seconds(request.heartbeat_seconds)
    return workflow.start_activity(
        call.activity_type,
        InlineJson(call.argument) if call.worker == "foreign" else call.argument,
        task_queue=call.task_queue,
        activity_id=request.operation_id,
        schedule_to_close_timeout=timeout if polled else None,
        start_to_close_timeout=None if polled else timeout,
        heartbeat_timeout=_WORKER_HEARTBEAT if ours else heartbeat,
        retry_policy=_retry_policy(call),
        result_type=RawValue,
        summary=short_summary(request.state_name),
    )


def _retry_policy(call: ActivityCall) -> RetryPolicy:
    if call.worker == "polled":
        return _UNTIL_TAKEN
    return _UNTIL_ANSWERED if call.repeated else _ONCE


def _runs_on(operation: Operation) -> bool:
    """Whether giving the operation up leaves what it began alone."""
    return isinstance(operation, ChildWorkflow) and not operation.bound


def child_argument(argument: ChildArgument) -> Any:  # what the payload converter knows
    """An argument of a child workflow as it is handed to the SDK."""
    if isinstance(argument, JsonText):
        data = argument.text.encode("utf-8", "surrogatepass")
        return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=data))
    return InlineJson(argument.value) if isinstance(argument, ForeignJson) else argument


def child_keywords(attributes: Mapping[str, str]) -> TypedSearchAttributes | None:
    """Keyword search attributes as the SDK takes them."""
    pairs = [SearchAttributePair(SearchAttributeKey.for_keyword(name), text) for name, text in attributes.items()]
    return TypedSearchAttributes(pairs) if pairs else None


def _seconds(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _application_error(result: FailedWith) -> ApplicationError:
    """The workflow's failure: error name as type, cause as message, and both in the details where absence shows."""
    error = result.error
    details = {name: value for name, value in (("error", error.name), ("cause", error.cause)) if value is not None}
    return ApplicationError(_printable(error.cause), details, type=_printable(error.name), non_retryable=True)


def _printable(text: str | None) -> str:
    """The text without lone surrogates, which Temporal's own fields cannot hold."""
    return "" if text is None else text.encode("utf-8", "replace").decode()


def _outcome(operation: Operation, handle: asyncio.Task[Any]) -> Outcome:
    if isinstance(operation, Timer):
        handle.result()
        return Done(None)
    try:
        raw: RawValue | None = handle.result()
    except ActivityError as error:
        if isinstance(operation, ChildWorkflow):
            raise
        return Failed(_activity_failure(operation, error))
    except ChildWorkflowError as error:
        return Failed(_child_failure(error))
    except WorkflowAlreadyStartedError as error:
        return Failed(child_taken(error.workflow_id))
    return Done(None) if raw is None else payload_outcome(raw.payload)


def child_taken(workflow_id: str) -> ActivityFailure:
    """The failure of a child workflow whose id is taken."""
    return ActivityFailure("application", TAKEN, f"the workflow id {workflow_id!r} is taken", (), heartbeat_asked=False)


def _child_failure(error: ChildWorkflowError) -> ActivityFailure:
    cause = error.cause
    if isinstance(cause, TemporalTimeoutError):
        return child_ended("timed-out")
    if isinstance(cause, CancelledError | TerminatedError) or not isinstance(cause, FailureError):
        return child_ended("stopped")
    return child_ended("stopped") if cause.failure is None else failed_child(cause.failure)


def failed_child(failure: Failure) -> ActivityFailure:
    """The failure of a child workflow that failed: what it raised, also where that was an activity's of its own."""
    innermost = failure
    while not innermost.HasField("application_failure_info") and innermost.HasField("cause"):
        innermost = innermost.cause
    return activity_failure(innermost, heartbeat_asked=False)


def child_ended(how: Literal["timed-out", "stopped"]) -> ActivityFailure:
    """The failure of a child workflow that was ended from outside."""
    return ActivityFailure(
        "timeout" if how == "timed-out" else "other", None, f"it was {how}", (), heartbeat_asked=False
    )


def _activity_failure(operation: TaskCall | CallbackWait, error: ActivityError) -> ActivityFailure:
    cause = error.cause
    if not isinstance(cause, FailureError) or cause.failure is None:
        raise error  # nothing that Temporal reports looks so: a bug, and no state's failure
    started = error.started_event_id > 0
    return activity_failure(cause.failure, heartbeat_asked=asks_heartbeat(operation), started=started)


def payload_outcome(payload: Payload) -> Outcome:
    """The outcome of an activity that returned `payload`, already decoded by the codec."""
    return outcome_of_payload(payload.metadata.get("encoding", b"").decode(), payload.data)


def activity_failure(failure: Failure, *, heartbeat_asked: bool, started: bool = True) -> ActivityFailure:
    """Temporal's failure of an activity in the interpreter's terms; payloads must be decoded already.

    A task that was given back and had no time left to be offered again has timed out before anybody began with it.
    """
    if failure.application_failure_info.type == GIVEN_BACK:
        return ActivityFailure("timeout", None, failure.message, (), heartbeat_asked, started=False)
    kind: FailureKind = "other"
    type_: str | None = None
    details: tuple[JsonValue, ...] = ()
    if failure.HasField("application_failure_info"):
        kind = "application"
        type_ = failure.application_failure_info.type or None
        details = tuple(_detail(payload) for payload in failure.application_failure_info.details.payloads)
    elif failure.HasField("timeout_failure_info"):
        beat = failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT
        kind = "heartbeat" if beat else "timeout"
    begun = started or kind == "application"
    return ActivityFailure(kind, type_, failure.message, details, heartbeat_asked, begun)


def _detail(payload: Payload) -> JsonValue:
    outcome = payload_outcome(payload)
    return outcome.value if isinstance(outcome, Done) else None
