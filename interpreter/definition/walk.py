"""What the walk over a definition carries along: the report, the catalogue of resources, and what must be unique."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from interpreter.definition.diagnostics import INVALID_VARIABLE_NAME, RESERVED_VARIABLE_NAME, Report
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
        if name == "states":
            message = "Cannot assign to reserved variable '$states'."
            fields.report.unwanted(fields.at("Assign"), key, message, code=RESERVED_VARIABLE_NAME)
        elif not name.isidentifier():
            message = f"Invalid variable name '{name}': the variable name contains invalid characters."
            fields.report.unwanted(fields.at("Assign"), key, message, code=INVALID_VARIABLE_NAME)
        elif len(name) > longest:
            message = f"Invalid variable name '{name}': the variable name has more than {longest} characters."
            fields.report.unwanted(fields.at("Assign"), key, message, code=INVALID_VARIABLE_NAME)
        else:
            machine.assigned.append((name, (*fields.at("Assign"), key)))
