"""Paths that lead nowhere in what the state before hands on, where that is known: a Pass with a Result.

Only what is certain is reported: reference paths on the document that the next state evaluates whatever else it does.
What a Wait or a Pass hands on as it came is followed further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from interpreter.choice_rules import OPERATORS
from interpreter.definition.advice.queries import Compiled, queries_in
from interpreter.definition.diagnostics import PATH_NEVER_MATCHES, Location, Report
from interpreter.definition.schema import QueryLanguage
from interpreter.definition.visit import MachineVisit, StateVisit
from interpreter.errors import QueryError
from interpreter.intrinsics import Intrinsic
from interpreter.jsonpath import Path, ReferencePath, parse_path
from interpreter.jsonpath.reference_path import walk
from interpreter.values import MISSING, JsonValue, json_type_name

_FARTHEST: Final = 10
"""States behind a Pass that are looked at."""

_ON_INPUT: Final[Mapping[str, tuple[str, ...]]] = {
    "Task": ("Parameters", "TimeoutSecondsPath", "HeartbeatSecondsPath", "Credentials"),
    "Pass": ("Parameters",),
    "Wait": ("SecondsPath", "TimestampPath"),
    "Fail": ("ErrorPath", "CausePath"),
    "Parallel": ("Parameters",),
    "Map": ("ItemsPath", "MaxConcurrencyPath"),
    "Choice": (),
    "Succeed": (),
}
"""The fields that a state of each type evaluates, on its input after InputPath, in every execution that enters it."""

_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "ItemsPath": ("array", "object"),
    "SecondsPath": ("number", "string"),
    "TimestampPath": ("string",),
    "ErrorPath": ("string",),
    "CausePath": ("string",),
}
"""What a path in these fields may lead to; a string of digits is taken for a number."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a document: the value at the place `steps`; all else may be anything."""

    steps: tuple[str | int, ...]
    value: JsonValue


def advise_on_static_results(machine: MachineVisit, report: Report) -> None:
    """Report the paths of a machine that lead nowhere in the Result of a Pass before them."""
    told: set[Location] = set()
    for state in machine.states.values():
        if state.type == "Pass" and state.language is QueryLanguage.JSONPATH and "Result" in state.members:
            _follow(machine, state, report, told)


def _follow(machine: MachineVisit, source: StateVisit, report: Report, told: set[Location]) -> None:
    result = _result(source)
    output_path = _reference(source, "OutputPath")
    if result is not None and output_path is not None and _leads_nowhere(output_path, result):
        message = f"The path {output_path.text!r} leads nowhere in the Result"
        report.warning((*source.location, "OutputPath"), message, code=PATH_NEVER_MATCHES)
    known = _narrowed(result, source, "OutputPath")
    state = _next(machine, source)
    for _ in range(_FARTHEST):
        if known is None or state is None or state.language is not QueryLanguage.JSONPATH:
            return
        if state.type == "Pass" and "Result" in state.members:
            return
        for location, path, where in _lost(state, known):
            if location not in told:
                told.add(location)
                message = f"The path {path.text!r} leads {where} in what state {source.name!r} hands on, its Result"
                report.warning(location, message, code=PATH_NEVER_MATCHES)
        known = _handed_on(state, known)
        state = _next(machine, state)


def _next(machine: MachineVisit, state: StateVisit) -> StateVisit | None:
    target = state.members.get("Next")
    return machine.states.get(target) if isinstance(target, str) else None


def _result(source: StateVisit) -> _Known | None:
    """What is known of the document after the Result of a Pass has been put into its input."""
    path = _reference(source, "ResultPath")
    return None if path is None else _Known(path.steps, source.members["Result"])


def _reference(state: StateVisit, field: str) -> ReferencePath | None:
    """The path in a field, `$` if it is absent; None where it does not stand for a place in the document."""
    text = state.members.get(field, "$")
    try:
        path = parse_path(text) if isinstance(text, str) else None
    except QueryError:
        return None
    return path if isinstance(path, ReferencePath) and _is_on_document(path) else None


def _is_on_document(path: Path) -> bool:
    return path.variable is None and not path.is_context


