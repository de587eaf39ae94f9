"""Choice: the first rule that is true decides where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.choice_rules import matches
from interpreter.dataflow.jsonpath import select
from interpreter.dataflow.template import PayloadTemplate
from interpreter.definition.model import ChoiceState
from interpreter.errors import StatesRuntime
from interpreter.frames import Frame
from interpreter.jsonpath import Scope
from interpreter.states.outcome import Transition

if TYPE_CHECKING:
    from interpreter.execution import Execution


def run_choice(execution: Execution, frame: Frame, state: ChoiceState) -> Transition:
    """Raises: StatesRuntime when no rule is true and there is no Default."""
    scope = execution.scope(frame, frame.input)
    scope.document = select(state.input_path, scope)
    if execution.inspection is not None:
        execution.inspection.note("afterInputPath", scope.document)
    next_state, assign = _decide(state, scope)
    assigned = execution.assign(assign, scope)
    return Transition(next_state, select(state.output_path, scope), assigned)


def _decide(state: ChoiceState, scope: Scope) -> tuple[str, PayloadTemplate | None]:
    for choice in state.choices:
        if matches(choice.rule, scope):
            return choice.next, choice.assign
    if state.default is None:
        raise StatesRuntime("Failed to transition out of the state. The state does not point to a next state.")
    return state.default, state.assign
