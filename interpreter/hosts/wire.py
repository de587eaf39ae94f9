"""What a payload of Temporal's means to the interpreter, the same on the worker and in a projection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from interpreter.effects import ActivityFailure, Done, Failed, Outcome
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
