"""What a nested execution needs of the API before its child workflow can be started, and StartExecution itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from temporalio import activity

from activities.failures import Refusal, optimized_error
from activities.heartbeats import heartbeating
from activities.names import PREPARE_EXECUTION, START_EXECUTION
from activities.nested_executions import PREFIX, SDK_NAME
from activities.reported_failures import reported_failures
from interpreter.errors import StatesError
from interpreter.values import JsonValue

_REFUSED_WITH: Final = 400
_UNMODELLED: Final = frozenset({"ValidationException", "AccessDeniedException"})
"""Codes of which the API's model has no exception."""


class StartRefused(Exception):
    """The API refuses to start the execution; `code` is AWS's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedStart:
    """What StartExecution is to be told; `input` is JSON as text, `waits` whether the execution's end is waited for."""

    state_machine_arn: str
    name: str
    input: str
    trace_header: str | None
    waits: bool


class ExecutionStarter(Protocol):
    """Prepares and starts executions; implemented by `api.service` and handed to the worker at start-up."""

    async def prepare(self, wanted: NestedStart) -> dict[str, JsonValue]:
        """What `activities.nested_executions.child` makes a child workflow of. Raises: StartRefused."""
        ...

    async def start(self, wanted: NestedStart) -> dict[str, JsonValue]:
        """Start it, unless it runs already: `{"start": {"execution_arn": str, "start_date": int}}`.

        Raises:
            StartRefused: it cannot be started.
        """
        ...


class NestedStarter:
    """Runs the two activities; register both methods in a worker."""

    def __init__(self, starter: ExecutionStarter) -> None:
        self._starter = starter

    @activity.defn(name=PREPARE_EXECUTION)
    async def prepare(self, argument: dict[str, Any]) -> dict[str, JsonValue]:
        """Find the state machine, check name and input, and make the start: nothing is started."""
        with reported_failures(), heartbeating():
            try:
                return await self._starter.prepare(_wanted(argument))
            except StartRefused as refused:
                raise _error(refused, argument["requestId"]) from None

    @activity.defn(name=START_EXECUTION)
    async def start(self, argument: dict[str, Any]) -> dict[str, JsonValue]:
        """StartExecution, of which the name makes that it can be repeated."""
        with reported_failures(), heartbeating():
            try:
                return await self._starter.start(_wanted(argument))
            except StartRefused as refused:
                raise _error(refused, argument["requestId"]) from None


def _wanted(argument: dict[str, Any]) -> NestedStart:
    return NestedStart(
        state_machine_arn=argument["stateMachineArn"],
        name=argument["name"],
        input=argument["input"],
        trace_header=argument["traceHeader"],
        waits=argument["waits"],
    )


def _error(refused: StartRefused, request_id: str) -> StatesError:
    code, exception = refused.code, None if refused.code in _UNMODELLED else refused.code
    refusal = Refusal(
        code=code, message=refused.message, status=_REFUSED_WITH, request_id=request_id, exception=exception
    )
    return optimized_error(PREFIX, SDK_NAME, "AWSStepFunctionsException", refusal)
