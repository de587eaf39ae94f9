"""The engine over Temporal: with `api.activity_tasks` the only module of the doors that holds a Temporal client.

Executions are looked up by workflow id `<state machine>:<execution>`; Temporal is their one source of truth, and
histories are projected from Temporal's own (interpreter.hosts.projection), for which no worker is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from temporalio.api.common.v1 import Payload
from temporalio.api.common.v1 import WorkflowExecution as WorkflowExecutionIds
from temporalio.api.enums.v1 import EventType, HistoryEventFilterType, PendingActivityState
from temporalio.api.history.v1 import HistoryEvent as TemporalEvent
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryRequest,
    GetWorkflowExecutionHistoryReverseRequest,
    RequestCancelWorkflowExecutionRequest,
)
from temporalio.client import (
    AsyncActivityCancelledError,
    AsyncActivityHandle,
    Client,
    WorkflowExecution,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.common import (
    RawValue,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.execution_workflows import input_hash, keyword_attributes, task_queue, workflow_id, workflow_memo
from activities.names import ALIAS_ATTRIBUTE, REDRIVE_ATTRIBUTE, VERSION_ATTRIBUTE
from activities.payloads import CompiledDefinitions
from api.activity_tasks import ActivityTasks
from api.gateway_history import RenderedHistory, TemporalHistories
from api.gateway_redrive import TemporalRedrive, redrive_of, redriven_start
from api.service.gateway import (
    ActivityTask,
    AlreadyStarted,
    EngineUnavailable,
    ExecutionDescription,
    ExecutionFilter,
    ExecutionPage,
    ExecutionStatus,
    ExecutionSummary,
    MalformedToken,
    NoSuchExecution,
    NoSuchTask,
    PreparedRedrive,
    RedriveRequest,
    RunSuperseded,
    Started,
)
from interpreter.hosts.stop_reasons import StopReason, parse_stop_reason, stop_reason_text
from interpreter.hosts.tokens import AttemptToken, MalformedTokenError, TaskToken, decode_token
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, parse_json

_STATUS: Final = {
    WorkflowExecutionStatus.RUNNING: ExecutionStatus.RUNNING,
    WorkflowExecutionStatus.COMPLETED: ExecutionStatus.SUCCEEDED,
    WorkflowExecutionStatus.FAILED: ExecutionStatus.FAILED,
    WorkflowExecutionStatus.TIMED_OUT: ExecutionStatus.TIMED_OUT,
    WorkflowExecutionStatus.CANCELED: ExecutionStatus.ABORTED,
    WorkflowExecutionStatus.TERMINATED: ExecutionStatus.ABORTED,
}
_TEMPORAL_STATUS: Final = {
    ExecutionStatus.RUNNING: '("Running")',
    ExecutionStatus.SUCCEEDED: '("Completed")',
    ExecutionStatus.FAILED: '("Failed")',
    ExecutionStatus.TIMED_OUT: '("TimedOut")',
    ExecutionStatus.ABORTED: '("Canceled", "Terminated")',
}
_VERSION: Final = SearchAttributeKey.for_keyword(VERSION_ATTRIBUTE)
_ALIAS: Final = SearchAttributeKey.for_keyword(ALIAS_ATTRIBUTE)

_TRANSIENT: Final = frozenset(
    (
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.CANCELLED,
    )
)
"""What the SDK itself repeats a call for. A connection that breaks during one is UNKNOWN ("transport error", observed),
or what gRPC has for a stream that is cut: INTERNAL, CANCELLED."""

_STOP_PATIENCE: Final = timedelta(seconds=5)
"""How long a stopped execution has to close by itself before it is terminated."""

_LAST_EVENTS: Final = 20
_PAGE_EVENTS: Final = 1_000


class TemporalGateway:
    """`ExecutionGateway` over a Temporal client.

    The client's data converter must be that of `activities.payloads` with the same `definitions`.
    """

    def __init__(self, client: Client, definitions: CompiledDefinitions) -> None:
        self._client = client
        self._histories = TemporalHistories(client, definitions)
        self._activity_tasks = ActivityTasks(client)

    # ------------------------------------------------------------------ start and stop

    async def start(
        self, state_machine_name: str, start: ExecutionStart, input_text: str, timeout_seconds: int
    ) -> Started | AlreadyStarted:
        """Start the workflow; the name stays taken for as long as the namespace retains it."""
        attributes = keyword_attributes(start).items()
        pairs = [SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in attributes]
        memo = workflow_memo(start, input_text, timeout_seconds)
        input_payload = Payload(metadata={"encoding": b"json/plain"}, data=input_text.encode("utf-8", "surrogatepass"))
        with _engine_errors():
            try:
                await self._client.start_workflow(
                    state_machine_name,
                    args=[start, RawValue(input_payload)],
                    id=workflow_id(state_machine_name, start.key),
                    task_queue=task_queue(start),
                    execution_timeout=timedelta(seconds=timeout_seconds),
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    memo=memo,
                    search_attributes=TypedSearchAttributes(pairs),
                    static_summary=start.name,
                    static_details=start.execution_arn,
                )
            except WorkflowAlreadyStartedError:
                return await self._already_started(state_machine_name, start.key, input_hash(input_text))
        return Started(_moment(start.start_date))

    async def _already_started(self, state_machine_name: str, name: str, hash_: str) -> AlreadyStarted:
        described = await self._handle(state_machine_name, name).describe()
        return AlreadyStarted(
            start_date=await _start_date(described),
            running=described.status is WorkflowExecutionStatus.RUNNING,
            same_input=await described.memo_value("input", "", type_hint=str) == hash_,
        )

    async def stop(self, state_machine_name: str, name: str, error: str | None, cause: str | None) -> datetime:
        """Request cancellation, and terminate an execution whose workers do not answer."""
        reason = stop_reason_text(error, cause)
        handle = self._handle(state_machine_name, name)
        with _engine_errors():
            described = await _describe(handle)
            while described.close_time is None:
                await self._stop_run(handle, described, reason)
                described = await _describe(handle)  # whose run may have gone on in a new one meanwhile
            stop_date = (await _summary(described, name)).stop_date
        assert stop_date is not None, "it has ended"
        return stop_date

    async def _stop_run(
        self, handle: WorkflowHandle[object, object], described: WorkflowExecutionDescription, reason: str
    ) -> None:
        ids = WorkflowExecutionIds(workflow_id=described.id, run_id=described.run_id)
        try:
            await self._client.workflow_service.request_cancel_workflow_execution(
                RequestCancelWorkflowExecutionRequest(
                    namespace=self._client.namespace, workflow_execution=ids, reason=reason
                )
            )
            if not await self._closes(ids):
                await handle.terminate(reason=reason)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:  # it has closed in the meantime
                raise

    async def _closes(self, ids: WorkflowExecutionIds) -> bool:
        request = GetWorkflowExecutionHistoryRequest(
            namespace=self._client.namespace,
            execution=ids,
            wait_new_event=True,
            history_event_filter_type=HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
        )
        try:
            async with asyncio.timeout(_STOP_PATIENCE.total_seconds()):
                while True:
                    response = await self._client.workflow_service.get_workflow_execution_history(request)
                    if response.history.events:
                        return True
                    request.next_page_token = response.next_page_token
        except TimeoutError:
            return False

    async def prepare_redrive(self, state_machine_name: str, name: str, request: RedriveRequest) -> PreparedRedrive:
        """Project the last run, whose end says where the next one begins."""
        with _engine_errors():
            described = await _describe(self._handle(state_machine_name, name))
            if described.run_id != request.run_id or described.close_time is None:
                raise RunSuperseded
            first_event, projection = await self._histories.project(described.id, request.run_id)
            start = redriven_start((await self._histories.read_first(first_event)).start, request)
        assert start.redrive is not None
        return _Redrive(
            TemporalRedrive(
                client=self._client,
                workflow_id=described.id,
                first_event=first_event,
                start_argument=start,
                checkpoint=projection.redrive_checkpoint(start.redrive.date),
                events=projection.last_event_id,
                request=request,
            )
        )

    # ------------------------------------------------------------------ describe and list

    async def describe(self, state_machine_name: str, name: str) -> ExecutionDescription:
        """One execution, from Temporal's description, its first event and its last."""
        handle = self._handle(state_machine_name, name)
        with _engine_errors():
            described = await _describe(handle)
            first = await self._histories.first(described.id, described.run_id)
            output, reason = await self._end(described)
        return ExecutionDescription(
            summary=await _summary(described, name),
            start=first.start,
            input=first.input_text,
            output=output,
            error=reason.error,
            cause=reason.cause,
        )

    async def wait(self, state_machine_name: str, name: str) -> ExecutionDescription:
        """Return once the execution has ended."""
        with _engine_errors():
            described = await _describe(self._handle(state_machine_name, name))
            while described.close_time is None:
                if await self._closes(WorkflowExecutionIds(workflow_id=described.id, run_id=described.run_id)):
                    described = await _describe(self._handle(state_machine_name, name))
        return await self.describe(state_machine_name, name)

    async def list(self, filter_: ExecutionFilter, page_size: int, token: bytes | None) -> ExecutionPage:
        """One page of Temporal's own list: running executions first, then by closing time, newest first."""
        clauses = [f'WorkflowType = "{filter_.state_machine_name}"', 'ExecutionStatus != "ContinuedAsNew"']
        if filter_.status is not None:
            clauses.append(f"ExecutionStatus IN {_TEMPORAL_STATUS[filter_.status]}")
        if filter_.version_arn is not None:
            clauses.append(f'{VERSION_ATTRIBUTE} = "{filter_.version_arn}"')
        if filter_.alias_arn is not None:
            clauses.append(f'{ALIAS_ATTRIBUTE} = "{filter_.alias_arn}"')
        if filter_.redriven is not None:
            clauses.append(f"{REDRIVE_ATTRIBUTE} IS {'NOT ' if filter_.redriven else ''}NULL")
        with _engine_errors():
            found = self._client.list_workflows(" AND ".join(clauses), page_size=page_size, next_page_token=token)
            await found.fetch_next_page()
            skip = len(filter_.state_machine_name) + 1
            summaries = [await _summary(execution, execution.id[skip:]) for execution in found.current_page or ()]
        return ExecutionPage(summaries, found.next_page_token or None)

    async def _end(self, described: WorkflowExecutionDescription) -> tuple[str | None, StopReason]:
        """Output, error and cause of a closed execution."""
        nothing = StopReason(None, None)
        if described.close_time is None or described.status is WorkflowExecutionStatus.TIMED_OUT:
            return None, nothing
        events = self._events_backwards(described)
        last = await anext(events)
        if last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
            payloads = list(last.workflow_execution_completed_event_attributes.result.payloads)
            return await self._output(payloads), nothing
        if last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            return None, await self._failure(last)
        if last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            return None, parse_stop_reason(last.workflow_execution_terminated_event_attributes.reason)
        async for event in events:  # behind it come the cancellations of all that was under way
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
                return None, parse_stop_reason(event.workflow_execution_cancel_requested_event_attributes.cause)
        return None, nothing

    async def _events_backwards(self, described: WorkflowExecutionDescription) -> AsyncIterator[TemporalEvent]:
        """All events, the last one first; a few at once, then more."""
        request = GetWorkflowExecutionHistoryReverseRequest(
            namespace=self._client.namespace,
            execution=WorkflowExecutionIds(workflow_id=described.id, run_id=described.run_id),
            maximum_page_size=_LAST_EVENTS,
        )
        while True:
            response = await self._client.workflow_service.get_workflow_execution_history_reverse(request)
            for event in response.history.events:
                yield event
            if not response.next_page_token:
                return
            request.next_page_token = response.next_page_token
            request.maximum_page_size = _PAGE_EVENTS

    async def _output(self, payloads: Sequence[Payload]) -> str:
        if not payloads:
            return "null"
        (value,) = await self._client.data_converter.decode(list(payloads), [RawValue])
        return value.payload.data.decode("utf-8", "surrogatepass") or "null"

    async def _failure(self, event: TemporalEvent) -> StopReason:
        failure = event.workflow_execution_failed_event_attributes.failure
        payloads = list(failure.application_failure_info.details.payloads)
        if not payloads:  # failed by something else than the interpreter
            return StopReason(failure.application_failure_info.type or None, failure.message or None)
        (value,) = await self._client.data_converter.decode(payloads[:1], [RawValue])
        details = parse_json(value.payload.data)
        shown = details if isinstance(details, dict) else {}
        return StopReason(cast("str | None", shown.get("error")), cast("str | None", shown.get("cause")))

    # ------------------------------------------------------------------ history

    async def history(
        self, state_machine_name: str, name: str, *, include_data: bool = True
    ) -> Sequence[dict[str, JsonValue]]:
        """The projected history of all runs; that of closed ones is kept."""
        with _engine_errors():
            described = await _describe(self._handle(state_machine_name, name))
            closed = described.close_time is not None
            events = await self._histories.read(described.id, described.run_id, closed=closed)
        return RenderedHistory(events, include_data=include_data)

    async def watch(self, state_machine_name: str, name: str) -> AsyncIterator[dict[str, JsonValue]]:
        """Follow Temporal's history by long poll and project it as it grows."""
        with _engine_errors():
            described = await _describe(self._handle(state_machine_name, name))
            async for event in self._histories.watch(described.id, described.run_id):
                yield event

    # ------------------------------------------------------------------ task tokens

    def check_token(self, token: str) -> str | None:
        """Refuse what is no token of this installation; a callback's names its workflow, `<machine>:<execution>`."""
        task = self._task(token)
        return task.workflow_id.partition(":")[0] if isinstance(task, TaskToken) else None

    async def complete_task(self, token: str, output: JsonValue) -> None:
        """Complete the wait, or the activity's task, with `{"output": ...}`."""
        await self._complete(token, {"output": output})

    async def fail_task(self, token: str, error: str | None, cause: str | None) -> None:
        """Complete it with what of error and cause was given."""
        given: dict[str, JsonValue] = {"error": error, "cause": cause}
        await self._complete(token, {name: value for name, value in given.items() if value is not None})

    async def _complete(self, token: str, envelope: JsonValue) -> None:
        handle = self._task_handle(self._task(token))
        with _engine_errors(), _task_errors():
            await handle.complete(envelope)

    async def heartbeat_task(self, token: str) -> None:
        """Heartbeat the wait; one that was never started needs none and only has to be there still."""
        task = self._task(token)
        handle = self._task_handle(task)
        with _engine_errors():
            try:
                with _task_errors():
                    await handle.heartbeat()
            except NoSuchTask:
                if isinstance(task, AttemptToken) or not await self._is_unstarted(task):
                    raise

    async def poll_activity(self, activity_arn: str, worker_name: str | None) -> ActivityTask | None:
        """Poll the task queue of the activity's ARN."""
        with _engine_errors():
            return await self._activity_tasks.poll(activity_arn, worker_name)

    async def return_activity_task(self, token: str) -> None:
        """Have Temporal offer the task again."""
        task = self._task(token)
        with _engine_errors():
            await self._activity_tasks.give_back(task)

    async def close(self) -> None:
        """End the polls whose callers are gone."""
        await self._activity_tasks.close()

    def _task_handle(self, task: TaskToken | AttemptToken) -> AsyncActivityHandle:
        if isinstance(task, AttemptToken):
            return self._client.get_async_activity_handle(task_token=task.token)
        return self._client.get_async_activity_handle(
            workflow_id=task.workflow_id, run_id=task.run_id, activity_id=task.activity_id
        )

    async def _is_unstarted(self, wait: TaskToken) -> bool:
        handle = self._client.get_workflow_handle(wait.workflow_id, run_id=wait.run_id)
        with _task_errors():
            described = await handle.describe()
        if described.status is not WorkflowExecutionStatus.RUNNING:
            return False
        return any(
            pending.activity_id == wait.activity_id
            and pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
            for pending in described.raw_description.pending_activities
        )

    def _task(self, token: str) -> TaskToken | AttemptToken:
        try:
            task = decode_token(token)
        except MalformedTokenError as error:
            raise MalformedToken(str(error)) from error
        if task.namespace != self._client.namespace:
            raise MalformedToken(f"the token is of namespace {task.namespace!r}")
        return task

    def _handle(self, state_machine_name: str, name: str) -> WorkflowHandle[object, object]:
        return self._client.get_workflow_handle(workflow_id(state_machine_name, name))


