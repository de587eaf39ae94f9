"""The context object (`$$`) of a STANDARD execution, member for member and in AWS's order."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace

from interpreter.context_object import ContextView, ExecutionContext
from interpreter.frames import Frame, MapItem
from interpreter.start import Redrive
from interpreter.values import json_text
from tests.support.executions import START_DATE, Case, execution_start, parsed

_START = execution_start(Case(name="run", definition=None, source="", status="SUCCEEDED", history=[]))
_CONTEXT = ExecutionContext(_START, {"in": 1})
_MACHINE = parsed('{"StartAt":"S","States":{"S":{"Type":"Succeed"}}}').machine


def _frame(item: MapItem | None = None) -> Frame:
    frame = Frame(_MACHINE, "S", None, ChainMap(), 0, item, entered=2, entered_at=START_DATE + 5)
    frame.retries = [1, 2]
    return frame


def test_the_whole_object() -> None:
    assert json_text(ContextView(_CONTEXT, _frame()).as_json()) == (
        '{"Execution":{"Id":"arn:aws:states:us-east-1:123456789012:execution:compliance:run","Input":{"in":1},'
        '"StartTime":"2023-11-14T22:13:20.000Z","Name":"run","RoleArn":"arn:aws:iam::123456789012:role/states",'
        '"RedriveCount":0},'
        '"StateMachine":{"Id":"arn:aws:states:us-east-1:123456789012:stateMachine:compliance","Name":"compliance"},'
        '"State":{"Name":"S","EnteredTime":"2023-11-14T22:13:20.005Z"}}'
    )


def test_what_is_shown_where_it_is() -> None:
    item = MapItem(3, "v", "k")

    shown = ContextView(_CONTEXT, _frame(item), retries=True, token="secret").as_json()

    assert shown["State"] == {"Name": "S", "EnteredTime": "2023-11-14T22:13:20.005Z", "RetryCount": 3}
    assert shown["Task"] == {"Token": "secret"}
    assert shown["Map"] == {"Item": {"Index": 3, "Key": "k", "Value": "v", "Source": "STATE_DATA"}}


def test_an_item_about_to_start_hides_the_one_around_it() -> None:
    shown = ContextView(_CONTEXT, _frame(MapItem(0, "outer")), item=MapItem(7, "inner")).as_json()

    assert shown["Map"] == {"Item": {"Index": 7, "Value": "inner", "Source": "STATE_DATA"}}


def test_a_redriven_execution() -> None:
    redriven = replace(_START, redrive=Redrive(2, START_DATE + 60_000, ("run", "run")))

    shown = ContextView(ExecutionContext(redriven, {}), _frame()).as_json()["Execution"]

    assert isinstance(shown, dict)
    assert shown["StartTime"] == "2023-11-14T22:13:20.000Z"
    assert list(shown.items())[-2:] == [("RedriveCount", 2), ("RedriveTime", "2023-11-14T22:14:20.000Z")]
