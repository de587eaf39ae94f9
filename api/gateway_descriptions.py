"""What Temporal says of an execution as a whole: how it stands, when it began and ended, and what it ended with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from temporalio.api.common.v1 import Payload
from temporalio.api.common.v1 import WorkflowExecution as WorkflowExecutionIds
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.common import RawValue, SearchAttributeKey

from activities.names import ALIAS_ATTRIBUTE, VERSION_ATTRIBUTE
from api.gateway_redrive import redrive_of
from api.service.clock import cut_to_milliseconds, of_epoch_milliseconds
from api.service.gateway import ExecutionStatus, ExecutionSummary
from interpreter.hosts.stop_reasons import StopReason, parse_stop_reason
from interpreter.values import parse_json

_STATUS: Final = {
    WorkflowExecutionStatus.RUNNING: ExecutionStatus.RUNNING,
    WorkflowExecutionStatus.COMPLETED: ExecutionStatus.SUCCEEDED,
    WorkflowExecutionStatus.FAILED: ExecutionStatus.FAILED,
    WorkflowExecutionStatus.TIMED_OUT: ExecutionStatus.TIMED_OUT,
    WorkflowExecutionStatus.CANCELED: ExecutionStatus.ABORTED,
    WorkflowExecutionStatus.TERMINATED: ExecutionStatus.ABORTED,
}
_VERSION: Final = SearchAttributeKey.for_keyword(VERSION_ATTRIBUTE)
_ALIAS: Final = SearchAttributeKey.for_keyword(ALIAS_ATTRIBUTE)

_LAST_EVENTS: Final = 20
_PAGE_EVENTS: Final = 1_000


async def start_date_of(execution: WorkflowExecution) -> datetime:
    """When StartExecution was called."""
    recorded = await execution.memo_value("startDate", None, type_hint=int)
    return execution.start_time if recorded is None else of_epoch_milliseconds(recorded)


async def summary_of(execution: WorkflowExecution, name: str) -> ExecutionSummary:
    """What lists show of the execution called `name`."""
    attributes = execution.typed_search_attributes
    start_date = await start_date_of(execution)
    redrive_count, redrive_date = await redrive_of(execution)
    status = _STATUS[execution.status] if execution.status is not None else ExecutionStatus.RUNNING
    stop_date = None
    if execution.close_time is not None:
        stop_date = max(start_date, cut_to_milliseconds(execution.close_time))
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


@dataclass(frozen=True, slots=True)
class End:
    """What an execution ended with; nothing while it runs, and where it ran out of its time."""

    output: str | None = None
    error: str | None = None
    cause: str | None = None


async def end_of(client: Client, described: WorkflowExecutionDescription) -> End:
    """Output, error and cause, from the last events."""
    if described.close_time is None or described.status is WorkflowExecutionStatus.TIMED_OUT:
        return End()
    events = _events_backwards(client, described)
    last = await anext(events)
    if last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
        payloads = list(last.workflow_execution_completed_event_attributes.result.payloads)
        return End(output=await _output(client, payloads))
    if last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
        return await _failure(client, last)
    if last.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
        return _stopped(parse_stop_reason(last.workflow_execution_terminated_event_attributes.reason))
    async for event in events:  # behind it come the cancellations of all that was under way
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            return _stopped(parse_stop_reason(event.workflow_execution_cancel_requested_event_attributes.cause))
    return End()


def _stopped(reason: StopReason) -> End:
    return End(error=reason.error, cause=reason.cause)


async def _events_backwards(client: Client, described: WorkflowExecutionDescription) -> AsyncIterator[HistoryEvent]:
    """All events, the last one first; a few at once, then more."""
    request = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecutionIds(workflow_id=described.id, run_id=described.run_id),
        maximum_page_size=_LAST_EVENTS,
    )
    while True:
        response = await client.workflow_service.get_workflow_execution_history_reverse(request)
        for event in response.history.events:
            yield event
        if not response.next_page_token:
            return
        request.next_page_token = response.next_page_token
        request.maximum_page_size = _PAGE_EVENTS


async def _output(client: Client, payloads: Sequence[Payload]) -> str:
    if not payloads:
        return "null"
    (value,) = await client.data_converter.decode(list(payloads), [RawValue])
    return value.payload.data.decode("utf-8", "surrogatepass") or "null"


async def _failure(client: Client, event: HistoryEvent) -> End:
    failure = event.workflow_execution_failed_event_attributes.failure
    payloads = list(failure.application_failure_info.details.payloads)
    if not payloads:  # failed by something else than the interpreter
        return End(error=failure.application_failure_info.type or None, cause=failure.message or None)
    (value,) = await client.data_converter.decode(payloads[:1], [RawValue])
    details = parse_json(value.payload.data)
    shown = details if isinstance(details, dict) else {}
    return End(error=cast("str | None", shown.get("error")), cause=cast("str | None", shown.get("cause")))
