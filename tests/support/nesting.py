"""State machines that execution cases start executions of, and the activities that do it, without an API."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, cast

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.integrations.nested_start import NestedStart, NestedStarter, StartRefused
from activities.names import PREPARE_EXECUTION, START_EXECUTION
from interpreter.effects import ActivityFailure, ChildWorkflow, TaskCall
from interpreter.errors import StatesError
from interpreter.hosts.inprocess import CallFailed
from interpreter.hosts.temporal.outcomes import child_taken
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, json_text

_START_DATE: Final = 1_700_000_000_000
_SEED: Final = "5f" * 32


class Nesting:
    """The state machines that a case starts executions of (`activities.integrations.nested_start.ExecutionStarter`)."""

    def __init__(self, machines: Mapping[str, JsonValue] | None = None) -> None:
        self._definitions: dict[str, str] = {}
        self.add(machines or {})

    def add(self, machines: Mapping[str, JsonValue]) -> None:
        """Know further state machines, definitions by name."""
        self._definitions |= {name: json_text(definition) for name, definition in machines.items()}

    def definition(self, machine: str) -> str:
        """The definition's text."""
        return self._definitions[machine]

    async def prepare(self, wanted: NestedStart) -> dict[str, JsonValue]:
        """As the API prepares an execution, but with the same start on every host."""
        machine = wanted.state_machine_arn.rsplit(":", 1)[-1]
        if machine not in self._definitions:
            raise StartRefused(
                "StateMachineDoesNotExist", f"State Machine Does Not Exist: '{wanted.state_machine_arn}'"
            )
        hash_ = hashlib.sha256(self._definitions[machine].encode()).hexdigest()
        start = ExecutionStart(
            definition=hash_,
            execution_arn=f"arn:aws:states:us-east-1:123456789012:execution:{machine}:{wanted.name}",
            state_machine_arn=wanted.state_machine_arn,
            name=wanted.name,
            role_arn="arn:aws:iam::123456789012:role/states",
            start_date=_START_DATE,
            seed=_SEED,
        )
        return {
            "start": start.to_json(),
            "type": machine,
            "id": f"{machine}:{wanted.name}",
            "taskQueue": "steploom",
            "timeoutSeconds": 3600,
            "memo": {},
            "attributes": {},
        }

    async def start(self, wanted: NestedStart) -> dict[str, JsonValue]:
        """No case starts the same execution twice and means it."""
        raise StartRefused("ExecutionAlreadyExists", f"Execution Already Exists: '{wanted.name}'")


def told(error: StatesError) -> ActivityFailure:
    """The failure of a child workflow that failed with `error`."""
    given = (("error", error.name), ("cause", error.cause))
    details: dict[str, JsonValue] = {name: text for name, text in given if text is not None}
    return ActivityFailure("application", error.name, error.cause or "", (details,), heartbeat_asked=False)


def take_id(child: ChildWorkflow, calls: Counter[str]) -> None:
    """Count the child by its id, of which Temporal lets there be one. Raises: CallFailed."""
    if calls[child.workflow_id]:
        raise CallFailed(child_taken(child.workflow_id))
    calls[child.workflow_id] += 1


async def invoke_starter(nesting: Nesting, call: TaskCall) -> JsonValue:
    """Make a call of one of the two activities. Raises: CallFailed."""
    starter = NestedStarter(nesting)
    method = {PREPARE_EXECUTION: starter.prepare, START_EXECUTION: starter.start}[call.call.activity_type]
    try:
        return await ActivityEnvironment().run(method, cast("dict[str, Any]", call.call.argument))
    except ApplicationError as error:
        details = tuple(error.details)
        failure = ActivityFailure("application", error.type, error.message, details, heartbeat_asked=False)
        raise CallFailed(failure) from error
