"""JSON as on the wire to and from the dataclasses of `api.service.shapes`, driven by AWS's model.

A dataclass is named as its structure in the model, or as its operation with `Request` or `Response` behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar, cast

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
    return cast("dict[str, JsonValue]", _writer(shape)(structure))


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


_Writer: TypeAlias = Callable[[Any], JsonValue]
"""Makes JSON of a member of a dataclass, of the type that the model says."""


@cache
def _writer(shape: Shape) -> _Writer:
    if shape.name in _AS_JSON:
        return _as_it_is
    match shape:
        case StructureShape():
            return _structure_writer(shape)
        case ListShape():
            item = _writer(shape.member)
            return lambda values: [item(value) for value in values]
        case MapShape():
            member = _writer(shape.value)
            return lambda values: {key: member(value) for key, value in values.items()}
    return _seconds if shape.type_name == "timestamp" else _as_it_is


def _structure_writer(shape: StructureShape) -> _Writer:
    members = [(name, attribute, _writer(member)) for name, attribute, member in _attributes(shape)]

    def write(structure: Any) -> JsonValue:
        given = ((name, getattr(structure, attribute), writer) for name, attribute, writer in members)
        return {name: writer(value) for name, value, writer in given if value is not None}

    return write


def _as_it_is(value: Any) -> JsonValue:
    return cast(JsonValue, value)


def _seconds(value: datetime) -> JsonValue:
    return round(value.timestamp(), 3)
