"""Tasks side by side that run out of time: where one is told of first, those scheduled with it have, too."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from activities.router import Router
from interpreter.effects import ActivityFailure, Done, Failed, Outcome, TaskCall, Timer
from interpreter.execution import Execution
from interpreter.history import Clock, KeepingLedger
from interpreter.start import ENGINE
from interpreter.values import JsonValue, json_text
from tests.support.executions import Case, execution_start, parsed, without_time
from tests.support.fake_effects import FakeEffects
from tests.support.short_histories import compact

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
TASK: dict[str, JsonValue] = {"Type": "Task", "Resource": FUNCTION, "TimeoutSeconds": 1, "End": True}
INVOKE: dict[str, JsonValue] = {
    **TASK,
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "f"},
}
TIMED_OUT: Outcome = Failed(ActivityFailure("timeout", None, "", (), heartbeat_asked=False))
BROKEN: Outcome = Failed(ActivityFailure("application", "Broken", "", (), heartbeat_asked=False))


@dataclass
class Run:
    """An execution from its start, whose calls are answered one by one."""

    definition: JsonValue
    engine: int = ENGINE

    def __post_init__(self) -> None:
        case = Case(name="group", definition=self.definition, source="", status="FAILED", history=(), input=[1, 2, 3])
        self.clock = Clock(0)
        self.port, self.ledger = FakeEffects(self.clock), KeepingLedger(None, self.clock)
        start = dataclasses.replace(execution_start(case), engine=self.engine)
        self.execution = Execution(parsed(case.text), start, case.input, self.port, Router(), self.ledger)
        self.execution.begin(json_text(case.input))
        self.execution.run()

    def answer(self, call: int, outcome: Outcome, at: int) -> list[str]:
        """The events that follow from the outcome of a call, `at` milliseconds from the start."""
        before = len(self.ledger.events)
        self.clock.now = at
        number = [number for number, operation in self.port.started.items() if isinstance(operation, TaskCall)][call]
        del self.port.started[number]
        self.execution.settle([(number, outcome)])
        self.execution.run()
        return compact(without_time(self.ledger.events))[before:]

    def elapse(self, at: int) -> None:
        """Let the one timer fire, `at` milliseconds from the start."""
        self.clock.now = at
        (number,) = [number for number, operation in self.port.started.items() if isinstance(operation, Timer)]
        del self.port.started[number]
        self.execution.settle([(number, Done(None))])
        self.execution.run()


def map_of(task: JsonValue) -> JsonValue:
    processor: JsonValue = {"StartAt": "T", "States": {"T": task}}
    return {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": processor, "End": True}}}


def branches(*states: JsonValue) -> JsonValue:
    machines: JsonValue = [{"StartAt": f"S{n}", "States": {f"S{n}": state}} for n, state in enumerate(states)]
    return {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": machines, "End": True}}}


def test_iterations_time_out_together() -> None:
    """Recorded of four items, whose events stand in this order."""
    run = Run(map_of(INVOKE))

    assert run.answer(0, TIMED_OUT, 1000) == [
        "16<9 TaskTimedOut E=States.Timeout",
        "17<12 TaskTimedOut E=States.Timeout",
        "18<15 TaskTimedOut E=States.Timeout",
        "19<16 MapIterationFailed #0",
        "20<16 TaskStateAborted",
        "21<16 MapIterationAborted #1",
        "22<16 TaskStateAborted",
        "23<16 MapIterationAborted #2",
        "24<16 TaskStateAborted",
        "25<16 MapStateFailed",
        "26<25 ExecutionFailed E=States.Timeout",
    ]
    assert not run.port.started, "the other calls are given up"


def test_the_first_iteration_fails_whichever_is_told_of_first() -> None:
    run = Run(map_of(INVOKE))

    assert run.answer(2, TIMED_OUT, 1000)[:6] == [
        "16<15 TaskTimedOut E=States.Timeout",
        "17<9 TaskTimedOut E=States.Timeout",
        "18<12 TaskTimedOut E=States.Timeout",
        "19<17 MapIterationFailed #0",
        "20<17 TaskStateAborted",
        "21<17 MapIterationAborted #1",
    ]
    assert not run.port.started, "the other calls are given up"


def test_an_iteration_that_would_be_retried_does_not_fail() -> None:
    retried: JsonValue = {
        **TASK,
        "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 1}],
    }
    run = Run(map_of(retried))
    run.answer(2, TIMED_OUT, 1)
    run.elapse(1001)

    told = run.answer(2, TIMED_OUT, 2001)

    assert [line.split()[1] for line in told if "MapIterationFailed" in line] == ["MapIterationFailed"]
    assert any(line.endswith("MapIterationFailed #2") for line in told)


WAIT: JsonValue = {"Type": "Wait", "Seconds": 9, "End": True}
INNER: JsonValue = {"Type": "Parallel", "Branches": [{"StartAt": "T", "States": {"T": TASK}}], "End": True}


@pytest.mark.parametrize(
    "others, events",
    [
        ([TASK], ["LambdaFunctionTimedOut", "LambdaFunctionTimedOut"]),
        ([TASK, INVOKE], ["LambdaFunctionTimedOut", "LambdaFunctionTimedOut", "TaskTimedOut"]),
        ([{**TASK, "TimeoutSeconds": 2}], ["LambdaFunctionTimedOut"]),
        ([WAIT], ["LambdaFunctionTimedOut"]),
        ([INNER], ["LambdaFunctionTimedOut", "LambdaFunctionTimedOut"]),
    ],
    ids=["a function", "a service", "more time", "a Wait", "deeper inside"],
)
def test_only_what_has_had_its_time(others: Sequence[JsonValue], events: Sequence[str]) -> None:
    told = Run(branches(TASK, *others)).answer(0, TIMED_OUT, 1000)

    assert [line.split()[1] for line in told if "TimedOut" in line] == events


@pytest.mark.parametrize(
    "outcome, at, engine",
    [(BROKEN, 1000, ENGINE), (TIMED_OUT, 999, ENGINE), (TIMED_OUT, 1000, 2)],
    ids=["another error", "too early", "an earlier engine"],
)
def test_the_others_are_only_stopped(outcome: Outcome, at: int, engine: int) -> None:
    told = Run(map_of(TASK), engine).answer(0, outcome, at)

    assert len([line for line in told if "TimedOut" in line or "FunctionFailed" in line]) == 1
    assert len([line for line in told if "TaskStateAborted" in line]) == 3


@pytest.mark.parametrize("outcome", [Done({}), BROKEN], ids=["succeeded", "failed and waits to be tried again"])
def test_an_attempt_that_is_over_has_no_deadline(outcome: Outcome) -> None:
    retried: JsonValue = {**TASK, "Retry": [{"ErrorEquals": ["Broken"], "IntervalSeconds": 9}]}
    run = Run(branches({**TASK, "TimeoutSeconds": 5}, retried))
    run.answer(1, outcome, 1)

    told = run.answer(0, TIMED_OUT, 5000)

    assert [line.split()[1] for line in told if "TimedOut" in line] == ["LambdaFunctionTimedOut"]
