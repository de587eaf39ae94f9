"""What the arguments of a connector may be, as data: looked at when a definition is created, and when a state runs.

The texts are those with which Step Functions refuses Parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from interpreter.definition.arguments import OPEN, ArgumentFault, Known
from interpreter.definition.diagnostics import Location


class Kind(Enum):
    """What a value must be. `ANY` is any JSON."""

    ANY = "any JSON"
    TEXT = "a string"
    INTEGER = "an integer"
    BOOLEAN = "a boolean"
    OBJECT = "an object"
    LIST = "a list"
    TEXT_LISTS = "an object whose members are lists of strings"
    TEXTS = "an object whose members are strings or lists of strings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One argument.

    Attributes:
        name: its name.
        kind: what it must be.
        required: whether it must be there.
        one_of: all that a text may be, where that is a closed set.
        minimum: the least that an integer may be.
        maximum: the most that it may be.
        members: what an object may hold, where that is a closed set.
        empty: whether a text may be the empty one.
        written: whether the definition must give the value itself, so that no input can choose it.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    one_of: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    members: tuple[Field, ...] = ()
    empty: bool = False
    written: bool = False


def argument_faults(fields: Sequence[Field], arguments: Known) -> Iterator[ArgumentFault]:
    """Everything that is wrong with arguments; `OPEN` values may be anything."""
    if arguments is OPEN:
        yield from (ArgumentFault((), _not_written(field.name)) for field in fields if field.written)
        return
    if not isinstance(arguments, dict):
        yield ArgumentFault((), "The value is not a JSON object")
        return
    yield from _members(fields, arguments, ())


def _members(fields: Sequence[Field], given: Mapping[str, Known], at: Location) -> Iterator[ArgumentFault]:
    known = {field.name: field for field in fields}
    for name, value in given.items():
        field = known.get(name)
        if field is None:
            message = f"The field {_path(at, name)!r} is not supported by Step Functions"
            yield ArgumentFault(at, message, unknown=name, known=known.keys() - given.keys())
        elif value is OPEN:
            if field.written:
                yield ArgumentFault((*at, name), _not_written(name))
        elif value is not None:
            yield from _value(field, value, (*at, name))
    for field in fields:
        if field.required and given.get(field.name) is None:
            yield ArgumentFault(at, f"The field {_path(at, field.name)!r} is required but was missing")


def _value(field: Field, value: Known, at: Location) -> Iterator[ArgumentFault]:
    if field.members and isinstance(value, dict):
        yield from _members(field.members, value, at)
    elif field.empty and value == "":
        return
    elif not _CHECKS[field.kind](value) or not _in_bounds(field, value):
        wanted = f"; wanted is {_wanted(field)}" if _wanted(field) else ""
        yield ArgumentFault(at, f"The value of the field {_path(at)!r} has an invalid format{wanted}")


def _not_written(name: str) -> str:
    return f"The field {name!r} must be written out in the definition: what changes belongs into its parameters"


def _wanted(field: Field) -> str:
    """What a value should have been, where the recorded text does not stand alone."""
    if field.one_of:
        return f"one of [{', '.join(field.one_of)}]"
    if field.minimum is not None or field.maximum is not None:
        return f"an integer from {field.minimum} to {field.maximum}"
    return "" if field.kind is Kind.TEXT_LISTS else field.kind.value


def _in_bounds(field: Field, value: Known) -> bool:
    if isinstance(value, str):
        return not field.one_of or value in field.one_of
    if isinstance(value, int):
        low, high = field.minimum, field.maximum
        return (low is None or value >= low) and (high is None or value <= high)
    return True


def _path(at: Location, *more: str) -> str:
    return ".".join(str(step) for step in (*at, *more))


def _is_text(value: Known) -> bool:
    return isinstance(value, str) and value != ""


def _is_texts(value: Known) -> bool:
    return value is OPEN or (isinstance(value, list) and all(item is OPEN or isinstance(item, str) for item in value))


def _is_text_or_texts(value: Known) -> bool:
    return isinstance(value, str) or _is_texts(value)


_CHECKS: Final[Mapping[Kind, Callable[[Known], bool]]] = {
    Kind.ANY: lambda value: True,
    Kind.TEXT: _is_text,
    Kind.INTEGER: lambda value: isinstance(value, int) and not isinstance(value, bool),
    Kind.BOOLEAN: lambda value: isinstance(value, bool),
    Kind.OBJECT: lambda value: isinstance(value, dict),
    Kind.LIST: lambda value: isinstance(value, list),
    Kind.TEXT_LISTS: lambda value: isinstance(value, dict) and all(map(_is_texts, value.values())),
    Kind.TEXTS: lambda value: isinstance(value, dict) and all(map(_is_text_or_texts, value.values())),
}
