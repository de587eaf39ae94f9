"""What a payload of Temporal's means to the interpreter, the same on the worker and in a projection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from interpreter.effects import ActivityFailure, Done, Failed, FailureKind, Outcome
from interpreter.values import JsonValue, parse_json

GIVEN_BACK: Final = "steploom:given-back"
"""Failure type of an activity's task that reached no worker: Temporal offers it again for as long as it has time."""


@dataclass(frozen=True, slots=True)
class InlineJson:
    """An argument for a worker that is not ours: it travels inside the history whatever its size.

    Only our own processes can fetch from the payload store.
    """

    value: JsonValue


def outcome_of_payload(encoding: str, data: bytes) -> Outcome:
    """The outcome of an activity that returned this payload.

    A payload that is not JSON is a failure of the activity, never of the workflow task.
    """
    if encoding == "binary/null":
        return Done(None)
    if encoding in ("json/plain", "json/protobuf"):
        try:
            return Done(parse_json(data))
        except ValueError as error:
            return _unusable(f"The activity returned a payload that is not JSON: {error}")
    return _unusable(f"The activity returned a payload of encoding {encoding!r}; only JSON can be a state's result.")


def _unusable(message: str) -> Failed:
    return Failed(ActivityFailure("application", "States.TaskFailed", message, (), heartbeat_asked=False))


@dataclass(frozen=True, slots=True)
class LocalAnswer:
    """What a local call came to, and when: milliseconds since the epoch, None where the worker could not tell.

    The time is part of the answer, as how Temporal groups the answers of local calls may differ when they are replayed.
    """

    outcome: Outcome
    at: int | None


def answer_to_json(answer: LocalAnswer) -> JsonValue:
    """A local call's result as it is recorded: `{"at", "output"}`, or `{"at", "failure"}`."""
    match answer.outcome:
        case Done(value):
            return {"at": answer.at, "output": value}
        case Failed(failure):
            shown: dict[str, JsonValue] = {"kind": failure.kind, "type": failure.type, "message": failure.message}
            return {"at": answer.at, "failure": shown | {"details": list(failure.details)}}


def answer_of_outcome(outcome: Outcome) -> LocalAnswer:
    """The inverse of `answer_to_json`, from the outcome of the local activity that carried it."""
    if isinstance(outcome, Failed):
        return LocalAnswer(outcome, None)
    shown = cast("dict[str, JsonValue]", outcome.value)
    at = cast("int | None", shown["at"])
    if "output" in shown:
        return LocalAnswer(Done(shown["output"]), at)
    failure = cast("dict[str, JsonValue]", shown["failure"])
    return LocalAnswer(
        Failed(
            ActivityFailure(
                kind=cast("FailureKind", failure["kind"]),
                type=cast("str | None", failure["type"]),
                message=cast("str", failure["message"]),
                details=tuple(cast("list[JsonValue]", failure["details"])),
                heartbeat_asked=False,
            )
        ),
        at,
    )
