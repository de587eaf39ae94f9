"""Parallel: every branch gets the same input; the result is their outputs in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interpreter.dataflow.flow import arguments, take_input
from interpreter.definition.model import ParallelState
from interpreter.frames import Frame, Group
from interpreter.states.group import attempt_until_final, run_group
from interpreter.states.outcome import Transition
from interpreter.states.result import completed
from interpreter.values import MISSING

if TYPE_CHECKING:
    from interpreter.execution import Execution


async def run_parallel(execution: Execution, frame: Frame, state: ParallelState) -> Transition:
    """Run the branches until all succeed, the failure is caught, or it is final.

    Raises:
        StatesError: no retrier and no catcher took the error of the branch that failed.
    """
    return await attempt_until_final(
        execution, frame, state, lambda: _attempt(execution, frame, state), "ParallelStateFailed"
    )


async def _attempt(execution: Execution, frame: Frame, state: ParallelState) -> Transition:
    group = frame.group
    if group is None:
        group = frame.group = _begin(execution, frame, state)

    def start_branch(index: int, chain: int) -> Frame:
        return frame.child(state.branches[index], group.input, chain, frame.item)

    outputs = await run_group(execution, frame, group, start_branch)
    frame.chain = group.chain
    execution.ledger.record("ParallelStateSucceeded", frame.chain)
    return completed(execution, frame, state, outputs)


def _begin(execution: Execution, frame: Frame, state: ParallelState) -> Group:
    view = execution.view(frame, retries=True)
    view.inspection = None  # TestState shows nothing between a Parallel's input and its result (recorded)
    take_input(state.flow, view)
    effective = arguments(state.flow, view)
    execution.data.check_size(effective, state.name)
    chain = execution.record("ParallelStateStarted", frame.chain, frame)
    count = len(state.branches)
    return Group([MISSING] * count, chain, None, effective, count)
