"""All findings about a definition, as ValidateStateMachineDefinition reports them: errors, then warnings.

Errors are those of `interpreter.definition.parse`, from the same walk. Warnings are about what is legal and probably
not meant: NO_DOLLAR, NO_PATH and PASS_RESULT_IS_STATIC (codes of AWS, texts ours).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from interpreter.choice_rules import OPERATORS
from interpreter.definition.diagnostics import (
    NO_DOLLAR,
    NO_PATH,
    PASS_RESULT_IS_STATIC,
    ROOT,
    Diagnostic,
    Location,
    Report,
)
from interpreter.definition.parse import examine
from interpreter.definition.resources import ResourceCatalog
from interpreter.definition.walk import MachineType
from interpreter.values import JsonValue

_LOOKS_EVALUATED: Final = re.compile(r"\$|\$\$?[.\[].*|States\.[A-Za-z0-9]+\(.*\)", re.DOTALL)
_TEMPLATE_FIELDS: Final = ("Parameters", "ResultSelector", "ItemSelector", "Assign", "Credentials")


def validate_definition(
    text: str, catalog: ResourceCatalog, *, machine_type: MachineType = "STANDARD"
) -> list[Diagnostic]:
    """Every diagnostic of a definition, errors first; an empty list where nothing is to be said.

    Args:
        text: the definition as JSON text.
        catalog: says which resources exist and which can run.
        machine_type: EXPRESS machines are refused jobs, callbacks and activities.
    """
    return examine(text, catalog, machine_type=machine_type, observe=_warn).diagnostics


def _warn(definition: dict[str, JsonValue], report: Report) -> None:
    if definition.get("QueryLanguage") != "JSONata":
        _warn_machine(definition, report, ROOT)


def _warn_machine(machine: JsonValue, report: Report, location: Location) -> None:
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(states, dict):
        return
    for name, state in states.items():
        if isinstance(state, dict) and state.get("QueryLanguage") != "JSONata":
            _warn_state(state, report, (*location, "States", name))


def _warn_state(state: dict[str, JsonValue], report: Report, location: Location) -> None:
    _warn_templates(state, report, location)
    if state.get("Type") == "Pass" and _is_never_evaluated(state.get("Result")):
        message = "Result is passed on as it is written: paths and intrinsic functions in it are not evaluated"
        report.warning((*location, "Result"), message, code=PASS_RESULT_IS_STATIC)
    if state.get("Type") == "Fail":
        _warn_constants(state, ("Error", "Cause"), report, location)
    for entries in ("Choices", "Catch"):
        for entry, place in _objects(state.get(entries), (*location, entries)):
            _warn_templates(entry, report, place)
            _warn_rule(entry, report, place)
    for branch, place in _objects(state.get("Branches"), (*location, "Branches")):
        _warn_machine(branch, report, place)
    for processor in ("ItemProcessor", "Iterator"):
        _warn_machine(state.get(processor), report, (*location, processor))


def _objects(value: JsonValue, location: Location) -> Iterator[tuple[dict[str, JsonValue], Location]]:
    if isinstance(value, list):
        yield from ((item, (*location, index)) for index, item in enumerate(value) if isinstance(item, dict))


def _warn_templates(holder: dict[str, JsonValue], report: Report, location: Location) -> None:
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


def _warn_rule(rule: dict[str, JsonValue], report: Report, location: Location) -> None:
    _warn_constants(rule, [name for name in rule if f"{name}Path" in OPERATORS], report, location)
    for name in ("And", "Or"):
        for part, place in _objects(rule.get(name), (*location, name)):
            _warn_rule(part, report, place)
    negated = rule.get("Not")
    if isinstance(negated, dict):
        _warn_rule(negated, report, (*location, "Not"))


def _warn_constants(
    holder: dict[str, JsonValue], names: list[str] | tuple[str, ...], report: Report, location: Location
) -> None:
    for name in names:
        value = holder.get(name)
        if isinstance(value, str) and _LOOKS_EVALUATED.fullmatch(value):
            message = f"The value of '{name}' looks like a path; to have it evaluated, the field is '{name}Path'"
            report.warning((*location, name), message, code=NO_PATH)
