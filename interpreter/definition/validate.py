"""All findings about a definition, as ValidateStateMachineDefinition reports them: errors, then warnings.

Errors are those of `interpreter.definition.parse`, from the same walk. Warnings are about what is legal and probably
not meant: NO_DOLLAR, NO_PATH and PASS_RESULT_IS_STATIC (codes of AWS, texts ours), and those of our own
(`interpreter.definition.advice`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from interpreter.choice_rules import OPERATORS
from interpreter.definition.advice import advise
from interpreter.definition.diagnostics import (
    NO_DOLLAR,
    NO_PATH,
    PASS_RESULT_IS_STATIC,
    Diagnostic,
    Location,
    Report,
)
from interpreter.definition.parse import examine
from interpreter.definition.resources import ResourceCatalog
from interpreter.definition.schema import QueryLanguage
from interpreter.definition.visit import StateVisit, objects, visit_machines
from interpreter.definition.walk import MachineType
from interpreter.limits import AWS_DEFINITIONS, DefinitionQuotas
from interpreter.values import JsonValue

_LOOKS_EVALUATED: Final = re.compile(r"\$|\$\$?[.\[].*|States\.[A-Za-z0-9]+\(.*\)", re.DOTALL)
_TEMPLATE_FIELDS: Final = ("Parameters", "ResultSelector", "ItemSelector", "Assign", "Credentials", "BatchInput")
_ENTRIES: Final = ("Choices", "Catch")
_DISTRIBUTION: Final = ("ItemReader", "ItemBatcher", "ResultWriter")


def validate_definition(
    text: str,
    catalog: ResourceCatalog,
    *,
    machine_type: MachineType = "STANDARD",
    quotas: DefinitionQuotas = AWS_DEFINITIONS,
) -> list[Diagnostic]:
    """Every diagnostic of a definition, errors first; an empty list where nothing is to be said.

    Args:
        text: the definition as JSON text.
        catalog: says which resources exist and which can run.
        machine_type: EXPRESS machines are refused jobs, callbacks and activities.
        quotas: how long names may be, and how deep calls may be nested.
    """
    observe = partial(_warn, machine_type)
    return examine(text, catalog, machine_type=machine_type, quotas=quotas, observe=observe).diagnostics


def _warn(machine_type: MachineType, definition: Mapping[str, JsonValue], report: Report) -> None:
    for machine in visit_machines(definition):
        for state in machine.states.values():
            if state.language is QueryLanguage.JSONPATH:
                _warn_state(state, report)
    advise(definition, report, machine_type)


def _warn_state(state: StateVisit, report: Report) -> None:
    _warn_templates(state.members, report, state.location)
    if state.type == "Pass" and _is_never_evaluated(state.members.get("Result")):
        message = "Result is passed on as it is written: paths and intrinsic functions in it are not evaluated"
        report.warning((*state.location, "Result"), message, code=PASS_RESULT_IS_STATIC)
    if state.type == "Fail":
        _warn_constants(state.members, ("Error", "Cause"), report, state.location)
    for field in _ENTRIES:
        for entry, place in state.objects(field):
            _warn_templates(entry, report, place)
            _warn_rule(entry, report, place)
    for field in _DISTRIBUTION:
        holder = state.members.get(field)
        if isinstance(holder, dict):
            _warn_templates(holder, report, (*state.location, field))


def _warn_templates(holder: Mapping[str, JsonValue], report: Report, location: Location) -> None:
    for field in _TEMPLATE_FIELDS:
        template = holder.get(field)
        if not isinstance(template, dict):
            continue
        for place in _evaluated(template, in_template=True):
            message = f"The value of '{place[-1]}' looks like a path or an intrinsic function, but its name has no '.$'"
            report.warning((*location, field, *place), message, code=NO_DOLLAR)


def _evaluated(value: JsonValue, *, in_template: bool, at: Location = ()) -> Iterator[Location]:
    """The places in `value` whose text looks like a path or a call; in a template, those under a `.$` key are meant."""
    if isinstance(value, str) and _LOOKS_EVALUATED.fullmatch(value):
        yield at
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _evaluated(item, in_template=in_template, at=(*at, index))
    elif isinstance(value, dict):
        for key, member in value.items():
            if not (in_template and key.endswith(".$")):
                yield from _evaluated(member, in_template=in_template, at=(*at, key))


def _is_never_evaluated(result: JsonValue) -> bool:
    return next(_evaluated(result, in_template=False), None) is not None


def _warn_rule(rule: Mapping[str, JsonValue], report: Report, location: Location) -> None:
    _warn_constants(rule, [name for name in rule if f"{name}Path" in OPERATORS], report, location)
    for name in ("And", "Or"):
        for part, place in objects(rule.get(name), (*location, name)):
            _warn_rule(part, report, place)
    negated = rule.get("Not")
    if isinstance(negated, dict):
        _warn_rule(negated, report, (*location, "Not"))


def _warn_constants(
    holder: Mapping[str, JsonValue], names: list[str] | tuple[str, ...], report: Report, location: Location
) -> None:
    for name in names:
        value = holder.get(name)
        if isinstance(value, str) and _LOOKS_EVALUATED.fullmatch(value):
            message = f"The value of '{name}' looks like a path; to have it evaluated, the field is '{name}Path'"
            report.warning((*location, name), message, code=NO_PATH)
