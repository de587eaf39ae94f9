"""What the walk over a definition carries along: the report, the catalogue of resources, and what must be unique."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from interpreter.definition.diagnostics import Report
from interpreter.definition.fields import Fields
from interpreter.definition.graph import MachineOutline
from interpreter.definition.resources import ResourceCatalog
from interpreter.definition.schema import QueryLanguage
from interpreter.limits import AWS_DEFINITIONS, DefinitionQuotas
from interpreter.values import MISSING

MachineType: TypeAlias = Literal["STANDARD", "EXPRESS"]


@dataclass(slots=True)
class Walk:
    """One walk over one definition."""

    report: Report
    catalog: ResourceCatalog
    machine_type: MachineType
    quotas: DefinitionQuotas = AWS_DEFINITIONS
    query_language: QueryLanguage = QueryLanguage.JSONPATH
    state_names: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)


def note_assigned(fields: Fields, machine: MachineOutline) -> None:
    """Check the names in an Assign and note them as variables of `machine` (States Language, Assign)."""
    assigned = fields.members.get("Assign", MISSING)
    if not isinstance(assigned, dict):
        return
    longest = fields.quotas.variable_name_characters
    for key in assigned:
        name = key.removesuffix(".$") if fields.language is QueryLanguage.JSONPATH else key
        place = (*fields.at("Assign"), key)
        if name == "states":
            fields.report.error(fields.at("Assign"), "Variable name 'states' is reserved", place=place)
        elif not name.isidentifier() or len(name) > longest:
            fields.report.error(
                fields.at("Assign"),
                f"Variable name {name!r} is not valid: it must be an identifier of at most {longest} characters",
                place=place,
            )
        else:
            machine.assigned.append((name, place))
