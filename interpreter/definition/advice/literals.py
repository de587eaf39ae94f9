"""Text that looks like an expression and is passed on as it is written, as the other language has that form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from interpreter.definition.advice.queries import TEMPLATES
from interpreter.definition.diagnostics import NOT_EVALUATED, Location, Report
from interpreter.definition.schema import QueryLanguage
from interpreter.definition.visit import StateVisit
from interpreter.values import JsonValue

_MARKED: Final = re.compile(r"\s*\{%.*%\}\s*", re.DOTALL)
_HOLDING: Final = re.compile(r"\{%[^%$]*\$[^%]*%\}")
"""With a `$`, as a text may be a template of another language that has these marks, too."""

_BARE: Final = re.compile(r"\$(?P<variable>[A-Za-z_]\w*)(?P<steps>(?:\.[A-Za-z_]\w*|\[\d+\])*)")
_JSONPATH: Final = re.compile(r"\$\$?\.[A-Za-z_][\w.\[\]*'-]*|States\.[A-Z][A-Za-z0-9]+\(.*\)", re.DOTALL)
_ENTRIES: Final = ("Choices", "Catch")
_TEXTS: Final = ("Error", "Cause")


def advise_on_literals(state: StateVisit, assigned: Collection[str], report: Report) -> None:
    """Report strings that look evaluated and are not; `assigned` are the variables that the state can see."""
    for name, value, location in _evaluated_fields(state):
        for text, place in _strings(name, value, location):
            message = _message(text, str(place[-1]), state.language, assigned)
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


def _message(text: str, name: str, language: QueryLanguage, assigned: Collection[str]) -> str | None:
    if language is QueryLanguage.JSONPATH:
        if _MARKED.fullmatch(text) and not name.endswith(".$"):
            return "This is no expression but text: the QueryLanguage of the state is JSONPath"
        return None
    if not text.startswith("{%") and (_MARKED.fullmatch(text) or _HOLDING.search(text)):
        return "This is no expression but text: an expression has nothing before '{%' and nothing after '%}'"
    if _is_bare(text, assigned):
        return f"This is no expression but text: an expression stands in braces, '{{% {text} %}}'"
    if _JSONPATH.fullmatch(text):
        return "This is no path but text: the QueryLanguage of the state is JSONata; write '{% $states.input... %}'"
    return None


def _is_bare(text: str, assigned: Collection[str]) -> bool:
    """Whether a text is but `$states.` and names, or a variable that is assigned."""
    bare = _BARE.fullmatch(text)
    return bare is not None and (bare["variable"] in assigned or (bare["variable"] == "states" and bare["steps"] != ""))
