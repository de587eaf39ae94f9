"""Compiled JSONata expressions, each text once, and what they do for a state: a value, nothing, or AWS's error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from interpreter.jsonata.bounds import AWS_BOUNDS, Bounds, bounds_for_regexes, describe_excess
from interpreter.jsonata.engine import compile_source
from interpreter.jsonata.errors import EvaluationError, ExpressionError, UnsupportedResult
from interpreter.jsonata.functions import ADDED_FUNCTIONS, BUILT_INS, functions_for
from interpreter.jsonata.port import BoundFault, EngineFault, FunctionResult, Program
from interpreter.jsonata.references import STATES, References, read_references
from interpreter.jsonpath import Chance
from interpreter.values import MISSING, JsonValue, Missing

_OPEN: Final = "{%"
_CLOSE: Final = "%}"
_FUNCTIONS: Final = BUILT_INS | ADDED_FUNCTIONS


def is_expression(text: str) -> bool:
    """Whether Step Functions takes a string for an expression: it begins with `{%` and ends with `%}`, exactly."""
    return len(text) >= len(_OPEN) + len(_CLOSE) and text.startswith(_OPEN) and text.endswith(_CLOSE)


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression, immutable.

    Attributes:
        text: the expression between the marks, trimmed, as AWS's errors show it.
        variables: the variables it reads, `states` and functions left out.
        reads_states: the members of `$states` it reads; None if that cannot be told.
    """

    text: str
    variables: frozenset[str]
    reads_states: frozenset[str] | None
    _references: References
    _program: Program

    @property
    def has_regexes(self) -> bool:
        """Whether there is a regular expression in it, whose steps take longer than all others."""
        return self._references.has_regexes

    @property
    def slow_parts(self) -> int:
        """How many parts of it take time by the size of what they are given, see `References.slow_parts`."""
        return self._references.slow_parts

    def evaluate(
        self,
        states: Mapping[str, JsonValue],
        variables: Mapping[str, JsonValue],
        chance: Chance,
        now: int,
        bounds: Bounds = AWS_BOUNDS,
    ) -> JsonValue | Missing:
        """The value of the expression, MISSING for undefined. It may be a part of what was given: do not change it.

        Args:
            states: the members of `$states`; those outside of `reads_states` may be left out.
            variables: the variables in scope; a variable hides a function of its name.
            chance: where `$uuid`, `$random` and `$shuffle` draw from, and only they.
            now: milliseconds since the epoch, what `$millis()` answers.
            bounds: how far the evaluation may go.

        Raises:
            EvaluationError: the expression threw an error, or went over a bound.
            UnsupportedResult: its value is a function.
            EvaluationStuck: it ran into the wall-clock limit.
        """
        if self._references.path is not None:
            found, value = _follow(self._references.path, states, variables)
            if found:
                return value
        return self._run(states, variables, chance, now, bounds)

    def _run(
        self,
        states: Mapping[str, JsonValue],
        variables: Mapping[str, JsonValue],
        chance: Chance,
        now: int,
        bounds: Bounds,
    ) -> JsonValue | Missing:
        names = self._references.names
        if self.has_regexes:
            bounds = bounds_for_regexes(bounds, self._references.has_large_regexes)
        values: dict[str, JsonValue] = {name: variables[name] for name in names & variables.keys()}
        if STATES in names:
            values[STATES] = states if isinstance(states, dict) else self._seen(states)
        try:
            return self._program.evaluate(
                values,
                functions_for(names, chance, bounds),
                now=now,
                seed=int(chance.random() * 2**53) if "shuffle" in names else None,
                bounds=bounds,
            )
        except EngineFault as fault:
            raise EvaluationError(self.text, fault.code, str(fault), fault.position) from None
        except BoundFault as fault:
            message = describe_excess(fault.excess, bounds)
            raise EvaluationError(self.text, "U1001", message, excess=fault.excess) from None
        except FunctionResult:
            raise UnsupportedResult(self.text) from None

    def _seen(self, states: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The members of `$states` that are read, for to make the context object takes longer than most expressions."""
        if self.reads_states is None:
            return dict(states)
        found = ((name, states.get(name, MISSING)) for name in self.reads_states)
        return {name: value for name, value in found if value is not MISSING}


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Expression:
    """Compile the expression in a string, which may stand between `{%` and `%}` or without them.

    Raises:
        ExpressionError: the text is not JSONata 2.0.6 (`code` is `"syntax"`), or refers to what there is not in Step
            Functions (`"unsupported"`).
    """
    inside = text[len(_OPEN) : -len(_CLOSE)] if is_expression(text) else text
    source = inside.strip()
    try:
        program = compile_source(source)
    except EngineFault as fault:
        raise ExpressionError("INVALID_JSONATA_EXPRESSION", source, str(fault), fault.position) from None
    references = read_references(source)
    refusal = references.refusal
    if refusal is not None:
        raise ExpressionError("UNSUPPORTED_JSONATA_EXPRESSION", source, refusal.detail, refusal.position)
    return Expression(
        source,
        references.names - _FUNCTIONS - {STATES},
        references.states_members,
        references,
        program,
    )


def _follow(
    path: tuple[str, ...], states: Mapping[str, JsonValue], variables: Mapping[str, JsonValue]
) -> tuple[bool, JsonValue | Missing]:
    """Walk a variable and its members without the engine; not found where an array or a function must be dealt with."""
    head, *names = path
    value: JsonValue | Missing
    if head == STATES:
        value = states.get(names.pop(0), MISSING) if names else dict(states)
    elif head in variables:
        value = variables[head]
    else:
        return head not in _FUNCTIONS, MISSING
    for name in names:
        if isinstance(value, list):
            return False, MISSING
        value = value.get(name, MISSING) if isinstance(value, dict) else MISSING
    return True, value
