"""What an execution waits for, told by its events: calls, callbacks and jobs that have not been answered.

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
_QUEUE: Final = "a worker of yours has to poll that task queue"
_WORKER: Final = "if no worker runs, start: steploom worker"
_TOKEN: Final = "who has the token sends it, also by: steploom send-task-success TOKEN --task-output JSON"
_NOT_BEGUN: Final = ("still waiting for the first state", f"{_WORKER}, or its log says why it cannot go on")


class Awaited:
    """The calls of one execution that have not ended, from its events in the order of their ids."""

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
        elif (begun := _scheduled(event) or _submitted(event)) is not None:
            called, advice = begun
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
        case {"type": "TaskScheduled", "taskScheduledEventDetails": {"resourceType": "temporal"} as details} if (
            queue := _parameters(details).get("TaskQueue")
        ):
            return f"temporal:{details['resource']} on task queue {queue}", _QUEUE
        case {"type": "TaskScheduled", "taskScheduledEventDetails": {"resourceType": kind, "resource": resource}}:
            return f"{kind}:{resource}", _WORKER
        case _:
            return None


def _submitted(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """What a submitted event begins to wait for, and where to look; None for any other event."""
    if event["type"] != "TaskSubmitted":
        return None
    details = event["taskSubmittedEventDetails"]
    resource = f"{details['resourceType']}:{details['resource']}"
    if resource.endswith(".waitForTaskToken"):
        return f"SendTaskSuccess or SendTaskFailure with the task token of {resource}", _TOKEN
    match _members(details.get("output")):
        case {"ExecutionArn": str(arn)} if resource.startswith("states:"):
            return f"nested execution {arn}", f"see: steploom describe {arn}"
        case {"WorkflowId": str(id_), "TaskQueue": str(queue)} if resource.startswith("temporal:"):
            return f"workflow {id_} on task queue {queue}", _QUEUE
    return f"the end of what {resource} has begun", _WORKER


def _invoked(details: Mapping[str, Any]) -> str:
    """The function that a call of `lambda:invoke` names; empty where its parameters are not told."""
    name = _parameters(details).get("FunctionName")
    return _name(name) if isinstance(name, str) else ""


def _parameters(details: Mapping[str, Any]) -> Mapping[str, Any]:
    return _members(details.get("parameters"))


def _members(text: str | None) -> Mapping[str, Any]:
    """The members of an object's text; none where it is not told, or cut short."""
    try:
        value = json.loads(text or "null")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _name(text: str) -> str:
    """The name in any form of a function's name."""
    name = parse_function_name(text)
    return text if name is None else name.qualified
