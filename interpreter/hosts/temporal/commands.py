"""How operations begin in Temporal: activities, local activities, timers and child workflows, with their options."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, assert_never

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import (
    RawValue,
    RetryPolicy,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)

from interpreter.effects import (
    ActivityCall,
    CallbackWait,
    ChildArgument,
    ChildWorkflow,
    ForeignJson,
    JsonText,
    Operation,
    TaskCall,
    Timer,
)
from interpreter.hosts.details import short_summary
from interpreter.hosts.operations import Closing
from interpreter.hosts.temporal.wiring import Wiring
from interpreter.hosts.wire import InlineJson
from interpreter.limits import EXPRESS_SECONDS

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


def begin(operation: Operation, wiring: Wiring, now: int, began: Callable[[], None]) -> asyncio.Task[Any]:
    """Begin an operation; the task ends with it, as `outcomes.outcome_of` reads.

    Args:
        operation: what to begin.
        wiring: where it goes.
        now: in milliseconds since the epoch.
        began: called, from inside the task, when a child workflow has begun.
    """
    match operation:
        case TaskCall(local=True):
            return _start_local(operation, wiring)
        case TaskCall():
            return _start_call(operation)
        case CallbackWait():
            return _start_wait(operation, wiring)
        case ChildWorkflow():
            return asyncio.create_task(_run_child(operation, wiring, began))
        case Timer(due, purpose):
            return start_timer(due - now, short_summary(purpose))
        case _:
            assert_never(operation)


# ---------------------------------------------------------------------- activities and timers


def start_timer(milliseconds: int, purpose: str | None = None) -> asyncio.Task[Any]:
    """A timer of one millisecond at least."""
    return asyncio.create_task(workflow.sleep(max(1, milliseconds) / 1000, summary=purpose))


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


def _start_local(operation: TaskCall, wiring: Wiring) -> asyncio.Task[Any]:
    request, call = operation.request, operation.call
    limit = EXPRESS_SECONDS if request.timeout_seconds is None else request.timeout_seconds
    argument = {"activityType": call.activity_type, "argument": call.argument, "timeoutSeconds": limit}
    return workflow.start_local_activity(
        wiring.local_call,
        argument,
        activity_id=request.operation_id,
        start_to_close_timeout=timedelta(seconds=limit + _LOCAL_GRACE_SECONDS),
        retry_policy=_ONCE,
        result_type=RawValue,
        summary=short_summary(request.state_name),
    )


def _start_wait(wait: CallbackWait, wiring: Wiring) -> asyncio.Task[Any]:
    open_ = wait.heartbeat_seconds is not None
    return workflow.start_activity(
        wiring.callback_wait,
        task_queue=wiring.open_waits_queue if open_ else wiring.waits_queue,
        activity_id=wait.operation_id,
        schedule_to_close_timeout=_seconds(wait.timeout_seconds) or _UNBOUNDED,
        heartbeat_timeout=_seconds(wait.heartbeat_seconds),
        retry_policy=_ONCE,
        result_type=RawValue,
        summary=short_summary(f"{wait.state_name}: callback"),
    )


def start_closing(closing: Closing, wiring: Wiring) -> asyncio.Task[Any]:
    """Have a worker report activities as cancelled that were left open; until then they would take their tokens."""
    ids = closing.activity_ids
    return workflow.start_activity(
        wiring.close_wait,
        {"activity_id": ids[0]} if closing.activity_id is None else {"activity_ids": list(ids)},
        task_queue=wiring.workflow_queue,
        activity_id=closing.activity_id,
        start_to_close_timeout=_CLOSING,
        summary=f"close {len(ids)} abandoned",
    )


# ---------------------------------------------------------------------- child workflows


async def _run_child(child: ChildWorkflow, wiring: Wiring, began: Callable[[], None]) -> Any:  # a RawValue
    handle = await workflow.start_child_workflow(
        child.workflow_type,
        args=[child_argument(argument) for argument in child.arguments],
        id=child.workflow_id,
        task_queue=child.task_queue or wiring.workflow_queue,
        result_type=RawValue,
        parent_close_policy=_CANCELLED if child.bound else _LEFT,
        execution_timeout=_seconds(child.timeout_seconds),
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        memo=child.memo or None,
        search_attributes=child_keywords(child.attributes),
        static_summary=None if child.summary is None else short_summary(child.summary),
        static_details=child.details,
    )
    began()
    return await handle


def start_stopping(child: ChildWorkflow, wiring: Wiring) -> asyncio.Task[Any]:
    """Have a child stopped by a workflow of its own, which goes on when this one has ended.

    The task ends when that workflow has begun.
    """
    stopping = workflow.start_child_workflow(
        wiring.job,
        child.stop,
        id=f"stop:{child.workflow_id}",
        task_queue=wiring.workflow_queue,
        parent_close_policy=_LEFT,
        static_summary="stop a nested execution",
    )
    return asyncio.create_task(stopping)


def child_argument(argument: ChildArgument) -> Any:  # what the payload converter knows
    """An argument of a child workflow as it is handed to the SDK."""
    if isinstance(argument, JsonText):
        return raw_json(argument.text.encode("utf-8", "surrogatepass"))
    return InlineJson(argument.value) if isinstance(argument, ForeignJson) else argument


def raw_json(text: bytes) -> RawValue:
    """JSON that is handed to the SDK as the text it is."""
    return RawValue(Payload(metadata={"encoding": b"json/plain"}, data=text))


def child_keywords(attributes: Mapping[str, str]) -> TypedSearchAttributes | None:
    """Keyword search attributes as the SDK takes them."""
    pairs = [SearchAttributePair(SearchAttributeKey.for_keyword(name), text) for name, text in attributes.items()]
    return TypedSearchAttributes(pairs) if pairs else None


def _seconds(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
