"""What a run starts with, as Temporal keeps it: old inputs load, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from interpreter.start import ExecutionStart, Redrive
from interpreter.values import JsonValue, json_bytes, parse_json
from tests.support.executions import Case, execution_start

_START = execution_start(Case(name="run", definition=None, source="", status="SUCCEEDED", history=[]))
_REDRIVEN = replace(_START, redrive=Redrive(2, 1_700_000_000_001, ("first", "second")))


@pytest.mark.parametrize(
    "start",
    [_START, _REDRIVEN, replace(_REDRIVEN, continued=("third",))],
    ids=["started", "redriven", "redriven and gone on with"],
)
def test_it_is_read_as_it_was_written(start: ExecutionStart) -> None:
    written = parse_json(json_bytes(start.to_json()))
    assert isinstance(written, dict)
    assert ExecutionStart.from_json(written) == start


def test_what_nobody_asked_for_takes_no_room() -> None:
    assert not {"redrive", "continued", "version_arn", "logging"} & _START.to_json().keys()


def test_members_of_later_releases_are_passed_over() -> None:
    later: dict[str, JsonValue] = {**_START.to_json(), "moon": "full"}
    assert ExecutionStart.from_json(later) == _START


def test_runs_before() -> None:
    assert _START.earlier_runs == ()
    assert replace(_REDRIVEN, continued=("third",)).earlier_runs == ("first", "second", "third")
    assert (_START.redrive_count, _REDRIVEN.redrive_count) == (0, 2)
