"""Where an execution stands, in words for the Temporal UI."""

from __future__ import annotations

from collections import ChainMap

import pytest

from interpreter.definition.model import LambdaFunctionResource
from interpreter.effects import ActivityCall, CallbackWait, Operation, TaskCall, TaskRequest, Timer
from interpreter.frames import Frame, Group
from interpreter.hosts.details import describe_frames
from interpreter.values import MISSING
from tests.support.executions import parsed

_MACHINE = parsed('{"StartAt":"S","States":{"S":{"Type":"Succeed"}}}').machine
_REQUEST = TaskRequest(LambdaFunctionResource("arn:f"), None, "T", "T-1", None, None)

_DOING: dict[str, tuple[Operation, str]] = {
    "call": (
        TaskCall(_REQUEST, ActivityCall("charge", "functions", None, "ours")),
        "- **T**: calling charge on functions",
    ),
    "callback": (CallbackWait("T", "T-1", None, None), "- **T**: waiting for its task token"),
    "timer": (Timer(5, "Wait: T"), "- **T**: Wait: T"),
}


def _frame(name: str) -> Frame:
    return Frame(_MACHINE, name, None, ChainMap(), 0)


@pytest.mark.parametrize("operation, line", _DOING.values(), ids=_DOING)
def test_what_a_state_waits_for(operation: Operation, line: str) -> None:
    frame = _frame("T")
    frame.live[1] = operation

    assert describe_frames(frame) == line


def test_retries_are_counted() -> None:
    frame = _frame("T")
    frame.retries = [1, 2]

    assert describe_frames(frame) == "- **T** (retry 3)"


def _group(count: int) -> Frame:
    frame = _frame("M")
    frame.group = Group([MISSING] * (count + 3), 0, None, None, count, next_index=count + 1)
    frame.group.running = {index: _frame(f"I{index}") for index in range(count)}
    return frame


def test_children_stand_below_their_state() -> None:
    assert describe_frames(_group(2)) == "- **M**: 1 of 5 done\n  - **I0**\n  - **I1**"


def test_much_is_cut() -> None:
    lines = describe_frames(_group(40)).split("\n")

    assert len(lines) == 16
    assert lines[-1] == "  - ... and 26 more"
