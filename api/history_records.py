"""From Temporal's history events to the records that the projection reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.common import RawValue
from temporalio.converter import DataConverter

from activities.names import ACTIVITY_WORKER_IDENTITY
from interpreter.effects import Done, Failed, Outcome
from interpreter.hosts.projection import (
    ActivityEnded,
    CancelRequested,
    ChildBegun,
    ChildEnded,
    ChildInitiated,
    Closed,
    LocalEnded,
    Record,
    TaskCompleted,
    TaskStarted,
    TimerFired,
)
from interpreter.hosts.stop_reasons import StopReason, parse_stop_reason
from interpreter.hosts.temporal.outcomes import (
    activity_failure,
    child_ended,
    child_taken,
    failed_child,
    payload_outcome,
)

_PLAIN_ENCODINGS: Final = frozenset((b"json/plain", b"binary/null"))
_DECODED_AT_ONCE: Final = 200
_LOCAL_MARKER: Final = "core_local_activity"
_NO_PAYLOAD: Final = Payload(metadata={"encoding": b"binary/null"})


class RecordReader:
    """Translates one run's events in their order; remembers what later events refer to."""

    def __init__(self, converter: DataConverter) -> None:
        self._converter = converter
        self._activities: dict[int, str] = {}
        self._workers: dict[int, str] = {}
        self._reason = StopReason(None, None)

    async def read(self, events: Sequence[HistoryEvent]) -> list[Record]:
        """The records of these events, which follow those read before."""
        await self._decode([payload for event in events for payload in _payloads(event)])
        return [record for event in events for record in self._translate(event)]

    async def _decode(self, payloads: Iterable[Payload]) -> None:
        """Fetch large payloads from the payload store, in place."""
        distant = [payload for payload in payloads if payload.metadata.get("encoding") not in _PLAIN_ENCODINGS]
        for first in range(0, len(distant), _DECODED_AT_ONCE):
            batch = distant[first : first + _DECODED_AT_ONCE]
            values: list[RawValue] = await self._converter.decode(batch, [RawValue] * len(batch))
            for payload, value in zip(batch, values, strict=True):
                payload.CopyFrom(value.payload)

    def _translate(self, event: HistoryEvent) -> Iterable[Record]:  # a dispatch table, one line an event type
        kind = event.event_type
        if kind == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED:
            began = event.workflow_task_started_event_attributes
            yield TaskStarted(
                event.event_id, event_milliseconds(event), began.history_size_bytes, began.suggest_continue_as_new
            )
        elif kind == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            yield TaskCompleted(event.workflow_task_completed_event_attributes.started_event_id)
        elif kind == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            scheduled = event.activity_task_scheduled_event_attributes
            self._activities[event.event_id] = scheduled.activity_id
        elif kind == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            taken = event.activity_task_started_event_attributes
            if taken.identity.startswith(ACTIVITY_WORKER_IDENTITY):
                self._workers[taken.scheduled_event_id] = taken.identity.removeprefix(ACTIVITY_WORKER_IDENTITY)
        elif kind == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            completed = event.activity_task_completed_event_attributes
            payloads = completed.result.payloads
            outcome = payload_outcome(payloads[0] if payloads else _NO_PAYLOAD)
            yield self._ended(completed.scheduled_event_id, outcome)
        elif kind == EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
            failed = event.activity_task_failed_event_attributes
            yield self._failure(failed.scheduled_event_id, failed.started_event_id, failed.failure)
        elif kind == EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
            timed_out = event.activity_task_timed_out_event_attributes
            yield self._failure(timed_out.scheduled_event_id, timed_out.started_event_id, timed_out.failure)
        elif kind == EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
            canceled = event.activity_task_canceled_event_attributes
            failure = Failure(message="Activity cancelled")
            failure.canceled_failure_info.SetInParent()
            yield self._failure(canceled.scheduled_event_id, canceled.started_event_id, failure)
        elif kind == EventType.EVENT_TYPE_MARKER_RECORDED:
            yield from _local_ended(event)
        elif kind == EventType.EVENT_TYPE_TIMER_FIRED:
            yield TimerFired(int(event.timer_fired_event_attributes.timer_id))
        elif kind in _CHILD_EVENTS:
            yield _child_record(event)
        elif kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            self._reason = parse_stop_reason(event.workflow_execution_cancel_requested_event_attributes.cause)
            yield CancelRequested()
        elif kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
            yield self._aborted(event, self._reason)
        elif kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            reason = parse_stop_reason(event.workflow_execution_terminated_event_attributes.reason)
            yield self._aborted(event, reason)
        elif kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
            yield Closed("timed-out", event_milliseconds(event))

    def _failure(self, scheduled_id: int, started_id: int, failure: Failure) -> ActivityEnded:
        told = activity_failure(failure, heartbeat_asked=False, started=started_id > 0)
        return self._ended(scheduled_id, Failed(told))

    def _ended(self, scheduled_id: int, outcome: Outcome) -> ActivityEnded:
        worker_name = self._workers.pop(scheduled_id, None)
        if worker_name is not None:
            outcome = replace(outcome, worker_name=worker_name)
        return ActivityEnded(self._activities.pop(scheduled_id), outcome)

    @staticmethod
    def _aborted(event: HistoryEvent, reason: StopReason) -> Closed:
        return Closed("aborted", event_milliseconds(event), reason.error, reason.cause)


