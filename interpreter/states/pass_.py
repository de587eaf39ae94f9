"""Pass: hands its input, a template of it, or a fixed result on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.dataflow.jsonpath import insert_result, select
from interpreter.definition.model import PassState
from interpreter.frames import Frame
from interpreter.states.outcome import Transition
from interpreter.values import MISSING, JsonValue

if TYPE_CHECKING:
    from interpreter.execution import Execution


def run_pass(execution: Execution, frame: Frame, state: PassState) -> Transition:
    """Result wins over Parameters; Assign sees the result, OutputPath what ResultPath made of the raw input."""
    scope = execution.scope(frame, frame.input)
    inspection = execution.inspection
    result: JsonValue
    if state.result is not MISSING:
        result = state.result
        if inspection is not None:
            inspection.note("result", result)
    else:
        scope.document = select(state.input_path, scope)
        if inspection is not None:
            inspection.note("afterInputPath", scope.document)
        result = scope.document if state.parameters is None else state.parameters.evaluate(scope)
        if inspection is not None:
            inspection.note("afterParameters", result)
    combined = insert_result(state.result_path, frame.input, result)
    if inspection is not None:
        inspection.note("afterResultSelector", result)
        inspection.note("afterResultPath", combined)
    scope.document = result
    assigned = execution.assign(state.assign, scope)
    scope.document = combined
    return Transition(state.next, select(state.output_path, scope), assigned)
