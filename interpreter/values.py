"""JSON values: their type, their text, their size in bytes, and equality as JSON sees it.

Python hides traps that JSON does not have (``True == 1``, ``1 == 1.0`` under hashing, NaN); everything in the
interpreter that compares, prints or measures a value goes through this module.
"""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Iterable
from enum import Enum
from typing import Final, TypeAlias, TypeGuard

import orjson

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"


class Missing(Enum):
    """The type of `MISSING`, the absence of a value (``null`` is a value)."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

_COMPACT: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


_TO_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER: Final = b"0" * 18

_DEEPEST: Final = 200
"""Nested arrays and objects. Deeper ones exhaust Python's stack somewhere: a workflow task would fail for ever."""


class NestingError(ValueError):
    """A value is nested deeper than we can bear."""

    def __init__(self) -> None:
        super().__init__(f"arrays and objects are nested more than {_DEEPEST} deep")


def parse_json(text: str | bytes) -> JsonValue:
    """Parse JSON text; integers keep every digit, ``NaN`` and ``Infinity`` are refused.

    Raises:
        ValueError: the text is not JSON, or is nested more than 200 deep.
    """
    value = _loads(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    if _brackets(text) > _DEEPEST and _is_deep(value):
        raise NestingError
    return value


def parse_kept(text: bytes) -> JsonValue:
    """Parse what `print_kept` has printed.

    Raises:
        ValueError: it is nothing of that.
    """
    return _loads(text)


def _loads(text: bytes) -> JsonValue:
    """Parse with orjson, which is five times faster, but rounds long integers and knows no lone surrogates."""
    value: JsonValue
    if _LONG_NUMBER not in text.translate(_TO_ZEROS):  # a tenth of what a regular expression takes
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # or it says so less well than the standard library
        else:
            return value
    try:
        value = json.loads(text.decode("utf-8", "surrogatepass"), parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise NestingError from None
    return value


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits} is no number that can be kept")
    return number


def _brackets(text: str | bytes) -> int:
    """At least the depth of the text, and cheap."""
    if isinstance(text, str):
        return text.count("[") + text.count("{")
    return text.count(b"[") + text.count(b"{")


def _is_deep(value: JsonValue) -> bool:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(_DEEPEST):
        level = [
            member
            for each in level
            for member in (each.values() if isinstance(each, dict) else each)
            if isinstance(member, (dict, list))
        ]
        if not level:
            return False
    return True


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not JSON")


def json_bytes(value: JsonValue) -> bytes:
    """The compact JSON text of `value` in UTF-8, members in their own order.

    Raises:
        NestingError: the value is nested more than 254 deep (more than 200 where orjson cannot print it).
    """
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits, a lone surrogate, or deep nesting, which orjson does not print
        if _is_deep(value):
            raise NestingError from None
        return _print_by_members(value)


def print_kept(value: JsonValue) -> bytes:
    """As `json_bytes`, some hundred levels deeper: for values that were let in, with what we keep around them."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return _print(value)


def _print_by_members(value: JsonValue) -> bytes:
    """With orjson what it can print: a number looks the same whatever stands beside it."""
    if not isinstance(value, (dict, list, float)):
        return _print(value)
    try:
        return orjson.dumps(value)
    except TypeError:
        if isinstance(value, dict):
            return b"{%b}" % b",".join([_print(name) + b":" + _print_by_members(value[name]) for name in value])
        if isinstance(value, list):
            return b"[%b]" % b",".join([_print_by_members(item) for item in value])
        raise


def _print(value: JsonValue) -> bytes:
    return _COMPACT.encode(value).encode("utf-8", "surrogatepass")


def json_text(value: JsonValue) -> str:
    """The compact JSON text of `value`, as AWS writes it into histories and causes."""
    return json_bytes(value).decode("utf-8", "surrogatepass")


def json_size(value: JsonValue) -> int:
    """The length in bytes of the compact JSON text of `value`."""
    return len(json_bytes(value))


def is_number(value: JsonValue) -> TypeGuard[int | float]:
    """Whether `value` is a JSON number (booleans are not)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_integer(value: JsonValue) -> TypeGuard[int]:
    """Whether `value` is a JSON number written without fraction (booleans are not)."""
    return isinstance(value, int) and not isinstance(value, bool)


def json_equal(left: JsonValue, right: JsonValue) -> bool:
    """Deep equality of JSON values: numbers by value, booleans never equal to numbers, members in any order."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(json_equal(member, right[key]) for key, member in left.items())
        )
    if isinstance(left, list):
        return (
            isinstance(right, list)
            and len(left) == len(right)
            and all(json_equal(a, b) for a, b in zip(left, right, strict=True))
        )
    return (type(left) is type(right) and left == right) or (is_number(left) and is_number(right) and left == right)


def json_unique(items: Iterable[JsonValue]) -> list[JsonValue]:
    """The items without repetition, equal as by `json_equal`, the first of each kept; linear in time."""
    first: dict[Hashable, JsonValue] = {}
    for item in items:
        first.setdefault(_key(item), item)
    return list(first.values())


def _key(value: JsonValue) -> Hashable:
    """What two values share if and only if they are equal as JSON."""
    if isinstance(value, list):
        return ("array", *map(_key, value))
    if isinstance(value, dict):
        return ("object", frozenset((name, _key(member)) for name, member in value.items()))
    return ("boolean", value) if isinstance(value, bool) else value


def json_type_name(value: JsonValue) -> str:
    """The word for the type of `value`: null, boolean, number, string, array or object."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
