"""What an execution waits for, told by its events: calls that were made and have not been answered.

Whether anybody serves a queue, Temporal knows, but the AWS API has no call for it. So the hints say what is awaited,
and what to look at if nothing comes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from activities.function_names import parse_function_name
from api.cli.places import Place

_STARTED: Final = ("TaskStarted", "LambdaFunctionStarted")
"""They are recorded when a call is put into its queue: nobody needs to have taken it."""

_FUNCTION: Final = "if nothing serves it, start: steploom functions DIR"
_ACTIVITY: Final = "a worker of yours has to take it (GetActivityTask)"
_WORKER: Final = "if no worker runs, start: steploom worker"
_NOT_BEGUN: Final = ("still waiting for the first state", _WORKER)


class Awaited:
    """The calls of one execution that are under way, from its events in the order of their ids."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[str, str]] = {}
        self._only_started = False

    def see(self, event: Mapping[str, Any], place: Place) -> None:
        """Take note of an event and where it happens."""
        kind: str = event["type"]
        self._only_started = kind == "ExecutionStarted"
        call = self._calls.pop(event.get("previousEventId", 0), None)
        if kind == "TaskStateAborted" or kind.startswith("Execution"):
            self._calls.clear()  # it does not say whose call that was: rather no hint than a wrong one
        elif kind in _STARTED:
            if call is not None:
                self._calls[event["id"]] = call
        elif (scheduled := _scheduled(event)) is not None:
            called, advice = scheduled
            self._calls[event["id"]] = f"still waiting at {place.text()}: {called}", advice

    def hints(self, *, advise: bool) -> list[str]:
        """A line for each call, the oldest first, or that nothing has begun; with `advise` it says what may help."""
        calls = [_NOT_BEGUN] if self._only_started else self._calls.values()
        return [f"{awaited}; {advice}" if advise else awaited for awaited, advice in calls]


def _scheduled(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """What a scheduled event calls, and what to do if no answer comes; None for any other event."""
    match event:
        case {"type": "LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails": {"resource": arn}}:
            return f"function {_name(arn)}", _FUNCTION
        case {"type": "ActivityScheduled", "activityScheduledEventDetails": {"resource": arn}}:
            return f"activity {arn.rpartition(':')[2]}", _ACTIVITY
        case {"type": "TaskScheduled", "taskScheduledEventDetails": {"resourceType": "lambda"} as details}:
            return f"function {_invoked(details)}".rstrip(), _FUNCTION
        case {"type": "TaskScheduled", "taskScheduledEventDetails": {"resourceType": kind, "resource": resource}}:
            return f"{kind}:{resource}", _WORKER
        case _:
            return None


def _invoked(details: Mapping[str, Any]) -> str:
    """The function that a call of `lambda:invoke` names; empty where its parameters are not told."""
    try:
        parameters = json.loads(details.get("parameters", "null"))
    except ValueError:  # cut short
        return ""
    name = parameters.get("FunctionName") if isinstance(parameters, dict) else None
    return _name(name) if isinstance(name, str) else ""


def _name(text: str) -> str:
    """The name in any form of a function's name."""
    name = parse_function_name(text)
    return text if name is None else name.qualified
