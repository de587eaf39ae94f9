"""The run state as JSON: what a checkpoint keeps, and that it comes back as it was."""

from __future__ import annotations

import json
from collections import ChainMap
from typing import cast

import pytest

from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesHeartbeatTimeout, StatesTimeout
from interpreter.frames import (
    Ended,
    Frame,
    Group,
    JsonObject,
    MapItem,
    child_machine,
    frame_from_json,
    frame_to_json,
)
from interpreter.values import MISSING, JsonValue
from tests.support.executions import parsed

_PASS = {"Type": "Pass", "End": True}
_MACHINE = parsed(
    json.dumps(
        {
            "StartAt": "P",
            "States": {
                "P": {
                    "Type": "Parallel",
                    "Branches": [
                        {"StartAt": "A", "States": {"A": _PASS}},
                        {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 1, "End": True}}},
                    ],
                    "Next": "M",
                },
                "M": {
                    "Type": "Map",
                    "ItemProcessor": {"StartAt": "I", "States": {"I": _PASS}},
                    "End": True,
                },
            },
        }
    )
).machine


def _root(state: str = "P", **members: object) -> Frame:
    return Frame(_MACHINE, state, {"k": 1}, ChainMap({"v": [1]}), 7, **members)  # type: ignore[arg-type]  # by name


def _again(frame: Frame) -> Frame:
    text = json.dumps(frame_to_json(frame))
    return frame_from_json(cast(JsonObject, json.loads(text)), _MACHINE, None)


def test_a_frame_before_its_state() -> None:
    frame = _again(_root())

    assert frame_to_json(frame) == {"state": "P", "input": {"k": 1}, "chain": 7, "variables": {"v": [1]}}
    assert (frame.entered, frame.due, frame.retrying, frame.group, frame.ended) == (0, None, False, None, None)


def test_a_frame_that_waits_for_its_retry() -> None:
    frame = _again(_root(entered=5, entered_at=1_000, retries=[1, 0, 2], due=9_000, retrying=True))

    assert (frame.entered, frame.entered_at, frame.retries, frame.retry_count) == (5, 1_000, [1, 0, 2], 3)
    assert (frame.due, frame.retrying) == (9_000, True)


def test_children_read_the_scope_around_them() -> None:
    root = _root(entered=5)
    root.group = Group([{"done": None}, MISSING], 9, None, {"in": 1}, 2, next_index=2)
    child = root.child(child_machine(root, 1), {"c": 1}, 6, None)
    child.variables["own"] = "mine"
    root.group.running[1] = child

    group = _again(root).group

    assert group is not None
    assert group.results == [{"done": None}, MISSING]
    assert (group.chain, group.next_index, group.width, group.items) == (9, 2, 2, None)
    again = group.running[1]
    assert again.machine is child.machine
    assert dict(again.variables) == {"v": [1], "own": "mine"}
    assert again.variables.maps[0] == {"own": "mine"}


def test_a_null_result_is_not_a_missing_one() -> None:
    root = _root(entered=5)
    root.group = Group([None, MISSING], 9, None, None, 2)

    group = _again(root).group

    assert group is not None
    assert group.results == [None, MISSING]


def test_items_of_a_map() -> None:
    root = _root("M", entered=5)
    items = [MapItem(0, "x"), MapItem(1, None, "key")]
    root.group = Group([MISSING, MISSING], 9, items, {"whole": True}, 1, next_index=1)
    root.group.running[0] = root.child(child_machine(root, 0), "x", 10, items[0])

    group = _again(root).group

    assert group is not None
    assert group.items == items
    assert group.input == {"whole": True}
    assert group.running[0].item == items[0]


ENDS: list[Ended] = [
    Ended({"a": 1}),
    Ended(None),
    Ended(None, StatesError("Boom", "broken")),
    Ended(None, StatesError(None)),
    Ended(None, StatesTimeout()),
    Ended(None, StatesHeartbeatTimeout()),
    Ended(None, StatesDataLimitExceeded("too large")),
]


@pytest.mark.parametrize("ended", ENDS, ids=repr)
def test_how_a_child_ended_until_its_parent_takes_it_in(ended: Ended) -> None:
    again = _again(_root(ended=ended)).ended

    assert again is not None
    assert again.output == ended.output
    assert type(again.error) is type(ended.error)
    if ended.error is not None and again.error is not None:
        assert (again.error.name, again.error.cause) == (ended.error.name, ended.error.cause)


def test_the_next_state_is_entered_afresh() -> None:
    frame = _root(entered=5, retries=[2], due=3, retrying=True)
    frame.group = Group([], 9, None, None, 1)

    frame.move("M", [1])

    assert (frame.state_name, frame.input, frame.chain) == ("M", [1], 7)
    assert frame_to_json(frame) == {"state": "M", "input": [1], "chain": 7, "variables": {"v": [1]}}


def test_a_state_without_children() -> None:
    inner = _root().child(_MACHINE.states["P"].branches[0], None, 0, None)  # type: ignore[union-attr]  # a Parallel

    with pytest.raises(TypeError, match="no children"):
        child_machine(inner, 0)


SHOWN: list[tuple[MapItem, JsonValue]] = [
    (MapItem(0, 5), {"Index": 0, "Value": 5, "Source": "STATE_DATA"}),
    (MapItem(1, {}, "k"), {"Index": 1, "Key": "k", "Value": {}, "Source": "STATE_DATA"}),
]


@pytest.mark.parametrize("item, shown", SHOWN, ids=["array", "object"])
def test_an_item_in_the_context_object(item: MapItem, shown: JsonValue) -> None:
    assert item.as_json() == shown
