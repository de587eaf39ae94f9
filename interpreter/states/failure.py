"""What Task, Parallel and Map share when they fail: retry after a delay, or go where a catcher says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.catch import error_output, match_catcher
from interpreter.dataflow import flow
from interpreter.definition.model import MapState, ParallelState, TaskState
from interpreter.errors import StatesError
from interpreter.frames import Frame
from interpreter.inspection import CatchMatched, RetryMatched
from interpreter.retry import match_retrier, next_delay
from interpreter.states.outcome import Transition

if TYPE_CHECKING:
    from interpreter.execution import Execution


def plan_retry(
    execution: Execution, frame: Frame, state: TaskState | ParallelState | MapState, error: StatesError
) -> bool:
    """Whether the state is to be tried again; the frame then says when.

    Raises:
        StatesError: `error` itself, where the state is inspected and would be tried again.
    """
    index = match_retrier(state.retriers, error)
    if index is None:
        return False
    if execution.observer is not None:
        execution.observer.retried(frame, index)
    retrier = state.retriers[index]
    inspection = execution.inspection
    taken = frame.retries[index] if inspection is None and frame.retries else 0
    used = taken if inspection is None else inspection.retries_used
    delay = next_delay(retrier, used, execution.chance.random() if retrier.full_jitter else 0)
    if inspection is not None:
        inspection.retry = RetryMatched(index, delay)
        if delay is not None:
            raise error
    if delay is None:
        return False
    if execution.observer is not None:
        execution.observer.failed(frame, error)
    frame.retries = frame.retries or [0] * len(state.retriers)
    frame.retries[index] += 1
    frame.due = execution.effects.now() + delay
    frame.retrying = True
    return True


async def wait_for_retry(execution: Execution, frame: Frame) -> None:
    """Sleep until the planned retry, if one is planned."""
    if frame.retrying and frame.due is not None:
        await execution.sleep(frame, frame.due, f"Retry: {frame.state_name}")
        frame.due = None
        frame.retrying = False


def caught(
    execution: Execution, frame: Frame, state: TaskState | ParallelState | MapState, error: StatesError
) -> Transition:
    """Where the catcher for `error` leads.

    Raises:
        StatesError: `error` itself, when no catcher names it; or what is wrong with the catcher, which is final.
    """
    catcher = match_catcher(state.catchers, error)
    if catcher is None:
        raise error
    if execution.inspection is not None:
        execution.inspection.catch = CatchMatched(state.catchers.index(catcher), error)
    if execution.observer is not None:
        execution.observer.failed(frame, error)
        execution.observer.caught(frame, state.catchers.index(catcher))
    view = execution.view(frame, retries=True)
    output, assigned = flow.caught(catcher.flow, view, error_output(error))
    return Transition(catcher.next, output, assigned)
