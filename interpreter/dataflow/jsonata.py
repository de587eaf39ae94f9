"""The data flow of JSONata states: Arguments, Assign, Output and single fields (developer guide, "Transforming data").

Every evaluation of a state goes through here, so that what fails is recorded once, where it fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from interpreter.dataflow.view import HandedOn, StatesVariable, View
from interpreter.definition.model import JsonataFlow
from interpreter.errors import StatesQueryEvaluationError
from interpreter.jsonata import (
    AWS_BOUNDS,
    EARLY_BOUNDS,
    NATIVE_BOUNDS,
    Bounds,
    EvaluationError,
    Expression,
    JsonataTemplate,
    Sight,
    TypeWord,
    evaluate_field,
)
from interpreter.jsonata.bounds import Excess, describe_excess
from interpreter.measure import MANY_PARTS, Measure
from interpreter.values import MISSING, JsonValue, Missing, NestingError, is_number, json_text

if TYPE_CHECKING:
    from interpreter.execution import Execution

_Tries: TypeAlias = tuple[tuple[Bounds, int], ...]


def _tries(bounds: Bounds, *rounds: tuple[int, int, int]) -> _Tries:
    first, *later = ((replace(bounds, steps=steps, work=work), cost) for steps, work, cost in rounds)
    quick = replace(first[0], meters=False, string_bytes=_QUICK_STRING_BYTES, array_items=_QUICK_ARRAY_ITEMS)
    return ((quick, first[1]), *later)


_QUICK_STRING_BYTES: Final = 16_000
_QUICK_ARRAY_ITEMS: Final = 1_000
_ROUNDS: Final = (
    (100, 100, 15),
    (2_000, 4_000, 600),
    (50_000, 100_000, 20_000),
    (200_000, 200_000, 50_000),
    (500_000, 300_000, 90_000),
    (AWS_BOUNDS.steps, AWS_BOUNDS.work, 400_000),
)
_TRIES: Final = {"aws": _tries(AWS_BOUNDS, *_ROUNDS), "native": _tries(NATIVE_BOUNDS, *_ROUNDS)}
"""The bounds within which an expression is tried, one after the other, and what each costs in estimated microseconds.

An engine does not tell how far it went, and a clock does not repeat: whether few steps were enough does. Without that,
costly expressions in a row would outlast what Temporal gives one activation. The first try is the only one that is not
metered, which would take as long as most expressions; where shared parts can double, sizes are counted even then.
"""

_REGEX_ROUNDS: Final = (
    (200, 200, 500),
    (2_000, 40_000, 25_000),
    (AWS_BOUNDS.regex_steps, AWS_BOUNDS.work, 450_000),
)
_REGEX_TRIES: Final = {"aws": _tries(AWS_BOUNDS, *_REGEX_ROUNDS), "native": _tries(NATIVE_BOUNDS, *_REGEX_ROUNDS)}
_SLOW_BYTES: Final = 20  # that a slow part of an expression deals with in a microsecond
_SHORT_SOURCE: Final = 1_000
_CHARACTER_COST: Final = 6  # estimated microseconds to make a long source count its work (on a busy machine 4 to 31)
_EARLY_TRIES: Final = tuple(
    (replace(EARLY_BOUNDS, steps=steps, work=steps), cost)
    for steps, cost in ((2_000, 30), (50_000, 10_000), (EARLY_BOUNDS.steps, 300_000))
)
"""Of whole templates, in executions that began before engine 3."""

_ENGINE_THAT_TRIES_EACH: Final = 3


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
        StatesDataLimitExceeded: the value is too large to be looked at.
    """
    if not template.expressions:
        return template.evaluate({}, {}, view.chance, 0)
    value = _bounded(view, template.evaluate_for)
    if len(template.expressions) > MANY_PARTS:
        view.check_printable(value)
    return value


def evaluate_typed(expression: Expression, field: str, expected: TypeWord, view: View) -> JsonValue:
    """The value of an expression in a field that takes one type.

    Raises:
        StatesQueryEvaluationError: the expression fails, is undefined, or has another type; it is recorded.
    """
    return _bounded(view, lambda sight: evaluate_field(expression, field, expected, sight))


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


def _bounded(view: View, evaluate_all: Callable[[Sight], JsonValue]) -> JsonValue:
    """The value that `evaluate_all` gives, as far as bounds let it; what fails is recorded."""
    execution = view.execution
    sight = Sight(StatesVariable(view), view.variables, execution.chance, execution.effects.now())
    sight.clock_decides = execution.clock_decides
    try:
        if execution.start.engine < _ENGINE_THAT_TRIES_EACH:
            return _early(execution, sight, evaluate_all)
        sight.attempt = partial(_attempt, view)
        return evaluate_all(sight)
    except StatesQueryEvaluationError as error:
        raise execution.evaluation_failed(view.frame, view.chain, error) from error


def _attempt(view: View, expression: Expression, sight: Sight) -> JsonValue | Missing:
    """The value of one expression, tried within more and more steps; all of a state's count as one stretch of work.

    Raises:
        EvaluationError: it failed, or the expressions of the state are more work than the core may do at a stretch.
        UnsupportedResult, EvaluationStuck: see `Expression.evaluate`.
    """
    execution = view.execution
    drawn = execution.chance.visible
    tries = (_REGEX_TRIES if expression.has_regexes else _TRIES)[execution.start.mode]
    more = max(0, len(expression.text) - _SHORT_SOURCE) * _CHARACTER_COST
    if expression.slow_parts:
        more += expression.slow_parts * _visible_bytes(view, expression) // _SLOW_BYTES
    for bounds, cost in tries:
        if not execution.work.affords(cost + more):
            break
        more = 0
        try:
            return expression.evaluate(sight.states, sight.variables, sight.chance, sight.now, bounds)
        except EvaluationError as error:
            if error.excess is not Excess.STEPS and not (error.excess is Excess.SIZE and not bounds.meters):
                raise
        execution.chance.visible = drawn
    raise EvaluationError(expression.text, "U1001", describe_excess(Excess.STEPS, AWS_BOUNDS), excess=Excess.STEPS)


def _visible_bytes(view: View, expression: Expression) -> int:
    """About how large what the expression sees is; most of it has been measured already."""
    seen = [view.frame.input, *(view.variables[name] for name in expression.variables & view.variables.keys())]
    if view.result is not MISSING:
        seen.append(view.result)
    return sum(_bytes(view.execution.measure, value) for value in seen)


def _bytes(measure: Measure, value: JsonValue) -> int:
    """The size of a value; the array of what branches put out may be nested deeper than can be printed as a whole."""
    try:
        return measure.size(value)
    except NestingError:
        members = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
        return sum(_bytes(measure, member) for member in members)


def _early(execution: Execution, sight: Sight, evaluate_all: Callable[[Sight], JsonValue]) -> JsonValue:
    drawn = execution.chance.visible
    for sight.bounds, cost in _EARLY_TRIES:
        execution.work.spend(cost)
        try:
            return evaluate_all(sight)
        except StatesQueryEvaluationError as error:
            if sight.bounds.steps == EARLY_BOUNDS.steps or not _ran_out_of_steps(error):
                raise
        execution.chance.visible = drawn
    raise AssertionError("the last round returns or raises")


def _ran_out_of_steps(error: StatesQueryEvaluationError) -> bool:
    return isinstance(error.__cause__, EvaluationError) and error.__cause__.excess is Excess.STEPS
