"""Running the children of a Parallel or Map: a sliding window, and what happens when one of them fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from interpreter.definition.model import MapState, ParallelState, TaskState, WaitState
from interpreter.errors import (
    StatesDataLimitExceeded,
    StatesError,
    StatesQueryEvaluationError,
    StatesRuntime,
    StatesTimeout,
)
from interpreter.frames import Frame, Group
from interpreter.history import Iteration
from interpreter.inspection import Inspection
from interpreter.scheduler import Inbox
from interpreter.states.failure import caught, plan_retry, wait_for_retry
from interpreter.states.outcome import Transition
from interpreter.values import MISSING, JsonValue, Missing

if TYPE_CHECKING:
    from interpreter.execution import Execution

_ENGINE_THAT_TIMES_OUT_TOGETHER: Final = 3


class ChildFailed(Exception):  # a way out of the group, not an error to show
    """A child failed; its siblings are stopped and everything about that is recorded."""

    def __init__(self, error: StatesError) -> None:
        super().__init__(error)
        self.error = error


async def run_group(
    execution: Execution, parent: Frame, group: Group, start_child: Callable[[int, int], Frame]
) -> JsonValue:
    """Run all children, `group.width` at a time, and return their outputs in order; a mock's result is whatever it is.

    `start_child(index, chain)` makes the frame of child `index` and records its start after event `chain`.

    Raises:
        ChildFailed: a child failed.
    """
    if execution.inspection is not None:
        return _mocked(execution.inspection)
    inbox: Inbox[int] = Inbox()
    for index, frame in group.running.items():
        execution.spawn_child(frame, index, inbox)
    while len(group.running) < group.width and group.has_more:
        await execution.breathe()
        _start_next(execution, group, group.chain, start_child, inbox)
    while group.running:
        index = await inbox.receive()
        await execution.breathe()
        frame = group.running[index]
        ended = frame.ended
        assert ended is not None, "a child reports when its machine has ended"
        if ended.error is not None:
            _stop(execution, parent, group, index)
            raise ChildFailed(ended.error)
        del group.running[index]
        group.results[index] = ended.output
        group.chain = frame.chain
        if group.items is not None:
            details = Iteration(parent.state_name, index)
            group.chain = execution.ledger.record("MapIterationSucceeded", frame.chain, details)
        if group.has_more:
            _start_next(execution, group, frame.chain, start_child, inbox)
    return [_there(result) for result in group.results]


def _mocked(inspection: Inspection) -> JsonValue:
    mock = inspection.mock
    if mock is None:
        raise TypeError("a Parallel or Map is inspected with a mock only")
    try:
        return mock.result()
    except StatesError as error:
        raise ChildFailed(error) from error


def _start_next(
    execution: Execution,
    group: Group,
    chain: int,
    start_child: Callable[[int, int], Frame],
    inbox: Inbox[int],
) -> None:
    index = group.take_next()
    frame = start_child(index, chain)
    group.running[index] = frame
    execution.spawn_child(frame, index, inbox)


def _there(result: JsonValue | Missing) -> JsonValue:
    assert result is not MISSING, "every child has reported"
    return result


def _stop(execution: Execution, parent: Frame, group: Group, index: int) -> None:
    """Stop every child and record it; all these events point to the failing one (recorded).

    The children stay in the group as they stand, for a redrive.
    """
    if _has_timed_out(group.running[index]) and execution.start.engine >= _ENGINE_THAT_TIMES_OUT_TOGETHER:
        _time_out_together(execution, group)
        index = _first_timed_out(execution, group, index)
    failed = group.running[index]
    cause = failed.chain
    if group.items is not None:
        execution.ledger.record("MapIterationFailed", cause, Iteration(parent.state_name, index))
    if failed.entered and isinstance(failed.machine.states[failed.state_name], TaskState):
        execution.ledger.record("TaskStateAborted", cause)
    for sibling_index, sibling in group.running.items():
        if sibling_index != index:
            if group.items is not None:
                execution.ledger.record("MapIterationAborted", cause, Iteration(parent.state_name, sibling_index))
            _record_aborted(execution, sibling, cause)
        execution.abandon(sibling)
    parent.chain = cause


def _time_out_together(execution: Execution, group: Group) -> None:
    """Record that Tasks which were scheduled with one that timed out have timed out as well (recorded).

    Hosts count a call's time from when a worker took it, and so may tell of one before the others.
    """
    for frame in group.running.values():
        if frame.group is not None and frame.ended is None:
            _time_out_together(execution, frame.group)
        deadline = frame.deadline
        if deadline is not None and deadline.due <= execution.effects.now():
            execution.record(deadline.event_type, frame.chain, frame, deadline.details)


def _has_timed_out(frame: Frame) -> bool:
    return frame.ended is not None and isinstance(frame.ended.error, StatesTimeout)


def _first_timed_out(execution: Execution, group: Group, index: int) -> int:
    """The first of the iterations that have timed out like the one at `index`, which fails all (recorded).

    Alike are those in the same attempt of the same state: what retries and catches the error is the same.
    """
    now, failed = execution.effects.now(), group.running[index]
    alike = (
        other
        for other, frame in group.running.items()
        if frame.deadline is not None and frame.deadline.due <= now
        if (frame.state_name, frame.retries) == (failed.state_name, failed.retries)
    )
    return min((index, *alike))


def _record_aborted(execution: Execution, frame: Frame, cause: int) -> None:
    if not frame.entered:
        return
    state = frame.machine.states[frame.state_name]
    if frame.group is not None and frame.ended is None:  # else its children have been recorded when it failed
        for index, child in frame.group.running.items():
            if frame.group.items is not None:
                execution.ledger.record("MapIterationAborted", cause, Iteration(frame.state_name, index))
            _record_aborted(execution, child, cause)
    match state:
        case TaskState():
            execution.ledger.record("TaskStateAborted", cause)
        case WaitState():
            execution.ledger.record("WaitStateAborted", cause)
        case ParallelState():
            execution.ledger.record("ParallelStateAborted", cause)
        case MapState():
            execution.ledger.record("MapStateAborted", cause)
        case _:
            pass


async def attempt_until_final(
    execution: Execution,
    frame: Frame,
    state: ParallelState | MapState,
    attempt: Callable[[], Awaitable[Transition]],
    failed_type: str,
) -> Transition:
    """Run a Parallel or Map until all its children succeed, the failure is caught, or it is final.

    `failed_type` is the event of the state's failure: recorded when a child failed, and when an expression failed
    before any child was started (recorded on AWS for Map).

    Raises:
        StatesError: no retrier and no catcher took the error.
    """
    while True:
        await wait_for_retry(execution, frame)
        try:
            transition = await attempt()
        except StatesRuntime:
            raise
        except ChildFailed as child:
            error, fails = child.error, True
        except StatesError as failure:
            error, fails = failure, isinstance(failure, StatesQueryEvaluationError) and frame.group is None
        else:
            frame.group = None
            return transition
        stopped, frame.group = frame.group, None
        if plan_retry(execution, frame, state, error):
            continue
        if fails:
            execution.record(failed_type, frame.chain, frame)
        try:
            return caught(execution, frame, state, error)
        except StatesError:
            if error.name != StatesDataLimitExceeded.NAME:  # a redrive then runs the whole state again
                frame.group = stopped
            raise
