"""Which states and branches of a definition its cases reached."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from api.testing.trace import Point
from interpreter.definition.model import ChoiceState, Definition, Machine, MapState, ParallelState, State, TaskState


@dataclass(frozen=True, slots=True)
class Coverage:
    """All points of a definition, in its order, and those reached.

    Points are states, rules and Defaults of Choices, retriers and catchers. A retrier is reached when it takes an
    error.
    """

    points: tuple[Point, ...]
    reached: frozenset[Point]

    @property
    def percent(self) -> float:
        """How many of a hundred points were reached."""
        return 100 * self._count(self.points) / len(self.points)

    @property
    def states(self) -> tuple[int, int]:
        """Reached states, and all."""
        states = [point for point in self.points if point.kind == "State"]
        return self._count(states), len(states)

    @property
    def branches(self) -> tuple[int, int]:
        """Reached rules, Defaults, retriers and catchers, and all."""
        branches = [point for point in self.points if point.kind != "State"]
        return self._count(branches), len(branches)

    @property
    def missed(self) -> list[Point]:
        """The points that were not reached."""
        return [point for point in self.points if point not in self.reached]

    def _count(self, points: list[Point] | tuple[Point, ...]) -> int:
        return sum(point in self.reached for point in points)


def coverage_of(definition: Definition, reached: Set[Point]) -> Coverage:
    """What of a definition was reached."""
    return Coverage(tuple(_points(definition.machine)), frozenset(reached))


def describe(point: Point, definition: Definition) -> str:
    """A point in words that find it in the definition: `Check Choices[1] -> Refund`."""
    state = next(state for state in all_states(definition.machine) if state.name == point.state)
    match point.kind, state:
        case "Choices", ChoiceState(choices=choices):
            return f"{state.name} Choices[{point.entry}] -> {choices[point.entry].next}"
        case "Default", ChoiceState(default=default):
            return f"{state.name} Default -> {default}"
        case "Retry", TaskState() | ParallelState() | MapState():
            return f"{state.name} Retry[{point.entry}] {', '.join(state.retriers[point.entry].error_equals)}"
        case "Catch", TaskState() | ParallelState() | MapState():
            catcher = state.catchers[point.entry]
            return f"{state.name} Catch[{point.entry}] {', '.join(catcher.error_equals)} -> {catcher.next}"
        case _:
            return state.name


def all_states(machine: Machine) -> Iterator[State]:
    """Every state, those inside a Parallel or Map after it."""
    for state in machine.states.values():
        yield state
        match state:
            case ParallelState(branches=branches):
                for branch in branches:
                    yield from all_states(branch)
            case MapState(processor=processor):
                yield from all_states(processor)
            case _:
                pass


def _points(machine: Machine) -> Iterator[Point]:
    for state in all_states(machine):
        yield Point(state.name, "State")
        match state:
            case ChoiceState(choices=choices, default=default):
                yield from (Point(state.name, "Choices", index) for index in range(len(choices)))
                if default is not None:
                    yield Point(state.name, "Default")
            case TaskState() | ParallelState() | MapState():
                yield from (Point(state.name, "Retry", index) for index in range(len(state.retriers)))
                yield from (Point(state.name, "Catch", index) for index in range(len(state.catchers)))
            case _:
                pass
