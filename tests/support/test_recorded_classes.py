"""The lists of what does not pass are in the documentation, word for word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.interpreter.jsonata.test_suite import KNOWN_FAILURES
from tests.support.conformance import Compared, Report, complaints, floors_missed
from tests.support.excuses import Excuse
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


NOTHING = Report("history", frozenset(), {})
EXCUSE = Excuse(case="known", kind="outdated", reason="why", later="a")


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
    compared = Compared(Report("history", frozenset(passed), failed), NOTHING)
    assert list(complaints({"language": [*passed, *failed]}, compared, LISTED, {})) == wanted


def test_excuses_that_do_not_hold_are_complained_of() -> None:
    recorded = Report("history", frozenset(), {"known": "x", "a": "y"})
    mended = Report("history", frozenset(), {"known": "still differs"})
    excused = {"known": EXCUSE, "b": Excuse(case="b", kind="stand-in", reason="why")}
    listed = {**LISTED, "a": NotPassed("a", frozenset({"history"}), "why")}
    assert list(complaints({"language": ["known", "a"]}, Compared(recorded, mended), listed, excused)) == [
        "FAILED by history, though excused: known: still differs",
        "FAILED by history, though it is to show what AWS answers today: a",
        "EXCUSED, but not listed as not passed: b",
        "EXCUSED, but there is no such case: b",
    ]


@pytest.mark.parametrize(
    "mended, wanted",
    [
        (set(), ["BELOW 98 % by history: all cases together", "BELOW 96 % by history: language"]),
        ({"known"}, []),
    ],
    ids=["below", "excused"],
)
def test_floors(mended: set[str], wanted: list[str]) -> None:
    compared = Compared(Report("history", frozenset({"a"}), {"known": "x"}), Report("history", frozenset(mended), {}))
    assert list(floors_missed({"language": ["a", "known"]}, compared, {"history": 98.0}, {"history": 96.0})) == wanted