async def _describe(handle: WorkflowHandle[object, object]) -> WorkflowExecutionDescription:
    try:
        return await handle.describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoSuchExecution(handle.id) from error
        raise


async def _start_date(execution: WorkflowExecution) -> datetime:
    recorded = await execution.memo_value("startDate", None, type_hint=int)
    return execution.start_time if recorded is None else _moment(recorded)


async def _summary(execution: WorkflowExecution, name: str) -> ExecutionSummary:
    attributes = execution.typed_search_attributes
    start_date = await _start_date(execution)
    redrive_count, redrive_date = await redrive_of(execution)
    status = _STATUS[execution.status] if execution.status is not None else ExecutionStatus.RUNNING
    stop_date = None
    if execution.close_time is not None:
        stop_date = max(start_date, _milliseconds(execution.close_time))
        if status is ExecutionStatus.TIMED_OUT:  # recorded: exactly the start and TimeoutSeconds
            timeout_seconds = await execution.memo_value("timeoutSeconds", None, type_hint=int)
            began = start_date if redrive_date is None else redrive_date
            stop_date = stop_date if timeout_seconds is None else began + timedelta(seconds=timeout_seconds)
    return ExecutionSummary(
        run_id=execution.run_id,
        name=name,
        status=status,
        start_date=start_date,
        stop_date=stop_date,
        version_arn=attributes.get(_VERSION),
        alias_arn=attributes.get(_ALIAS),
        redrive_count=redrive_count,
        redrive_date=redrive_date,
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)


def _milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class _Redrive:
    """`PreparedRedrive` with this module's errors."""

    prepared: TemporalRedrive

    @property
    def events(self) -> int:
        return self.prepared.events

    async def start(self) -> datetime:
        with _engine_errors():
            return await self.prepared.start()


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except RPCError as error:
        if error.status in _TRANSIENT:
            raise EngineUnavailable(f"Temporal: {error.message}") from error
        raise


@contextmanager
def _task_errors() -> Iterator[None]:
    try:
        yield
    except AsyncActivityCancelledError as error:
        raise NoSuchTask("the task was given up") from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoSuchTask(error.message) from error
        raise
