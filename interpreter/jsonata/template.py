"""Fields of JSONata states: JSON in which every string between `{%` and `%}` is an expression.

Arguments, Output, Assign, ItemSelector and their like take any JSON (Step Functions guide, "Writing JSONata expressions
in JSON strings"); keys are never evaluated. A template is compiled once into closures; what holds no expression is
shared, never copied. The errors of fields are States.QueryEvaluationError with AWS's texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Final, Literal, TypeAlias

from interpreter.errors import StatesQueryEvaluationError
from interpreter.jsonata.bounds import AWS_BOUNDS, Bounds, Excess, describe_excess
from interpreter.jsonata.errors import EvaluationError, EvaluationStuck, ExpressionError, UnsupportedResult
from interpreter.jsonata.expression import Expression, is_expression, parse_expression
from interpreter.jsonpath import Chance
from interpreter.values import MISSING, JsonValue, Missing, json_text, json_type_name

MAX_DEPTH: Final = 100  # objects and arrays inside each other: far above any use, far below Python's stack

TypeWord: TypeAlias = Literal["null", "boolean", "number", "string", "array", "object"]


@dataclass(slots=True)
class Sight:
    """What the expressions of a state see; `Expression.evaluate` explains the members.

    With `clock_decides` an expression fails that runs into the wall-clock limit: nothing will replay the evaluation.
    `attempt` evaluates an expression; where it is None that is done at once, within `bounds`.

    Not frozen, because one is made for each evaluation and freezing triples what that costs.
    """

    states: Mapping[str, JsonValue]
    variables: Mapping[str, JsonValue]
    chance: Chance
    now: int
    bounds: Bounds = AWS_BOUNDS
    clock_decides: bool = False
    attempt: Attempt | None = None


Attempt: TypeAlias = "Callable[[Expression, Sight], JsonValue | Missing]"
_Evaluate: TypeAlias = Callable[[Sight], JsonValue]


@dataclass(frozen=True, slots=True)
class JsonataTemplate:
    """A compiled template, immutable; equal to another of the same source in the same field.

    Attributes:
        source: the template as written.
        field: where it stands in its state, such as `Output` or `Catch[1]/Output`.
        expressions: its expressions, in the order of the text.
    """

    source: JsonValue = dataclass_field(hash=False)
    field: str
    expressions: tuple[Expression, ...] = dataclass_field(compare=False)
    _evaluate: _Evaluate = dataclass_field(repr=False, compare=False)

    @property
    def variables(self) -> frozenset[str]:
        """The variables that its expressions read."""
        return frozenset().union(*(expression.variables for expression in self.expressions))

    @property
    def reads_states(self) -> frozenset[str] | None:
        """The members of `$states` that its expressions read; None if that cannot be told."""
        members: frozenset[str] = frozenset()
        for expression in self.expressions:
            if expression.reads_states is None:
                return None
            members |= expression.reads_states
        return members

    def evaluate(
        self,
        states: Mapping[str, JsonValue],
        variables: Mapping[str, JsonValue],
        chance: Chance,
        now: int,
        bounds: Bounds = AWS_BOUNDS,
    ) -> JsonValue:
        """The value of the template; the very same object each time if it holds no expression.

        Raises:
            StatesQueryEvaluationError: an expression fails or is undefined; cause and location are AWS's.
            EvaluationStuck: an expression ran into the wall-clock limit.
        """
        return self.evaluate_for(Sight(states, variables, chance, now, bounds))

    def evaluate_for(self, sight: Sight) -> JsonValue:
        """As `evaluate`, where all that the expressions see is at hand in one."""
        return self._evaluate(sight)


def compile_template(value: JsonValue, field: str) -> JsonataTemplate:
    """Compile the value of the field `field`.

    Raises:
        ExpressionError: the first of `template_faults(value)`.
    """
    for fault in template_faults(value):
        raise fault
    expressions: list[Expression] = []
    part = _compile(value, field, expressions)
    return JsonataTemplate(value, field, tuple(expressions), _constant(value) if part is None else part)


def template_faults(value: JsonValue) -> Iterator[ExpressionError]:
    """Everything that keeps `value` from being a template; each fault says where (`ExpressionError.location`)."""
    return _faults(value, ())


def evaluate_field(value: Expression | JsonValue, field: str, expected: TypeWord, sight: Sight) -> JsonValue:
    """The value of a field that takes a literal or an expression of one type: TimeoutSeconds, Condition, Items, ...

    A literal is returned as it is; its type is checked when the definition is created.

    Raises:
        StatesQueryEvaluationError: the expression fails, is undefined, or has another type than `expected`.
        EvaluationStuck: the expression ran into the wall-clock limit.
    """
    if not isinstance(value, Expression):
        return value
    result = _evaluate(value, field, sight)
    found = json_type_name(result)
    if found != expected:
        raise _failure(
            value,
            field,
            f"returned an unexpected result type. Expected '{expected}', but was '{found}' "
            f"for value: {json_text(result)}",
        )
    return result


def _evaluate(expression: Expression, field: str, sight: Sight) -> JsonValue:
    try:
        if sight.attempt is None:
            value = expression.evaluate(sight.states, sight.variables, sight.chance, sight.now, sight.bounds)
        else:
            value = sight.attempt(expression, sight)
    except EvaluationError as error:
        raise _failure(expression, field, f"threw an error during evaluation. {error.message}") from error
    except UnsupportedResult as error:
        raise _failure(expression, field, error.detail) from error
    except EvaluationStuck as error:
        if not sight.clock_decides:
            raise
        took_too_long = describe_excess(Excess.STEPS, sight.bounds)
        raise _failure(expression, field, f"threw an error during evaluation. {took_too_long}") from error
    if value is MISSING:
        raise _failure(expression, field, "returned nothing (undefined).")
    return value


def _failure(expression: Expression, field: str, text: str) -> StatesQueryEvaluationError:
    cause = f"The JSONata expression '{expression.text}' specified for the field '{field}' {text}"
    return StatesQueryEvaluationError(cause, field)


def _faults(value: JsonValue, location: tuple[str | int, ...]) -> Iterator[ExpressionError]:
    match value:
        case str() if is_expression(value):
            try:
                parse_expression(value)
            except ExpressionError as error:
                yield ExpressionError(error.diagnostic, error.expression, error.detail, error.position, location)
        case dict() | list() if len(location) >= MAX_DEPTH:
            detail = f"objects and arrays are nested more than {MAX_DEPTH} deep"
            yield ExpressionError("INVALID_JSONATA_EXPRESSION", "", detail, location=location)
        case dict():
            for key, member in value.items():
                yield from _faults(member, (*location, key))
        case list():
            for index, item in enumerate(value):
                yield from _faults(item, (*location, index))


def _compile(value: JsonValue, field: str, expressions: list[Expression]) -> _Evaluate | None:
    """A closure that gives the value of `value`; None if it holds no expression."""
    match value:
        case str() if is_expression(value):
            expression = parse_expression(value)
            expressions.append(expression)
            return lambda sight: _evaluate(expression, field, sight)
        case dict():
            members = [(key, item, _compile(item, f"{field}/{key}", expressions)) for key, item in value.items()]
            if all(part is None for _, _, part in members):
                return None
            compiled = [(key, part or _constant(item)) for key, item, part in members]
            return lambda sight: {key: part(sight) for key, part in compiled}
        case list():
            items = [(item, _compile(item, f"{field}[{index}]", expressions)) for index, item in enumerate(value)]
            if all(part is None for _, part in items):
                return None
            parts = [part or _constant(item) for item, part in items]
            return lambda sight: [part(sight) for part in parts]
        case _:
            return None


def _constant(value: JsonValue) -> _Evaluate:
    return lambda _: value
