"""What Temporal reports of activities and child workflows, in the interpreter's terms; and an execution's own failure.

Projections read recorded failures with the same functions.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    TerminatedError,
    WorkflowAlreadyStartedError,
)
from temporalio.exceptions import TimeoutError as TemporalTimeoutError

from interpreter.effects import (
    TAKEN,
    ActivityFailure,
    CallbackWait,
    ChildWorkflow,
    Done,
    Failed,
    FailureKind,
    Operation,
    Outcome,
    TaskCall,
    Timer,
)
from interpreter.execution import FailedWith
from interpreter.hosts.operations import asks_heartbeat
from interpreter.hosts.wire import GIVEN_BACK, outcome_of_payload
from interpreter.values import JsonValue


def outcome_of(operation: Operation, handle: asyncio.Task[Any]) -> Outcome:
    """What an operation that has ended came to."""
    if isinstance(operation, Timer):
        handle.result()
        return Done(None)
    try:
        raw: RawValue | None = handle.result()
    except ActivityError as error:
        if isinstance(operation, ChildWorkflow):
            raise
        return Failed(_activity_failure(operation, error))
    except ChildWorkflowError as error:
        return Failed(_child_failure(error))
    except WorkflowAlreadyStartedError as error:
        return Failed(child_taken(error.workflow_id))
    return Done(None) if raw is None else payload_outcome(raw.payload)


def payload_outcome(payload: Payload) -> Outcome:
    """The outcome of an activity that returned `payload`, already decoded by the codec."""
    return outcome_of_payload(payload.metadata.get("encoding", b"").decode(), payload.data)


# ---------------------------------------------------------------------- activities


def activity_failure(failure: Failure, *, heartbeat_asked: bool, started: bool = True) -> ActivityFailure:
    """Temporal's failure of an activity in the interpreter's terms; payloads must be decoded already.

    A task that was given back and had no time left to be offered again has timed out before anybody began with it.
    """
    if failure.application_failure_info.type == GIVEN_BACK:
        return ActivityFailure("timeout", None, failure.message, (), heartbeat_asked, started=False)
    kind: FailureKind = "other"
    type_: str | None = None
    details: tuple[JsonValue, ...] = ()
    if failure.HasField("application_failure_info"):
        kind = "application"
        type_ = failure.application_failure_info.type or None
        details = tuple(_detail(payload) for payload in failure.application_failure_info.details.payloads)
    elif failure.HasField("timeout_failure_info"):
        beat = failure.timeout_failure_info.timeout_type == TimeoutType.TIMEOUT_TYPE_HEARTBEAT
        kind = "heartbeat" if beat else "timeout"
    begun = started or kind == "application"
    return ActivityFailure(kind, type_, failure.message, details, heartbeat_asked, begun)


def _activity_failure(operation: TaskCall | CallbackWait, error: ActivityError) -> ActivityFailure:
    cause = error.cause
    if not isinstance(cause, FailureError) or cause.failure is None:
        raise error  # nothing that Temporal reports looks so: a bug, and no state's failure
    started = error.started_event_id > 0
    return activity_failure(cause.failure, heartbeat_asked=asks_heartbeat(operation), started=started)


def _detail(payload: Payload) -> JsonValue:
    outcome = payload_outcome(payload)
    return outcome.value if isinstance(outcome, Done) else None


# ---------------------------------------------------------------------- child workflows


def child_taken(workflow_id: str) -> ActivityFailure:
    """The failure of a child workflow whose id is taken."""
    return ActivityFailure("application", TAKEN, f"the workflow id {workflow_id!r} is taken", (), heartbeat_asked=False)


def child_ended(how: Literal["timed-out", "stopped"]) -> ActivityFailure:
    """The failure of a child workflow that was ended from outside."""
    return ActivityFailure(
        "timeout" if how == "timed-out" else "other", None, f"it was {how}", (), heartbeat_asked=False
    )


def failed_child(failure: Failure) -> ActivityFailure:
    """The failure of a child workflow that failed: what it raised, also where that was an activity's of its own."""
    innermost = failure
    while not innermost.HasField("application_failure_info") and innermost.HasField("cause"):
        innermost = innermost.cause
    return activity_failure(innermost, heartbeat_asked=False)


def _child_failure(error: ChildWorkflowError) -> ActivityFailure:
    cause = error.cause
    if isinstance(cause, TemporalTimeoutError):
        return child_ended("timed-out")
    if isinstance(cause, CancelledError | TerminatedError) or not isinstance(cause, FailureError):
        return child_ended("stopped")
    return child_ended("stopped") if cause.failure is None else failed_child(cause.failure)


# ---------------------------------------------------------------------- the execution


def workflow_failure(result: FailedWith) -> ApplicationError:
    """The workflow's failure: error name as type, cause as message, and both in the details where absence shows."""
    error = result.error
    details = {name: value for name, value in (("error", error.name), ("cause", error.cause)) if value is not None}
    return ApplicationError(_printable(error.cause), details, type=_printable(error.name), non_retryable=True)


def _printable(text: str | None) -> str:
    """The text without lone surrogates, which Temporal's own fields cannot hold."""
    return "" if text is None else text.encode("utf-8", "replace").decode()
