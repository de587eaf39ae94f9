"""The graph of states: do all transitions lead somewhere, can all states be reached, is there an end.

Works on an outline that also exists where a state has other faults, so that all problems show at once. Texts, codes,
locations and their order are AWS's as third parties quote them; those about variables are ours.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from interpreter.definition.diagnostics import (
    MISSING_END_STATE,
    MISSING_TRANSITION_TARGET,
    Location,
    Report,
    location_text,
)


@dataclass(slots=True)
class Edge:
    """A transition as written."""

    target: str
    location: Location


@dataclass(slots=True)
class StateOutline:
    """What the graph needs of a state. `is_opaque`: so broken that its transitions cannot be known."""

    location: Location
    edges: list[Edge]
    is_terminal: bool
    is_opaque: bool


@dataclass(slots=True)
class MachineOutline:
    """A machine, its start, what its own states assign, and the machines within its states.

    `sees_outside` is False for the children of a Distributed Map, which are executions of their own.
    """

    location: Location
    start: Edge | None = None
    states: dict[str, StateOutline] = field(default_factory=dict)
    assigned: list[tuple[str, Location]] = field(default_factory=list)
    nested: list[MachineOutline] = field(default_factory=list)
    sees_outside: bool = True


def check_graph(machine: MachineOutline, report: Report) -> None:
    """Report dangling targets, missing ends, unreachable states and shadowed variables of `machine` and those in it."""
    machines = list(_machines(machine))
    everywhere = frozenset(name for one in machines for name in one.states)
    for one in machines:
        _check_machine(one, everywhere, report)
    _check_variables(machine, frozenset(), report)


def _machines(machine: MachineOutline) -> Iterator[MachineOutline]:
    yield machine
    for nested in machine.nested:
        yield from _machines(nested)


def _check_machine(machine: MachineOutline, everywhere: Container[str], report: Report) -> None:
    edges = [edge for state in machine.states.values() for edge in state.edges]
    for edge in [machine.start, *edges] if machine.start else edges:
        if edge.target not in machine.states:
            is_outside = edge.target in everywhere
            hint = "it is not in the same States" if is_outside else report.did_you_mean(edge.target, machine.states)
            report.error(
                edge.location, f"Missing 'Next' target: {edge.target}", code=MISSING_TRANSITION_TARGET, hint=hint
            )
    if not machine.states or any(state.is_opaque for state in machine.states.values()):
        return
    if not any(state.is_terminal for state in machine.states.values()):
        where = f" in {location_text(machine.location)}" if machine.location else ""  # AWS's diagnostic has no place
        report.error(
            None,
            "Workflow has no terminal state",
            code=MISSING_END_STATE,
            place=machine.location,
            hint=f'one state{where} must have "End": true, or be a Succeed or Fail',
        )
    elif machine.start and machine.start.target in machine.states:
        _check_reachable(machine, machine.start.target, report)


def _check_reachable(machine: MachineOutline, start: str, report: Report) -> None:
    reached, pending = {start}, [start]
    while pending:
        for edge in machine.states[pending.pop()].edges:
            if edge.target in machine.states and edge.target not in reached:
                reached.add(edge.target)
                pending.append(edge.target)
    follows = any(edge.target not in machine.states for name in reached for edge in machine.states[name].edges)
    for name, state in machine.states.items():
        if name not in reached:
            report.error(
                state.location,
                f'State "{name}" is not reachable.',
                code=MISSING_TRANSITION_TARGET,
                hint="no state that can be reached leads to it",
                follows=follows,
            )


def _check_variables(machine: MachineOutline, outer: frozenset[str], report: Report) -> None:
    visible = outer if machine.sees_outside else frozenset()
    for name, location in machine.assigned:
        if name in visible:
            report.error(location, f"Variable '{name}' is already assigned in an outer scope")
    own = visible | {name for name, _ in machine.assigned}
    for nested in machine.nested:
        _check_variables(nested, own, report)
