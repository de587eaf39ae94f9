"""`states:startExecution` in all its forms: what is prepared, the child workflow, and the results (recorded).

Follows "Start workflow executions from a task state in Step Functions". Pure functions, called again by replays.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import Any, Final, cast

from activities.function_calls import request_id_of
from activities.names import PREPARE_EXECUTION, START_EXECUTION, WORKFLOW_QUEUE
from activities.sdk_metadata import sdk_metadata
from activities.task_arguments import checked_fields, unusable
from interpreter.definition.model import ServiceResource, TaskPattern
from interpreter.effects import ActivityCall, ChildWorkflow, Done, Failed, JsonText, Outcome, TaskRequest
from interpreter.errors import StatesTaskFailed
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, json_text, parse_json

PREFIX: Final = "StepFunctions"
"""What the error names begin with."""

SDK_NAME: Final = "AWSStepFunctions"
"""What causes call the service."""

FIELDS: Final = ("StateMachineArn", "Input", "Name", "TraceHeader")

SHOWN: Final = (
    "Cause",
    "Error",
    "ExecutionArn",
    "Input",
    "InputDetails",
    "Name",
    "Output",
    "OutputDetails",
    "StartDate",
    "StateMachineAliasArn",
    "StateMachineArn",
    "StateMachineVersionArn",
    "Status",
    "StopDate",
)
"""The members of an execution's description that `.sync` shows."""

_INCLUDED: Final[JsonValue] = {"Included": True}


def is_nested(resource: ServiceResource) -> bool:
    """Whether the resource starts an execution."""
    return (resource.service, resource.action) == ("states", "startExecution")


def prepare_call(request: TaskRequest) -> ActivityCall:
    """What checks the arguments and makes the start of the execution.

    Raises:
        StatesRuntime: the arguments cannot be used.
    """
    return ActivityCall(PREPARE_EXECUTION, WORKFLOW_QUEUE, _argument(request), "ours", repeated=True, prepares=True)


def start_call(request: TaskRequest) -> ActivityCall:
    """StartExecution itself, which knows whether an execution of that name will do."""
    return ActivityCall(START_EXECUTION, WORKFLOW_QUEUE, _argument(request), "ours", repeated=True)


def _argument(request: TaskRequest) -> dict[str, JsonValue]:
    fields = checked_fields(request, FIELDS)
    for field, value in fields.items():
        if field != "Input" and value is not None and not isinstance(value, str):
            raise unusable(request, f"The value of the field {field!r} has an invalid format")
    if fields.get("StateMachineArn") is None:
        raise unusable(request, "The field 'StateMachineArn' is required but was missing")
    name = fields.get("Name")
    return {
        "stateMachineArn": fields["StateMachineArn"],
        "name": request_id_of(request.operation_id) if name is None else name,
        "input": _input_text(fields.get("Input")),
        "traceHeader": fields.get("TraceHeader"),
        "waits": _waits(request),
        "requestId": request_id_of(request.operation_id),
    }


def _input_text(value: JsonValue) -> str:
    if value is None:
        return "{}"
    return value if isinstance(value, str) else json_text(value)


def _waits(request: TaskRequest) -> bool:
    return _pattern(request) in (TaskPattern.SYNC, TaskPattern.SYNC_2)


def _pattern(request: TaskRequest) -> TaskPattern:
    return cast(ServiceResource, request.resource).pattern


def child(request: TaskRequest, plan: JsonValue, *, has_token: bool) -> ChildWorkflow:
    """The nested execution as a child workflow; `plan` is what the preparing activity returned.

    With `.sync` it is cancelled with its parent. One that was given a token is not: it may end the parent's task before
    its own end, and the parent may end then; where the parent is stopped, another workflow stops the child.
    """
    made = cast("dict[str, Any]", plan)
    start = ExecutionStart.from_json(made["start"])
    waits = _waits(request)
    return ChildWorkflow(
        state_name=request.state_name,
        workflow_type=made["type"],
        workflow_id=made["id"],
        arguments=(start, JsonText(_input_text(_arguments(request).get("Input")))),
        task_queue=made.get("taskQueue"),
        timeout_seconds=made["timeoutSeconds"],
        bound=waits and not has_token,
        stop=stop_argument(start.execution_arn) if waits and has_token else None,
        memo=made["memo"],
        attributes=made["attributes"],
        summary=start.name,
        details=start.execution_arn,
    )


