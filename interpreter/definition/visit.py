"""The states of a definition as written, each with its place, its query language and the machine that it belongs to.

For what is said about definitions besides errors: it works on definitions that have errors too, and skips whatever is
not of the form that it should have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from interpreter.definition.diagnostics import ROOT, Location
from interpreter.definition.schema import QueryLanguage
from interpreter.values import JsonValue

_PROCESSORS: Final = ("ItemProcessor", "Iterator")


@dataclass(frozen=True, slots=True)
class StateVisit:
    """One state: its members as written."""

    name: str
    type: str
    members: Mapping[str, JsonValue]
    location: Location
    language: QueryLanguage

    def objects(self, field: str) -> Iterator[tuple[Mapping[str, JsonValue], Location]]:
        """The objects in an array of the state, with their places."""
        yield from objects(self.members.get(field), (*self.location, field))


@dataclass(frozen=True, slots=True)
class MachineVisit:
    """One machine; `outer` is the one whose variables it sees too, None at the top and in a distributed child."""

    start_at: JsonValue
    states: Mapping[str, StateVisit]
    outer: MachineVisit | None


def visit_machines(definition: Mapping[str, JsonValue]) -> Iterator[MachineVisit]:
    """The machine of a definition, and all machines within it, outer ones first."""
    is_jsonata = definition.get("QueryLanguage") == QueryLanguage.JSONATA
    language = QueryLanguage.JSONATA if is_jsonata else QueryLanguage.JSONPATH
    yield from _machines(definition, ROOT, language, None)


def objects(value: JsonValue, location: Location) -> Iterator[tuple[Mapping[str, JsonValue], Location]]:
    """The objects in `value`, if it is an array."""
    if isinstance(value, list):
        yield from ((item, (*location, index)) for index, item in enumerate(value) if isinstance(item, dict))


def is_distributed(state: Mapping[str, JsonValue]) -> bool:
    """Whether a Map is in the mode DISTRIBUTED."""
    for field in _PROCESSORS:
        processor = state.get(field)
        config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
        if isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED":
            return True
    return False


def _machines(
    machine: Mapping[str, JsonValue], location: Location, language: QueryLanguage, outer: MachineVisit | None
) -> Iterator[MachineVisit]:
    states = machine.get("States")
    if not isinstance(states, dict):
        return
    visits = {
        name: _state(name, state, (*location, "States", name), language)
        for name, state in states.items()
        if isinstance(state, dict) and isinstance(state.get("Type"), str)
    }
    visit = MachineVisit(machine.get("StartAt"), visits, outer)
    yield visit
    for state in visits.values():
        inherited = None if state.type == "Map" and is_distributed(state.members) else visit
        for inner, place in _inner(state):
            yield from _machines(inner, place, language, inherited)


def _state(name: str, members: Mapping[str, JsonValue], location: Location, language: QueryLanguage) -> StateVisit:
    written = members.get("QueryLanguage")
    own = QueryLanguage(written) if written in tuple(QueryLanguage) else language
    return StateVisit(name, str(members["Type"]), members, location, own)


def _inner(state: StateVisit) -> Iterator[tuple[Mapping[str, JsonValue], Location]]:
    """The machines inside a state."""
    yield from state.objects("Branches")
    for field in _PROCESSORS:
        processor = state.members.get(field)
        if isinstance(processor, dict):
            yield processor, (*state.location, field)