def _narrowed(known: _Known | None, state: StateVisit, field: str) -> _Known | None:
    """What is known of what InputPath or OutputPath lets through."""
    if known is None:
        return None
    if state.members.get(field, "$") is None:
        return _Known((), {})
    path = _reference(state, field)
    if path is None:
        return None
    length = len(path.steps)
    if known.steps[:length] == path.steps:
        return _Known(known.steps[length:], known.value)
    found = walk(known.value, path.steps[len(known.steps) :]) if _is_within(path, known) else MISSING
    return None if found is MISSING else _Known((), found)


def _is_within(path: ReferencePath, known: _Known) -> bool:
    return path.steps[: len(known.steps)] == known.steps


def _lost(state: StateVisit, known: _Known) -> Iterator[tuple[Location, Path, str]]:
    """The paths that `state` evaluates on its input and that lead nowhere in it, or to a value of a wrong type."""
    input_path = _reference(state, "InputPath")
    if input_path is not None and _leads_nowhere(input_path, known):
        yield (*state.location, "InputPath"), input_path, "nowhere"
    effective = _narrowed(known, state, "InputPath")
    if effective is None:
        return
    for location, compiled in _evaluated(state):
        for path in compiled.paths if isinstance(compiled, Intrinsic) else (compiled,):
            if isinstance(path, ReferencePath) and _leads_nowhere(path, effective):
                yield location, path, "nowhere"
        if isinstance(compiled, ReferencePath):
            wrong = _wrong_type(str(location[-1]), compiled, effective)
            if wrong is not None:
                yield location, compiled, wrong


def _leads_nowhere(path: ReferencePath, known: _Known) -> bool:
    if not _is_on_document(path) or not _is_within(path, known):
        return False
    steps = path.steps[len(known.steps) :]
    if walk(known.value, steps) is not MISSING:
        return False
    is_past_end = bool(steps) and isinstance(steps[-1], int) and isinstance(walk(known.value, steps[:-1]), list)
    return not is_past_end  # which gives null in templates


def _wrong_type(field: str, path: ReferencePath, known: _Known) -> str | None:
    """`to a string, not to an array` and the like, where the value cannot be used in `field`."""
    expected = _TYPES.get(field)
    if expected is None or not _is_on_document(path) or not _is_within(path, known):
        return None
    value = walk(known.value, path.steps[len(known.steps) :])
    if value is MISSING or json_type_name(value) in expected:
        return None
    return f"to a value of type {json_type_name(value)}, not {' or '.join(expected)},"


def _evaluated(state: StateVisit) -> Iterator[tuple[Location, Compiled]]:
    fields = tuple(name for name in _ON_INPUT.get(state.type, ()) if not _is_idle(state, name))
    if _hands_on_input(state) or state.type in ("Choice", "Succeed"):
        fields = (*fields, "OutputPath")
    for query in queries_in(state, *fields):
        yield query.location, query.compiled
    for rule, location in state.objects("Choices"):
        yield from _first_comparison(rule, location)
        return


def _is_idle(state: StateVisit, field: str) -> bool:
    return field == "ItemsPath" and "ItemReader" in state.members


def _first_comparison(rule: Mapping[str, Any], location: Location) -> Iterator[tuple[Location, Compiled]]:
    """What is compared first of all in a rule: later comparisons may not be reached."""
    for name in ("And", "Or", "Not"):
        part = rule.get(name)
        place: Location = (*location, name)
        if isinstance(part, list) and part:
            part, place = part[0], (*place, 0)
        if isinstance(part, dict):
            yield from _first_comparison(part, place)
            return
    if "IsPresent" in rule:
        return
    for name, text in rule.items():
        if isinstance(text, str) and (name == "Variable" or (name in OPERATORS and OPERATORS[name].is_path)):
            try:
                yield (*location, name), parse_path(text)
            except QueryError:  # an error of the definition, reported as such
                continue


def _hands_on_input(state: StateVisit) -> bool:
    """Whether the state hands on what OutputPath lets through of its effective input."""
    if state.type == "Pass":
        return "Parameters" not in state.members and state.members.get("ResultPath", "$") == "$"
    return state.type == "Wait"


def _handed_on(state: StateVisit, known: _Known) -> _Known | None:
    if not _hands_on_input(state):
        return None
    return _narrowed(_narrowed(known, state, "InputPath"), state, "OutputPath")
