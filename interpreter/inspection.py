"""Looking at one state while it runs: what TestState asks of the interpreter (API reference, TestState).

An execution that has an `Inspection` enters one state only and leaves it at once: it neither waits for a retry nor goes
on to the next state. The modules of `interpreter.states` note here what they compute on the way. Without one, they
check an attribute and do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from interpreter.errors import StatesError
from interpreter.frames import MapItem
from interpreter.values import MISSING, JsonValue, Missing

Stage: TypeAlias = Literal[
    "afterArguments",
    "afterInputPath",
    "afterItemBatcher",
    "afterItemSelector",
    "afterItemsPath",
    "afterItemsPointer",
    "afterParameters",
    "afterResultPath",
    "afterResultSelector",
    "maxConcurrency",
    "result",
    "toleratedFailureCount",
    "toleratedFailurePercentage",
]
"""What can be noted, by the names of AWS's InspectionData."""


@dataclass(frozen=True, slots=True)
class FixedContext:
    """A context object given by the caller instead of the execution's own."""

    value: dict[str, JsonValue]

    def as_json(self) -> dict[str, JsonValue]:
        """The whole context object."""
        return self.value


@dataclass(frozen=True, slots=True)
class Mock:
    """What the state's work comes to, instead of doing it: a result, or an error."""

    outcome: JsonValue | StatesError

    def result(self) -> JsonValue:
        """The result.

        Raises:
            StatesError: the mock is an error.
        """
        if isinstance(self.outcome, StatesError):
            raise self.outcome
        return self.outcome


@dataclass(frozen=True, slots=True)
class RetryMatched:
    """A retrier took the error; `delay` in milliseconds, None when its attempts are used up."""

    index: int
    delay: int | None


@dataclass(frozen=True, slots=True)
class CatchMatched:
    """A catcher took the error."""

    index: int
    error: StatesError


@dataclass(slots=True)
class Inspection:
    """One state under inspection: what it is given, and what was seen.

    Attributes:
        mock: takes the place of a Task's call or of a Parallel's or Map's children.
        context: takes the place of the whole context object.
        variables: the variables before the state.
        item: the Map item around the state.
        failed_iterations: how many iterations of a Map are said to have failed.
        reader_data: what the ItemReader of a Map is said to have read; MISSING where nothing is said.
        retries_used: how often the retrier that takes the error was used already.
        stages: what was noted, in order.
        retry: the retrier that took the state's error.
        catch: the catcher that took it.
        next_state: where the state leads; None before it is left, and at the end of its machine.
    """

    mock: Mock | None = None
    context: FixedContext | None = None
    variables: Mapping[str, JsonValue] = field(default_factory=dict)
    item: MapItem | None = None
    failed_iterations: int = 0
    reader_data: JsonValue | Missing = MISSING
    retries_used: int = 0
    stages: dict[Stage, JsonValue] = field(default_factory=dict)
    retry: RetryMatched | None = None
    catch: CatchMatched | None = None
    next_state: str | None = None

    def note(self, stage: Stage, value: JsonValue) -> None:
        """Keep what the state has at `stage`."""
        self.stages[stage] = value
