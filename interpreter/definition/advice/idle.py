"""Fields that are there and do nothing because of another field."""

from __future__ import annotations

from interpreter.definition.diagnostics import NO_EFFECT, Report
from interpreter.definition.visit import StateVisit


def advise_on_idle_fields(state: StateVisit, report: Report) -> None:
    """Report fields without effect."""
    members = state.members
    if state.type == "Pass" and "Result" in members and "Parameters" in members:
        _report(state, "Parameters", "beside Result, which the state passes on", report)
    if state.type == "Map" and "ItemsPath" in members and "ItemReader" in members:
        _report(state, "ItemsPath", "beside ItemReader", report)


def _report(state: StateVisit, field: str, where: str, report: Report) -> None:
    report.warning((*state.location, field), f"Field '{field}' has no effect {where}", code=NO_EFFECT)
