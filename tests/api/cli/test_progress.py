"""History events as lines for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from api.cli.progress import Progress, event_detail, history_row


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


def test_row_has_id_previous_and_type() -> None:
    row = history_row({"id": 7, "previousEventId": 5, "type": "TaskStarted", "timestamp": 0.0})
    assert (row[0], row[1], row[3]) == ("7", "5", "TaskStarted")
