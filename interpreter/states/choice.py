"""Choice: the first rule that is true decides where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.choice_rules import matches
from interpreter.dataflow.flow import handed_on, take_input
from interpreter.dataflow.jsonata import evaluate_typed
from interpreter.dataflow.view import View
from interpreter.definition.model import ChoiceBranch, ChoiceState, Flow
from interpreter.errors import StatesRuntime
from interpreter.frames import Frame
from interpreter.jsonata import Expression
from interpreter.states.outcome import Transition

if TYPE_CHECKING:
    from interpreter.execution import Execution


def run_choice(execution: Execution, frame: Frame, state: ChoiceState) -> Transition:
    """Raises: StatesRuntime when no rule is true and there is no Default."""
    view = execution.view(frame)
    take_input(state.flow, view)
    index = _decide(state, view)
    if execution.observer is not None:
        execution.observer.chose(frame, index)
    next_state, flow = _way(state, index)
    output, assigned = handed_on(flow, view)
    return Transition(next_state, output, assigned)


def _decide(state: ChoiceState, view: View) -> int | None:
    """The index of the rule that is true, None for Default."""
    for index, branch in enumerate(state.choices):
        if _wins(branch, index, view):
            return index
    if state.default is None:
        raise StatesRuntime("Failed to transition out of the state. The state does not point to a next state.")
    return None


def _way(state: ChoiceState, index: int | None) -> tuple[str, Flow]:
    if index is not None:
        return state.choices[index].next, state.choices[index].flow
    assert state.default is not None, "without a Default, one of the rules was true"
    return state.default, state.flow


def _wins(branch: ChoiceBranch, index: int, view: View) -> bool:
    match branch.rule:
        case bool(holds):
            return holds
        case Expression() as condition:
            return evaluate_typed(condition, f"Choices[{index}]/Condition", "boolean", view) is True
        case rule:
            return matches(rule, view)
