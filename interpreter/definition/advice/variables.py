"""Variables that are read and that nothing assigns: the state that reads one fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from interpreter.definition.advice.queries import Compiled, queries
from interpreter.definition.diagnostics import UNKNOWN_VARIABLE, Report
from interpreter.definition.schema import QueryLanguage
from interpreter.definition.visit import MachineVisit, StateVisit
from interpreter.intrinsics import Intrinsic
from interpreter.jsonata import Expression
from interpreter.jsonpath import Path
from interpreter.values import JsonValue

_ENTRIES: Final = ("Choices", "Catch")


def advise_on_variables(machine: MachineVisit, report: Report) -> None:
    """Report reads of variables that no state assigns, neither of the machine nor of those around it.

    Whether a variable is assigned *before* it is read is not looked at.
    """
    known = visible_variables(machine)
    for state in machine.states.values():
        for query in queries(state):
            for name in sorted(_read(query.compiled) - known):
                message = f"No state of this machine, or of one around it, assigns the variable ${name}"
                if isinstance(query.compiled, Expression):
                    message += ", and no function has that name"
                hint = report.did_you_mean(name, known)
                report.warning(query.location, message + (f"; {hint}" if hint else ""), code=UNKNOWN_VARIABLE)


def visible_variables(machine: MachineVisit) -> frozenset[str]:
    """The variables that a state of a machine, or of one around it, assigns."""
    return frozenset(_visible(machine))


def _visible(machine: MachineVisit | None) -> Iterator[str]:
    while machine is not None:
        for state in machine.states.values():
            yield from _assigned(state)
        machine = machine.outer


def _assigned(state: StateVisit) -> Iterator[str]:
    holders: list[Mapping[str, JsonValue]] = [state.members]
    for field in _ENTRIES:
        holders += [entry for entry, _ in state.objects(field)]
    for holder in holders:
        assign = holder.get("Assign")
        for name in assign if isinstance(assign, dict) else ():
            yield name.removesuffix(".$") if state.language is QueryLanguage.JSONPATH else name


def _read(compiled: Compiled) -> frozenset[str]:
    match compiled:
        case Expression():
            return compiled.variables
        case Intrinsic():
            return compiled.variables
        case Path():
            return frozenset() if compiled.variable is None else frozenset({compiled.variable})
