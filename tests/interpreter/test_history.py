"""Events as GetExecutionHistory shows them: every kind of details, with data and without; and who counts them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from botocore.model import StringShape, StructureShape
from botocore.session import Session

from interpreter.history import (
    Clock,
    Details,
    ExecutionStarted,
    Failure,
    FunctionScheduled,
    HistoryEvent,
    HistoryFull,
    Iteration,
    KeepingLedger,
    Ledger,
    Length,
    Output,
    Resource,
    ResourceFailure,
    ResourceOutput,
    Scheduled,
    StateEntered,
    StateExited,
    render,
)
from interpreter.values import JsonValue
from tests.support.executions import InProcessRun, all_cases

_CUT: JsonValue = {"truncated": False}
_ROLE = "arn:aws:iam::123456789012:role/r"


@dataclass(frozen=True)
class Shown:
    """`bare` is what is left without data; the same as `whole` where None."""

    type: str
    details: Details | None
    member: str
    whole: JsonValue
    bare: JsonValue = None

    def __str__(self) -> str:
        return f"{self.type}-{self.whole}"


SHOWN = [
    Shown(
        "ExecutionStarted",
        ExecutionStarted(' {"a": 1}', _ROLE, None, None),
        "executionStartedEventDetails",
        {"input": ' {"a": 1}', "inputDetails": _CUT, "roleArn": _ROLE},
        {"roleArn": _ROLE},
    ),
    Shown(
        "ExecutionStarted",
        ExecutionStarted("{}", _ROLE, "m:1", "m:live"),
        "executionStartedEventDetails",
        {
            "input": "{}",
            "inputDetails": _CUT,
            "roleArn": _ROLE,
            "stateMachineVersionArn": "m:1",
            "stateMachineAliasArn": "m:live",
        },
        {"roleArn": _ROLE, "stateMachineVersionArn": "m:1", "stateMachineAliasArn": "m:live"},
    ),
    Shown(
        "ChoiceStateEntered",
        StateEntered("C", {"b": [1, "ä"]}),
        "stateEnteredEventDetails",
        {"name": "C", "input": '{"b":[1,"ä"]}', "inputDetails": _CUT},
        {"name": "C"},
    ),
    Shown(
        "MapStateExited",
        StateExited("M", None, None),
        "stateExitedEventDetails",
        {"name": "M", "output": "null", "outputDetails": _CUT},
        {"name": "M"},
    ),
    Shown(
        "PassStateExited",
        StateExited("P", "text", {"x": 7, "s": "literal"}),
        "stateExitedEventDetails",
        {
            "name": "P",
            "output": '"text"',
            "outputDetails": _CUT,
            "assignedVariables": {"x": "7", "s": '"literal"'},
            "assignedVariablesDetails": _CUT,
        },
        {"name": "P"},
    ),
    Shown(
        "TaskScheduled",
        Scheduled("lambda", "invoke", "us-east-1", {"p": 1}, None, None, None),
        "taskScheduledEventDetails",
        {"resourceType": "lambda", "resource": "invoke", "region": "us-east-1", "parameters": '{"p":1}'},
        {"resourceType": "lambda", "resource": "invoke", "region": "us-east-1"},
    ),
    Shown(
        "TaskScheduled",
        Scheduled("sqs", "sendMessage.waitForTaskToken", "us-east-1", {}, 30, 10, _ROLE),
        "taskScheduledEventDetails",
        {
            "resourceType": "sqs",
            "resource": "sendMessage.waitForTaskToken",
            "region": "us-east-1",
            "parameters": "{}",
            "timeoutInSeconds": 30,
            "heartbeatInSeconds": 10,
            "taskCredentials": {"roleArn": _ROLE},
        },
        {
            "resourceType": "sqs",
            "resource": "sendMessage.waitForTaskToken",
            "region": "us-east-1",
            "timeoutInSeconds": 30,
            "heartbeatInSeconds": 10,
            "taskCredentials": {"roleArn": _ROLE},
        },
    ),
    Shown(
        "LambdaFunctionScheduled",
        FunctionScheduled("arn:f", [1], 5, None, _ROLE),
        "lambdaFunctionScheduledEventDetails",
        {
            "resource": "arn:f",
            "input": "[1]",
            "inputDetails": _CUT,
            "timeoutInSeconds": 5,
            "taskCredentials": {"roleArn": _ROLE},
        },
        {"resource": "arn:f", "timeoutInSeconds": 5, "taskCredentials": {"roleArn": _ROLE}},
    ),
    Shown(
        "TaskStarted",
        Resource("lambda", "invoke"),
        "taskStartedEventDetails",
        {"resourceType": "lambda", "resource": "invoke"},
    ),
    Shown(
        "TaskSubmitted",
        ResourceOutput("lambda", "invoke", 1),
        "taskSubmittedEventDetails",
        {"resourceType": "lambda", "resource": "invoke", "output": "1", "outputDetails": _CUT},
        {"resourceType": "lambda", "resource": "invoke"},
    ),
    Shown(
        "TaskFailed",
        ResourceFailure("lambda", "invoke", "Boom", ""),
        "taskFailedEventDetails",
        {"resourceType": "lambda", "resource": "invoke", "error": "Boom", "cause": ""},
    ),
    Shown(
        "TaskTimedOut",
        ResourceFailure("lambda", "invoke", "States.Timeout", None),
        "taskTimedOutEventDetails",
        {"resourceType": "lambda", "resource": "invoke", "error": "States.Timeout"},
    ),
    Shown(
        "LambdaFunctionSucceeded",
        Output({"o": 1}),
        "lambdaFunctionSucceededEventDetails",
        {"output": '{"o":1}', "outputDetails": _CUT},
        {},
    ),
    Shown(
        "ExecutionSucceeded", Output(1), "executionSucceededEventDetails", {"output": "1", "outputDetails": _CUT}, {}
    ),
    Shown("ExecutionFailed", Failure("Boom", "why"), "executionFailedEventDetails", {"error": "Boom", "cause": "why"}),
    Shown("ExecutionFailed", Failure(None, None), "executionFailedEventDetails", {}),
    Shown("ExecutionAborted", Failure(None, "why"), "executionAbortedEventDetails", {"cause": "why"}),
    Shown(
        "LambdaFunctionTimedOut",
        Failure("States.Timeout", None),
        "lambdaFunctionTimedOutEventDetails",
        {"error": "States.Timeout"},
    ),
    Shown("MapStateStarted", Length(0), "mapStateStartedEventDetails", {"length": 0}),
    Shown("MapIterationAborted", Iteration("M", 3), "mapIterationAbortedEventDetails", {"name": "M", "index": 3}),
]


@pytest.mark.parametrize("case", SHOWN, ids=str)
def test_details(case: Shown) -> None:
    event = HistoryEvent(3, case.type, 2, 1_700_000_000_123, case.details)
    common = {"timestamp": 1_700_000_000.123, "type": case.type, "id": 3, "previousEventId": 2}

    assert render([event]) == [{**common, case.member: case.whole}]
    bare = case.whole if case.bare is None else case.bare
    assert render([event], include_data=False) == [{**common, case.member: bare}]


def test_an_event_without_details() -> None:
    event = HistoryEvent(3, "ParallelStateStarted", 2, 1_000, None)

    assert render([event]) == [{"timestamp": 1.0, "type": "ParallelStateStarted", "id": 3, "previousEventId": 2}]


def test_ids_ascend_and_times_are_the_clocks() -> None:
    clock = Clock(5)
    ledger = KeepingLedger(None, clock)

    first = ledger.record("A", 0)
    clock.now = 9
    second = ledger.record("B", first, Length(1))

    assert ledger.events == [HistoryEvent(1, "A", 0, 5, None), HistoryEvent(2, "B", 1, 9, Length(1))]
    assert (first, second, ledger.next_id) == (1, 2, 3)


def test_the_last_id_belongs_to_the_end() -> None:
    ledger = Ledger(3)
    ledger.record("ExecutionStarted", 0)
    ledger.record("PassStateEntered", 0)

    with pytest.raises(HistoryFull, match=r"maximum number of history events \(3\)"):
        ledger.record("PassStateExited", 2)

    assert ledger.next_id == 3
    assert ledger.record("ExecutionFailed", 2) == 3


def test_without_a_quota_there_is_no_last_id() -> None:
    ledger = Ledger(None, next_id=1_000_000)

    assert ledger.record("PassStateEntered", 0) == 1_000_000


async def test_events_have_the_members_of_awss_model() -> None:
    model = Session().get_service_model("stepfunctions")
    event, kind = model.shape_for("HistoryEvent"), model.shape_for("HistoryEventType")
    assert isinstance(event, StructureShape)
    assert isinstance(kind, StringShape)
    for case in all_cases():
        if case.time == "real" or case.name.startswith("limits"):
            continue
        for shown in (await InProcessRun(case).run()).events:
            assert shown["type"] in kind.enum, case.name
            for member, details in shown.items():
                shape = event.members[member]
                if isinstance(details, dict):
                    assert isinstance(shape, StructureShape)
                    assert set(shape.required_members) <= details.keys() <= shape.members.keys(), case.name
