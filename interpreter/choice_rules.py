"""The rules of JSONPath Choice states: what each operator demands of its operand, and when a rule holds.

Source: States Language, Choice State. A value of another type than the operator compares makes the rule false and is
no error; a path that leads nowhere is one, and only IsPresent may ask about it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias, assert_never

from interpreter.dataflow.lookup import look_up
from interpreter.errors import StatesRuntime
from interpreter.jsonpath import Path, Scope
from interpreter.timestamps import parse_timestamp
from interpreter.values import MISSING, JsonValue, is_number


@dataclass(frozen=True, slots=True)
class Comparison:
    """`Variable` with one operator; `operand` is the constant, or the compiled path of a `...Path` operator."""

    variable: Path
    operator: str
    operand: JsonValue | Path


@dataclass(frozen=True, slots=True)
class And:
    """Holds if all of `rules` do; they are tried in order, up to the first that does not."""

    rules: tuple[ChoiceRule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Holds if one of `rules` does; they are tried in order, up to the first that does."""

    rules: tuple[ChoiceRule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds if `rule` does not."""

    rule: ChoiceRule


ChoiceRule: TypeAlias = Comparison | And | Or | Not


class OperandType(StrEnum):
    """What the constant operand of an operator has to be."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class OperatorKind:
    """One operator of a rule.

    Attributes:
        name: as written in the rule, such as `StringEqualsPath`.
        operand: the type of the constant operand, or of what the path should lead to.
        is_path: whether the operand is written as a path.
        holds: whether the operator holds of a value and an operand, both of any type.
    """

    name: str
    operand: OperandType
    is_path: bool
    holds: Callable[[JsonValue, JsonValue], bool]


def matches(rule: ChoiceRule, scope: Scope) -> bool:
    """Whether `rule` holds.

    Raises:
        StatesRuntime: a path leads nowhere, or the pattern of StringMatches has a bad escape.
    """
    match rule:
        case Comparison():
            return _compare(rule, scope)
        case And(rules):
            return all(matches(part, scope) for part in rules)
        case Or(rules):
            return any(matches(part, scope) for part in rules)
        case Not(negated):
            return not matches(negated, scope)
        case _:
            assert_never(rule)


def _compare(rule: Comparison, scope: Scope) -> bool:
    if rule.operator == "IsPresent":
        return (look_up(rule.variable, scope) is not MISSING) is rule.operand
    value = _value(rule.variable, scope)
    operand = _value(rule.operand, scope) if isinstance(rule.operand, Path) else rule.operand
    return OPERATORS[rule.operator].holds(value, operand)


def _value(path: Path, scope: Scope) -> JsonValue:
    value = look_up(path, scope)
    if value is MISSING:
        shown = path.text_from_document
        raise StatesRuntime(f"Invalid path '{shown}': The choice state's condition path references an invalid value.")
    return value


def _of_numbers(compare: Callable[[Any, Any], bool]) -> Callable[[JsonValue, JsonValue], bool]:
    def holds(value: JsonValue, operand: JsonValue) -> bool:
        return is_number(value) and is_number(operand) and compare(value, operand)

    return holds


def _of_strings(compare: Callable[[Any, Any], bool]) -> Callable[[JsonValue, JsonValue], bool]:
    """Strings in the order of their UTF-16 code units, as Java compares them."""

    def holds(value: JsonValue, operand: JsonValue) -> bool:
        if not isinstance(value, str) or not isinstance(operand, str):
            return False
        if value.isascii() or operand.isascii():
            return compare(value, operand)
        return compare(_utf16(value), _utf16(operand))

    return holds


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _of_timestamps(compare: Callable[[Any, Any], bool]) -> Callable[[JsonValue, JsonValue], bool]:
    def holds(value: JsonValue, operand: JsonValue) -> bool:
        left, right = _instant(value), _instant(operand)
        return left is not None and right is not None and compare(left, right)

    return holds


def _instant(value: JsonValue) -> int | None:
    return parse_timestamp(value) if isinstance(value, str) else None


def _boolean_equals(value: JsonValue, operand: JsonValue) -> bool:
    return isinstance(value, bool) and value is operand


def _is(test: Callable[[JsonValue], bool]) -> Callable[[JsonValue, JsonValue], bool]:
    """A test of the type, negated by the operand `false`."""
    return lambda value, operand: test(value) is operand


def _string_matches(value: JsonValue, operand: JsonValue) -> bool:
    if not isinstance(value, str) or not isinstance(operand, str):
        return False
    first, *others = _pattern_pieces(operand)
    if not others:
        return value == first
    *middle, last = others
    at, end = len(first), len(value) - len(last)
    if at > end or not value.startswith(first) or not value.endswith(last):
        return False
    for piece in middle:  # the earliest place is always a good one: time stays linear in the text
        found = value.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def pattern_fault(pattern: str) -> str | None:
    """Why no text can be compared with a pattern of StringMatches; None where it is a good one."""
    try:
        _pattern_pieces(pattern)
    except StatesRuntime as error:
        return error.cause
    return None


@lru_cache(maxsize=1024)
def _pattern_pieces(pattern: str) -> tuple[str, ...]:
    r"""The literal texts between the wildcards of a pattern, in which `\*` and `\\` stand for `*` and `\`."""
    pieces: list[str] = []
    piece: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "*":
            pieces.append("".join(piece))
            piece = []
            continue
        if character == "\\":
            character = next(characters, "")
            if character not in {"*", "\\"}:
                raise StatesRuntime(f"The StringMatches pattern '{pattern}' has a backslash that escapes nothing.")
        piece.append(character)
    return (*pieces, "".join(piece))


_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}

_COMPARED: Final = (
    *((f"String{name}", OperandType.STRING, _of_strings(order)) for name, order in _ORDERS.items()),
    *((f"Numeric{name}", OperandType.NUMBER, _of_numbers(order)) for name, order in _ORDERS.items()),
    *((f"Timestamp{name}", OperandType.TIMESTAMP, _of_timestamps(order)) for name, order in _ORDERS.items()),
    ("BooleanEquals", OperandType.BOOLEAN, _boolean_equals),
)

_TESTED: Final = (
    ("IsPresent", lambda value: True),  # a value that is there; the absent one is decided before
    ("IsNull", lambda value: value is None),
    ("IsNumeric", is_number),
    ("IsString", lambda value: isinstance(value, str)),
    ("IsBoolean", lambda value: isinstance(value, bool)),
    ("IsTimestamp", lambda value: _instant(value) is not None),
)

OPERATORS: Final[Mapping[str, OperatorKind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            *(OperatorKind(name, operand, False, holds) for name, operand, holds in _COMPARED),
            *(OperatorKind(f"{name}Path", operand, True, holds) for name, operand, holds in _COMPARED),
            OperatorKind("StringMatches", OperandType.STRING, False, _string_matches),
            *(OperatorKind(name, OperandType.BOOLEAN, False, _is(test)) for name, test in _TESTED),
        )
    }
)
