"""Wait: until some seconds have passed or a moment has come."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from interpreter.dataflow.jsonpath import select
from interpreter.definition.model import WaitState
from interpreter.errors import StatesRuntime
from interpreter.frames import Frame
from interpreter.jsonpath import Path, Scope
from interpreter.states.outcome import Transition
from interpreter.timestamps import parse_timestamp
from interpreter.values import MISSING, JsonValue, is_integer, json_text

if TYPE_CHECKING:
    from interpreter.execution import Execution

_LONGEST_SECONDS: Final = 2**31 - 1
"""Recorded: a moment 24,855 days ahead is taken, one 24,856 days ahead refused."""

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")


async def run_wait(execution: Execution, frame: Frame, state: WaitState) -> Transition:
    """Sleep, then hand the input on.

    Raises:
        StatesRuntime: a path gives no usable value, or the wait is too long.
    """
    scope = execution.scope(frame, frame.input)
    scope.document = select(state.input_path, scope)
    if execution.inspection is not None:
        execution.inspection.note("afterInputPath", scope.document)
    if frame.due is None:
        frame.due = _due(state, scope, frame.entered_at)
    await execution.sleep(frame, frame.due, f"Wait: {state.name}")
    assigned = execution.assign(state.assign, scope)
    return Transition(state.next, select(state.output_path, scope), assigned)


def _due(state: WaitState, scope: Scope, entered_at: int) -> int:
    if state.seconds is not None:
        return entered_at + state.seconds * 1000
    if state.seconds_path is not None:
        return entered_at + _seconds(state.seconds_path, scope) * 1000
    if state.timestamp is not None:
        return _moment(state.timestamp, entered_at)
    assert state.timestamp_path is not None, "the validator lets no Wait without a form pass"
    return _moment_at(state.timestamp_path, scope, entered_at)


def _seconds(path: Path, scope: Scope) -> int:
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
    if value > _LONGEST_SECONDS:
        raise StatesRuntime("Wait state delay is too long.")
    return value


def _moment_at(path: Path, scope: Scope, entered_at: int) -> int:
    value = path.find_or_missing(scope)
    if value is MISSING:
        raise StatesRuntime(f"The TimestampPath parameter does not reference an input value: {path.text}")
    if not isinstance(value, str) or parse_timestamp(value) is None:
        raise StatesRuntime(
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "
            f"{path.text} == {_shown(value)}"
        )
    return _moment(value, entered_at)


def _moment(text: str, entered_at: int) -> int:
    nanoseconds = parse_timestamp(text)
    assert nanoseconds is not None, "checked before"
    due = -(-nanoseconds // 1_000_000)
    if due - entered_at > _LONGEST_SECONDS * 1000:
        raise StatesRuntime("Wait state delay is too long.")
    return due


def _shown(value: JsonValue) -> str:
    return value if isinstance(value, str) else json_text(value)
