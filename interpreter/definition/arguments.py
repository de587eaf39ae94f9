"""What a definition says of a Task's arguments before anything runs: the template with its evaluated parts left open.

A catalogue of resources looks at this view, so that a wrong or missing argument is refused where it is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from interpreter.definition.diagnostics import Location
from interpreter.definition.schema import QueryLanguage
from interpreter.jsonata import is_expression
from interpreter.values import JsonValue


class Open(Enum):
    """The type of `OPEN`, a value that is known only when the state runs."""

    OPEN = "open"

    def __repr__(self) -> str:
        return "OPEN"


OPEN: Final = Open.OPEN

Known: TypeAlias = "bool | int | float | str | list[Known] | dict[str, Known] | Open | None"
"""JSON in which any value may be `OPEN`."""


@dataclass(frozen=True, slots=True)
class ArgumentFault:
    """What is wrong with an argument.

    Attributes:
        location: its place within the arguments, as AWS tells it.
        message: the text for people.
        unknown: the member at that place that should not be there, if one is at fault.
        known: the members of which it may have been meant to be one.
    """

    location: Location
    message: str
    unknown: str | None = None
    known: Collection[str] = ()


def known_arguments(state: Mapping[str, JsonValue], language: QueryLanguage) -> Known:
    """What is known of the arguments of a Task, from the members of its state.

    `OPEN` where all of them are found only when the state runs, as without Parameters. Keys of JSONPath templates
    stand there without their `.$`.
    """
    match language:
        case QueryLanguage.JSONPATH:
            return _known_template(state["Parameters"]) if "Parameters" in state else OPEN
        case QueryLanguage.JSONATA:
            return _known_jsonata(state["Arguments"]) if "Arguments" in state else OPEN


def arguments_field(language: QueryLanguage) -> str:
    """The field of a state that holds its arguments."""
    return "Parameters" if language is QueryLanguage.JSONPATH else "Arguments"


def written_name(arguments: JsonValue, location: Location, name: str) -> str:
    """A member of an object within the arguments as it is written there: in JSONPath maybe with `.$` at its end."""
    holder: Any = arguments
    for part in location:
        holder = holder[part]
    return name if name in holder else f"{name}.$"


def _known_template(value: JsonValue) -> Known:
    if isinstance(value, dict):
        return {
            name.removesuffix(".$"): OPEN if name.endswith(".$") else _known_template(member)
            for name, member in value.items()
        }
    return [_known_template(item) for item in value] if isinstance(value, list) else value


def _known_jsonata(value: JsonValue) -> Known:
    if isinstance(value, dict):
        return {name: _known_jsonata(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_known_jsonata(item) for item in value]
    return OPEN if isinstance(value, str) and is_expression(value) else value
