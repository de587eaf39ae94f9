"""What fails whatever the input: intrinsic function calls whose arguments cannot fit, and patterns with bad escapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interpreter.choice_rules import pattern_fault
from interpreter.definition.advice.queries import queries
from interpreter.definition.diagnostics import ALWAYS_FAILS, Location, Report
from interpreter.definition.schema import QueryLanguage
from interpreter.definition.visit import StateVisit, objects
from interpreter.intrinsics import Intrinsic
from interpreter.values import JsonValue


def advise_on_expressions(state: StateVisit, report: Report) -> None:
    """Report what always fails."""
    if state.language is not QueryLanguage.JSONPATH:
        return
    for query in queries(state):
        if isinstance(query.compiled, Intrinsic):
            for fault in query.compiled.static_faults():
                report.warning(query.location, f"The function call always fails: {fault}", code=ALWAYS_FAILS)
    for rule, location in _rules(state):
        pattern = rule.get("StringMatches")
        fault_of_pattern = pattern_fault(pattern) if isinstance(pattern, str) else None
        if fault_of_pattern is not None:
            place = (*location, "StringMatches")
            report.warning(place, f"Fails for every text: {fault_of_pattern}", code=ALWAYS_FAILS)


def _rules(state: StateVisit) -> Iterator[tuple[Mapping[str, JsonValue], Location]]:
    for rule, location in state.objects("Choices"):
        yield from _rule_and_parts(rule, location)


def _rule_and_parts(
    rule: Mapping[str, JsonValue], location: Location
) -> Iterator[tuple[Mapping[str, JsonValue], Location]]:
    yield rule, location
    for name in ("And", "Or"):
        for part, place in objects(rule.get(name), (*location, name)):
            yield from _rule_and_parts(part, place)
    negated = rule.get("Not")
    if isinstance(negated, dict):
        yield from _rule_and_parts(negated, (*location, "Not"))
