"""`temporal:workflow`: what is started, and what its end means."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from activities.function_calls import request_id_of
from activities.router import Router
from interpreter.definition.resources import parse_resource
from interpreter.effects import ActivityFailure, Done, Failed, ForeignJson, Outcome, TaskRequest
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesRuntime
from interpreter.values import JsonValue

ARGUMENTS: dict[str, JsonValue] = {"WorkflowType": "Deliver", "TaskQueue": "deliveries", "Input": [1]}


def request(arguments: JsonValue, pattern: str = ".sync") -> TaskRequest:
    resource = parse_resource(f"arn:aws:states:::temporal:workflow{pattern}")
    assert resource is not None
    return TaskRequest(resource, arguments, "Send", "Send-1", None, None)


@pytest.mark.parametrize("pattern, bound", [(".sync", True), ("", False), (".waitForTaskToken", False)])
def test_child(pattern: str, bound: bool) -> None:
    router, task = Router(), request(ARGUMENTS, pattern)
    call = router.route(task, "temporal")
    assert (call.prepares, call.made) == (True, False)
    child = router.child(task, call.argument, has_token=False)
    assert (child.workflow_type, child.task_queue, child.arguments) == ("Deliver", "deliveries", (ForeignJson([1]),))
    assert (child.workflow_id, child.bound) == (f"Send-{request_id_of('Send-1')}", bound)
    assert router.result(task, "temporal", call.argument) == {
        "TaskQueue": "deliveries",
        "WorkflowId": child.workflow_id,
        "WorkflowType": "Deliver",
    }


def test_no_input_is_an_empty_object_and_ids_can_be_given() -> None:
    router, task = Router(), request({"WorkflowType": "T", "TaskQueue": "q", "WorkflowId": "mine"})
    child = router.child(task, router.route(task, "temporal").argument, has_token=False)
    assert (child.arguments, child.workflow_id) == ((ForeignJson({}),), "mine")


@pytest.mark.parametrize(
    "arguments, reason",
    [
        ({"TaskQueue": "q"}, "The field 'WorkflowType' is required but was missing"),
        ({**ARGUMENTS, "Args": []}, "The field 'Args' is not supported by Step Functions"),
        ({**ARGUMENTS, "TaskQueue": "steploom"}, "The task queue 'steploom' is reserved"),
        ({**ARGUMENTS, "WorkflowId": "x" * 1001}, "The value of the field 'WorkflowId' has an invalid format"),
        ({**ARGUMENTS, "TaskQueue": "/_sys/q"}, "The value of the field 'TaskQueue' has an invalid format"),
    ],
)
def test_refused(arguments: JsonValue, reason: str) -> None:
    with pytest.raises(StatesRuntime) as raised:
        Router().route(request(arguments), "temporal")
    assert (raised.value.cause or "").endswith(f"could not be used to start the Task: [{reason}]")


def test_an_input_that_cannot_travel() -> None:
    with pytest.raises(StatesDataLimitExceeded, match="can be handed 1900000 at most"):
        Router().route(request({**ARGUMENTS, "Input": "x" * 2_000_000}), "temporal")


@dataclass(frozen=True)
class End:
    name: str
    outcome: Outcome
    error: str
    cause: str


def failed(kind: str, type_: str | None, message: str) -> Outcome:
    return Failed(ActivityFailure(kind, type_, message, (), heartbeat_asked=False))  # type: ignore[arg-type]  # a kind


ID = f"'Send-{request_id_of('Send-1')}'"
ENDS = [
    End("raised", failed("application", "NowhereToGo", "no stops"), "NowhereToGo", "no stops"),
    End("without a type", failed("application", None, "oops"), "States.TaskFailed", "oops"),
    End("timed out", failed("timeout", None, ""), "States.TaskFailed", f"The workflow {ID}: timed out"),
    End("stopped", failed("other", None, "it was stopped"), "States.TaskFailed", f"The workflow {ID}: it was stopped"),
]


@pytest.mark.parametrize("case", ENDS, ids=lambda case: case.name)
def test_bad_ends(case: End) -> None:
    router, task = Router(), request(ARGUMENTS)
    planned = router.route(task, "temporal").argument
    with pytest.raises(StatesError) as raised:
        router.ended(task, planned, case.outcome, 0)
    assert (raised.value.name, raised.value.cause) == (case.error, case.cause)


def test_good_end_and_a_taken_id() -> None:
    router, task = Router(), request(ARGUMENTS)
    planned = router.route(task, "temporal").argument
    assert router.ended(task, planned, Done({"a": 1}), 0) == {"a": 1}
    with pytest.raises(StatesError) as raised:
        router.taken(task, planned)
    assert raised.value.name == "Temporal.WorkflowAlreadyStarted"
