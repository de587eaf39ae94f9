"""The paths, intrinsic function calls and JSONata expressions of a state, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from interpreter.definition.diagnostics import Location
from interpreter.definition.schema import QueryLanguage
from interpreter.definition.visit import StateVisit
from interpreter.errors import QueryError
from interpreter.intrinsics import Intrinsic, parse_intrinsic
from interpreter.jsonata import Expression, is_expression, parse_expression
from interpreter.jsonpath import Path, parse_path
from interpreter.limits import NATIVE_DEFINITIONS
from interpreter.values import JsonValue

Compiled: TypeAlias = Path | Intrinsic | Expression

TEMPLATES: Final = frozenset(
    {
        "Parameters",
        "Arguments",
        "ResultSelector",
        "ItemSelector",
        "Items",
        "Assign",
        "Output",
        "Credentials",
        "BatchInput",
    }
)
"""Fields in which every name is the user's own."""

_MACHINES: Final = frozenset({"Branches", "ItemProcessor", "Iterator"})
_NEVER_EVALUATED: Final = frozenset(
    {
        *("Comment", "Type", "QueryLanguage", "Resource", "Next", "Default", "ErrorEquals", "Label", "CSVHeaders"),
        *("Result", "ResultPath"),
    }
)


@dataclass(frozen=True, slots=True)
class Query:
    """Something that is evaluated: its place in the definition, and what it is."""

    location: Location
    compiled: Compiled


def queries(state: StateVisit) -> Iterator[Query]:
    """Everything in `state` that is evaluated and can be compiled; what is inside its machines belongs to others."""
    own = {field: value for field, value in state.members.items() if field not in _MACHINES}
    yield from _of_object(own, state.location, state.language, in_template=False)


def queries_in(state: StateVisit, *fields: str) -> Iterator[Query]:
    """Everything that is evaluated in these fields of `state`."""
    own = {field: state.members[field] for field in fields if field in state.members}
    yield from _of_object(own, state.location, state.language, in_template=False)


def _of_object(
    members: Mapping[str, JsonValue], location: Location, language: QueryLanguage, *, in_template: bool
) -> Iterator[Query]:
    for name, value in members.items():
        if in_template or name not in _NEVER_EVALUATED:
            yield from _of_value(name, value, (*location, name), language, in_template or name in TEMPLATES)


def _of_value(
    name: str, value: JsonValue, location: Location, language: QueryLanguage, in_template: bool
) -> Iterator[Query]:
    match value:
        case str():
            compiled = _compile(name, value, language, in_template)
            if compiled is not None:
                yield Query(location, compiled)
        case list():
            for index, item in enumerate(value):
                yield from _of_value("", item, (*location, index), language, in_template)
        case dict():
            yield from _of_object(value, location, language, in_template=in_template)


def _compile(name: str, text: str, language: QueryLanguage, in_template: bool) -> Compiled | None:
    is_path = name.endswith(".$") or (not in_template and (name.endswith("Path") or name == "Variable"))
    try:
        if language is QueryLanguage.JSONATA:
            return parse_expression(text) if is_expression(text) else None
        if is_path:
            if text.startswith("$"):
                return parse_path(text)
            return parse_intrinsic(text, NATIVE_DEFINITIONS.nested_calls)
    except QueryError:  # an error of the definition, reported as such
        return None
    return None
