"""History events as lines for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from api.cli.places import Places
from api.cli.progress import Progress, event_detail, history_row, placed_detail


@dataclass(frozen=True)
class Case:
    id: str
    detail: str
    members: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    "case",
    [
        Case("nothing to say", ""),
        Case("state", "Ship", {"stateEnteredEventDetails": {"name": "Ship", "input": "{}"}}),
        Case(
            "resource", "lambda:invoke", {"taskScheduledEventDetails": {"resource": "invoke", "resourceType": "lambda"}}
        ),
        Case("plain function", "arn:f", {"lambdaFunctionScheduledEventDetails": {"resource": "arn:f"}}),
        Case("error", "Boom: it broke", {"taskFailedEventDetails": {"error": "Boom", "cause": "it\n  broke"}}),
        Case("error without cause", "Boom", {"executionFailedEventDetails": {"error": "Boom"}}),
        Case("cause without error", "why", {"executionAbortedEventDetails": {"cause": "why"}}),
        Case("iteration", "Each [3]", {"mapIterationStartedEventDetails": {"name": "Each", "index": 3}}),
        Case("map", "40 items", {"mapStateStartedEventDetails": {"length": 40}}),
        Case("map over one", "1 item", {"mapStateStartedEventDetails": {"length": 1}}),
        Case("long cause", "E: " + "x" * 197 + "...", {"taskFailedEventDetails": {"error": "E", "cause": "x" * 900}}),
    ],
    ids=lambda case: case.id,
)
def test_detail(case: Case) -> None:
    assert event_detail({"id": 1, "type": "T", "timestamp": 0.0, **case.members}) == case.detail


def test_each_event_is_printed_once_with_the_time_since_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    first = {"id": 1, "type": "ExecutionStarted", "timestamp": datetime(2026, 1, 1, tzinfo=UTC)}
    second = {"id": 2, "type": "ExecutionSucceeded", "timestamp": datetime(2026, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)}
    progress = Progress()
    progress.show([first])
    progress.show([first, second])
    assert capsys.readouterr().out == "   0.000s  ExecutionStarted\n   1.500s  ExecutionSucceeded\n"
    assert progress.last_id == 2


def test_after_ten_silent_seconds_what_is_awaited_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    progress = Progress(clock=lambda: now)
    progress.show([event(1, 0, "TaskStateEntered", name="A"), event(2, 1, "LambdaFunctionScheduled", resource="f")])
    capsys.readouterr()
    now = 9.9
    progress.show([])
    assert capsys.readouterr().out == ""
    now = 10.0
    for _ in range(2):
        progress.show([])
    assert capsys.readouterr().out == (
        "still waiting at A: function f; if nothing serves it, start: steploom functions DIR\n"
    )


def test_of_many_awaited_calls_three_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    progress = Progress(clock=lambda: now)
    progress.show(event(number, 0, "LambdaFunctionScheduled", resource=f"f{number}") for number in range(1, 6))
    capsys.readouterr()
    now = 10.0
    progress.show([])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(";")[0].rpartition(" ")[2] for line in lines] == ["f1", "f2", "f3", "more"]
    assert lines[-1] == "and 2 more"


def test_events_before_a_redrive_are_not_printed_and_tell_where_the_others_happen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress(after=4)
    progress.show(
        [
            event(1, 0, "MapStateEntered", name="Each"),
            event(2, 1, "MapStateStarted", length=1),
            event(3, 2, "MapIterationStarted", name="Each", index=2),
            event(4, 3, "WaitStateEntered", name="Rest"),
            event(5, 4, "WaitStateExited", name="Rest"),
        ]
    )
    assert capsys.readouterr().out == f"   0.000s  {'WaitStateExited':<28}  Rest [2]\n"
    assert progress.last_id == 5


def test_row_has_id_previous_and_type() -> None:
    row = history_row({"id": 7, "previousEventId": 5, "type": "TaskStarted", "timestamp": 0.0})
    assert row == ("7", "5", "1970-01-01 00:00:00.000Z", "TaskStarted", "")


def event(id_: int, previous: int, type_: str, **details: Any) -> dict[str, Any]:
    """An event, with the details member that AWS gives its type."""
    common = next((ending for ending in ("StateEntered", "StateExited") if type_.endswith(ending)), type_)
    member = f"{common[0].lower()}{common[1:]}EventDetails"
    return {"id": id_, "previousEventId": previous, "type": type_, "timestamp": 0.0, member: details}


INVOKE = {"resource": "invoke", "resourceType": "lambda"}


def test_calls_and_states_are_told_with_their_iterations() -> None:
    told = {
        "Each": event(2, 0, "MapStateEntered", name="Each"),
        "2 items": event(3, 2, "MapStateStarted", length=2),
        "Each [0]": event(4, 3, "MapIterationStarted", name="Each", index=0),
        "Each [1]": event(5, 3, "MapIterationStarted", name="Each", index=1),
        "Work [0]": event(6, 4, "TaskStateEntered", name="Work"),
        "Inner [1]": event(7, 5, "MapStateEntered", name="Inner"),
        "Work [0]: lambda:invoke": event(8, 6, "TaskScheduled", **INVOKE),
        "1 item": event(9, 7, "MapStateStarted", length=1),
        "Inner [7]": event(10, 9, "MapIterationStarted", name="Inner", index=7),
        "Deep [1][7]": event(11, 10, "TaskStateEntered", name="Deep"),
        "Deep [1][7]: Boom: why": event(12, 11, "TaskFailed", error="Boom", cause="why", **INVOKE),
        "Boom": event(13, 12, "MapIterationFailed", name="Inner", index=7, error="Boom"),
        "Inner [1] ": event(14, 13, "MapStateExited", name="Inner"),
        "Each [1] ": event(15, 14, "MapIterationSucceeded", name="Each", index=1),
        "Each ": event(16, 15, "MapStateExited", name="Each"),
        "Last": event(17, 16, "TaskStateEntered", name="Last"),
        "Last: arn:f": event(18, 17, "LambdaFunctionScheduled", resource="arn:f"),
        "Last ": event(19, 18, "LambdaFunctionStarted"),
    }
    places = Places()
    assert [placed_detail(one, places.of(one)) for one in told.values()] == [text.rstrip() for text in told]


def test_branches_have_chains_of_their_own() -> None:
    events = [
        event(2, 0, "ParallelStateEntered", name="Both"),
        event(3, 2, "ParallelStateStarted"),
        event(4, 3, "TaskStateEntered", name="Left"),
        event(5, 3, "TaskStateEntered", name="Right"),
        event(6, 4, "TaskStarted", **INVOKE),
        event(7, 5, "TaskStarted", **INVOKE),
    ]
    places = Places()
    told = [placed_detail(one, places.of(one)) for one in events]
    assert told[-2:] == ["Left: lambda:invoke", "Right: lambda:invoke"]


def test_after_events_that_have_not_been_seen_no_state_is_told() -> None:
    one = event(9, 8, "TaskStarted", **INVOKE)
    assert placed_detail(one, Places().of(one)) == "lambda:invoke"
