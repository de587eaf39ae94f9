"""The three families of task events: LambdaFunction..., Activity... and Task... (history-event reference)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from interpreter.definition.model import ActivityResource, LambdaFunctionResource, ServiceResource, TaskResource
from interpreter.errors import StatesError
from interpreter.history import (
    Details,
    Failure,
    FunctionScheduled,
    Output,
    Resource,
    ResourceFailure,
    ResourceOutput,
    Scheduled,
)
from interpreter.values import JsonValue


class TaskEvents(Protocol):
    """The event types of one family and the details they carry."""

    @property
    def family(self) -> str:
        """What the types begin with."""
        ...

    @property
    def scheduled(self) -> str: ...  # noqa: D102
    @property
    def started(self) -> str: ...  # noqa: D102
    @property
    def submitted(self) -> str: ...  # noqa: D102
    @property
    def succeeded(self) -> str: ...  # noqa: D102
    @property
    def failed(self) -> str: ...  # noqa: D102
    @property
    def timed_out(self) -> str: ...  # noqa: D102

    def scheduling(
        self, arguments: JsonValue, timeout: int | None, heartbeat: int | None, role_arn: str | None
    ) -> Details:
        """Details of the scheduled event."""
        ...

    def starting(self) -> Details | None:
        """Details of the started event."""
        ...

    def outputting(self, output: JsonValue) -> Details:
        """Details of the submitted and succeeded events."""
        ...

    def failing(self, error: StatesError) -> Details:
        """Details of the failed and timed-out events."""
        ...


@dataclass(frozen=True, slots=True)
class _Types:
    family: str

    @property
    def scheduled(self) -> str:
        return f"{self.family}Scheduled"

    @property
    def started(self) -> str:
        return f"{self.family}Started"

    @property
    def submitted(self) -> str:
        return f"{self.family}Submitted"

    @property
    def succeeded(self) -> str:
        return f"{self.family}Succeeded"

    @property
    def failed(self) -> str:
        return f"{self.family}Failed"

    @property
    def timed_out(self) -> str:
        return f"{self.family}TimedOut"


@dataclass(frozen=True, slots=True)
class _ResourceEvents(_Types):
    """LambdaFunction... and Activity..., which name an ARN once.

    Only the one shows a role, and only the other a heartbeat.
    """

    arn: str

    def scheduling(
        self, arguments: JsonValue, timeout: int | None, heartbeat: int | None, role_arn: str | None
    ) -> Details:
        is_function = self.family == "LambdaFunction"
        return FunctionScheduled(
            self.arn, arguments, timeout, None if is_function else heartbeat, role_arn if is_function else None
        )

    def starting(self) -> Details | None:
        return None

    def outputting(self, output: JsonValue) -> Details:
        return Output(output)

    def failing(self, error: StatesError) -> Details:
        return Failure(error.name, error.cause)


@dataclass(frozen=True, slots=True)
class _ServiceEvents(_Types):
    """Task..., which name service and action in every event."""

    resource_type: str
    resource: str
    region: str

    def scheduling(
        self, arguments: JsonValue, timeout: int | None, heartbeat: int | None, role_arn: str | None
    ) -> Details:
        return Scheduled(self.resource_type, self.resource, self.region, arguments, timeout, heartbeat, role_arn)

    def starting(self) -> Details | None:
        return Resource(self.resource_type, self.resource)

    def outputting(self, output: JsonValue) -> Details:
        return ResourceOutput(self.resource_type, self.resource, output)

    def failing(self, error: StatesError) -> Details:
        return ResourceFailure(self.resource_type, self.resource, error.name, error.cause)


def task_events(resource: TaskResource, region: str) -> TaskEvents:
    """The events of a task on `resource`; `region` is the state machine's."""
    match resource:
        case LambdaFunctionResource(arn):
            return _ResourceEvents("LambdaFunction", arn)
        case ActivityResource(arn):
            return _ResourceEvents("Activity", arn)
        case ServiceResource(_, service, action, pattern):
            return _ServiceEvents("Task", service, f"{action}{pattern.value}", region)
