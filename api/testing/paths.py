"""The path that a case expects: states in the order of entering, and what happens inside a Parallel or Map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.testing.trace import Visit
from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True)
class Step:
    """A state; for a Parallel or Map perhaps the path of each branch or iteration, None where it does not matter."""

    state: str
    branches: tuple[tuple[Step, ...], ...] | None = None


def parse_steps(value: Any) -> tuple[Step, ...]:
    """The steps of `["A", {"P": [["B"], ["C", "D"]]}]`.

    Raises:
        ValueError: it has not that form.
    """
    if not isinstance(value, list):
        raise ValueError("a path is an array")
    return tuple(_step(each) for each in value)


def _step(value: Any) -> Step:
    match value:
        case str():
            return Step(value)
        case dict() if len(value) == 1 and isinstance(branches := next(iter(value.values())), list):
            return Step(next(iter(value)), tuple(parse_steps(branch) for branch in branches))
        case _:
            raise ValueError(
                "a step is the name of a state, or an object with the name of one Parallel or Map and the array of "
                "the paths of its branches or iterations"
            )


def is_taken(steps: Sequence[Step], visits: Sequence[Visit]) -> bool:
    """Whether the visits are these steps, no more and no less."""
    return len(steps) == len(visits) and all(map(_fits, steps, visits))


def _fits(step: Step, visit: Visit) -> bool:
    if step.state != visit.state:
        return False
    if step.branches is None:
        return True
    begun = visit.branches()
    return len(step.branches) == len(begun) and all(map(is_taken, step.branches, begun))


def shown_steps(steps: Sequence[Step]) -> JsonValue:
    """The steps as they are written in the file."""
    return [
        step.state if step.branches is None else {step.state: [shown_steps(branch) for branch in step.branches]}
        for step in steps
    ]
