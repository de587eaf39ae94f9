"""What is not as expected is told with what was wanted and got; what is, passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.testing.conftest import RunCase
from tests.api.testing.test_run import machine, map_of, task

PASS = machine(
    A={"Type": "Pass"}, B={"Type": "Pass", "Parameters": {"n.$": "$.n", "twice.$": "States.MathAdd($.n, $.n)"}}
)
FAIL = machine(A={"Type": "Fail", "Error": "Oops", "Cause": "so it goes"})
MAP = machine(A=map_of(machine(B=task(parameters={"FunctionName": "f", "Payload": {"item.$": "$"}}))))
MAP_MOCKS = {"B": {"0": {"Return": {"n": 10}}, "1": {"Return": {"n": 20}}}}


@dataclass(frozen=True)
class Case:
    id: str
    expect: dict[str, Any]
    lines: tuple[str, ...] = ()  # of all problems; none where it passes
    definition: Any = None


PATH_A_B = '     got: ["A","B"]'

CASES = [
    Case("nothing: it must succeed", {}),
    Case("output", {"Output": {"n": 2.0, "twice": 4}}),
    Case("other output", {"Output": {"n": 2}}, ("Output", '  wanted: {"n":2}', '     got: {"n":2,"twice":4}')),
    Case("null is an output", {"Output": None}, ("Output", "  wanted: null", '     got: {"n":2,"twice":4}')),
    Case("path", {"Path": ["A", "B"]}),
    Case("path too short", {"Path": ["A"]}, ("Path", '  wanted: ["A"]', PATH_A_B)),
    Case("path in another order", {"Path": ["B", "A"]}, ("Path", '  wanted: ["B","A"]', PATH_A_B)),
    Case("visits", {"Visits": {"A": 1, "B": 1}}),
    Case("never", {"Visits": {"B": 0}}, ("Visits of 'B'", "  wanted: 0", "     got: 1")),
    Case(
        "failure that was not expected",
        {},
        ("The execution ended FAILED with Oops: so it goes", '  wanted: "SUCCEEDED"', '     got: "FAILED"'),
        FAIL,
    ),
    Case(
        "failure without a cause",
        {},
        ("The execution ended FAILED with Oops", '  wanted: "SUCCEEDED"', '     got: "FAILED"'),
        {"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Oops"}}},
    ),
    Case(
        "failure without an error",
        {},
        ("The execution ended FAILED with so it goes", '  wanted: "SUCCEEDED"', '     got: "FAILED"'),
        {"StartAt": "A", "States": {"A": {"Type": "Fail", "Cause": "so it goes"}}},
    ),
    Case("error", {"Error": "Oops"}, definition=FAIL),
    Case("cause", {"Status": "FAILED", "Cause": "so it goes"}, definition=FAIL),
    Case("other error", {"Error": "Ouch"}, ("Error", '  wanted: "Ouch"', '     got: "Oops"'), FAIL),
    Case("other cause", {"Error": "Oops", "Cause": "x"}, ("Cause", '  wanted: "x"', '     got: "so it goes"'), FAIL),
    Case("output of a failure", {"Error": "Oops", "Output": 1}, ("Output: there is none", "  wanted: 1"), FAIL),
    Case(
        "success that was not expected",
        {"Error": "Oops"},
        (
            "The execution ended SUCCEEDED",
            '  wanted: "FAILED"',
            '     got: "SUCCEEDED"',
            "Error",
            '  wanted: "Oops"',
            "     got: null",
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_expectation(case: Case, run_case: RunCase) -> None:
    report = run_case(case.definition or PASS, {}, Input={"n": 2}, Expect=case.expect)
    assert tuple(line for problem in report.problems for line in problem.lines()) == case.lines
    assert report.result == ("FAILED" if case.lines else "PASSED")


@dataclass(frozen=True)
class Assertion:
    id: str
    rule: dict[str, Any]
    fault: str | None = None


ASSERTIONS = [
    Assertion("JSONPath", {"Variable": "$[0].n", "NumericEquals": 10}),
    Assertion("JSONPath that does not hold", {"Variable": "$[0].n", "NumericEquals": 11}, "does not hold"),
    Assertion(
        "And", {"And": [{"Variable": "$[1].n", "IsNumeric": True}, {"Variable": "$input[0]", "StringEquals": "x"}]}
    ),
    Assertion("any value", {"Variable": "$[1]", "Equals": {"n": 20}}),
    Assertion("another value", {"Variable": "$[1]", "Equals": {"n": 21}}, 'is {"n":20}'),
    Assertion("a path into nothing", {"Variable": "$.x", "Equals": 1}, "cannot be evaluated: "),
    Assertion("JSONata", {"Condition": "{% $sum($output.n) = 30 and $status = 'SUCCEEDED' %}"}),
    Assertion("JSONata on the document", {"Condition": "{% $count($states.input) = 2 %}"}),
    Assertion("JSONata that does not hold", {"Condition": "{% $sum($output.n) = 31 %}"}, "does not hold"),
    Assertion("JSONata that gives no boolean", {"Condition": "{% $output.n %}"}, "cannot be evaluated: "),
    Assertion("a state, each visit", {"State": "B", "Variable": "$.n", "NumericGreaterThanEquals": 10}),
    Assertion(
        "a state, not each visit", {"State": "B", "Variable": "$.n", "NumericLessThan": 20}, "does not hold, in visit 1"
    ),
    Assertion("a state, one visit", {"State": "B", "Visit": 1, "Variable": "$.n", "NumericEquals": 20}),
    Assertion("a state's input", {"State": "B", "Visit": 1, "Variable": "$input", "StringEquals": "y"}),
    Assertion(
        "what a Task called with", {"State": "B", "Visit": 0, "Variable": "$arguments.Payload", "Equals": {"item": "x"}}
    ),
    Assertion(
        "a visit that was none",
        {"State": "B", "Visit": 2, "Variable": "$", "IsPresent": True},
        "cannot be looked at: the state was visited 2 times",
    ),
]


@pytest.mark.parametrize("case", ASSERTIONS, ids=lambda case: case.id)
def test_assertion(case: Assertion, run_case: RunCase) -> None:
    report = run_case(
        MAP, MAP_MOCKS, Input=["x", "y"], Expect={"Assert": [{"Variable": "$", "IsPresent": True}, case.rule]}
    )
    told = [problem.text for problem in report.problems]
    if case.fault is None:
        assert told == []
    else:
        assert len(told) == 1
        assert told[0].startswith('Assert[1] {"')
        assert case.fault in told[0]


def test_assertions_see_how_an_execution_failed(run_case: RunCase) -> None:
    rules = [
        {"Condition": "{% $error = 'Oops' and $contains($cause, 'goes') %}"},
        {"Variable": "$cause", "StringMatches": "so*"},
    ]
    report = run_case(FAIL, {}, Expect={"Error": "Oops", "Assert": rules})
    assert report.problems == ()
