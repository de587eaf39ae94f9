"""Execution history: events as plain data, and how they look to a client of GetExecutionHistory.

Event types, members and their order follow the Step Functions API's HistoryEvent. The core records each event in a
ledger; a durable host only counts them (event ids are part of causes), the others keep them for reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from interpreter.errors import StatesRuntime
from interpreter.measure import Measure
from interpreter.values import JsonValue

_TRUNCATED: Final[dict[str, JsonValue]] = {"truncated": False}


class ExecutionStarted(NamedTuple):
    """`input_text` is the input as the client sent it."""

    input_text: str
    role_arn: str
    version_arn: str | None
    alias_arn: str | None


class Redriven(NamedTuple):
    """Details of ExecutionRedriven."""

    redrive_count: int


class StateEntered(NamedTuple):
    """Details of every `...StateEntered`."""

    name: str
    input: JsonValue


class StateExited(NamedTuple):
    """Details of every `...StateExited`."""

    name: str
    output: JsonValue
    assigned: Mapping[str, JsonValue] | None


class Scheduled(NamedTuple):
    """Details of TaskScheduled."""

    resource_type: str
    resource: str
    region: str
    parameters: JsonValue
    timeout_seconds: int | None
    heartbeat_seconds: int | None
    role_arn: str | None


class FunctionScheduled(NamedTuple):
    """Details of LambdaFunctionScheduled and ActivityScheduled."""

    resource: str
    input: JsonValue
    timeout_seconds: int | None
    heartbeat_seconds: int | None
    role_arn: str | None


class Resource(NamedTuple):
    """Details of TaskStarted."""

    resource_type: str
    resource: str


class Worker(NamedTuple):
    """Details of ActivityStarted."""

    name: str | None


class ResourceOutput(NamedTuple):
    """Details of TaskSubmitted and TaskSucceeded."""

    resource_type: str
    resource: str
    output: JsonValue


class ResourceFailure(NamedTuple):
    """Details of TaskFailed and TaskTimedOut."""

    resource_type: str
    resource: str
    error: str | None
    cause: str | None


class Output(NamedTuple):
    """Details of ExecutionSucceeded, LambdaFunctionSucceeded and ActivitySucceeded."""

    output: JsonValue


class Failure(NamedTuple):
    """Details of every event that has only an error and a cause."""

    error: str | None
    cause: str | None


class EvaluationFailure(NamedTuple):
    """Details of EvaluationFailed; `location` is the field, None where no field is to blame."""

    error: str
    cause: str
    location: str | None
    state: str


class Length(NamedTuple):
    """Details of MapStateStarted."""

    length: int


class Iteration(NamedTuple):
    """Details of every MapIteration event."""

    name: str
    item_index: int


Details: TypeAlias = (
    ExecutionStarted
    | Redriven
    | StateEntered
    | StateExited
    | Scheduled
    | FunctionScheduled
    | Resource
    | Worker
    | ResourceOutput
    | ResourceFailure
    | Output
    | Failure
    | EvaluationFailure
    | Length
    | Iteration
)


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event. `timestamp` in milliseconds since the epoch."""

    id: int
    type: str
    previous_id: int
    timestamp: int
    details: Details | None


class HistoryFull(StatesRuntime):
    """The event that would have the last id the quota allows; the execution's failure takes that id."""


def history_full_cause(limit: int) -> str:
    """The cause of an execution that had `limit` events (reported by others of AWS)."""
    return f"The execution reached the maximum number of history events ({limit})."


class Ledger:
    """Gives every event its id and forgets it.

    Attributes:
        next_id: the id of the next event.
        limit: the highest id the quota allows, None for no quota.
    """

    __slots__ = ("limit", "next_id")

    def __init__(self, limit: int | None, next_id: int = 1) -> None:
        self.limit = limit
        self.next_id = next_id

    def record(self, type_: str, previous_id: int, details: Details | None = None) -> int:
        """Append an event and return its id.

        Raises:
            HistoryFull: the event would take the last id, which belongs to the execution's own end.
        """
        number = self.next_id
        if self.limit is not None and number >= self.limit and not type_.startswith("Execution"):
            raise HistoryFull(history_full_cause(self.limit))
        self.next_id = number + 1
        self.keep(number, type_, previous_id, details)
        return number

    def keep(self, number: int, type_: str, previous_id: int, details: Details | None) -> None:
        """Called for each event; does nothing here."""


class Clock:
    """The time that a keeping ledger stamps on events, in milliseconds since the epoch; its host moves it."""

    __slots__ = ("now",)

    def __init__(self, now: int) -> None:
        self.now = now


