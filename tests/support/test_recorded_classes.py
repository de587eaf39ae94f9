"""The lists of what does not pass are in the documentation, word for word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.interpreter.jsonata.test_suite import KNOWN_FAILURES
from tests.support.conformance import Report, complaints
from tests.support.recorded_classes import NotPassed, class_of, not_passed

PAGE = (Path(__file__).parents[2] / "docs" / "compatibility.md").read_text("utf-8")


def _rows(beginnings: Iterable[str]) -> list[str]:
    return [line for line in PAGE.splitlines() if line.startswith(tuple(f"| `{name}" for name in beginnings))]


def test_the_page_lists_every_recorded_case_that_does_not_pass() -> None:
    listed = not_passed().values()
    wanted = [f"| `{entry.case}` | {', '.join(sorted(entry.comparisons))} | {entry.reason} |" for entry in listed]
    assert _rows({entry.case.split("::")[0] for entry in listed}) == wanted


def test_the_page_lists_every_jsonata_case_that_does_not_pass() -> None:
    wanted = [f"| `{case}` | {reason} |" for case, reason in KNOWN_FAILURES.items()]
    assert _rows({case.split("/")[0] + "/" for case in KNOWN_FAILURES}) == wanted


@pytest.mark.parametrize(
    "case, kind",
    [
        ({"folder": "base", "services": [], "steps": [{"op": "StartExecution", "params": {}}]}, "language"),
        ({"folder": "test_state", "services": [], "steps": [{"op": "TestState"}]}, "TestState"),
        ({"folder": "test_sfn_api_map_run", "services": [], "steps": [{"op": "CreateStateMachine"}]}, "labels"),
        ({"folder": "test_sfn_api", "services": [], "steps": [{"op": "StopExecution"}]}, "API"),
        (
            {"folder": "test_sfn_api", "services": [], "steps": [{"op": "", "params": '"DISTRIBUTED"'}]},
            "Distributed Map",
        ),
        ({"folder": "services", "services": ["sqs"], "steps": [{"op": "CreateQueue"}]}, "other services"),
        (
            {"folder": "scenarios", "services": ["s3"], "steps": [{"params": '"DISTRIBUTED"', "op": ""}]},
            "Distributed Map",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_classes(case: Mapping[str, object], kind: str) -> None:
    assert class_of(case) == kind


LISTED = {"known": NotPassed("known", frozenset({"history"}), "why")}


@pytest.mark.parametrize(
    "passed, failed, wanted",
    [
        ({"a", "b"}, {"known": "x"}, []),
        ({"a", "b", "known"}, {}, ["PASSED by history, though listed as not passed: known"]),
        ({"a"}, {"b": "differs", "known": "x"}, ["FAILED by history: b: differs"]),
    ],
    ids=["as listed", "a pass", "a failure"],
)
def test_unexpected_outcomes_are_complained_of(passed: set[str], failed: dict[str, str], wanted: list[str]) -> None:
    report = Report("history", frozenset(passed), failed)
    assert list(complaints({"language": [*passed, *failed]}, [report], LISTED, {"history": 0.0})) == wanted


def test_a_class_below_its_floor_is_complained_of() -> None:
    report = Report("history", frozenset({"a"}), {"known": "x"})
    told = list(complaints({"language": ["a", "known"]}, [report], LISTED, {"history": 96.0}))
    assert told == ["BELOW 96 % by history: language"]
