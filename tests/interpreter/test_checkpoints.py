"""Every case, stopped at each of its state boundaries and carried on from the checkpoint by another host."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, cast

import pytest

from interpreter.definition.model import Machine, MapState, ParallelState, TaskState
from interpreter.values import JsonValue
from tests.support.executions import Boundary, Case, InProcessRun, Run, all_cases, parsed

_LONG_LOOP: Final = 100
"""Cases with more boundaries than this, which only the loops of the limits are, are resumed from each of theirs up to
the next one, and from some to the end."""

_OF_LONG_LOOPS: Final = 6
"""Boundaries of such a loop, evenly spread, and its last one, that are resumed to the end."""

_LARGE: Final = 10_000_000
"""Bytes of all checkpoints of a case above which the same definition is resumed everywhere with a shorter input."""

_IN_REAL_TIME: Final = [case for case in all_cases() if case.time == "real"]
_IN_NO_TIME: Final = [case for case in all_cases() if case.time != "real"]


@pytest.mark.parametrize("case", _IN_NO_TIME, ids=lambda case: case.name)
async def test_every_boundary(case: Case) -> None:
    await _resume_everywhere(case)


async def test_every_boundary_of_what_takes_time() -> None:
    await asyncio.gather(*(_resume_everywhere(case) for case in _IN_REAL_TIME))


async def _resume_everywhere(case: Case) -> None:
    whole = InProcessRun(case, keeps="all")
    expected = await whole.run()
    assert whole.boundaries, "a state is entered"

    wholly_compared = 0
    for boundary in _spread(whole.boundaries):
        resumed = await InProcessRun(case, boundary).run()

        under_way = calls_under_way(json.loads(boundary.checkpoint)["root"], parsed(case.text).machine)
        _compare(case, boundary, expected, resumed, under_way)
        wholly_compared += not under_way
    assert wholly_compared, "no call is under way where the first state is entered"
    if sum(len(boundary.checkpoint) for boundary in whole.boundaries) > _LARGE:
        await _resume_everywhere(dataclasses.replace(case, input=_shortened(case.input)))
    elif len(whole.boundaries) > _LONG_LOOP:
        await _resume_to_the_next(case, whole.boundaries)


async def _resume_to_the_next(case: Case, boundaries: Sequence[Boundary]) -> None:
    """Whoever resumes at a boundary is at the next one where the whole run was, and so, step by step, at the end."""
    for boundary, following in pairwise(boundaries):
        assert await InProcessRun(case, boundary).next_checkpoint() == json.loads(following.checkpoint)


def _shortened(value: JsonValue) -> JsonValue:
    """The value with three members in each of its arrays."""
    return [_shortened(member) for member in value[:3]] if isinstance(value, list) else value


def _compare(case: Case, boundary: Boundary, expected: Run, resumed: Run, under_way: bool) -> None:
    """A call that was under way is made again, so that only what does not count calls can be compared then."""
    first = boundary.events + 1
    assert [event["id"] for event in resumed.events] == list(range(first, first + len(resumed.events)))
    if under_way and not case.repeatable:
        assert str(resumed.events[-1]["type"]).startswith("Execution"), "it comes to an end, if to another one"
        return
    assert (resumed.status, resumed.output, resumed.error) == (expected.status, expected.output, expected.error)
    if under_way:
        return
    assert resumed.cause == expected.cause
    assert [*expected.events[: boundary.events], *resumed.events] == expected.events


def _spread(boundaries: Sequence[Boundary]) -> Iterator[Boundary]:
    step = 1 if len(boundaries) <= _LONG_LOOP else -(-len(boundaries) // _OF_LONG_LOOPS)
    yield from boundaries[::step]
    if (len(boundaries) - 1) % step:
        yield boundaries[-1]


def calls_under_way(frame: Mapping[str, object], machine: Machine) -> bool:
    """Whether some Task of the tree was called and has not been answered."""
    if not frame.get("entered") or "ended" in frame:
        return False
    state = machine.states[str(frame["state"])]
    match state:
        case TaskState():
            return not frame.get("retrying")
        case ParallelState() | MapState() if "group" in frame:
            running = cast("dict[str, dict[str, dict[str, object]]]", frame["group"])["running"]
            return any(
                calls_under_way(
                    child, state.branches[int(index)] if isinstance(state, ParallelState) else state.processor
                )
                for index, child in running.items()
            )
        case _:
            return False
