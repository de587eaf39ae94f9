"""From a raw result to the transition of a Task, Parallel or Map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from interpreter.dataflow import flow
from interpreter.definition.model import MapState, ParallelState, TaskState
from interpreter.frames import Frame
from interpreter.states.outcome import Transition
from interpreter.values import JsonValue

if TYPE_CHECKING:
    from interpreter.execution import Execution

_ENGINE_THAT_LETS_CATCH_VARIABLES: Final = 3


def completed(
    execution: Execution, frame: Frame, state: TaskState | ParallelState | MapState, result: JsonValue
) -> Transition:
    """The transition of a state that did its work.

    Raises:
        StatesRuntime: a path or template does not fit.
        StatesQueryEvaluationError: an expression fails.
        StatesDataLimitExceeded: the output, or what is assigned, is too large.
    """
    if not isinstance(state, TaskState):
        execution.data.check_printable(result)
    output, assigned = flow.completed(state.flow, execution.view(frame, retries=True), result)
    execution.data.check_size(output, state.name)
    if assigned and execution.start.engine >= _ENGINE_THAT_LETS_CATCH_VARIABLES:
        execution.data.check_assigned(state.name, assigned)
    return Transition(state.next, output, assigned)
