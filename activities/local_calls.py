"""Activity calls without a workflow: what the in-process host runs for synchronous Express executions and TestState.

Calls of functions through the Lambda API or a URL, and of connectors, are made here, in process. Everything else stands
on a task queue and becomes a standalone Temporal activity, which the same workers serve. No call is made twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from temporalio.client import ActivityFailureError, ActivityHandle, Client
from temporalio.common import RawValue, RetryPolicy, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.service import RPCError

from activities.direct_calls import Direct, DirectCall, reported_failure
from activities.names import WORKFLOW_QUEUE
from interpreter.effects import ActivityFailure, ChildWorkflow, Failed, TaskCall, TaskRequest
from interpreter.errors import StatesError
from interpreter.hosts.details import short_summary
from interpreter.hosts.inprocess import CallFailed
from interpreter.hosts.temporal.commands import child_argument, child_keywords
from interpreter.hosts.temporal.outcomes import activity_failure, child_taken, payload_outcome
from interpreter.hosts.wire import InlineJson
from interpreter.limits import EXPRESS_SECONDS
from interpreter.values import JsonValue

_WORKER_HEARTBEAT: Final = timedelta(seconds=10)
_ONCE: Final = RetryPolicy(maximum_attempts=1)


class LocalCalls:
    """Runs one call at a time of any number; a coroutine that is cancelled gives its call up.

    Args:
        client: has the data converter of `activities.payloads`.
        direct: calls made in process, by activity type; all others become standalone activities.
    """

    def __init__(self, client: Client, direct: Mapping[str, Direct]) -> None:
        self._client = client
        self._direct = direct

    async def run(self, call: TaskCall) -> JsonValue:
        """The result of a call (`interpreter.hosts.inprocess.Invoke`).

        Raises:
            CallFailed: the call failed, or could not be made.
        """
        direct = self._direct.get(call.call.activity_type)
        if direct is None:
            return await self._on_a_queue(call)
        try:
            return await direct(_direct_call(call))
        except StatesError as error:
            raise CallFailed(reported_failure(error)) from error

    async def run_child(self, child: ChildWorkflow, begun: Callable[[], None]) -> JsonValue:
        """Start a workflow that nobody waits for (`interpreter.hosts.inprocess.RunChild`).

        Raises:
            CallFailed: its id is taken, or Temporal does not answer.
        """
        try:
            await self._client.start_workflow(
                child.workflow_type,
                args=[child_argument(argument) for argument in child.arguments],
                id=child.workflow_id,
                task_queue=child.task_queue or WORKFLOW_QUEUE,
                execution_timeout=timedelta(seconds=child.timeout_seconds) if child.timeout_seconds else None,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                memo=child.memo,
                search_attributes=child_keywords(child.attributes),
                static_summary=None if child.summary is None else short_summary(child.summary),
                static_details=child.details,
            )
        except WorkflowAlreadyStartedError:
            raise CallFailed(child_taken(child.workflow_id)) from None
        except RPCError as error:
            raise CallFailed(_unanswered(error)) from error
        begun()
        return None

    async def _on_a_queue(self, call: TaskCall) -> JsonValue:
        starting = asyncio.create_task(self._start(call))
        try:
            handle = await asyncio.shield(starting)
            return await _result(handle, call.request)
        except asyncio.CancelledError:
            await _give_up(starting)
            raise
        except RPCError as error:
            raise CallFailed(_unanswered(error)) from error

    async def _start(self, call: TaskCall) -> ActivityHandle[Any]:
        request, activity = call.request, call.call
        ours = activity.worker == "ours"
        limit = timedelta(seconds=min(request.timeout_seconds or EXPRESS_SECONDS, EXPRESS_SECONDS))
        heartbeat = None if request.heartbeat_seconds is None else timedelta(seconds=request.heartbeat_seconds)
        return await self._client.start_activity(
            activity.activity_type,
            activity.argument if ours else InlineJson(activity.argument),
            id=request.operation_id,
            task_queue=activity.task_queue,
            result_type=RawValue,
            schedule_to_close_timeout=limit,
            heartbeat_timeout=heartbeat or (_WORKER_HEARTBEAT if ours else None),
            retry_policy=_ONCE,
            summary=short_summary(request.state_name),
        )


async def _result(handle: ActivityHandle[Any], request: TaskRequest) -> JsonValue:
    try:
        raw: RawValue | None = await handle.result()
    except ActivityFailureError as error:
        raise CallFailed(_failure(error, request)) from error
    if raw is None:
        return None
    outcome = payload_outcome(raw.payload)
    if isinstance(outcome, Failed):
        raise CallFailed(outcome.failure)
    return outcome.value


async def _give_up(starting: asyncio.Task[ActivityHandle[Any]]) -> None:
    """Keep an activity from beginning after its execution has ended; one that runs is told at its next heartbeat."""
    with suppress(RPCError):  # it was not started, has ended too, or ends by its own timeout
        await (await starting).terminate(reason="the execution has ended")


def _failure(error: ActivityFailureError, request: TaskRequest) -> ActivityFailure:
    cause = error.cause
    if not isinstance(cause, FailureError) or cause.failure is None:
        raise error  # nothing that Temporal reports looks so
    return activity_failure(cause.failure, heartbeat_asked=request.heartbeat_seconds is not None)


def _unanswered(error: RPCError) -> ActivityFailure:
    return ActivityFailure("other", None, f"Temporal: {error.message}", (), heartbeat_asked=False)


def _direct_call(call: TaskCall) -> DirectCall:
    return DirectCall(
        argument=call.call.argument,
        operation_id=call.request.operation_id,
        limit_seconds=call.request.timeout_seconds or EXPRESS_SECONDS,
    )
