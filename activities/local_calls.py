"""Activity calls without a workflow: what the in-process host runs for synchronous Express executions and TestState.

Calls of functions through the Lambda API or a URL, and of connectors, are made here, in process. Everything else stands
on a task queue and becomes a standalone Temporal activity, which the same workers serve. No call is made twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from temporalio.client import ActivityFailureError, ActivityHandle, Client
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import FailureError
from temporalio.service import RPCError

from activities.direct_calls import Direct, DirectCall, reported_failure
from interpreter.effects import ActivityFailure, Failed, TaskCall, TaskRequest
from interpreter.errors import StatesError
from interpreter.hosts.inprocess import CallFailed
from interpreter.hosts.wire import InlineJson
from interpreter.hosts.workflow import activity_failure, payload_outcome
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

    async def _on_a_queue(self, call: TaskCall) -> JsonValue:
        starting = asyncio.create_task(self._start(call))
        try:
            handle = await asyncio.shield(starting)
            return await _result(handle, call.request)
        except asyncio.CancelledError:
            await _give_up(starting)
            raise
        except RPCError as error:
            failure = ActivityFailure("other", None, f"Temporal: {error.message}", (), heartbeat_asked=False)
            raise CallFailed(failure) from error

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
            summary=request.state_name,
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


def _direct_call(call: TaskCall) -> DirectCall:
    return DirectCall(
        argument=call.call.argument,
        operation_id=call.request.operation_id,
        limit_seconds=call.request.timeout_seconds or EXPRESS_SECONDS,
    )
