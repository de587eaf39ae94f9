"""Parses the states that hold no other states, field by field (field tables: `interpreter.definition.schema`).

Each function gets the fields of one state whose names and alternatives are already checked, and gives its
model, or None where a required part is missing; every fault is in the report.
"""

from __future__ import annotations

from interpreter.definition.arguments import arguments_field, known_arguments, written_name
from interpreter.definition.fields import Fields
from interpreter.definition.flows import parse_branch_flow, parse_flow
from interpreter.definition.graph import MachineOutline
from interpreter.definition.handlers import parse_catchers, parse_retriers
from interpreter.definition.model import (
    ActivityResource,
    ChoiceBranch,
    ChoiceState,
    FailState,
    Flow,
    PassState,
    ServiceResource,
    SucceedState,
    TaskPattern,
    TaskResource,
    TaskState,
    Template,
    WaitState,
)
from interpreter.definition.resources import SERVICE_PREFIX, parse_resource
from interpreter.definition.rules import BRANCH_FIELDS, parse_condition, parse_rule
from interpreter.definition.schema import CREDENTIALS_FIELDS, WAIT_FORMS, QueryLanguage
from interpreter.definition.walk import Walk, note_assigned
from interpreter.values import MISSING


def parse_pass(name: str, fields: Fields) -> PassState:
    """Pass. `Result` is data: nothing in it is compiled."""
    return PassState(
        name=name,
        next=fields.text("Next"),
        flow=parse_flow("Pass", fields),
        result=fields.members.get("Result", MISSING),
    )


def parse_succeed(name: str, fields: Fields) -> SucceedState:
    """Succeed."""
    return SucceedState(name=name, flow=parse_flow("Succeed", fields))


def parse_fail(name: str, fields: Fields) -> FailState:
    """Fail."""
    return FailState(
        name=name,
        flow=parse_flow("Fail", fields),
        error=fields.text_anywhere("Error"),
        cause=fields.text_anywhere("Cause"),
    )


def parse_wait(name: str, fields: Fields) -> WaitState:
    """Wait."""
    fields.require_one(WAIT_FORMS[fields.language])
    return WaitState(
        name=name,
        next=fields.text("Next"),
        flow=parse_flow("Wait", fields),
        seconds=fields.quantity("Seconds"),
        timestamp=fields.timestamp_anywhere("Timestamp"),
    )


def parse_choice(name: str, fields: Fields, machine: MachineOutline) -> ChoiceState:
    """Choice."""
    flow = parse_flow("Choice", fields)
    branches = [_choice_branch(entry, flow, machine) for entry in fields.objects("Choices")]
    return ChoiceState(
        name=name,
        flow=flow,
        choices=tuple(branch for branch in branches if branch is not None),
        default=fields.text("Default"),
    )


def _choice_branch(entry: Fields, flow: Flow, machine: MachineOutline) -> ChoiceBranch | None:
    entry.require(("Next",))
    note_assigned(entry, machine)
    rule = parse_condition(entry) if entry.language is QueryLanguage.JSONATA else parse_rule(entry, BRANCH_FIELDS)
    target, own = entry.text("Next"), parse_branch_flow(entry, flow)
    return None if rule is None or target is None else ChoiceBranch(rule=rule, next=target, flow=own)


def parse_task(name: str, fields: Fields, walk: Walk, machine: MachineOutline) -> TaskState | None:
    """Task."""
    resource = _task_resource(fields, walk)
    timeout = fields.quantity("TimeoutSeconds")
    heartbeat = fields.quantity("HeartbeatSeconds")
    if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        fields.error("HeartbeatSeconds", "HeartbeatSeconds must be less than TimeoutSeconds")
    credentials = _credentials(fields)
    if isinstance(resource, ActivityResource) and credentials is not None:
        message = "The field 'Credentials' is not supported for activities"
        fields.report.error_if_new(fields.at("Credentials"), message)
    flow = parse_flow("Task", fields)
    if resource is not None:
        _check_arguments(fields, walk, resource)
    retriers = parse_retriers(fields)
    catchers = parse_catchers(fields, machine)
    if resource is None:
        return None
    return TaskState(
        name=name,
        next=fields.text("Next"),
        flow=flow,
        resource=resource,
        credentials=credentials,
        timeout_seconds=timeout,
        heartbeat_seconds=heartbeat,
        retriers=retriers,
        catchers=catchers,
    )


def _check_arguments(fields: Fields, walk: Walk, resource: TaskResource) -> None:
    name = arguments_field(fields.language)
    if name not in fields and walk.catalog.requires_arguments(resource):
        fields.error("Resource", f"{name} field is required for resource ARN: {resource.arn}")
    for fault in walk.catalog.check_arguments(resource, known_arguments(fields.members, fields.language)):
        location = (*fields.at(name), *fault.location)
        if fault.unknown is None:
            fields.report.error(location, fault.message)
        else:
            written = written_name(fields.members[name], fault.location, fault.unknown)
            hint = fields.report.did_you_mean(fault.unknown, fault.known)
            fields.report.unwanted(location, written, fault.message, hint=hint)


def _credentials(fields: Fields) -> Template | None:
    credentials = fields.object("Credentials")
    if credentials is None:
        return None
    names = CREDENTIALS_FIELDS[fields.language]
    if not any(name in credentials for name in names):
        fields.error("Credentials", "The field 'RoleArn' is required but was missing")
    credentials.text("RoleArn")
    return fields.object_template("Credentials")


def _task_resource(fields: Fields, walk: Walk) -> TaskResource | None:
    """The Resource of a Task, if it exists and may be used in this type of machine; else it is reported."""
    arn = fields.text("Resource")
    if arn is None:
        return None
    if not arn.startswith("arn:"):
        hint = _resource_hint(arn, walk) or f"such as {SERVICE_PREFIX}lambda:invoke"
        fields.error("Resource", "Value is not a valid resource ARN", hint)
        return None
    resource = parse_resource(arn)
    if resource is not None and walk.machine_type == "EXPRESS":
        refusal = _express_refusal(resource)
        if refusal is not None:
            fields.error("Resource", refusal)
            return None
    if resource is None or not walk.catalog.has(resource):
        _refuse_resource(fields, arn, _resource_hint(arn, walk))
        return None
    return resource


def _resource_hint(arn: str, walk: Walk) -> str | None:
    name = arn.rpartition(":::")[2]
    right, known = walk.catalog.candidates(name)
    return walk.report.did_you_mean(name.removeprefix(right), known, prefix=SERVICE_PREFIX + right)


def _refuse_resource(fields: Fields, arn: str, hint: str | None) -> None:
    """Report a Resource that AWS does not know (recorded)."""
    fields.error(
        "Resource",
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, or the resource"
        " is not available in this region.",
        hint,
    )


def _express_refusal(resource: TaskResource) -> str | None:
    """AWS's text where an Express machine cannot have this resource (recorded, the blank at an end too)."""
    if isinstance(resource, ActivityResource):
        return "Express state machine does not support Activity ARN"
    if not isinstance(resource, ServiceResource) or resource.pattern is TaskPattern.REQUEST_RESPONSE:
        return None
    if resource.pattern is TaskPattern.WAIT_FOR_TASK_TOKEN:
        return "Express state machine does not support '.waitForTaskToken' service integration "
    return "Express state machine does not support '.sync' service integration"
