"""Tasks that wait for others: without a time limit they may wait a year, without a token for ever in vain."""

from __future__ import annotations

from typing import Final

from interpreter.definition.advice.queries import Query, queries
from interpreter.definition.diagnostics import NO_TASK_TOKEN, NO_TIMEOUT, TOKEN_NOT_PASSED, Report
from interpreter.definition.model import ActivityResource, ServiceResource, TaskPattern
from interpreter.definition.resources import parse_resource
from interpreter.definition.schema import QueryLanguage
from interpreter.definition.visit import StateVisit
from interpreter.intrinsics import Intrinsic
from interpreter.jsonata import Expression
from interpreter.jsonpath import Path, ReferencePath

_LIMITS: Final = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")
_TOKEN_STEPS: Final = ("Task", "Token")


def advise_on_waits(state: StateVisit, report: Report) -> None:
    """Report callbacks and activities without a time limit, and task tokens that go nowhere or are not there."""
    written = state.members.get("Resource")
    resource = parse_resource(written) if state.type == "Task" and isinstance(written, str) else None
    if resource is None:
        return
    pattern = resource.pattern if isinstance(resource, ServiceResource) else None
    is_callback = pattern is TaskPattern.WAIT_FOR_TASK_TOKEN
    is_activity = isinstance(resource, ActivityResource)
    if (is_callback or is_activity) and not any(name in state.members for name in _LIMITS):
        what = "a callback" if is_callback else "an activity's worker"
        message = f"Waits up to a year for {what}: give it a TimeoutSeconds or HeartbeatSeconds"
        report.warning((*state.location, "Resource"), message, code=NO_TIMEOUT)
    if is_callback and not any(_may_read_token(query) for query in queries(state)):
        is_jsonata = state.language is QueryLanguage.JSONATA
        how = '"token": "{% $states.context.Task.Token %}"' if is_jsonata else '"token.$": "$$.Task.Token"'
        message = f"Nobody is told the task token that this state waits for: pass it on, as in {how}"
        report.warning((*state.location, "Resource"), message, code=TOKEN_NOT_PASSED)
    if not is_callback and pattern in (None, TaskPattern.REQUEST_RESPONSE):
        _advise_on_token(state, report)


def _may_read_token(query: Query) -> bool:
    """Whether the query may give the task token away; where that cannot be told, it may."""
    match query.compiled:
        case Expression() as expression:
            members = expression.reads_states
            return members is None or "context" in members
        case Intrinsic() as intrinsic:
            return any(_leads_to_token(path) for path in intrinsic.paths)
        case Path() as path:
            return _leads_to_token(path)


def _leads_to_token(path: Path) -> bool:
    if not isinstance(path, ReferencePath):
        return path.is_context
    return path.is_context and path.steps == _TOKEN_STEPS[: len(path.steps)]


def _advise_on_token(state: StateVisit, report: Report) -> None:
    """A task token exists only where a Task waits for its callback."""
    for query in queries(state):
        paths = query.compiled.paths if isinstance(query.compiled, Intrinsic) else (query.compiled,)
        if any(isinstance(path, ReferencePath) and path.is_context and path.steps == _TOKEN_STEPS for path in paths):
            message = "There is a task token only in a Task whose Resource ends in .waitForTaskToken"
            report.warning(query.location, message, code=NO_TASK_TOKEN)
