"""Succeed: ends its machine well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.dataflow.jsonpath import select
from interpreter.definition.model import SucceedState
from interpreter.frames import Frame
from interpreter.states.outcome import Transition

if TYPE_CHECKING:
    from interpreter.execution import Execution


def run_succeed(execution: Execution, frame: Frame, state: SucceedState) -> Transition:
    """InputPath, then OutputPath."""
    scope = execution.scope(frame, frame.input)
    scope.document = select(state.input_path, scope)
    if execution.inspection is not None:
        execution.inspection.note("afterInputPath", scope.document)
    return Transition(None, select(state.output_path, scope))
