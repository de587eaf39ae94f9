"""The data flow of JSONata states: Arguments, Assign, Output and single fields (developer guide, "Transforming data").

Every evaluation of a state goes through here, so that what fails is recorded once, where it fails.
"""

from __future__ import annotations

from typing import Final

from interpreter.dataflow.view import HandedOn, StatesVariable, View
from interpreter.definition.model import JsonataFlow
from interpreter.errors import StatesQueryEvaluationError
from interpreter.jsonata import Expression, JsonataTemplate, Sight, TypeWord, evaluate_field
from interpreter.values import JsonValue, is_number, json_text

_EVALUATION_COST: Final = 20
"""Estimated microseconds of one expression that the engine evaluates."""


def arguments(flow: JsonataFlow, view: View) -> JsonValue:
    """Arguments, else the state's input."""
    value = view.frame.input if flow.arguments is None else evaluate(flow.arguments, view)
    if view.inspection is not None:
        view.inspection.note("afterArguments", value)
    return value


def handed_on(flow: JsonataFlow, view: View, default: JsonValue) -> HandedOn:
    """Output, else `default`, and Assign; neither sees what the other does."""
    assigned = None if flow.assign is None else _assigned(flow.assign, view)
    return default if flow.output is None else evaluate(flow.output, view), assigned


def evaluate(template: JsonataTemplate, view: View) -> JsonValue:
    """The value of a template.

    Raises:
        StatesQueryEvaluationError: an expression fails or is undefined; it is recorded.
    """
    execution = view.execution
    execution.spend(_EVALUATION_COST * len(template.expressions))
    try:
        return template.evaluate(StatesVariable(view), view.variables, view.chance, execution.effects.now())
    except StatesQueryEvaluationError as error:
        raise execution.evaluation_failed(view.frame, view.chain, error) from error


def evaluate_typed(expression: Expression, field: str, expected: TypeWord, view: View) -> JsonValue:
    """The value of an expression in a field that takes one type.

    Raises:
        StatesQueryEvaluationError: the expression fails, is undefined, or has another type; it is recorded.
    """
    execution = view.execution
    execution.spend(_EVALUATION_COST)
    sight = Sight(StatesVariable(view), view.variables, view.chance, execution.effects.now())
    try:
        return evaluate_field(expression, field, expected, sight)
    except StatesQueryEvaluationError as error:
        raise execution.evaluation_failed(view.frame, view.chain, error) from error


def evaluate_integer(expression: Expression, field: str, view: View, *, minimum: int, maximum: int) -> int:
    """The value of an expression in a field that takes an integer of a range.

    Raises:
        StatesQueryEvaluationError: as `evaluate_typed`, or the value is no such integer (in words of ours).
    """
    value = evaluate_typed(expression, field, "number", view)
    if not is_number(value) or not float(value).is_integer():
        raise refused(view, field, f"The {field} field refers to value {json_text(value)} which is not a valid integer")
    if not minimum <= value <= maximum:
        text = f"The {field} field refers to value {json_text(value)} which is not between {minimum} and {maximum}"
        raise refused(view, field, text)
    return int(value)


def refused(view: View, field: str | None, cause: str) -> StatesQueryEvaluationError:
    """The error for a value that `field` cannot have; it is recorded."""
    return view.execution.evaluation_failed(view.frame, view.chain, StatesQueryEvaluationError(cause, field))


def _assigned(template: JsonataTemplate, view: View) -> dict[str, JsonValue]:
    values = evaluate(template, view)
    assert isinstance(values, dict), "validation lets no other Assign pass"
    return values
