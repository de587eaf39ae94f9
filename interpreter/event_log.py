"""What the log of an execution says: one record for each history event that the level of its state machine wants.

The records are those that AWS sends to CloudWatch Logs (recorded): all texts, the event's details in one member, and
without inputs and outputs unless `includeExecutionData` is set. Levels: Step Functions developer guide, "Log levels for
Step Functions execution events".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, cast

from interpreter.history import Clock, Details, HistoryEvent, Ledger, render_details
from interpreter.measure import Measure
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, json_bytes

LogLevel = Literal["ALL", "ERROR", "FATAL"]

_FATAL: Final = frozenset({"ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"})
_FAILURES: Final = ("Failed", "TimedOut", "Aborted")


@dataclass(frozen=True, slots=True)
class Logging:
    """What a state machine has logged, and where; a member of `ExecutionStart`, as JSON.

    Attributes:
        level: which events.
        data: whether with inputs, outputs and parameters.
        group: the log group's name.
    """

    level: LogLevel
    data: bool
    group: str

    def to_json(self) -> dict[str, JsonValue]:
        """All members by name."""
        return {"level": self.level, "data": self.data, "group": self.group}

    @classmethod
    def from_json(cls, value: JsonValue) -> Logging:
        """The inverse of `to_json`; members unknown to this release are ignored."""
        shown = cast("dict[str, JsonValue]", value)
        return cls(cast(LogLevel, shown["level"]), bool(shown["data"]), cast(str, shown["group"]))


def is_logged(type_: str, level: LogLevel) -> bool:
    """Whether events of a type are logged at a level."""
    match level:
        case "ALL":
            return True
        case "ERROR":
            return type_ == "FailStateEntered" or type_.endswith(_FAILURES)
        case "FATAL":
            return type_ in _FATAL


class EventLog(Protocol):
    """Where log records go."""

    def write(self, group: str, lines: Sequence[bytes]) -> None:
        """Append records to a log group, each one line of JSON without its end."""
        ...


class ExecutionLog:
    """The log of one execution: gathers records, and writes them when it is told to.

    Attributes:
        muted: whether events are let pass, as they were logged when they happened first.
    """

    def __init__(self, start: ExecutionStart, log: EventLog) -> None:
        """`start` must have `logging`."""
        self.muted = False
        self._logging = Logging.from_json(start.logging)
        self._execution_arn = start.execution_arn
        self._redrive_count = start.redrive_count
        self._log = log
        self._measure = Measure()
        self._lines: list[bytes] = []

    def add(self, event: HistoryEvent) -> None:
        """Take an event, if it is wanted."""
        if not self.muted and is_logged(event.type, self._logging.level):
            self._lines.append(json_bytes(self._record(event)))

    def flush(self) -> None:
        """Write what was gathered."""
        if self._lines:
            lines, self._lines = self._lines, []
            self._log.write(self._logging.group, lines)

    def _record(self, event: HistoryEvent) -> JsonValue:
        details = event.details
        return {
            "id": str(event.id),
            "type": event.type,
            "details": {} if details is None else render_details(details, self._measure, self._logging.data),
            "previous_event_id": str(event.previous_id),
            "event_timestamp": str(event.timestamp),
            "execution_arn": self._execution_arn,
            "redrive_count": str(self._redrive_count),
        }


class TellingLedger(Ledger):
    """Gives every event its id, and tells it to somebody with the clock's time."""

    __slots__ = ("_clock", "_tell")

    def __init__(self, limit: int | None, clock: Clock, tell: Callable[[HistoryEvent], None]) -> None:
        super().__init__(limit)
        self._clock = clock
        self._tell = tell

    def keep(self, number: int, type_: str, previous_id: int, details: Details | None) -> None:
        """Tell the event."""
        self._tell(HistoryEvent(number, type_, previous_id, self._clock.now, details))