def _local_ended(event: HistoryEvent) -> Iterable[LocalEnded]:
    """What a local activity came to; the SDK's marker names it in its data."""
    marker = event.marker_recorded_event_attributes
    if marker.marker_name != _LOCAL_MARKER:
        return
    data = json.loads(marker.details["data"].payloads[0].data)
    if marker.HasField("failure"):
        told = activity_failure(marker.failure, heartbeat_asked=False, started=False)
        yield LocalEnded(data["activity_id"], Failed(told))
    else:
        payloads = marker.details["result"].payloads
        yield LocalEnded(data["activity_id"], payload_outcome(payloads[0] if payloads else _NO_PAYLOAD))


_CHILD_EVENTS: Final = frozenset(
    (
        EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
        EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
    )
)


def _child_record(event: HistoryEvent) -> Record:  # a dispatch table, one line an event type
    kind = event.event_type
    if kind == EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        return ChildInitiated(
            event.event_id, event.start_child_workflow_execution_initiated_event_attributes.workflow_id
        )
    if kind == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
        return ChildBegun(event.child_workflow_execution_started_event_attributes.initiated_event_id)
    if kind == EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
        refused = event.start_child_workflow_execution_failed_event_attributes
        return ChildEnded(refused.initiated_event_id, Failed(child_taken(refused.workflow_id)))
    if kind == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
        completed = event.child_workflow_execution_completed_event_attributes
        payloads = completed.result.payloads
        return ChildEnded(completed.initiated_event_id, payload_outcome(payloads[0]) if payloads else Done(None))
    if kind == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:
        failed = event.child_workflow_execution_failed_event_attributes
        return ChildEnded(failed.initiated_event_id, Failed(failed_child(failed.failure)))
    if kind == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
        timed_out = event.child_workflow_execution_timed_out_event_attributes
        return ChildEnded(timed_out.initiated_event_id, Failed(child_ended("timed-out")))
    if kind == EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
        canceled = event.child_workflow_execution_canceled_event_attributes
        return ChildEnded(canceled.initiated_event_id, Failed(child_ended("stopped")))
    terminated = event.child_workflow_execution_terminated_event_attributes
    return ChildEnded(terminated.initiated_event_id, Failed(child_ended("stopped")))


def event_milliseconds(event: HistoryEvent) -> int:
    """When the event happened, in milliseconds since the epoch."""
    return event.event_time.seconds * 1000 + event.event_time.nanos // 1_000_000


def _payloads(event: HistoryEvent) -> Iterable[Payload]:
    if event.HasField("activity_task_completed_event_attributes"):
        yield from event.activity_task_completed_event_attributes.result.payloads
    elif event.HasField("activity_task_failed_event_attributes"):
        failure = event.activity_task_failed_event_attributes.failure
        yield from failure.application_failure_info.details.payloads
    elif event.HasField("marker_recorded_event_attributes"):
        yield from event.marker_recorded_event_attributes.details["result"].payloads
    elif event.HasField("child_workflow_execution_completed_event_attributes"):
        yield from event.child_workflow_execution_completed_event_attributes.result.payloads
    elif event.HasField("child_workflow_execution_failed_event_attributes"):
        failure = event.child_workflow_execution_failed_event_attributes.failure
        yield from failure.application_failure_info.details.payloads
