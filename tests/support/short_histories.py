"""Histories in short: as lines for people, and as far as they are alike on every host."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, cast

from interpreter.values import JsonValue, json_text, parse_json
from tests.support.executions import Case, Event


def compact(events: Sequence[Event]) -> list[str]:
    """`id<previous id Type detail` for each event: the state, function, item or error that it is about."""
    return [_compact(event) for event in events]


def _compact(event: Event) -> str:
    head = f"{event['id']}<{event['previousEventId']} {event['type']}"
    details = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    assert isinstance(details, dict)
    detail = _detail(str(event["type"]), details)
    return f"{head} {detail}" if detail else head


def _detail(type_: str, details: dict[str, JsonValue]) -> str:
    if "name" in details:
        index = details.get("index")
        return str(details["name"]) if index is None else f"#{index}"
    if "length" in details:
        return f"of {details['length']}"
    if "error" in details:
        return f"E={details['error']}"
    return ""


_MEETINGS: Final = frozenset(
    ("ParallelStateSucceeded", "ParallelStateExited", "MapStateSucceeded", "MapStateExited", "MapIterationStarted")
)
"""Events that follow whichever branch or iteration came last, or freed its place."""

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Operation ids are given in the order in which tasks are scheduled."""


def chains(events: Sequence[Event]) -> Sequence[Sequence[str]]:
    """What does not depend on the host: each event with the events that led to it since branches met, ids left out."""
    by_id = {cast(int, event["id"]): event for event in events}

    def path(event: Event) -> tuple[str, ...]:
        led = []
        seen: Event | None = event
        while seen is not None:
            shown = json_text({name: value for name, value in seen.items() if name not in ("id", "previousEventId")})
            led.append(_UUID.sub("<uuid>", shown))
            met = seen["type"] in _MEETINGS
            seen = None if met else by_id.get(cast(int, seen["previousEventId"]))
        return tuple(led)

    return sorted(path(event) for event in events)


_STOP_DATE: Final = re.compile(r'(StopDate\\*":)\d+')


def comparable(case: Case, events: Sequence[Event]) -> Sequence[object]:
    """The events as far as `case` lets them be the same on every host."""
    timeless = cast("list[Event]", parse_json(_STOP_DATE.sub(r"\1 0", json_text(cast(JsonValue, list(events))))))
    return timeless if case.order == "exact" else chains(timeless)
