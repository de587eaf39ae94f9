"""Text that looks like an expression and is passed on as it is written, as the other language has that form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from interpreter.definition.advice.queries import TEMPLATES
from interpreter.definition.diagnostics import NOT_EVALUATED, Location, Report
from interpreter.definition.schema import QueryLanguage
from interpreter.definition.visit import StateVisit
from interpreter.jsonata import is_expression
from interpreter.values import JsonValue

_MARKED: Final = re.compile(r"\s*\{%.*%\}\s*", re.DOTALL)
_JSONPATH: Final = re.compile(r"\$\$?\.[A-Za-z_][\w.\[\]*'-]*|States\.[A-Z][A-Za-z0-9]+\(.*\)", re.DOTALL)
_ENTRIES: Final = ("Choices", "Catch")
_TEXTS: Final = ("Error", "Cause")


def advise_on_literals(state: StateVisit, report: Report) -> None:
    """Report strings that look evaluated and are not."""
    for name, value, location in _evaluated_fields(state):
        for text, place in _strings(name, value, location):
            message = _message(text, str(place[-1]), state.language)
            if message is not None:
                report.warning(place, message, code=NOT_EVALUATED)


def _evaluated_fields(state: StateVisit) -> Iterator[tuple[str, JsonValue, Location]]:
    holders: list[tuple[Mapping[str, JsonValue], Location]] = [(state.members, state.location)]
    for field in _ENTRIES:
        holders += state.objects(field)
    for field in ("ItemReader", "ItemBatcher", "ResultWriter"):
        holder = state.members.get(field)
        if isinstance(holder, dict):
            holders.append((holder, (*state.location, field)))
    for members, location in holders:
        for name, value in members.items():
            if name in TEMPLATES or (name in _TEXTS and state.type == "Fail"):
                yield name, value, (*location, name)


def _strings(name: str, value: JsonValue, location: Location) -> Iterator[tuple[str, Location]]:
    match value:
        case str():
            yield value, location
        case list():
            for index, item in enumerate(value):
                yield from _strings(name, item, (*location, index))
        case dict():
            for key, member in value.items():
                yield from _strings(key, member, (*location, key))


def _message(text: str, name: str, language: QueryLanguage) -> str | None:
    if language is QueryLanguage.JSONPATH:
        if _MARKED.fullmatch(text) and not name.endswith(".$"):
            return "This is no expression but text: the QueryLanguage of the state is JSONPath"
        return None
    if _MARKED.fullmatch(text) and not is_expression(text):
        return "This is no expression but text: an expression has nothing before '{%' and nothing after '%}'"
    if _JSONPATH.fullmatch(text):
        return "This is no path but text: the QueryLanguage of the state is JSONata; write '{% $states.input... %}'"
    return None
