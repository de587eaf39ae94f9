"""What is wrong with a definition file, found on this machine and shown with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from api.cli.options import without_none
from api.cli.output import CommandError, console, counted, error_console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from interpreter.definition.diagnostics import Diagnostic

_ECHOED_SOURCE: Final = re.compile(r'\[Source: \(String\)".*?"; (line: \d+, column: \d+)\]', re.DOTALL)


def diagnostics_of(text: str, *, express: bool, mode: Literal["aws", "native"]) -> Sequence[Diagnostic]:
    """Every diagnostic of a definition, in the order of the file; those without a place come first."""
    from activities.registry import Registry
    from interpreter.definition.validate import validate_definition
    from interpreter.limits import definition_quotas_of

    machine_type: Literal["EXPRESS", "STANDARD"] = "EXPRESS" if express else "STANDARD"
    found = validate_definition(text, Registry(), machine_type=machine_type, quotas=definition_quotas_of(mode))
    return sorted(found, key=lambda one: (one.line or 0, one.column or 0))


def refuse_invalid(
    file: Path, text: str, *, mode: Literal["aws", "native"], express: bool = False, as_json: bool = False
) -> None:
    """Do no more for a definition that can run in a mode than print its warnings, on standard error.

    Raises:
        CommandError: It has errors or cannot run yet; what is to be said of it has been printed.
    """
    found = diagnostics_of(text, express=express, mode=mode)
    if error_count(found) or cannot_run(found):
        print_json(report(found)) if as_json else print_diagnostics(file, found)
        told = "is not a valid definition" if error_count(found) else "is valid, but steploom cannot run it yet"
        raise CommandError(f"{file} {told}.")
    print_diagnostics(file, found, error_console())


def error_count(found: Sequence[Diagnostic]) -> int:
    """How many of the diagnostics are errors."""
    return sum(one.severity == "ERROR" for one in found)


def cannot_run(found: Sequence[Diagnostic]) -> bool:
    """Whether there is something in it that AWS takes and steploom cannot run yet."""
    from interpreter.definition.diagnostics import NOT_SUPPORTED_YET

    return any(one.code == NOT_SUPPORTED_YET for one in found)


def summary(found: Sequence[Diagnostic]) -> str:
    """The diagnostics in numbers: `1 error, 2 warnings`, or `valid`."""
    errors = error_count(found)
    if not found:
        return "valid"
    counts = f"{counted(errors, 'error')}, {counted(len(found) - errors, 'warning')}"
    return f"{counts}: valid, but steploom cannot run it yet" if not errors and cannot_run(found) else counts


def print_diagnostics(file: Path, found: Sequence[Diagnostic], to: Console | None = None) -> None:
    """Print one line for each, in the form that editors and CI systems read (default: on standard output).

    States that a missing target leaves unreachable are only counted.
    """
    out = to or console()
    for one in (one for one in found if not one.follows):
        place = ":".join(str(part) for part in (file, one.line, one.column) if part is not None)
        style = "bold red" if one.severity == "ERROR" else "bold yellow"
        out.print(place, end=": ", markup=False)
        out.print(str(one.severity).lower(), style=style, end=" ")
        out.print(f"{one.code}: {_message(one)}", markup=False)
    held_back = sum(one.follows for one in found)
    if held_back:
        states = counted(held_back, "state")
        out.print(f"{file}: held back: {states} not reachable, maybe for the missing target", markup=False)


def report(found: Sequence[Diagnostic]) -> Mapping[str, Any]:
    """The diagnostics in the form of ValidateStateMachineDefinition, with line, column and hint."""
    return {"result": "FAIL" if error_count(found) else "OK", "diagnostics": [_as_json(one) for one in found]}


def _message(one: Diagnostic) -> str:
    """The message on one line. That of text which is no JSON echoes the text, as AWS's does: we leave that out."""
    from interpreter.definition.diagnostics import INVALID_JSON_DESCRIPTION

    if one.code == INVALID_JSON_DESCRIPTION:
        message, location = _ECHOED_SOURCE.sub(r"\1", one.message.removesuffix(f"\n at {one.location}")), None
    else:
        message, location = one.message, one.location
    if one.hint:
        message = f"{message.removesuffix('.')}; {one.hint}"
    return " ".join(message.split()) + (f" (at {location})" if location else "")


def _as_json(one: Diagnostic) -> Mapping[str, Any]:
    return without_none(
        severity=str(one.severity),
        code=one.code,
        message=one.message,
        location=one.location,
        line=one.line,
        column=one.column,
        hint=one.hint,
    )
