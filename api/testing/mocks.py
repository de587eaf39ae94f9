"""Mocked responses in place of every call: the router and the calls of an execution under test."""

from __future__ import annotations

from collections import Counter
from typing import Final

from activities.router import Router
from api.testing.mock_file import Case, MockFile, Throw
from interpreter.effects import ActivityCall, ActivityFailure, TaskCall, TaskRequest
from interpreter.errors import (
    StatesDataLimitExceeded,
    StatesError,
    StatesHeartbeatTimeout,
    StatesRuntime,
    StatesTimeout,
)
from interpreter.hosts.inprocess import CallFailed
from interpreter.hosts.mocked import NothingBegun
from interpreter.values import JsonValue, is_integer, json_text

_KNOWN_ERRORS: Final[
    dict[str, type[StatesTimeout] | type[StatesDataLimitExceeded] | type[StatesRuntime] | type[StatesHeartbeatTimeout]]
] = {
    "States.DataLimitExceeded": StatesDataLimitExceeded,
    "States.HeartbeatTimeout": StatesHeartbeatTimeout,
    "States.Runtime": StatesRuntime,
    "States.Timeout": StatesTimeout,
}
"""Errors that Retry and Catch tell apart by more than their name."""

_LONGEST_SHOWN: Final = 300
_ROUTER: Final = Router()


class MissingMock(Exception):
    """A Task was reached that the case has no response for; the message says which, and what to add."""


class Mocks(NothingBegun):
    """The `TaskRouter` and `Invoke` of one execution of one case.

    Invocations are counted for each state over the whole execution: retries and the iterations of a Map count on.
    """

    def __init__(self, file: MockFile, case: Case) -> None:
        self._file = file
        self._case = case
        self._invocations: Counter[str] = Counter()

    def route(self, request: TaskRequest, functions: JsonValue) -> ActivityCall:
        """Choose the response of this invocation.

        Raises:
            StatesError: the arguments are such that no call would be made.
            MissingMock: there is no response.
        """
        _ROUTER.route(request, "lambda")
        state, case = request.state_name, self._case
        invocation = self._invocations[state]
        self._invocations[state] += 1
        place = f"StateMachines/{case.machine}/TestCases/{case.name}"
        mock = case.mocks.get(state)
        if mock is None:
            raise MissingMock(
                f"The case {case.name!r} reached the state {state!r} ({request.resource.arn}), for which it has no "
                f"mock; called with {_shortened(request.arguments)}. Name one at {place}/{state}."
            )
        if self._file.response(mock, invocation) is None:
            raise MissingMock(
                f"The case {case.name!r} reached the state {state!r} for invocation {invocation}, to which the mock "
                f"{mock!r} has no response; called with {_shortened(request.arguments)}. Add "
                f'"{invocation}" to MockedResponses/{mock}.'
            )
        return ActivityCall(mock, "mocks", invocation, "ours")

    def look_up(self, request: TaskRequest) -> ActivityCall | None:
        """Every activity is taken to exist."""
        return None

    def result(self, request: TaskRequest, functions: JsonValue, value: JsonValue) -> JsonValue:
        """The mocked result as it is."""
        return value

    def failure(self, request: TaskRequest, functions: JsonValue, failure: ActivityFailure) -> StatesError:
        """The mocked error, or that of a call that took longer than the state allows."""
        match failure.kind:
            case "timeout":
                return StatesTimeout()
            case "heartbeat":
                return StatesHeartbeatTimeout()
            case "application" | "other":
                known = _KNOWN_ERRORS.get(failure.type or "")
                cause = None if not failure.details else failure.message
                return StatesError(failure.type, cause) if known is None else known(cause)

    async def invoke(self, call: TaskCall) -> JsonValue:
        """Answer with the response that `route` chose. Raises: CallFailed."""
        mock, invocation = call.call.activity_type, call.call.argument
        response = self._file.response(mock, invocation) if is_integer(invocation) else None
        assert response is not None, "route has looked it up"
        if response.throw is not None:
            raise CallFailed(_thrown(response.throw))
        result: JsonValue = response.return_
        return result


def _thrown(throw: Throw) -> ActivityFailure:
    """As the failure of an activity; its details say whether there is a cause at all."""
    details = () if throw.cause is None else ("cause",)
    return ActivityFailure("application", throw.error, throw.cause or "", details, heartbeat_asked=False)


def _shortened(value: JsonValue) -> str:
    text = json_text(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."