class KeepingLedger(Ledger):
    """Gives every event its id and keeps it in `events`."""

    __slots__ = ("clock", "events")

    def __init__(self, limit: int | None, clock: Clock, next_id: int = 1) -> None:
        super().__init__(limit, next_id)
        self.clock = clock
        self.events: list[HistoryEvent] = []

    def keep(self, number: int, type_: str, previous_id: int, details: Details | None) -> None:
        """Append the event with the clock's time."""
        self.events.append(HistoryEvent(number, type_, previous_id, self.clock.now, details))


def render(events: Sequence[HistoryEvent], *, include_data: bool = True) -> list[dict[str, JsonValue]]:
    """The events as GetExecutionHistory shows them; `timestamp` in seconds since the epoch.

    Without `include_data` inputs, outputs and parameters are left out.
    """
    measure = Measure()
    return [_render_event(event, measure, include_data) for event in events]


def _render_event(event: HistoryEvent, measure: Measure, include_data: bool) -> dict[str, JsonValue]:
    shown: dict[str, JsonValue] = {
        "timestamp": event.timestamp / 1000,
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous_id,
    }
    if event.details is not None:
        shown[_details_member(event.type)] = render_details(event.details, measure, include_data)
    return shown


def _details_member(type_: str) -> str:
    if type_.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if type_.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{type_[0].lower()}{type_[1:]}EventDetails"


def render_details(details: Details, measure: Measure, data: bool) -> dict[str, JsonValue]:
    """The details of an event as clients see them; inputs, outputs and parameters only with `data`."""
    match details:
        case StateEntered(name, input_):
            return {"name": name, **_data("input", input_, measure, data)}
        case StateExited(name, output, assigned):
            return {"name": name, **_data("output", output, measure, data), **_assigned(assigned, measure, data)}
        case ExecutionStarted(input_text, role_arn, version_arn, alias_arn):
            shown: dict[str, JsonValue] = {"input": input_text, "inputDetails": _TRUNCATED} if data else {}
            return _present(
                {**shown, "roleArn": role_arn},
                stateMachineVersionArn=version_arn,
                stateMachineAliasArn=alias_arn,
            )
        case Redriven(redrive_count):
            return {"redriveCount": redrive_count}
        case Scheduled(resource_type, resource, region, parameters, timeout, heartbeat, role_arn):
            shown = {"resourceType": resource_type, "resource": resource, "region": region}
            if data:
                shown["parameters"] = measure.text(parameters)
            return _present(
                shown,
                timeoutInSeconds=timeout,
                heartbeatInSeconds=heartbeat,
                taskCredentials=None if role_arn is None else {"roleArn": role_arn},
            )
        case FunctionScheduled(resource, input_, timeout, heartbeat, role_arn):
            return _present(
                {"resource": resource, **_data("input", input_, measure, data)},
                timeoutInSeconds=timeout,
                heartbeatInSeconds=heartbeat,
                taskCredentials=None if role_arn is None else {"roleArn": role_arn},
            )
        case Resource(resource_type, resource):
            return {"resourceType": resource_type, "resource": resource}
        case Worker(name):
            return _present({}, workerName=name)
        case ResourceOutput(resource_type, resource, output):
            return {
                "resourceType": resource_type,
                "resource": resource,
                **_data("output", output, measure, data),
            }
        case ResourceFailure(resource_type, resource, error, cause):
            return _present({"resourceType": resource_type, "resource": resource}, error=error, cause=cause)
        case Output(output):
            return _data("output", output, measure, data)
        case Failure(error, cause):
            return _present({}, error=error, cause=cause)
        case EvaluationFailure(error, cause, location, state):
            return _present({"error": error, "cause": cause, "state": state}, location=location)
        case Length(length):
            return {"length": length}
        case Iteration(name, item_index):
            return {"name": name, "index": item_index}


def _data(member: str, value: JsonValue, measure: Measure, data: bool) -> dict[str, JsonValue]:
    return {member: measure.text(value), f"{member}Details": _TRUNCATED} if data else {}


def _assigned(assigned: Mapping[str, JsonValue] | None, measure: Measure, data: bool) -> dict[str, JsonValue]:
    if not assigned or not data:
        return {}
    return {
        "assignedVariables": {name: measure.text(value) for name, value in assigned.items()},
        "assignedVariablesDetails": _TRUNCATED,
    }


def _present(shown: dict[str, JsonValue], **optional: JsonValue) -> dict[str, JsonValue]:
    return {**shown, **{name: value for name, value in optional.items() if value is not None}}
