"""Members of the context object and of `$states` that do not exist: what reads one fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from interpreter.definition.advice.queries import Compiled, queries
from interpreter.definition.diagnostics import UNKNOWN_MEMBER, Report
from interpreter.definition.visit import StateVisit
from interpreter.intrinsics import Intrinsic
from interpreter.jsonata import Expression
from interpreter.jsonpath import Path, ReferencePath

_Members: TypeAlias = Mapping[str, "_Members | None"]

_CONTEXT: Final[_Members] = {
    "Execution": dict.fromkeys(("Id", "Input", "StartTime", "Name", "RoleArn", "RedriveCount", "RedriveTime")),
    "StateMachine": dict.fromkeys(("Id", "Name")),
    "State": dict.fromkeys(("Name", "EnteredTime", "RetryCount")),
    "Task": {"Token": None},
    "Map": {"Item": dict.fromkeys(("Index", "Value", "Key", "Source"))},
}
"""The context object; None where anything may follow (developer guide, "Context object")."""

_STATES: Final = ("input", "result", "errorOutput", "context")
_CONTEXT_READ: Final = re.compile(r"\$states\.context((?:\.\w+)+)")


def advise_on_members(state: StateVisit, report: Report) -> None:
    """Report reads of members that there are not."""
    for query in queries(state):
        for read, known in _unknown(query.compiled):
            hint = report.did_you_mean(read.rpartition(".")[2], known)
            message = f"There is no {read}" + (f"; {hint}" if hint else "")
            report.warning(query.location, message, code=UNKNOWN_MEMBER)


def _unknown(compiled: Compiled) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The reads of members that do not exist, each with the members that do."""
    match compiled:
        case Expression():
            for member in sorted(compiled.reads_states or ()):
                if member not in _STATES:
                    yield f"$states.{member}", _STATES
            for read in _CONTEXT_READ.finditer(compiled.text):
                yield from _unknown_in("$states.context", tuple(read[1].split(".")[1:]))
        case Intrinsic():
            for path in compiled.paths:
                yield from _unknown(path)
        case Path():
            if compiled.is_context and isinstance(compiled, ReferencePath):
                yield from _unknown_in("$$", compiled.steps)


def _unknown_in(head: str, steps: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    members: _Members | None = _CONTEXT
    for step in steps:
        if members is None:
            return
        if not isinstance(step, str) or step not in members:
            yield f"{head}.{step}", tuple(members)
            return
        head, members = f"{head}.{step}", members[step]
