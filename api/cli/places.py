"""Where in a state machine the events of a history happen, told by the chains of their previous ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

_GROUPS: Final = ("MapState", "ParallelState")
"""How the types of events begin that tell of a state with children: iterations or branches."""


@dataclass(frozen=True, slots=True)
class Place:
    """A state, and the iterations that it is in.

    Attributes:
        state: its name; empty where none has been entered yet.
        iterations: `[2]`, `[0][2]` where Maps are nested, empty outside of them.
        around: place of the innermost Map or Parallel around it.
        group: whether the state is a Map or Parallel that has not failed, so that what starts next are its children.
    """

    state: str
    iterations: str = ""
    around: Place | None = None
    group: bool = False

    def text(self) -> str:
        """`Work [2]`."""
        return f"{self.state} {self.iterations}".rstrip()


_NOWHERE: Final = Place("")


class Places:
    """The places of one execution's events, which have to come in the order of their ids.

    A chain leads into a Map or Parallel, but not always out of it the same way: the next iteration follows the last
    event of an ended one, and what comes after a failure follows the event that failed, however deep that was. So an
    event that names a state is at that state's level, and one that does not is at the level of the innermost Map or
    Parallel around the event before.
    """

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
    if kind.endswith("StateEntered"):
        return replace(before, state=event["stateEnteredEventDetails"]["name"], group=kind.startswith(_GROUPS))
    if kind.endswith("StateExited"):
        return _level_of(before, event["stateExitedEventDetails"]["name"])
    if kind == "MapIterationStarted":
        details = event["mapIterationStartedEventDetails"]
        around = _level_of(before, details["name"])
        return Place("", f"{around.iterations}[{details['index']}]", around)
    if kind.startswith("MapIteration"):
        name = next((value["name"] for member, value in event.items() if member.startswith("mapIteration")), None)
        return before if name is None else _level_of(before, name)
    if not kind.startswith(_GROUPS) or before == _NOWHERE:
        return before
    around = _group_of(before)
    if kind == "ParallelStateStarted":
        return Place("", around.iterations, around)
    if kind.endswith(("StateFailed", "StateAborted")):
        return replace(around, group=False)
    return around


def _level_of(place: Place, name: str) -> Place:
    """The innermost of a place and those around it whose state has this name; names are unique in a definition."""
    level: Place | None = place
    while level is not None:
        if level.state == name:
            return level
        level = level.around
    return replace(place, state=name)  # the events that entered it have not been seen


def _group_of(place: Place) -> Place:
    """The Map or Parallel that an event without a name tells of."""
    return place if place.group or place.around is None else place.around
