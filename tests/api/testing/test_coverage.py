"""Coverage: every state, rule, Default, retrier and catcher of a definition, and which of them were reached."""

from __future__ import annotations

from api.testing.coverage import describe
from tests.api.testing.conftest import RunFile
from tests.api.testing.test_run import machine, map_of, task

RETRY = [{"ErrorEquals": ["Busy", "Slow"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}]
DEFINITION = machine(
    A={
        "Type": "Choice",
        "Choices": [
            {"Variable": "$.way", "StringEquals": "B", "Next": "B"},
            {"Variable": "$.way", "StringEquals": "D", "Next": "D"},
        ],
        "Default": "D",
    },
    B=task(Retry=RETRY, Catch=[{"ErrorEquals": ["Busy"], "Next": "D"}, {"ErrorEquals": ["States.ALL"], "Next": "D"}]),
    D=map_of(machine(E={"Type": "Pass"}), ItemsPath="$.items"),
)


def test_coverage_is_that_of_all_cases_together(run_file: RunFile) -> None:
    content = {
        "StateMachines": {
            "m": {
                "Definition": DEFINITION,
                "TestCases": {"default": {}, "busy": {"B": "Busy"}},
                "Tests": {"default": {"Input": {"way": "", "items": []}}, "busy": {"Input": {"way": "B"}}},
            }
        },
        "MockedResponses": {"Busy": {"0-1": {"Throw": {"Error": "Busy"}}}},
    }
    [report] = run_file(content)
    coverage = report.coverage
    assert coverage.states == (3, 4)
    assert coverage.branches == (4, 7)
    assert round(coverage.percent, 3) == round(100 * 7 / 11, 3)
    assert [describe(point, report.definition) for point in coverage.missed] == [
        "A Choices[1] -> D",
        "B Retry[1] States.ALL",
        "B Catch[1] States.ALL -> D",
        "E",
    ]
    reached = [describe(point, report.definition) for point in coverage.points if point in coverage.reached]
    assert reached == [
        "A",
        "A Choices[0] -> B",
        "A Default -> D",
        "B",
        "B Retry[0] Busy, Slow",
        "B Catch[0] Busy -> D",
        "D",
    ]
