"""Fail: ends its machine with an error of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from interpreter.definition.model import FailState
from interpreter.errors import StatesError
from interpreter.frames import Frame

if TYPE_CHECKING:
    from interpreter.execution import Execution


def run_fail(execution: Execution, frame: Frame, state: FailState) -> NoReturn:
    """Raise the state's error; what the state does not say stays absent.

    Raises:
        StatesError: always.
    """
    scope = execution.scope(frame, frame.input)
    if execution.inspection is not None:
        execution.inspection.note("afterInputPath", scope.document)
    error = state.error if state.error_path is None else state.error_path.evaluate(scope, "ErrorPath")
    cause = state.cause if state.cause_path is None else state.cause_path.evaluate(scope, "CausePath")
    raise StatesError(error, cause)
