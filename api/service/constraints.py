"""The constraints of AWS's model, checked once for every door and worded as AWS words them.

All breaches of a request make one ValidationException; wrong JSON types make a SerializationException. Members that
the model does not know, and nulls, are left out, as AWS does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from botocore.model import ListShape, Shape, StringShape, StructureShape

from api.service import model
from api.service.errors import SerializationException, ValidationException
from interpreter.values import JsonValue, is_number

_MEASURED_IN_BYTES: Final = frozenset({"Definition", "SensitiveData", "SensitiveError", "SensitiveCause"})
"""Shapes whose length AWS counts in bytes of UTF-8 instead of characters."""

_ENUM_ORDER: Final[Mapping[str, Sequence[str]]] = {
    "ExecutionStatus": ("SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING")
}
"""Enums that AWS was recorded to list in another order than the model's."""

_QUOTAS: Final = frozenset(
    {("StartExecution", "input"), ("StartSyncExecution", "input"), ("SendTaskSuccess", "output")}
)
"""Members whose greatest length is a quota on executions, which `native` mode lifts: who knows the mode checks it."""
_BLANKS_BETWEEN: Final = r"\t*[^\x00-\x1F:\x7F](?:\t|[^\x00-\x1F:\x7F])*"
_LINEAR: Final[Mapping[str, str]] = {
    "AuthHeaderParameters": _BLANKS_BETWEEN,
    "AuthHeaderParametersSensitive": _BLANKS_BETWEEN,
    "HeaderValueSensitive": r"\t*[\x20-\x7E](?:\t|[\x20-\x7E])*",
}
"""Patterns that match the same as the model's, which take time exponential in the blanks of a text."""

_BEYOND: Final[Mapping[str, int]] = {"integer": 2**31, "long": 2**63}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KEPT: Final = frozenset({"AliasDescription", "ConnectionDescription", "TagKey", "VersionDescription"})
"""Shapes of which texts go to the database as they are; PostgreSQL takes none with a NUL."""

_NAME: Final = ("Name", "name")
"""Shape and place of texts whose characters have an error code of their own, InvalidName."""


