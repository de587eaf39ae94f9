"""Which events are logged, and how."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from interpreter.event_log import ExecutionLog, LogLevel, is_logged
from interpreter.history import Failure, HistoryEvent, StateEntered
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue

ARN = "arn:aws:states:us-east-1:123456789012:execution:m:e"


class Lines:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[tuple[str, JsonValue]] = []

    def write(self, group: str, lines: Sequence[bytes]) -> None:
        self.written += [(group, json.loads(line)) for line in lines]


def start(level: LogLevel, *, data: bool = False) -> ExecutionStart:
    return ExecutionStart(
        definition="",
        execution_arn=ARN,
        state_machine_arn="",
        name="e",
        role_arn="",
        start_date=0,
        seed="",
        logging={"level": level, "data": data, "group": "g", "new": 1},
    )


ENTERED = HistoryEvent(2, "PassStateEntered", 1, 1700000000123, StateEntered("P", {"a": 1}))
FAILED = HistoryEvent(4, "ExecutionFailed", 3, 1700000000124, Failure("E", None))


@pytest.mark.parametrize(
    "type_, levels",
    [
        ("PassStateEntered", "ALL"),
        ("ExecutionStarted", "ALL"),
        ("ExecutionSucceeded", "ALL"),
        ("FailStateEntered", "ALL ERROR"),
        ("TaskFailed", "ALL ERROR"),
        ("LambdaFunctionTimedOut", "ALL ERROR"),
        ("EvaluationFailed", "ALL ERROR"),
        ("MapIterationAborted", "ALL ERROR"),
        ("ExecutionFailed", "ALL ERROR FATAL"),
        ("ExecutionTimedOut", "ALL ERROR FATAL"),
        ("ExecutionAborted", "ALL ERROR FATAL"),
    ],
)
def test_levels(type_: str, levels: str) -> None:
    every: tuple[LogLevel, ...] = ("ALL", "ERROR", "FATAL")
    assert [level for level in every if is_logged(type_, level)] == levels.split()


def test_records() -> None:
    lines = Lines()
    log = ExecutionLog(start("ALL", data=True), lines)
    log.add(ENTERED)
    log.add(HistoryEvent(3, "ParallelStateStarted", 2, 1, None))
    assert lines.written == [], "until it is told"
    log.flush()
    log.flush()
    rest = {"execution_arn": ARN, "redrive_count": "0"}
    assert lines.written == [
        (
            "g",
            {
                "id": "2",
                "type": "PassStateEntered",
                "details": {"name": "P", "input": '{"a":1}', "inputDetails": {"truncated": False}},
                "previous_event_id": "1",
                "event_timestamp": "1700000000123",
            }
            | rest,
        ),
        (
            "g",
            {
                "id": "3",
                "type": "ParallelStateStarted",
                "details": {},
                "previous_event_id": "2",
                "event_timestamp": "1",
            }
            | rest,
        ),
    ]


def test_without_data() -> None:
    lines = Lines()
    log = ExecutionLog(start("ALL"), lines)
    log.add(ENTERED)
    log.add(FAILED)
    log.flush()
    shown = [record["details"] for _, record in lines.written if isinstance(record, dict)]
    assert shown == [{"name": "P"}, {"error": "E"}]


def test_a_level_lets_events_pass() -> None:
    lines = Lines()
    log = ExecutionLog(start("FATAL"), lines)
    log.add(ENTERED)
    log.add(FAILED)
    log.flush()
    assert [record["type"] for _, record in lines.written if isinstance(record, dict)] == ["ExecutionFailed"]


def test_a_replay_is_not_logged_again() -> None:
    lines = Lines()
    log = ExecutionLog(start("ALL"), lines)
    log.muted = True
    log.add(ENTERED)
    log.muted = False
    log.add(FAILED)
    log.flush()
    assert len(lines.written) == 1
