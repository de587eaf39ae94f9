"""`temporal:workflow`: any workflow of any worker, in any language, as a child workflow. A resource of ours.

With `.sync` its result is the Task's, and it is cancelled when the Task is given up; without, it goes on by itself. All
is pure, as replays and projections compute it again.
"""

from __future__ import annotations

from typing import Any, Final, cast

from activities.connector_secrets import without_secrets
from activities.connectors import TEMPORAL_WORKFLOW
from activities.failures import unusable_arguments
from activities.function_calls import request_id_of
from activities.task_arguments import temporal_fault
from interpreter.definition.model import ServiceResource, TaskPattern, TaskResource
from interpreter.effects import ActivityCall, ChildWorkflow, Done, ForeignJson, Outcome, TaskRequest
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesTaskFailed
from interpreter.values import JsonValue, json_size

_LARGEST_INLINE: Final = 1_900_000
"""Bytes of an input that a worker which is not ours can be handed: Temporal refuses payloads of 2 MiB."""


def is_workflow(resource: TaskResource) -> bool:
    """Whether a resource is `temporal:workflow`."""
    return isinstance(resource, ServiceResource) and (resource.service, resource.action) == ("temporal", "workflow")


def plan(request: TaskRequest) -> ActivityCall:
    """What is to be started: nothing has to be asked of anybody before.

    Raises:
        StatesError: the arguments cannot be used.
    """
    arguments = request.arguments
    fault = TEMPORAL_WORKFLOW.fault(arguments)
    if fault is not None or not isinstance(arguments, dict):
        raise _unusable(request, fault or "The value is not a JSON object")
    id_ = arguments.get("WorkflowId") or f"{request.state_name}-{request_id_of(request.operation_id)}"
    names = {"WorkflowType": arguments["WorkflowType"], "TaskQueue": arguments["TaskQueue"], "WorkflowId": id_}
    fault = temporal_fault({field: str(name) for field, name in names.items()})
    if fault is not None:
        raise _unusable(request, fault)
    planned = {"type": names["WorkflowType"], "queue": names["TaskQueue"], "id": id_}
    size = json_size(arguments.get("Input", {}))
    if size > _LARGEST_INLINE:
        raise StatesDataLimitExceeded(
            f"The input of the workflow of the task {request.state_name!r} has {size} bytes; a worker that is not "
            f"steploom's own can be handed {_LARGEST_INLINE} at most."
        )
    return ActivityCall("", "", planned, "ours", prepares=True, made=False)


def child(request: TaskRequest, planned: JsonValue) -> ChildWorkflow:
    """The workflow as a child."""
    made = _read(planned)
    waits = cast(ServiceResource, request.resource).pattern is TaskPattern.SYNC
    return ChildWorkflow(
        state_name=request.state_name,
        workflow_type=made["type"],
        workflow_id=made["id"],
        task_queue=made["queue"],
        arguments=(ForeignJson(cast("dict[str, JsonValue]", request.arguments).get("Input", {})),),
        bound=waits,
        summary=request.state_name,
    )


def started(planned: JsonValue) -> dict[str, JsonValue]:
    """The result of a workflow that was started, and what TaskSubmitted shows."""
    made = _read(planned)
    return {"TaskQueue": made["queue"], "WorkflowId": made["id"], "WorkflowType": made["type"]}


def taken(planned: JsonValue) -> StatesError:
    """The error of a workflow whose id another one has, or had."""
    return StatesError("Temporal.WorkflowAlreadyStarted", f"The workflow id {_read(planned)['id']!r} is taken.")


def ended(planned: JsonValue, outcome: Outcome) -> JsonValue:
    """The result of `.sync` once the workflow has ended.

    Raises:
        StatesError: it did not succeed: its failure's type is the error's name, as with `temporal:activity`.
    """
    if isinstance(outcome, Done):
        return outcome.value
    failure = outcome.failure
    if failure.kind == "application":
        raise StatesError(failure.type or StatesTaskFailed.NAME, failure.message)
    how = "timed out" if failure.kind == "timeout" else failure.message or "did not end"
    raise StatesTaskFailed(f"The workflow {_read(planned)['id']!r}: {how}")


def _read(planned: JsonValue) -> dict[str, Any]:
    return cast("dict[str, Any]", planned)


def _unusable(request: TaskRequest, reason: str) -> StatesError:
    return unusable_arguments(without_secrets(request.arguments), reason)
