"""What takes the place of a state's work: the mock of TestState, checked and read (messages recorded)."""

from __future__ import annotations

from typing import Final

from api.service.errors import ValidationException
from api.service.shapes import MockErrorOutput, MockInput
from api.service.test_state.field_validation import check_result
from api.service.test_state.response_shapes import response_shape, spelling_of
from api.service.test_state.subject import Subject
from interpreter.definition.model import (
    Distribution,
    MapState,
    ParallelState,
    ResultWriter,
    ServiceResource,
    TaskResource,
    TaskState,
)
from interpreter.effects import ActivityCall, ActivityFailure, TaskRequest
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesRuntime, StatesTimeout
from interpreter.hosts.mocked import NothingBegun
from interpreter.inspection import Mock
from interpreter.values import JsonValue, parse_json

_KNOWN_ERRORS: Final[dict[str, type[StatesTimeout] | type[StatesDataLimitExceeded] | type[StatesRuntime]]] = {
    "States.DataLimitExceeded": StatesDataLimitExceeded,
    "States.Runtime": StatesRuntime,
    "States.Timeout": StatesTimeout,
}
"""Errors that Retry and Catch tell apart by more than their name."""


def read_mock(mock: MockInput, subject: Subject, failed_iterations: int | None) -> Mock:
    """The mock of a Task, Parallel or Map.

    Raises:
        ValidationException: the state takes no mock, or none like this one.
    """
    state = subject.state
    if not isinstance(state, TaskState | ParallelState | MapState):
        raise ValidationException(f"State type '{subject.type}' is not supported when a mock is specified")
    if mock.error_output is not None:
        return Mock(_error(mock.error_output))
    if mock.result is None:
        raise ValidationException("A test mock should have one of the following fields: [result, errorOutput].")
    try:
        result = parse_json(mock.result)
    except ValueError:
        raise ValidationException("Mocked result must be valid JSON") from None
    match state:
        case TaskState(resource=resource):
            _check_task(resource, result, mock)
        case ParallelState(branches=branches):
            _check_items(result, branches=len(branches))
        case MapState(distribution=Distribution(writer=ResultWriter())):
            if not isinstance(result, dict):
                raise ValidationException("Mocked result must be a JSON object.")
        case MapState():
            _check_items(result, failed_iterations=failed_iterations)
    return Mock(result)


def _error(output: MockErrorOutput) -> StatesError:
    known = _KNOWN_ERRORS.get(output.error or "")
    return StatesError(output.error, output.cause) if known is None else known(output.cause)


def _check_task(resource: TaskResource, result: JsonValue, mock: MockInput) -> None:
    mode = mock.field_validation_mode or "STRICT"
    if mode != "NONE" and (shape := response_shape(resource)) is not None:
        check_result(shape, result, mode, _free_members(resource), spelling_of(resource))


def _free_members(resource: TaskResource) -> frozenset[str]:
    """`lambda:invoke` shows as JSON what the API has as bytes."""
    is_invoke = isinstance(resource, ServiceResource) and (resource.service, resource.action) == ("lambda", "invoke")
    return frozenset({"Payload"}) if is_invoke else frozenset()


def _check_items(result: JsonValue, *, branches: int | None = None, failed_iterations: int | None = None) -> None:
    if not isinstance(result, list):
        raise ValidationException("Mocked result must be an array.")
    if branches is not None and len(result) != branches:
        raise ValidationException("Mocked result must contain the same number of items as number of Parallel branches.")
    if failed_iterations is not None and failed_iterations > len(result):
        raise ValidationException(
            "Map iteration failure count must be less than or equal to the number of Map iterations"
        )


class MockedRouter(NothingBegun):
    """The `TaskRouter` of a state whose call is mocked: nothing is called, so nothing is routed."""

    def route(self, request: TaskRequest, functions: JsonValue) -> ActivityCall:
        """A call that is never made."""
        return ActivityCall("mock", "mock", None, "ours")

    def look_up(self, request: TaskRequest) -> ActivityCall | None:
        """Nothing is looked up."""
        return None

    def result(self, request: TaskRequest, functions: JsonValue, value: JsonValue) -> JsonValue:
        """The value as it is."""
        return value

    def failure(self, request: TaskRequest, functions: JsonValue, failure: ActivityFailure) -> StatesError:
        """The failure under its own name."""
        return StatesError(failure.type, failure.message)
