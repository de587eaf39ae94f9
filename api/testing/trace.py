"""What an execution did, visit by visit, as its observer saw it (`interpreter.observation`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from interpreter.errors import StatesError
from interpreter.execution import Execution
from interpreter.frames import Frame, Group
from interpreter.values import MISSING, JsonValue, Missing

MOST_VISITS: Final = 100_000
"""A test that enters more states than that is taken for one that never ends."""

PointKind: TypeAlias = Literal["State", "Choices", "Default", "Catch", "Retry"]


class Point(NamedTuple):
    """A place of a definition that a test can reach: a state, or the entry of one of its lists."""

    state: str
    kind: PointKind
    entry: int = 0


class EndlessExecution(Exception):
    """The execution entered too many states."""


@dataclass(slots=True)
class Visit:
    """One visit of a state, from entering to leaving it.

    Attributes:
        state: its name.
        input: what it was entered with.
        output: what it was left with; MISSING if it was not.
        arguments: what a Task called its resource with, for each attempt.
        errors: the error names of failed attempts.
        children: the visits inside a Parallel's branches or a Map's iterations, by index, of the last attempt.
    """

    state: str
    input: JsonValue
    output: JsonValue | Missing = MISSING
    arguments: list[JsonValue] = field(default_factory=list)
    errors: list[str | None] = field(default_factory=list)
    children: dict[int, list[Visit]] = field(default_factory=dict)
    _group: Group | None = None

    def inside(self, group: Group, index: int) -> list[Visit]:
        """The visits in one child of the attempt that `group` stands for."""
        if self._group is not group:
            self._group = group
            self.children = {}
        return self.children.setdefault(index, [])

    def branches(self) -> list[list[Visit]]:
        """The visits in each child that was begun, in order."""
        return [self.children.get(index, []) for index in range(max(self.children, default=-1) + 1)]


class Trace:
    """The observer of a test: keeps all visits, and the points that were reached.

    Attributes:
        visits: those of the top level, in order.
        reached: the points.
    """

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.reached: set[Point] = set()
        self._all: list[Visit] = []
        self._execution: Execution | None = None
        # Frames by identity; they are kept, so that no other gets the same.
        self._frames: dict[int, tuple[Frame, list[Visit]]] = {}

    def watch(self, execution: Execution) -> None:
        """Observe this execution."""
        self._execution = execution
        execution.observer = self

    def of(self, state: str) -> Sequence[Visit]:
        """Every visit of a state at any level, in the order of entering."""
        return [visit for visit in self._all if visit.state == state]

    def path(self) -> JsonValue:
        """The visits as a case writes a path."""
        return _shown(self.visits)

    def counts(self) -> Counter[str]:
        """How often each state was entered."""
        return Counter(visit.state for visit in self._all)

    # ------------------------------------------------------------------ what the interpreter tells

    def entered(self, frame: Frame) -> None:
        """Begin a visit. Raises: EndlessExecution."""
        if len(self._all) >= MOST_VISITS:
            raise EndlessExecution(f"The execution was given up: it entered more than {MOST_VISITS:,} states.")
        visit = Visit(frame.state_name, frame.input)
        self._all.append(visit)
        self._visits_of(frame).append(visit)
        self.reached.add(Point(frame.state_name, "State"))

    def exited(self, frame: Frame, output: JsonValue) -> None:
        """End the visit."""
        self._visit(frame).output = output

    def called(self, frame: Frame, arguments: JsonValue) -> None:
        """Keep the arguments."""
        self._visit(frame).arguments.append(arguments)

    def chose(self, frame: Frame, index: int | None) -> None:
        """Keep which rule was true."""
        self.reached.add(Point(frame.state_name, "Default") if index is None else _entry(frame, "Choices", index))

    def failed(self, frame: Frame, error: StatesError) -> None:
        """Keep the error's name."""
        self._visit(frame).errors.append(error.name)

    def retried(self, frame: Frame, index: int) -> None:
        """Keep which retrier it was."""
        self.reached.add(_entry(frame, "Retry", index))

    def caught(self, frame: Frame, index: int) -> None:
        """Keep which catcher it was."""
        self.reached.add(_entry(frame, "Catch", index))

    # ------------------------------------------------------------------ inside

    def _visit(self, frame: Frame) -> Visit:
        return self._visits_of(frame)[-1]

    def _visits_of(self, frame: Frame) -> list[Visit]:
        known = self._frames.get(id(frame))
        if known is not None:
            return known[1]
        assert self._execution is not None, "watch comes first"
        visits = self.visits
        for parent, group, index in _children(self._execution.root):
            if group.running[index] is frame:
                visits = self._visit(parent).inside(group, index)
                break
        self._frames[id(frame)] = (frame, visits)
        return visits


def _entry(frame: Frame, kind: PointKind, index: int) -> Point:
    return Point(frame.state_name, kind, index)


def _children(frame: Frame) -> Iterator[tuple[Frame, Group, int]]:
    group = frame.group
    if group is None:
        return
    for index, child in group.running.items():
        yield frame, group, index
        yield from _children(child)


def _shown(visits: Sequence[Visit]) -> JsonValue:
    return [visit.state if not visit.children else {visit.state: _inside(visit)} for visit in visits]


def _inside(visit: Visit) -> JsonValue:
    return [_shown(visits) for visits in visit.branches()]
