"""Succeed: ends its machine well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.dataflow.flow import handed_on, take_input
from interpreter.definition.model import SucceedState
from interpreter.frames import Frame
from interpreter.states.outcome import Transition

if TYPE_CHECKING:
    from interpreter.execution import Execution


def run_succeed(execution: Execution, frame: Frame, state: SucceedState) -> Transition:
    """The output is the machine's."""
    view = execution.view(frame)
    take_input(state.flow, view)
    output, assigned = handed_on(state.flow, view)
    return Transition(None, output, assigned)
