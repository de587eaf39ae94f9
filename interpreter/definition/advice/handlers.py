"""Retriers, catchers and branches of a Choice that can never be reached, and error names that nothing can have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from interpreter.definition.diagnostics import (
    ERROR_NEVER_MATCHES,
    UNREACHABLE_CATCHER,
    UNREACHABLE_CHOICE,
    UNREACHABLE_RETRIER,
    Location,
    Report,
)
from interpreter.definition.schema import RESERVED_ERRORS, QueryLanguage
from interpreter.definition.visit import StateVisit
from interpreter.values import JsonValue

_ALL: Final = "States.ALL"
_TASK_FAILED: Final = "States.TaskFailed"
_TIMEOUT: Final = "States.Timeout"
_HEARTBEAT: Final = "States.HeartbeatTimeout"
_DATA_LIMIT: Final = "States.DataLimitExceeded"
_RUNTIME: Final = "States.Runtime"

_HTTP_STATUS: Final = re.compile(r"States\.Http\.StatusCode\.[0-9]{3}")


def advise_on_handlers(state: StateVisit, report: Report) -> None:
    """Report what of Retry, Catch and Choices can never take effect."""
    for field, code in (("Retry", UNREACHABLE_RETRIER), ("Catch", UNREACHABLE_CATCHER)):
        _advise_on_entries(list(state.objects(field)), field, code, report)
    if state.type == "Choice" and state.language is QueryLanguage.JSONATA:
        _advise_on_conditions(state, report)


def _advise_on_entries(
    entries: Sequence[tuple[Mapping[str, JsonValue], Location]], field: str, code: str, report: Report
) -> None:
    taken: dict[str, int] = {}
    for entry, location in entries:
        names = _names(entry)
        takers = [_taker(name, taken) for name in names]
        earliest = [taker for taker in takers if taker is not None]
        if names and len(earliest) == len(names):
            who = f"{field}[{earliest[0]}] takes" if len(set(earliest)) == 1 else "earlier entries take"
            report.warning(location, f"{field} never comes here: {who} all its errors already", code=code)
        for name in names:
            _advise_on_name(name, (*location, "ErrorEquals"), report)
            taken.setdefault(name, int(location[-1]))


def _names(entry: Mapping[str, JsonValue]) -> list[str]:
    names = entry.get("ErrorEquals")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _taker(name: str, taken: Mapping[str, int]) -> int | None:
    """The index of the earlier entry that takes every error which `name` could match."""
    takers = {name, _ALL}
    if name not in (_ALL, _TIMEOUT, _HEARTBEAT, _DATA_LIMIT):
        takers.add(_TASK_FAILED)
    if name == _HEARTBEAT:
        takers.add(_TIMEOUT)
    return min((taken[taker] for taker in takers if taker in taken), default=None)


def _advise_on_name(name: str, location: Location, report: Report) -> None:
    if name == _RUNTIME:
        message = f"No {name} is ever retried or caught: it ends the execution"
        report.warning(location, message, code=ERROR_NEVER_MATCHES)
    elif name.startswith("States.") and name not in RESERVED_ERRORS and not _HTTP_STATUS.fullmatch(name):
        message = f"No error is named {name!r}: names that begin with 'States.' are reserved, and this is none of them"
        report.warning(location, message, code=ERROR_NEVER_MATCHES)


def _advise_on_conditions(state: StateVisit, report: Report) -> None:
    always: int | None = None
    for branch, location in state.objects("Choices"):
        if always is not None:
            message = f"The Choice never comes here: the Condition of Choices[{always}] always holds"
            report.warning(location, message, code=UNREACHABLE_CHOICE)
        elif branch.get("Condition") is True:
            always = int(location[-1])
    if always is not None and "Default" in state.members:
        message = f"Default is never taken: the Condition of Choices[{always}] always holds"
        report.warning((*state.location, "Default"), message, code=UNREACHABLE_CHOICE)
