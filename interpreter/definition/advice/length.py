"""Waits that are longer than the execution may be."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.definition.diagnostics import TIMES_OUT, Report
from interpreter.definition.visit import StateVisit
from interpreter.definition.walk import MachineType
from interpreter.limits import EXPRESS_SECONDS
from interpreter.values import JsonValue, is_integer


def longest_execution(definition: Mapping[str, JsonValue], machine_type: MachineType) -> int | None:
    """How many seconds an execution may take, as far as its definition and type say."""
    written = definition.get("TimeoutSeconds")
    limits = [written] if is_integer(written) else []
    if machine_type == "EXPRESS":
        limits.append(EXPRESS_SECONDS)
    return min(limits, default=None)


def advise_on_length(state: StateVisit, longest: int | None, report: Report) -> None:
    """Report a Wait after which the execution is over; `longest` is the execution's limit in seconds, None for none.

    A Task may end before its timeout: only Waits are certain.
    """
    seconds = state.members.get("Seconds")
    if state.type == "Wait" and longest is not None and is_integer(seconds) and seconds >= longest:
        message = f"The execution times out while it waits: it may take {longest} seconds"
        report.warning((*state.location, "Seconds"), message, code=TIMES_OUT)
