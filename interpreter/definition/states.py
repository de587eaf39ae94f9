"""Parses the states that hold no other states, field by field (field tables: `interpreter.definition.schema`).

Each function gets the fields of one JSONPath state whose names and alternatives are already checked, and gives its
model, or None where a required part is missing; every fault is in the report.
"""

from __future__ import annotations

from typing import Final

from interpreter.definition.fields import LONGEST_SECONDS, Fields
from interpreter.definition.graph import MachineOutline
from interpreter.definition.handlers import parse_catchers, parse_retriers
from interpreter.definition.model import (
    ActivityResource,
    ChoiceBranch,
    ChoiceState,
    FailState,
    PassState,
    ServiceResource,
    SucceedState,
    TaskPattern,
    TaskResource,
    TaskState,
    WaitState,
)
from interpreter.definition.resources import ResourceSupport, parse_resource
from interpreter.definition.rules import parse_rule
from interpreter.definition.walk import Walk, note_assigned
from interpreter.values import MISSING

_CHOICE_BRANCH_FIELDS: Final = ("Next", "Comment", "Assign")
_WAIT_FORMS: Final = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")


def parse_pass(name: str, fields: Fields) -> PassState:
    """Pass. `Result` is data: nothing in it is compiled."""
    return PassState(
        name=name,
        next=fields.text("Next"),
        input_path=fields.path("InputPath"),
        parameters=fields.template("Parameters"),
        result=fields.members.get("Result", MISSING),
        result_path=fields.result_path(),
        output_path=fields.path("OutputPath"),
        assign=fields.template("Assign"),
    )


def parse_succeed(name: str, fields: Fields) -> SucceedState:
    """Succeed."""
    return SucceedState(name=name, input_path=fields.path("InputPath"), output_path=fields.path("OutputPath"))


def parse_fail(name: str, fields: Fields) -> FailState:
    """Fail."""
    return FailState(
        name=name,
        error=fields.text("Error"),
        error_path=fields.fail_text("ErrorPath"),
        cause=fields.text("Cause"),
        cause_path=fields.fail_text("CausePath"),
    )


def parse_wait(name: str, fields: Fields) -> WaitState:
    """Wait."""
    fields.at_least_one(_WAIT_FORMS)
    return WaitState(
        name=name,
        next=fields.text("Next"),
        input_path=fields.path("InputPath"),
        output_path=fields.path("OutputPath"),
        assign=fields.template("Assign"),
        seconds=fields.integer("Seconds", 0, LONGEST_SECONDS),
        seconds_path=fields.reference("SecondsPath"),
        timestamp=fields.timestamp("Timestamp"),
        timestamp_path=fields.reference("TimestampPath"),
    )


def parse_choice(name: str, fields: Fields, machine: MachineOutline) -> ChoiceState:
    """Choice."""
    branches = [_choice_branch(entry, machine) for entry in fields.objects("Choices")]
    return ChoiceState(
        name=name,
        input_path=fields.path("InputPath"),
        output_path=fields.path("OutputPath"),
        choices=tuple(branch for branch in branches if branch is not None),
        default=fields.text("Default"),
        assign=fields.template("Assign"),
    )


def _choice_branch(entry: Fields, machine: MachineOutline) -> ChoiceBranch | None:
    entry.require(("Next",))
    note_assigned(entry, machine)
    rule = parse_rule(entry, _CHOICE_BRANCH_FIELDS)
    target, assign = entry.text("Next"), entry.template("Assign")
    return None if rule is None or target is None else ChoiceBranch(rule=rule, next=target, assign=assign)


def parse_task(name: str, fields: Fields, walk: Walk, machine: MachineOutline) -> TaskState | None:
    """Task."""
    resource = check_resource(fields, walk)
    timeout = fields.integer("TimeoutSeconds", 1, LONGEST_SECONDS)
    heartbeat = fields.integer("HeartbeatSeconds", 1, LONGEST_SECONDS)
    if timeout is not None and heartbeat is not None and heartbeat >= timeout:
        fields.error("HeartbeatSeconds", "HeartbeatSeconds must be less than TimeoutSeconds")
    _check_credentials(fields)
    input_path, output_path = fields.path("InputPath"), fields.path("OutputPath")
    parameters = fields.template("Parameters")
    selector = fields.template("ResultSelector")
    result_path = fields.result_path()
    assign = fields.template("Assign")
    credentials = fields.template("Credentials")
    timeout_path = fields.reference("TimeoutSecondsPath")
    heartbeat_path = fields.reference("HeartbeatSecondsPath")
    retriers = parse_retriers(fields)
    catchers = parse_catchers(fields, machine)
    if resource is None:
        return None
    return TaskState(
        name=name,
        next=fields.text("Next"),
        resource=resource,
        input_path=input_path,
        parameters=parameters,
        result_selector=selector,
        result_path=result_path,
        output_path=output_path,
        assign=assign,
        credentials=credentials,
        timeout_seconds=timeout,
        timeout_seconds_path=timeout_path,
        heartbeat_seconds=heartbeat,
        heartbeat_seconds_path=heartbeat_path,
        retriers=retriers,
        catchers=catchers,
    )


def _check_credentials(fields: Fields) -> None:
    credentials = fields.object("Credentials")
    if credentials is not None and "RoleArn" not in credentials and "RoleArn.$" not in credentials:
        fields.error("Credentials", "The field 'RoleArn' is required but was missing")


def check_resource(fields: Fields, walk: Walk) -> TaskResource | None:
    """The Resource of a Task, if it exists, may be used in this type of machine, and can be run."""
    arn = fields.text("Resource")
    if arn is None:
        return None
    resource = parse_resource(arn)
    if resource is not None and walk.machine_type == "EXPRESS":
        refusal = _express_refusal(resource)
        if refusal is not None:
            fields.error("Resource", refusal)
            return None
    support = ResourceSupport.UNKNOWN if resource is None else walk.catalog.check(resource)
    if support is ResourceSupport.NOT_YET:
        walk.not_supported(
            fields.at("Resource"), f"the resource {arn}", "use one that it can run (docs/compatibility.md lists them)"
        )
    elif support is ResourceSupport.UNKNOWN:
        fields.error(
            "Resource",
            f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, or the resource"
            " is not available in this region.",
        )
    return resource if support is ResourceSupport.SUPPORTED else None


def _express_refusal(resource: TaskResource) -> str | None:
    """AWS's text where an Express machine cannot have this resource (recorded, the blank at an end too)."""
    if isinstance(resource, ActivityResource):
        return "Express state machine does not support Activity ARN"
    if not isinstance(resource, ServiceResource) or resource.pattern is TaskPattern.REQUEST_RESPONSE:
        return None
    if resource.pattern is TaskPattern.WAIT_FOR_TASK_TOKEN:
        return "Express state machine does not support '.waitForTaskToken' service integration "
    return "Express state machine does not support '.sync' service integration"
