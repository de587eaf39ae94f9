"""An execution's history as lines for people: each event that says something new, in the order it happened."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from activities.function_names import LATEST
from api.cli.awaited import Awaited
from api.cli.output import console, counted, date_text, print_line
from api.cli.places import Place, Places

_STYLES: Final = {"Failed": "red", "TimedOut": "yellow", "Aborted": "magenta", "Succeeded": "green", "Entered": "cyan"}
_LONGEST_CAUSE: Final = 200
_OF_CALLS: Final = ("Task", "LambdaFunction", "Activity")
"""How the types of events begin that tell of a Task state's call, and do not name the state."""
_MISSING_FUNCTION: Final = re.compile(r"Function not found: arn:[^:]*:lambda:[^:]*:[^:]*:function:([\w-]+):([\w$-]+)")
_SILENT_SECONDS: Final = 10.0
_MOST_HINTS: Final = 3


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """One line: seconds since the start, the event, its detail."""

    seconds: float
    event: str
    detail: str

    def text(self) -> str:
        """The line as it is printed."""
        return f"{self.seconds:8.3f}s  {self.event:<28}  {self.detail}".rstrip()


class Progress:
    """Prints the events of one execution, of those after event `after`, that are new since the last call.

    The events up to `after` have to be shown too: they tell where those after them happen. After ten seconds without
    new ones it tells once what is awaited, and with `advise` what may help. `clock` counts seconds.

    Attributes:
        last_id: id of the last event that was shown, 0 before the first.
    """

    def __init__(self, after: int = 0, *, advise: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self.last_id = 0
        self._after = after
        self._start: float | None = None
        self._places = Places()
        self._awaited = Awaited()
        self._hinted: set[str] = set()
        self._advise = advise
        self._clock = clock
        self._heard = clock()

    def show(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Print the events not yet printed. `events` are AWS's HistoryEvents, ids ascending.

        To be called without events, too, where none come: then it may be time to tell what is awaited.
        """
        for event in events:
            if event["id"] <= self.last_id:
                continue
            self.last_id = event["id"]
            self._heard = self._clock()
            place = self._places.of(event)
            self._awaited.see(event, place)
            if event["id"] <= self._after:
                continue
            seconds = epoch_seconds(event["timestamp"])
            if self._start is None:
                self._start = seconds
            detail = placed_detail(event, place)
            line = ProgressLine(seconds - self._start, event["type"], detail)
            print_line(line.text(), event_style(event["type"]))
        if self._clock() - self._heard >= _SILENT_SECONDS:
            self._tell_awaited()

    def _tell_awaited(self) -> None:
        """Print the hints that have not been printed."""
        hints = [hint for hint in self._awaited.hints(advise=self._advise) if hint not in self._hinted]
        self._hinted.update(hints)
        for hint in _few(hints):
            print_line(hint, "yellow")


def awaited_hints(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line for each call that an execution with these events waits for, three at most."""
    places, awaited = Places(), Awaited()
    for event in events:
        awaited.see(event, places.of(event))
    return _few(awaited.hints(advise=True))


def _few(hints: list[str]) -> list[str]:
    more = len(hints) - _MOST_HINTS
    return [*hints[:_MOST_HINTS], *([f"and {more} more"] if more > 0 else [])]


def epoch_seconds(timestamp: datetime | float) -> float:
    """A history event's timestamp, which boto3 gives as a date and the wire as seconds."""
    return timestamp.timestamp() if isinstance(timestamp, datetime) else timestamp


def event_style(event_type: str) -> str | None:
    """The colour of an event, by how its type ends."""
    return next((style for ending, style in _STYLES.items() if event_type.endswith(ending)), None)


def event_detail(event: Mapping[str, Any]) -> str:
    """What an event says besides its type: the state's name, the error and cause, the resource, the iteration."""
    details = event_details(event)
    if "error" in details or "cause" in details:
        cause = " ".join(str(details.get("cause", "")).split())
        shortened = cause if len(cause) <= _LONGEST_CAUSE else cause[: _LONGEST_CAUSE - 3] + "..."
        return ": ".join(part for part in (details.get("error"), shortened) if part)
    if "resource" in details:
        kind = details.get("resourceType")
        return f"{kind}:{details['resource']}" if kind else str(details["resource"])
    if "index" in details:
        return f"{details.get('name', '')} [{details['index']}]".strip()
    if "length" in details:
        return counted(details["length"], "item")
    return str(details.get("name", ""))


def placed_detail(event: Mapping[str, Any], place: Place) -> str:
    """What an event says, and where: the state of a call, and the iteration of a state."""
    detail, kind = event_detail(event), event["type"]
    if kind.endswith(("StateEntered", "StateExited")):
        return place.text()
    if kind.startswith(_OF_CALLS) and "State" not in kind and place.state:
        return ": ".join(part for part in (place.text(), detail) if part)
    return detail


def event_details(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one `...EventDetails` member of a history event; empty if it has none."""
    return next((value for name, value in event.items() if name.endswith("EventDetails")), {})


def print_outcome(status: str, output: str | None, error: str | None, cause: str | None) -> None:
    """Print how an execution ended."""
    out = console()
    if status == "SUCCEEDED":
        out.print("[bold green]SUCCEEDED[/]")
        print_line(output or "")
    else:
        out.print(f"[bold red]{status}[/]")
        print_line(": ".join(part for part in (error, cause) if part))
        print_advice(cause)


def print_advice(cause: str | None) -> None:
    """Print what to do about a cause that says what is missing and not where it should be."""
    missing = None if cause is None else _MISSING_FUNCTION.match(cause)
    if missing is None:
        return
    if missing[2] != LATEST:
        print_line(
            f"`steploom functions DIR` serves {LATEST} only, not {missing[1]}:{missing[2]}: name the function without "
            f'its qualifier, or have the setting `functions` (STEPLOOM_FUNCTIONS) map "{missing[1]}:{missing[2]}" to '
            "where that is.",
            "yellow",
        )
    else:
        name, file = missing[1], missing[1].replace("-", "_")
        print_line(
            f"No function {name} is served: it must be in the folder of `steploom functions DIR`, as {file}.py or "
            f"{file}/handler.py, or as functions.toml there says, or wherever the setting `functions` says. The log of "
            "the functions names those that are.",
            "yellow",
        )


def history_row(event: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """An event as a row: id, previous id, time, type, detail."""
    return (
        str(event["id"]),
        str(event.get("previousEventId", 0)),
        date_text(event["timestamp"]),
        event["type"],
        event_detail(event),
    )