def stop_argument(execution_arn: str) -> dict[str, JsonValue]:
    """The argument of a watch that only stops an execution."""
    return {"service": "states", "action": "startExecution", "key": {"ExecutionArn": execution_arn}, "stop": True}


def _arguments(request: TaskRequest) -> dict[str, JsonValue]:
    return cast("dict[str, JsonValue]", request.arguments)


def started(request: TaskRequest, plan: JsonValue) -> dict[str, JsonValue]:
    """The result of `startExecution`, and what TaskSubmitted shows: headers as recorded."""
    start = cast("Mapping[str, Any]", plan)["start"]
    arn, milliseconds = start["execution_arn"], start["start_date"]
    request_id = request_id_of(request.operation_id)
    answer = json_text({"executionArn": arn, "startDate": milliseconds / 1000})
    headers = {
        "connection": "keep-alive",
        "Content-Length": str(len(answer.encode())),
        "Content-Type": "application/x-amz-json-1.0",
        "Date": formatdate(milliseconds / 1000, usegmt=True),
        "x-amzn-RequestId": request_id,
    }
    metadata = sdk_metadata(headers, status=200, request_id=request_id)
    return {"ExecutionArn": arn, **metadata, "StartDate": milliseconds}


def ended(request: TaskRequest, plan: JsonValue, outcome: Outcome, now: int) -> JsonValue:
    """The result of `startExecution.sync` once the child has ended.

    Raises:
        StatesTaskFailed: it did not succeed; the cause is its description.
    """
    made = cast("Mapping[str, Any]", plan)
    start = ExecutionStart.from_json(made["start"])
    stop_date, status = now, _status(outcome)
    if status == "TIMED_OUT":
        stop_date = start.start_date + 1000 * made["timeoutSeconds"]
    description: dict[str, JsonValue] = {
        **_failure(outcome, status),
        "ExecutionArn": start.execution_arn,
        "Input": _input_text(_arguments(request).get("Input")),
        "InputDetails": _INCLUDED,
        "Name": start.name,
        "StartDate": start.start_date,
        "StateMachineArn": start.state_machine_arn,
        "Status": status,
        "StopDate": stop_date,
    }
    if start.version_arn is not None:
        description["StateMachineVersionArn"] = start.version_arn
    if start.alias_arn is not None:
        description["StateMachineAliasArn"] = start.alias_arn
    if isinstance(outcome, Done):
        description |= {"Output": json_text(outcome.value), "OutputDetails": _INCLUDED}
    description = dict(sorted(description.items()))
    if status != "SUCCEEDED":
        raise StatesTaskFailed(json_text(description))
    return as_seen(request, description)


def is_child(plan: JsonValue) -> bool:
    """Whether the execution is one that was prepared; else it was there already."""
    return "id" in cast("Mapping[str, JsonValue]", plan)


def as_seen(request: TaskRequest, description: JsonValue) -> JsonValue:
    """A successful execution's description as the state sees it: `.sync:2` has Input and Output as JSON."""
    if _pattern(request) is not TaskPattern.SYNC_2 or not isinstance(description, dict):
        return description
    shown: dict[str, JsonValue] = dict(description)
    for name in ("Input", "Output"):
        if name in description:
            shown[name] = parse_json(cast(str, description[name]))
    return shown


def _status(outcome: Outcome) -> str:
    if isinstance(outcome, Done):
        return "SUCCEEDED"
    return {"application": "FAILED", "timeout": "TIMED_OUT"}.get(outcome.failure.kind, "ABORTED")


def _failure(outcome: Outcome, status: str) -> dict[str, JsonValue]:
    """Error and cause of a child that failed, as its workflow's failure tells them."""
    if not isinstance(outcome, Failed) or status != "FAILED":
        return {}
    details = outcome.failure.details[0] if outcome.failure.details else None
    told = details if isinstance(details, dict) else {"error": outcome.failure.type, "cause": outcome.failure.message}
    members = (("Cause", told.get("cause")), ("Error", told.get("error")))
    return {name: value for name, value in members if value is not None}
