"""Activity calls without a workflow: what the in-process host runs for synchronous Express executions and TestState.

Calls of functions through the Lambda API or a URL, and of connectors, are made here, in process. Everything else stands
on a task queue and becomes a standalone Temporal activity, which the same workers serve. No call is made twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, TypeAlias, cast

from temporalio.client import ActivityFailureError, ActivityHandle, Client
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import FailureError
from temporalio.service import RPCError

from activities.connectors import ConnectorCall
from activities.failures import application_error
from activities.function_calls import FunctionCall
from activities.integrations.connector_calls import ConnectorCalls
from activities.integrations.function_url import UrlInvoker
from activities.integrations.lambda_ import LambdaInvoker
from activities.names import CONNECTOR_CALL, INVOKE_LAMBDA, INVOKE_URL
from interpreter.effects import ActivityFailure, Failed, TaskCall, TaskRequest
from interpreter.errors import StatesError
from interpreter.hosts.inprocess import CallFailed
from interpreter.hosts.wire import InlineJson
from interpreter.hosts.workflow import activity_failure, payload_outcome
from interpreter.limits import EXPRESS_SECONDS
from interpreter.values import JsonValue

_WORKER_HEARTBEAT: Final = timedelta(seconds=10)
_ONCE: Final = RetryPolicy(maximum_attempts=1)

Direct: TypeAlias = Callable[[JsonValue, TaskRequest], Awaitable[JsonValue]]
"""Makes a call in this process, from the activity's argument and the request; raises `StatesError`."""


def direct_calls(
    lambdas: LambdaInvoker, urls: UrlInvoker, connectors: ConnectorCalls | None = None
) -> Mapping[str, Direct]:
    """The activity types that need no task queue."""

    async def invoke_lambda(argument: JsonValue, request: TaskRequest) -> JsonValue:
        return await lambdas.call(_function_call(argument), request.timeout_seconds or EXPRESS_SECONDS)

    async def invoke_url(argument: JsonValue, request: TaskRequest) -> JsonValue:
        return await urls.call(_function_call(argument), request.operation_id)

    direct: dict[str, Direct] = {INVOKE_LAMBDA: invoke_lambda, INVOKE_URL: invoke_url}
    if connectors is not None:
        made = connectors

        async def call_connector(argument: JsonValue, request: TaskRequest) -> JsonValue:
            call = ConnectorCall.from_json(cast("dict[str, Any]", argument))
            return await made.call(call, request.operation_id)

        direct[CONNECTOR_CALL] = call_connector
    return direct


def _function_call(argument: JsonValue) -> FunctionCall:
    return FunctionCall.from_json(cast("dict[str, Any]", argument))


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
            return await direct(call.call.argument, call.request)
        except StatesError as error:
            raise CallFailed(_reported(error)) from error

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


def _reported(error: StatesError) -> ActivityFailure:
    """The failure that an activity raising `error` would have reported."""
    reported = application_error(error)
    return ActivityFailure(
        "application", reported.type, reported.message, tuple(reported.details), heartbeat_asked=False
    )
