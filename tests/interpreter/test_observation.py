"""What an observer is told of a whole execution, in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from activities.registry import Registry
from activities.router import Router
from interpreter.definition.parse import parse_definition
from interpreter.effects import ActivityFailure, TaskCall
from interpreter.errors import StatesError
from interpreter.frames import Frame
from interpreter.hosts.inprocess import CallFailed, InProcessHost
from interpreter.values import JsonValue, json_text
from tests.support.executions import Case, execution_start


class Recorder:
    """Notes each call as one line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def _note(self, frame: Frame, word: str, detail: str) -> None:
        self.lines.append(f"{frame.state_name} {word} {detail}")

    def entered(self, frame: Frame) -> None:
        self._note(frame, "entered", json_text(frame.input))

    def exited(self, frame: Frame, output: JsonValue) -> None:
        self._note(frame, "exited", json_text(output))

    def called(self, frame: Frame, arguments: JsonValue) -> None:
        self._note(frame, "called", json_text(arguments))

    def chose(self, frame: Frame, index: int | None) -> None:
        self._note(frame, "chose", str(index))

    def failed(self, frame: Frame, error: StatesError) -> None:
        self._note(frame, "failed", str(error.name))

    def retried(self, frame: Frame, index: int) -> None:
        self._note(frame, "retried", str(index))

    def caught(self, frame: Frame, index: int) -> None:
        self._note(frame, "caught", str(index))


def observed(definition: Mapping[str, Any], input_: JsonValue, errors: Sequence[str] = ()) -> list[str]:
    """The lines of an execution; each call of a function fails with the next of `errors`, or answers 1."""
    left = list(errors)

    async def invoke(call: TaskCall) -> JsonValue:
        if left:
            raise CallFailed(ActivityFailure("application", left.pop(0), "", (), heartbeat_asked=False))
        return 1

    async def run() -> list[str]:
        text = json.dumps(definition)
        case = Case(name="observed", definition=definition, source="", status="SUCCEEDED", history=())  # type: ignore[arg-type]  # JSON
        start = execution_start(case)
        host = InProcessHost(parse_definition(text, Registry()), start, input_, Router(), invoke, skip_time=True)
        recorder = Recorder()
        host.execution.observer = recorder
        await host.run()
        return recorder.lines

    return asyncio.run(run())


CATCH_ALL = {"ErrorEquals": ["States.ALL"], "Next": "B", "ResultPath": None}
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "Retry": [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Busy"], "MaxAttempts": 1}],
    "Catch": [{"ErrorEquals": ["Other"], "Next": "B"}, CATCH_ALL],
    "Next": "B",
}
B = {"Type": "Pass", "Result": "b", "End": True}


def test_a_task_that_is_retried_and_succeeds() -> None:
    assert observed({"StartAt": "A", "States": {"A": TASK, "B": B}}, {}, ["Busy"]) == [
        "A entered {}",
        "A called {}",
        "A retried 1",
        "A failed Busy",
        "A called {}",
        "A exited 1",
        "B entered 1",
        'B exited "b"',
    ]


def test_a_task_whose_retries_are_used_up_is_caught() -> None:
    assert observed({"StartAt": "A", "States": {"A": TASK, "B": B}}, {"n": 1}, ["Busy", "Busy"]) == [
        'A entered {"n":1}',
        'A called {"n":1}',
        "A retried 1",
        "A failed Busy",
        'A called {"n":1}',
        "A retried 1",
        "A failed Busy",
        "A caught 1",
        'A exited {"n":1}',
        'B entered {"n":1}',
        'B exited "b"',
    ]


def test_choices_inside_of_a_map_that_fails() -> None:
    choice = {
        "Type": "Choice",
        "Choices": [{"Variable": "$", "NumericLessThan": 2, "Next": "E"}],
        "Default": "F",
    }
    inner = {"StartAt": "C", "States": {"C": choice, "E": B, "F": {"Type": "Fail", "Error": "Odd"}}}
    definition = {
        "StartAt": "M",
        "States": {"M": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": inner, "End": True}},
    }
    assert observed(definition, [1, 2]) == [
        "M entered [1,2]",
        "C entered 1",
        "C chose 0",
        "C exited 1",
        "E entered 1",
        'E exited "b"',
        "C entered 2",
        "C chose None",
        "C exited 2",
        "F entered 2",
        "F failed Odd",
        "M failed Odd",
    ]
