"""Calls that a process makes by itself, without a task queue: functions by API or URL, connectors, AWS APIs.

They serve executions that are hosted in process (`activities.local_calls`) and the short calls of EXPRESS executions on
workers (`activities.local_activity`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from activities.connectors import ConnectorCall
from activities.function_calls import FunctionCall
from activities.integrations.aws_service import AwsService
from activities.integrations.connector_calls import ConnectorCalls
from activities.integrations.function_url import UrlInvoker
from activities.integrations.lambda_ import LambdaInvoker
from activities.names import AWS_CALL, CONNECTOR_CALL, INVOKE_LAMBDA, INVOKE_URL
from activities.reported_failures import application_error
from interpreter.effects import ActivityFailure
from interpreter.errors import StatesError
from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectCall:
    """One call.

    Attributes:
        argument: what the activity would be given.
        operation_id: the idempotency key.
        limit_seconds: how long it may take.
        workflow_id: that of the execution's workflow, if it has one.
    """

    argument: JsonValue
    operation_id: str
    limit_seconds: int
    workflow_id: str | None = None


Direct: TypeAlias = Callable[[DirectCall], Awaitable[JsonValue]]
"""Makes a call in this process; raises `StatesError`."""


def direct_calls(
    lambdas: LambdaInvoker, urls: UrlInvoker, connectors: ConnectorCalls | None = None, aws: AwsService | None = None
) -> Mapping[str, Direct]:
    """Who makes the calls, by activity type; those of connectors and of AWS's APIs where they are given."""

    async def invoke_lambda(call: DirectCall) -> JsonValue:
        return await lambdas.call(FunctionCall.from_json(_members(call)), call.limit_seconds)

    async def invoke_url(call: DirectCall) -> JsonValue:
        return await urls.call(FunctionCall.from_json(_members(call)), call.operation_id)

    calls: dict[str, Direct] = {INVOKE_LAMBDA: invoke_lambda, INVOKE_URL: invoke_url}
    if connectors is not None:
        calls[CONNECTOR_CALL] = _of_connectors(connectors)
    if aws is not None:
        calls[AWS_CALL] = _of_aws(aws)
    return calls


def _of_connectors(connectors: ConnectorCalls) -> Direct:
    async def call_connector(call: DirectCall) -> JsonValue:
        return await connectors.call(ConnectorCall.from_json(_members(call)), call.operation_id)

    return call_connector


def _of_aws(aws: AwsService) -> Direct:
    async def call_aws(call: DirectCall) -> JsonValue:
        return await aws.call(_members(call), call.operation_id, call.limit_seconds, call.workflow_id)

    return call_aws


def _members(call: DirectCall) -> dict[str, Any]:
    return cast("dict[str, Any]", call.argument)


def reported_failure(error: StatesError) -> ActivityFailure:
    """The failure that an activity raising `error` would have reported."""
    reported = application_error(error)
    return ActivityFailure(
        "application", reported.type, reported.message, tuple(reported.details), heartbeat_asked=False
    )
