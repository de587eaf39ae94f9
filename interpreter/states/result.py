"""From a raw result to a state's output: ResultSelector, ResultPath, Assign, OutputPath, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.dataflow.jsonpath import insert_result, select
from interpreter.definition.model import MapState, ParallelState, TaskState
from interpreter.frames import Frame
from interpreter.states.outcome import Transition
from interpreter.values import JsonValue

if TYPE_CHECKING:
    from interpreter.execution import Execution


def completed(
    execution: Execution, frame: Frame, state: TaskState | ParallelState | MapState, result: JsonValue
) -> Transition:
    """The transition of a state that did its work.

    Raises:
        StatesRuntime: a path or template does not fit.
        StatesDataLimitExceeded: the output is too large.
    """
    scope = execution.scope(frame, result, retries=True)
    if state.result_selector is not None:
        scope.document = state.result_selector.evaluate(scope)
    combined = insert_result(state.result_path, frame.input, scope.document)
    if execution.inspection is not None:
        execution.inspection.note("afterResultSelector", scope.document)
        execution.inspection.note("afterResultPath", combined)
    assigned = execution.assign(state.assign, scope)
    scope.document = combined
    output = select(state.output_path, scope)
    execution.check_size(output, state.name)
    return Transition(state.next, output, assigned)
