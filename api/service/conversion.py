"""JSON as on the wire to and from the dataclasses of `api.service.shapes`, driven by AWS's model.

A dataclass is named as its structure in the model, or as its operation with `Request` or `Response` behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar, cast

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape

from api.service import model, shapes
from api.service.constraints import check
from interpreter.values import JsonValue

_T = TypeVar("_T")

_AS_JSON: Final = frozenset({"HistoryEvent"})
"""Structures that have no dataclass: they are JSON in AWS's own form already."""


def to_request(request: type[_T], params: Mapping[str, JsonValue]) -> _T:
    """Check the parameters of a call and make its request.

    Raises:
        SerializationException: a member has the wrong JSON type.
        ValidationException: members are missing or break constraints.
    """
    operation = request.__name__.removesuffix("Request")
    return cast(_T, _from_json(model.input_shape(operation), check(operation, params), request))


def from_json(structure: type[_T], value: Mapping[str, JsonValue]) -> _T:
    """The inverse of `to_json` for the dataclass of a structure of the model."""
    return cast(_T, _from_json(model.structure_shape(structure.__name__), dict(value), structure))


def to_json(structure: object) -> dict[str, JsonValue]:
    """A response, or a structure of the model, as JSON: members that are None left out, dates as epoch seconds."""
    name = type(structure).__name__
    operation = name.removesuffix("Response")
    shape = model.structure_shape(name) if operation == name else model.output_shape(operation)
    return cast("dict[str, JsonValue]", _to_json(shape, structure))


@cache
def _attributes(shape: Shape) -> tuple[tuple[str, str, Shape], ...]:
    """Name on the wire, attribute and shape of each member."""
    assert isinstance(shape, StructureShape)
    return tuple((name, xform_name(name), member) for name, member in shape.members.items())


def _from_json(shape: Shape, value: JsonValue, structure: type[Any] | None = None) -> object:
    # Any: the dataclass is found by name.
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members = {
            attribute: _from_json(member, value[name])
            for name, attribute, member in _attributes(shape)
            if value.get(name) is not None
        }
        return (structure or getattr(shapes, shape.name))(**members)
    if isinstance(shape, ListShape) and isinstance(value, list):
        return tuple(_from_json(shape.member, item) for item in value)
    return value


def _to_json(shape: Shape, value: Any) -> JsonValue:
    # Any: a member of a dataclass, of the type that `shape` says.
    if shape.name in _AS_JSON:
        return cast(JsonValue, value)
    if isinstance(shape, StructureShape):
        given = {name: (member, getattr(value, attribute)) for name, attribute, member in _attributes(shape)}
        return {name: _to_json(member, item) for name, (member, item) in given.items() if item is not None}
    if isinstance(shape, ListShape):
        return [_to_json(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _to_json(shape.value, item) for key, item in value.items()}
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    return cast(JsonValue, value)
