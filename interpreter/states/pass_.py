"""Pass: hands its input, a template of it, or a fixed result on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.dataflow.flow import passed
from interpreter.definition.model import PassState
from interpreter.frames import Frame
from interpreter.states.outcome import Transition

if TYPE_CHECKING:
    from interpreter.execution import Execution


def run_pass(execution: Execution, frame: Frame, state: PassState) -> Transition:
    """A fixed result wins over what is made of the input."""
    output, assigned = passed(state.flow, execution.view(frame), state.result)
    return Transition(state.next, output, assigned)
