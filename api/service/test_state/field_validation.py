"""Mocked results against the shape of the API that they stand for, as Step Functions spells its members (recorded).

Members that the shape does not have are let pass.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from activities.integrations.aws_shapes import Spelling
from api.service.errors import ValidationException
from interpreter.values import JsonValue, is_number

Strictness: TypeAlias = Literal["STRICT", "PRESENT"]
"""STRICT: required members must be there; both: those that are there must be of their type."""

_NAMES: Final = {
    "blob": "a string",
    "boolean": "a boolean",
    "character": "a string",
    "double": "a number",
    "float": "a number",
    "integer": "a number",
    "list": "an array",
    "long": "a number",
    "map": "an object",
    "string": "a string",
    "structure": "an object",
    "timestamp": "a string",
}


def check_result(
    shape: StructureShape,
    result: JsonValue,
    strictness: Strictness,
    free: frozenset[str],
    spelling: Spelling,
) -> None:
    """Check a mocked result, whose members are spelled by `spelling`; those of the top level in `free` may be anything.

    Raises:
        ValidationException: with the first fault in the order of the shape.
    """
    if not isinstance(result, dict):
        raise ValidationException("Mocked result must be a JSON object.")
    _check_members(shape, result, strictness, spelling, free)


def _check_members(
    shape: StructureShape,
    value: dict[str, JsonValue],
    strictness: Strictness,
    spelling: Spelling,
    free: frozenset[str] = frozenset(),
) -> None:
    for member, member_shape in shape.members.items():
        name = spelling(member)
        if name in free:
            continue
        if value.get(name) is not None:
            _check(name, member_shape, value[name], strictness, spelling)
        elif strictness == "STRICT" and member in shape.required_members:
            raise _fault(f"Required field '{name}' is missing")


def _check(name: str, shape: Shape, value: JsonValue, strictness: Strictness, spelling: Spelling) -> None:
    kind = _NAMES[shape.type_name]
    if not _is(kind, value):
        raise _fault(f"Field '{name}' must be {kind}")
    match value:
        case dict() if isinstance(shape, StructureShape):
            if not shape.metadata.get("document"):
                _check_members(shape, value, strictness, spelling)
        case dict() if isinstance(shape, MapShape):
            for key, item in value.items():
                _check(key, shape.value, item, strictness, spelling)
        case list() if isinstance(shape, ListShape):
            for item in value:
                _check(name, shape.member, item, strictness, spelling)
        case str() if isinstance(shape, StringShape):
            _check_text(name, shape, value)
        case int() | float():
            _check_range(name, shape, value)
        case _:
            pass


def _is(kind: str, value: JsonValue) -> bool:
    match kind:
        case "a string":
            return isinstance(value, str)
        case "a number":
            return is_number(value)
        case "a boolean":
            return isinstance(value, bool)
        case "an array":
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


def _check_text(name: str, shape: StringShape, value: str) -> None:
    if shape.enum and value not in shape.enum:
        raise _fault(f"Field '{name}' is not an expected value")
    if len(value) < shape.metadata.get("min", 0):
        raise _fault(f"Field '{name}' is smaller than the minimum length")


def _check_range(name: str, shape: Shape, value: float) -> None:
    if value > shape.metadata.get("max", value):
        raise _fault(f"Field '{name}' exceeds the maximum value")
    if value < shape.metadata.get("min", value):
        raise _fault(f"Field '{name}' is less than the minimum value")


def _fault(text: str) -> ValidationException:
    return ValidationException(f"Mock result schema validation error: {text}")
