"""Whether a value passes a filter `[?(...)]`, by Jayway's rules (its relational operators and its coercions)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Final, Protocol, assert_never

from interpreter.jsonpath.steps import All, AnyOf, Condition, Exists, Literal, Negation, Pattern, Relation, RelativePath
from interpreter.values import MISSING, JsonValue, Missing, is_number, json_equal, json_text


class Lookup(Protocol):
    """How a filter reads the path of an operand."""

    def __call__(self, path: RelativePath, tested: JsonValue, root: JsonValue) -> JsonValue | Missing:
        """The value of `path`, or MISSING."""
        ...


def holds(condition: Condition, tested: JsonValue, root: JsonValue, look_up: Lookup) -> bool:
    """Whether `tested` (`@`), a part of `root` (`$`), satisfies `condition`."""
    match condition:
        case Exists(path):
            return look_up(path, tested, root) is not MISSING
        case Relation(left, symbol, Pattern() as pattern):
            return symbol == "=~" and _matches(_operand(left, tested, root, look_up), pattern)
        case Relation(left, symbol, right):
            if symbol == "=~":
                return False
            return _RELATIONS[symbol](_operand(left, tested, root, look_up), _operand(right, tested, root, look_up))
        case All(conditions):
            return all(holds(part, tested, root, look_up) for part in conditions)
        case AnyOf(conditions):
            return any(holds(part, tested, root, look_up) for part in conditions)
        case Negation(negated):
            return not holds(negated, tested, root, look_up)
        case _:
            assert_never(condition)


def _operand(
    operand: RelativePath | Literal | Pattern, tested: JsonValue, root: JsonValue, look_up: Lookup
) -> JsonValue | Missing:
    match operand:
        case Literal(value):
            return value
        case RelativePath():
            return look_up(operand, tested, root)
        case Pattern():
            return MISSING
        case _:
            assert_never(operand)


def _matches(value: JsonValue | Missing, pattern: Pattern) -> bool:
    if value is MISSING or not isinstance(value, (str, int, float)):
        return False
    text = value if isinstance(value, str) else json_text(value)
    return pattern.expression.fullmatch(text) is not None


def _loosely_equal(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    """Equality that takes a number and the text of a number as equal."""
    if left is MISSING or right is MISSING:
        return left is right
    if isinstance(left, str) and is_number(right):
        left, right = right, left
    if is_number(left) and isinstance(right, str):
        try:
            return left == float(right)
        except ValueError:
            return False
    return json_equal(left, right)


def _strictly_equal(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    return left is not MISSING and right is not MISSING and json_equal(left, right)


def _not(relation: _Relation) -> _Relation:
    return lambda left, right: not relation(left, right)


def _ordered(compare: Callable[[str | int | float, str | int | float], bool]) -> _Relation:
    def relation(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
        if left is MISSING or right is MISSING:
            return False
        if is_number(left) and is_number(right):
            return compare(left, right)
        return isinstance(left, str) and isinstance(right, str) and compare(left, right)

    return relation


def _in(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    return isinstance(right, list) and any(_loosely_equal(left, item) for item in right)


def _subset_of(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    return isinstance(left, list) and isinstance(right, list) and all(_in(item, right) for item in left)


def _any_of(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    return isinstance(left, list) and isinstance(right, list) and any(_in(item, right) for item in left)


def _none_of(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    return isinstance(left, list) and isinstance(right, list) and not _any_of(left, right)


def _contains(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return _in(right, left)


def _size(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    return isinstance(left, (list, str)) and _strictly_equal(len(left), right)


def _empty(left: JsonValue | Missing, right: JsonValue | Missing) -> bool:
    return isinstance(left, (list, str, dict)) and isinstance(right, bool) and (not left) is right


_Relation = Callable[["JsonValue | Missing", "JsonValue | Missing"], bool]

_RELATIONS: Final[dict[str, _Relation]] = {
    "==": _loosely_equal,
    "!=": _not(_loosely_equal),
    "===": _strictly_equal,
    "!==": _not(_strictly_equal),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _in,
    "nin": _not(_in),
    "subsetof": _subset_of,
    "anyof": _any_of,
    "noneof": _none_of,
    "contains": _contains,
    "size": _size,
    "empty": _empty,
}
