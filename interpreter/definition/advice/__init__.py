"""Advice: warnings of our own about what AWS accepts and finds out, if at all, only while an execution runs.

Each module has one subject; docs/diagnostics.md lists the codes.
"""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.definition.advice.expressions import advise_on_expressions
from interpreter.definition.advice.handlers import advise_on_handlers
from interpreter.definition.advice.idle import advise_on_idle_fields
from interpreter.definition.advice.length import advise_on_length, longest_execution
from interpreter.definition.advice.literals import advise_on_literals
from interpreter.definition.advice.members import advise_on_members
from interpreter.definition.advice.static_results import advise_on_static_results
from interpreter.definition.advice.variables import advise_on_variables, visible_variables
from interpreter.definition.advice.waits import advise_on_waits
from interpreter.definition.diagnostics import Report
from interpreter.definition.visit import visit_machines
from interpreter.definition.walk import MachineType
from interpreter.values import JsonValue


def advise(definition: Mapping[str, JsonValue], report: Report, machine_type: MachineType) -> None:
    """Report every advice on a definition, machine by machine."""
    longest = longest_execution(definition, machine_type)
    for machine in visit_machines(definition):
        assigned = visible_variables(machine)
        for state in machine.states.values():
            advise_on_handlers(state, report)
            if machine_type == "STANDARD":  # others are refused callbacks and activities
                advise_on_waits(state, report)
            advise_on_idle_fields(state, report)
            advise_on_literals(state, assigned, report)
            advise_on_expressions(state, report)
            advise_on_members(state, report)
            advise_on_length(state, longest, report)
        advise_on_variables(machine, report)
        advise_on_static_results(machine, report)
