"""Jobs: what `.sync` waits for, told as data, and the argument of the watch over one.

A job is known by the parameters of the call that describes it (its key). What a description means is decided here, in
pure functions; who asks for it is `activities.integrations.job_watch`. Follows "Discover service integration patterns".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

from activities.names import JOB, JOBS_QUEUE
from interpreter.effects import ChildWorkflow, Done, Failed, Outcome, TaskRequest
from interpreter.errors import StatesError, StatesTaskFailed
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, json_text

JsonObject: TypeAlias = dict[str, JsonValue]
Place: TypeAlias = tuple[str | int, ...]
"""Where something is in an answer: names of members and positions in lists."""

Key: TypeAlias = Callable[[Mapping[str, JsonValue], Mapping[str, JsonValue]], "JsonObject"]
"""The parameters that tell one job from all others, from the state's arguments and the submitting call's answer."""


_UUID_LENGTH: Final = 36

STOPPED: Final = "The Step Functions execution that waited for it has ended."
"""Why a job is stopped, where its API asks for a reason."""


def failed_envelope(description: JsonValue) -> JsonObject:
    """What a watch returns of a job that failed."""
    return {"error": StatesTaskFailed.NAME, "cause": json_text(description)}


def _always(_subject: JsonValue) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One kind of job.

    Attributes:
        describe: the API's action that describes a job, in PascalCase.
        key: its parameters, in PascalCase, from the state's arguments and what the submitting call answered.
        subject: where the job stands in the answer.
        status: where its status stands in the job.
        succeeded: the statuses of a job that has succeeded.
        failed: those of one that has not; with any other status it runs.
        good: whether a job with a successful status has succeeded indeed.
        wrapped: the member of the result that the job is; None where it is the result itself.
        beside: further members of the result, and where they stand in the job.
        shown: the members of the result; None for all of them.
        gone: the error code of the describing call that says that a job which deletes something is done.
        stop: the action that stops the job, None where there is none.
        stop_key: its parameters, from the key.
    """

    describe: str
    key: Key
    subject: Place = ()
    status: Place
    succeeded: frozenset[str]
    failed: frozenset[str]
    good: Callable[[JsonValue], bool] = _always
    wrapped: str | None = None
    beside: Mapping[str, Place] = field(default_factory=dict)
    shown: frozenset[str] | None = None
    gone: str | None = None
    stop: str | None = None
    stop_key: Callable[[Mapping[str, JsonValue]], JsonObject] = dict

    def key_of(self, arguments: Mapping[str, JsonValue], answer: JsonValue) -> JsonObject:
        """The key of the job that a call with these arguments submitted and that answered so.

        Raises:
            StatesTaskFailed: the answer does not say which job it is.
        """
        try:
            key = self.key(arguments, answer if isinstance(answer, dict) else {})
        except KeyError as missing:
            raise _unknown_job(str(missing)) from None
        for name, value in key.items():
            if value is None or value == [None]:
                raise _unknown_job(repr(name))
        return key

    def envelope(self, answer: JsonValue) -> JsonObject | None:
        """What the watch returns of a description: `{"output": ...}`, an error, or None while the job runs."""
        subject = at(answer, self.subject)
        status = at(subject, self.status)
        result = self._result(subject)
        if status in self.succeeded and self.good(subject):
            return {"output": result}
        if status in self.succeeded or status in self.failed:
            return failed_envelope(result)
        return None

    def _result(self, subject: JsonValue) -> JsonValue:
        if self.shown is not None and isinstance(subject, dict):
            subject = {name: value for name, value in subject.items() if name in self.shown}
        if self.wrapped is None:
            return subject
        return {self.wrapped: subject, **{name: at(subject, place) for name, place in self.beside.items()}}


def _unknown_job(missing: str) -> StatesTaskFailed:
    return StatesTaskFailed(f"The service does not say which job it has begun: there is no {missing}.")


def at(value: JsonValue, place: Place) -> JsonValue:
    """What stands at a place, None where there is nothing."""
    for step in place:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value


def first(value: JsonValue) -> JsonValue:
    """The first item of a list."""
    return at(value, (0,))


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedJob:
    """The argument of `steploom:job`, `steploom:watch-job` and `steploom:stop-job`. New members get defaults.

    Attributes:
        service: the resource's segment, such as `glue`.
        action: the action that submitted the job.
        key: the parameters of the call that describes it.
        answer: the result of a job that is done when nothing is left to describe.
        stop: whether the job is only to be stopped.
    """

    service: str
    action: str
    key: JsonObject
    answer: JsonValue = None
    stop: bool = False

    def to_json(self) -> JsonObject:
        """All members by name; those that have their default are left out."""
        optional: JsonObject = {} if self.answer is None else {"answer": self.answer}
        optional |= {"stop": True} if self.stop else {}
        return {"service": self.service, "action": self.action, "key": self.key, **optional}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> WatchedJob:
        """The inverse of `to_json`; members unknown to this release are ignored."""
        return cls(
            service=value["service"],
            action=value["action"],
            key=value["key"],
            answer=value.get("answer"),
            stop=value.get("stop", False),
        )


def watch(request: TaskRequest, watched: WatchedJob, start: ExecutionStart) -> ChildWorkflow:
    """The watch over a job: it is cancelled with its parent, and stops the job then."""
    machine = start.state_machine_arn.rsplit(":", 1)[-1]
    unique = request.operation_id[-_UUID_LENGTH:]  # the state's name may be too long for an id that has all the others
    return ChildWorkflow(
        state_name=request.state_name,
        workflow_type=JOB,
        task_queue=JOBS_QUEUE,
        workflow_id=f"job:{machine}:{start.key}:{unique}",
        arguments=(watched.to_json(),),
        summary=f"{request.state_name}: {watched.service}:{watched.action}",
    )


def result_of(outcome: Outcome) -> JsonValue:
    """The result of a watch, from the envelope that it returned.

    Raises:
        StatesError: the job failed, or its watch was ended from outside.
    """
    if isinstance(outcome, Done) and isinstance(outcome.value, dict):
        if "output" in outcome.value:
            return outcome.value["output"]
        raise StatesError(_text(outcome.value, "error"), _text(outcome.value, "cause"))
    reason = outcome.failure.message if isinstance(outcome, Failed) else "it answered nothing"
    raise StatesTaskFailed(f"The watch over the job did not end by itself: {reason}")


def _text(envelope: Mapping[str, JsonValue], name: str) -> str | None:
    return cast("str | None", envelope.get(name))