def check(operation: str, params: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Check the parameters of a call, by their names on the wire, and return those that the model knows.

    Raises:
        SerializationException: a member has the wrong JSON type.
        ValidationException: members are missing or break constraints.
    """
    return check_structure(operation, model.input_shape(operation), params)


def check_structure(operation: str, shape: StructureShape, params: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """As `check`, for the input of an operation of any service that has AWS's constraints."""
    checker = _Checker(operation)
    checked = checker.structure(shape, dict(params), "")
    if len(checker.breaches) > checker.over_quota:
        number = len(checker.breaches)
        errors = "error" if number == 1 else "errors"
        raise ValidationException(f"{number} validation {errors} detected: {'; '.join(checker.breaches)}")
    return checked


class _Checker:
    """Walks one request and collects what is wrong with it; `over_quota` counts what `native` mode lets pass."""

    def __init__(self, operation: str) -> None:
        self.breaches: list[str] = []
        self.over_quota = 0
        self._operation = operation

    def structure(self, shape: StructureShape, value: JsonValue, path: str) -> dict[str, JsonValue]:
        if not isinstance(value, dict):
            raise _wrong_type(value, "a structure")
        checked: dict[str, JsonValue] = {}
        for name, member in shape.members.items():
            at = f"{path}.{name}" if path else name
            if value.get(name) is not None:
                checked[name] = self._value(member, value[name], at)
            elif name in shape.required_members:
                self._null(at)
        return checked

    def _value(self, shape: Shape, value: JsonValue, path: str) -> JsonValue:
        match shape.type_name:
            case "structure" if isinstance(shape, StructureShape):
                return self.structure(shape, value, path)
            case "list" if isinstance(shape, ListShape):
                return self._list(shape, value, path)
            case "string" if isinstance(shape, StringShape):
                return self._string(shape, value, path)
            case "integer" | "long":
                return self._integer(shape, value, path)
            case "float" | "double":
                return self._float(shape, value, path)
            case "boolean":
                if not isinstance(value, bool):
                    raise _wrong_type(value, "a Boolean")
                return value
            case other:
                raise NotImplementedError(f"no operation takes a {other}: {shape.name}")

    def _list(self, shape: ListShape, value: JsonValue, path: str) -> list[JsonValue]:
        if not isinstance(value, list):
            raise _wrong_type(value, "a list")
        self._length(shape, value, len(value), path)
        checked: list[JsonValue] = []
        for number, item in enumerate(value, 1):
            at = f"{path}.{number}.member"
            if item is None:
                self._null(at)
            else:
                checked.append(self._value(shape.member, item, at))
        return checked

    def _string(self, shape: StringShape, value: JsonValue, path: str) -> str:
        if not isinstance(value, str):
            raise _wrong_type(value, "a String")
        if (shape.name, path) != _NAME and _SURROGATE.search(value):
            raise SerializationException("A string holds half a surrogate pair")
        self._length(shape, value, len(value.encode()) if shape.name in _MEASURED_IN_BYTES else len(value), path)
        pattern = shape.metadata.get("pattern")
        if pattern is not None and not _compiled(_LINEAR.get(shape.name, pattern)).fullmatch(value):
            self._breach(shape, value, path, f"satisfy regular expression pattern: {pattern}")
        if shape.name in _KEPT and "\0" in value:
            self._breach(shape, value, path, "not contain NUL")
        if shape.enum and value not in shape.enum:
            members = ", ".join(_ENUM_ORDER.get(shape.name, shape.enum))
            self._breach(shape, value, path, f"satisfy enum value set: [{members}]")
        return value

    def _integer(self, shape: Shape, value: JsonValue, path: str) -> int:
        if not is_number(value) or not (isinstance(value, int) or value.is_integer()):
            raise _wrong_type(value, "an Integer")
        if not -_BEYOND[shape.type_name] <= value < _BEYOND[shape.type_name]:
            raise SerializationException(f"Numeric value out of range of {shape.type_name}")
        self._range(shape, int(value), path)
        return int(value)

    def _float(self, shape: Shape, value: JsonValue, path: str) -> float:
        if not is_number(value):
            raise _wrong_type(value, "a Float")
        self._range(shape, value, path)
        return float(value)

    def _length(self, shape: Shape, value: JsonValue, length: int, path: str) -> None:
        if length > shape.metadata.get("max", length):
            self.over_quota += (self._operation, path) in _QUOTAS
            self._breach(shape, value, path, f"have length less than or equal to {shape.metadata['max']}")
        if length < shape.metadata.get("min", 0):
            self._breach(shape, value, path, f"have length greater than or equal to {shape.metadata['min']}")

    def _range(self, shape: Shape, value: float, path: str) -> None:
        if value > shape.metadata.get("max", value):
            self._breach(shape, value, path, f"have value less than or equal to {shape.metadata['max']}")
        if value < shape.metadata.get("min", value):
            self._breach(shape, value, path, f"have value greater than or equal to {shape.metadata['min']}")

    def _breach(self, shape: Shape, value: JsonValue, path: str, rule: str) -> None:
        shown = "" if shape.metadata.get("sensitive") else f" '{_shown(shape, value)}'"
        self.breaches.append(f"Value{shown} at '{path}' failed to satisfy constraint: Member must {rule}")

    def _null(self, path: str) -> None:
        self.breaches.append(f"Value null at '{path}' failed to satisfy constraint: Member must not be null")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(r"\p{ASCII}", r"[\x00-\x7f]"))  # Java's name for what `re` calls by its range


def _wrong_type(value: JsonValue, wanted: str) -> SerializationException:
    match value:
        case bool():
            token = "TRUE_VALUE" if value else "FALSE_VALUE"
        case int() | float():
            token = "NUMBER_VALUE"
        case str():
            token = "STRING_VALUE"
        case list():
            token = "START_ARRAY"
        case dict():
            token = "START_OBJECT"
        case None:
            token = "VALUE_NULL"
    return SerializationException(f"{token} can not be converted to {wanted}")


def _shown(shape: Shape, value: JsonValue) -> str:
    """A value as Java prints it."""
    if shape.metadata.get("sensitive"):
        return "*** Sensitive Data Redacted ***"
    match value:
        case bool():
            return "true" if value else "false"
        case list() if isinstance(shape, ListShape):
            return f"[{', '.join(_shown(shape.member, item) for item in value)}]"
        case dict() if isinstance(shape, StructureShape):
            members = (f"{name}={_shown(shape.members[name], value[name])}" for name in shape.members if name in value)
            return f"{shape.name}({', '.join(members)})"
        case _:
            return str(value)
