"""Fail: ends its machine with an error of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from interpreter.dataflow.flow import take_input
from interpreter.dataflow.jsonata import evaluate_typed
from interpreter.dataflow.template import FailText
from interpreter.dataflow.view import View
from interpreter.definition.model import FailState
from interpreter.errors import StatesError
from interpreter.frames import Frame
from interpreter.jsonata import Expression

if TYPE_CHECKING:
    from interpreter.execution import Execution


def run_fail(execution: Execution, frame: Frame, state: FailState) -> NoReturn:
    """Raise the state's error; what the state does not say stays absent.

    Raises:
        StatesError: always.
    """
    view = execution.view(frame)
    take_input(state.flow, view)
    raise StatesError(_text(state.error, "Error", view), _text(state.cause, "Cause", view))


def _text(text: str | FailText | Expression | None, field: str, view: View) -> str | None:
    match text:
        case None | str():
            return text
        case FailText():
            return text.evaluate(view, f"{field}Path")
        case Expression():
            return str(evaluate_typed(text, field, "string", view))
