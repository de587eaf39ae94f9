"""Wait: until some seconds have passed or a moment has come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from interpreter.dataflow.flow import handed_on, take_input
from interpreter.dataflow.jsonata import evaluate_integer, evaluate_typed, refused
from interpreter.dataflow.view import View
from interpreter.definition.model import Quantity, WaitState
from interpreter.definition.schema import LONGEST_SECONDS
from interpreter.errors import StatesRuntime
from interpreter.frames import Frame
from interpreter.jsonata import Expression
from interpreter.jsonpath import Path, Scope
from interpreter.states.outcome import Transition
from interpreter.timestamps import parse_timestamp
from interpreter.values import MISSING, JsonValue, is_integer, json_text

if TYPE_CHECKING:
    from interpreter.execution import Execution

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")


async def run_wait(execution: Execution, frame: Frame, state: WaitState) -> Transition:
    """Sleep, then hand the input on.

    Raises:
        StatesRuntime: a path gives no usable value, or the wait is too long.
    """
    view = execution.view(frame)
    take_input(state.flow, view)
    if frame.due is None:
        due = _due(state, view, frame.entered_at)
        if due - frame.entered_at > execution.limits.wait_seconds * 1000:
            raise StatesRuntime("Wait state delay is too long.")
        frame.due = due
    await execution.sleep(frame, frame.due, f"Wait: {state.name}")
    output, assigned = handed_on(state.flow, view)
    return Transition(state.next, output, assigned)


def _due(state: WaitState, view: View, entered_at: int) -> int:
    if state.seconds is not None:
        return entered_at + _seconds(state.seconds, view) * 1000
    match state.timestamp:
        case str(text):
            return _moment(text)
        case Path() as path:
            return _moment_at(path, view)
        case Expression() as expression:
            return _evaluated_moment(expression, view)
        case _:
            raise AssertionError("the validator lets no Wait without a form pass")


def _seconds(seconds: Quantity, view: View) -> int:
    match seconds:
        case int():
            return seconds
        case Path():
            return _seconds_at(seconds, view)
        case Expression():
            return evaluate_integer(seconds, "Seconds", view, minimum=0, maximum=LONGEST_SECONDS)


def _seconds_at(path: Path, scope: Scope) -> int:
    value = path.find_or_missing(scope)
    if value is MISSING:
        raise StatesRuntime(f"The SecondsPath parameter does not reference an input value: {path.text}")
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if not is_integer(value):
        shown = value if isinstance(value, str) else json_text(value)
        raise StatesRuntime(f"The SecondsPath parameter cannot be parsed as a long value: {path.text} == {shown}")
    if value < 0:
        raise StatesRuntime(f"The SecondsPath parameter references a negative value: {path.text} == {value}")
    return value


def _moment_at(path: Path, scope: Scope) -> int:
    value = path.find_or_missing(scope)
    if value is MISSING:
        raise StatesRuntime(f"The TimestampPath parameter does not reference an input value: {path.text}")
    if not isinstance(value, str) or parse_timestamp(value) is None:
        raise StatesRuntime(
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "
            f"{path.text} == {_shown(value)}"
        )
    return _moment(value)


def _evaluated_moment(expression: Expression, view: View) -> int:
    value = evaluate_typed(expression, "Timestamp", "string", view)
    if not isinstance(value, str) or parse_timestamp(value) is None:
        text = "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: "
        raise refused(view, "Timestamp", f"{text}{_shown(value)}")
    return _moment(value)


def _moment(text: str) -> int:
    nanoseconds = parse_timestamp(text)
    assert nanoseconds is not None, "checked before"
    return -(-nanoseconds // 1_000_000)


def _shown(value: JsonValue) -> str:
    return value if isinstance(value, str) else json_text(value)
