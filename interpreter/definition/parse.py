"""From the text of a definition to its model: one walk that compiles everything and collects every diagnostic.

Rules: States Language; developer guide, "Amazon States Language". Texts and codes: AWS's, as recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

from interpreter.definition.diagnostics import (
    INVALID_JSON_DESCRIPTION,
    NOT_SUPPORTED_YET,
    ROOT,
    SCHEMA_VALIDATION_FAILED,
    TOO_DEEPLY_NESTED,
    Diagnostic,
    Report,
    Severity,
)
from interpreter.definition.fields import Fields
from interpreter.definition.graph import MachineOutline, check_graph
from interpreter.definition.json_faults import JsonFault
from interpreter.definition.json_source import (
    MAX_NESTING,
    find_positions,
    is_unicode,
    load_json,
    nesting_exceeds,
)
from interpreter.definition.machines import parse_machine
from interpreter.definition.model import Definition
from interpreter.definition.placeholders import hint_on_value
from interpreter.definition.resources import ResourceCatalog
from interpreter.definition.schema import LANGUAGES, MACHINE_FIELDS, VERSIONS, QueryLanguage
from interpreter.definition.walk import MachineType, Walk
from interpreter.errors import DefinitionError
from interpreter.limits import AWS_DEFINITIONS, DefinitionQuotas
from interpreter.values import JsonValue

MAX_DEFINITION_BYTES: Final = 1_048_576

_Observer: TypeAlias = Callable[[dict[str, JsonValue], Report], None]


@dataclass(frozen=True, slots=True)
class Examination:
    """What a walk found: the model where there is no error, and all diagnostics."""

    definition: Definition | None
    diagnostics: list[Diagnostic]


def parse_definition(
    text: str,
    catalog: ResourceCatalog,
    *,
    machine_type: MachineType = "STANDARD",
    quotas: DefinitionQuotas = AWS_DEFINITIONS,
    stored: bool = False,
) -> Definition:
    """The model of a definition: immutable, shareable between threads and executions.

    Args:
        text: the definition as JSON text, at most 1,048,576 bytes in UTF-8.
        catalog: says which resources exist and which can run.
        machine_type: EXPRESS machines are refused jobs, callbacks and activities.
        quotas: how long names may be, and how deep calls may be nested.
        stored: whether it has been accepted before; then it is not refused for what earlier releases took.

    Raises:
        DefinitionError: the definition is refused; carries every error, or, where AWS would accept it, everything
            that steploom cannot run.
    """
    examination = examine(text, catalog, machine_type=machine_type, quotas=quotas, stored=stored)
    errors = [found for found in examination.diagnostics if found.severity is Severity.ERROR]
    if errors or examination.definition is None:
        raise DefinitionError(errors)
    limits = [found for found in examination.diagnostics if found.code == NOT_SUPPORTED_YET]
    if limits:
        raise DefinitionError([replace(found, severity=Severity.ERROR) for found in limits])
    return examination.definition


def examine(
    text: str,
    catalog: ResourceCatalog,
    *,
    machine_type: MachineType,
    quotas: DefinitionQuotas = AWS_DEFINITIONS,
    stored: bool = False,
    observe: _Observer | None = None,
) -> Examination:
    """Walk a definition once: its model if it has one, and every finding in AWS's order as far as that is known.

    `observe` may add findings of its own about a definition that is a JSON object.
    """
    try:
        value = load_json(text, unique_names=True) if text.strip() else None
        if not isinstance(value, dict):
            return _refused(SCHEMA_VALIDATION_FAILED, "Definition must be a valid JSON object")
        if not is_unicode(text):
            return _refused(SCHEMA_VALIDATION_FAILED, "Definition must not contain lone surrogates")
        if len(text.encode("utf-8")) > MAX_DEFINITION_BYTES:
            return _refused(SCHEMA_VALIDATION_FAILED, f"Definition must not exceed {MAX_DEFINITION_BYTES} bytes")
        if nesting_exceeds(value, MAX_NESTING):
            return _too_deep()
        return _examine_object(value, text, Walk(Report(stored=stored), catalog, machine_type, quotas), observe)
    except JsonFault as fault:
        return _not_json(fault)
    except RecursionError:
        return _too_deep()


def _refused(code: str, message: str) -> Examination:
    return Examination(None, [Diagnostic(Severity.ERROR, code, message, None, None, None)])


def _too_deep() -> Examination:
    return _refused(TOO_DEEPLY_NESTED, f"Definition must not nest more than {MAX_NESTING} objects and arrays")


def _not_json(fault: JsonFault) -> Examination:
    message = f"{fault.message}\n at {fault.source}"
    place = fault.source, fault.line, fault.column
    return Examination(None, [Diagnostic(Severity.ERROR, INVALID_JSON_DESCRIPTION, message, *place, fault.hint)])


def _examine_object(value: dict[str, JsonValue], text: str, walk: Walk, observe: _Observer | None) -> Examination:
    report = walk.report
    definition = _parse_top(Fields(value, ROOT, report, quotas=walk.quotas), walk)
    if observe is not None:
        observe(value, report)
    report.add_hints(partial(hint_on_value, value))
    positions = find_positions(text, report.places())
    return Examination(None if report.failed else definition, report.diagnostics(positions))


def _parse_top(fields: Fields, walk: Walk) -> Definition | None:
    if fields.one_of("QueryLanguage", LANGUAGES) == QueryLanguage.JSONATA:
        walk.query_language = QueryLanguage.JSONATA
    outline = MachineOutline(ROOT)
    machine = parse_machine(fields, walk, outline, MACHINE_FIELDS)
    fields.one_of("Version", VERSIONS)
    timeout = fields.integer("TimeoutSeconds")
    check_graph(outline, walk.report)
    if machine is None:
        return None
    comment = fields.members.get("Comment")
    return Definition(machine, comment if isinstance(comment, str) else None, timeout)
