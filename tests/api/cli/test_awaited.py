"""What is awaited, told by the events of an execution."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from api.cli.awaited import Awaited
from api.cli.places import Places

Event = dict[str, Any]


def event(type_: str, *, previous: int | None = None, **details: Any) -> Event:
    """An event; `previous` is None for the one before it in the list."""
    common = "StateEntered" if type_.endswith("StateEntered") else type_
    member = f"{common[0].lower()}{common[1:]}EventDetails"
    return {"type": type_, member: details} | ({} if previous is None else {"previousEventId": previous})


def invoked(parameters: object) -> Event:
    return event("TaskScheduled", resourceType="lambda", resource="invoke", parameters=parameters)


def temporal(parameters: str) -> Event:
    return event("TaskScheduled", resourceType="temporal", resource="activity", parameters=parameters)


def submitted(kind: str, resource: str, output: object) -> Event:
    return event("TaskSubmitted", resourceType=kind, resource=resource, output=json.dumps(output))


CHILD = "arn:aws:states:us-east-1:123456789012:execution:child:one"
TAKEN = event("ActivityStarted")
ENTERED = event("TaskStateEntered", name="A")
OTHER = event("TaskStateEntered", name="A", previous=0)
PLAIN = event("LambdaFunctionScheduled", resource="arn:aws:lambda:us-east-1:123456789012:function:greet")
SEND = event("TaskScheduled", resourceType="sqs", resource="sendMessage", parameters="{}")
FUNCTION = "still waiting at A: function greet; if nothing serves it, start: steploom functions DIR"
SQS = "still waiting at A: sqs:sendMessage; if no worker runs, start: steploom worker"


@dataclass(frozen=True)
class Case:
    id: str
    events: list[Event]
    hints: list[str]


CASES = [
    Case("a function", [ENTERED, PLAIN, event("LambdaFunctionStarted")], [FUNCTION]),
    Case("an invoked one", [ENTERED, invoked(json.dumps({"FunctionName": "greet"})), event("TaskStarted")], [FUNCTION]),
    Case("parameters cut short", [ENTERED, invoked('{"Functi')], [FUNCTION.replace(" greet", "")]),
    Case("parameters not told", [ENTERED, invoked("null")], [FUNCTION.replace(" greet", "")]),
    Case("a service", [ENTERED, SEND, event("TaskStarted")], [SQS]),
    Case(
        "an activity",
        [ENTERED, event("ActivityScheduled", resource="arn:aws:states:us-east-1:123456789012:activity:pack")],
        ["still waiting at A: activity pack; a worker of yours has to take it (GetActivityTask)"],
    ),
    Case(
        "an activity that was taken", [ENTERED, event("ActivityScheduled", resource="a"), event("ActivityStarted")], []
    ),
    Case("a call that was answered", [ENTERED, PLAIN, event("LambdaFunctionSucceeded")], []),
    Case("a call that failed, to be tried again", [ENTERED, PLAIN, event("LambdaFunctionFailed", error="E")], []),
    Case(
        "an activity of Temporal",
        [ENTERED, temporal(json.dumps({"ActivityType": "Price", "TaskQueue": "pricing"})), event("TaskStarted")],
        ["still waiting at A: temporal:activity on task queue pricing; a worker of yours has to poll that task queue"],
    ),
    Case(
        "an activity of Temporal, parameters not told",
        [ENTERED, temporal("null")],
        ["still waiting at A: temporal:activity; if no worker runs, start: steploom worker"],
    ),
    Case(
        "a callback",
        [ENTERED, SEND, event("TaskStarted"), submitted("sqs", "sendMessage.waitForTaskToken", {"MessageId": "m"})],
        [
            "still waiting at A: SendTaskSuccess or SendTaskFailure with the task token of "
            "sqs:sendMessage.waitForTaskToken; who has the token sends it, also by: "
            "steploom send-task-success TOKEN --task-output JSON"
        ],
    ),
    Case(
        "a callback that has come",
        [ENTERED, SEND, submitted("sqs", "sendMessage.waitForTaskToken", {}), event("TaskSucceeded")],
        [],
    ),
    Case(
        "a nested execution",
        [ENTERED, SEND, event("TaskStarted"), submitted("states", "startExecution.sync:2", {"ExecutionArn": CHILD})],
        [f"still waiting at A: nested execution {CHILD}; see: steploom describe {CHILD}"],
    ),
    Case(
        "a workflow",
        [ENTERED, SEND, submitted("temporal", "workflow.sync", {"TaskQueue": "q", "WorkflowId": "w"})],
        ["still waiting at A: workflow w on task queue q; a worker of yours has to poll that task queue"],
    ),
    Case(
        "a job",
        [ENTERED, SEND, submitted("glue", "startJobRun.sync", {"JobRunId": "j"})],
        [
            "still waiting at A: the end of what glue:startJobRun.sync has begun; "
            "if no worker runs, start: steploom worker"
        ],
    ),
    Case("a wait", [event("WaitStateEntered", name="W")], []),
    Case(
        "two calls of branches",
        [ENTERED, PLAIN, event("TaskStateEntered", name="A", previous=0), SEND],
        [FUNCTION, SQS],
    ),
    Case(
        "one of them is answered", [ENTERED, PLAIN, SEND | {"previousEventId": 1}, event("TaskSucceeded")], [FUNCTION]
    ),
    Case("calls that were aborted", [ENTERED, PLAIN, event("TaskStateAborted", previous=1)], []),
    Case("the end", [ENTERED, PLAIN, event("ExecutionAborted", previous=0)], []),
    Case(
        "the beginning",
        [event("ExecutionStarted", previous=0)],
        [
            "still waiting for the first state; if no worker runs, start: steploom worker, "
            "or its log says why it cannot go on"
        ],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_hints(case: Case) -> None:
    awaited, places = Awaited(), Places()
    for number, one in enumerate(case.events, 1):
        numbered = {"previousEventId": number - 1} | one | {"id": number}
        awaited.see(numbered, places.of(numbered))
    assert awaited.hints(advise=True) == case.hints
    assert awaited.hints(advise=False) == [hint.partition(";")[0] for hint in case.hints]
