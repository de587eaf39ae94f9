"""Where in a state machine the events of a history happen, told by the chains of their previous ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Place:
    """A state, and the iterations that it is in.

    Attributes:
        state: its name.
        iterations: `[2]`, `[0][2]` where Maps are nested, empty outside of them.
        map: place of the innermost Map around it.
    """

    state: str
    iterations: str = ""
    map: Place | None = None

    def text(self) -> str:
        """`Work [2]`."""
        return f"{self.state} {self.iterations}".rstrip()


_NOWHERE: Final = Place("")


class Places:
    """The places of one execution's events, which have to come in the order of their ids."""

    def __init__(self) -> None:
        self._by_id: dict[int, Place] = {}

    def of(self, event: Mapping[str, Any]) -> Place:
        """Where an event happens; with an empty state where the events before it have not been seen."""
        before = self._by_id.get(event.get("previousEventId", 0), _NOWHERE)
        place = _after(before, event)
        self._by_id[event["id"]] = place
        return place


def _after(before: Place, event: Mapping[str, Any]) -> Place:
    """The place of an event, by that of the event before it in its chain."""
    kind: str = event["type"]
    if kind == "MapIterationStarted":
        index = event["mapIterationStartedEventDetails"]["index"]
        return Place("", f"{before.iterations}[{index}]", before)
    if kind.startswith("MapIteration"):
        name = next((value["name"] for member, value in event.items() if member.startswith("mapIteration")), None)
        return before.map if before.map is not None and before.map.state == name else before
    if kind.endswith("StateEntered"):
        return replace(before, state=event["stateEnteredEventDetails"]["name"])
    if kind.endswith("StateExited"):
        return replace(before, state=event["stateExitedEventDetails"]["name"])
    return before
