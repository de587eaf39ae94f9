"""The loop of one machine: enter a state, run it, exit it, pick the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from interpreter.definition.model import (
    ChoiceState,
    FailState,
    MapState,
    ParallelState,
    PassState,
    State,
    SucceedState,
    TaskState,
    WaitState,
)
from interpreter.errors import StatesError, StatesRuntime
from interpreter.frames import Frame
from interpreter.states.choice import run_choice
from interpreter.states.fail import run_fail
from interpreter.states.map import run_map
from interpreter.states.outcome import Transition
from interpreter.states.parallel import run_parallel
from interpreter.states.pass_ import run_pass
from interpreter.states.succeed import run_succeed
from interpreter.states.task import run_task
from interpreter.states.wait import run_wait
from interpreter.values import JsonValue

if TYPE_CHECKING:
    from interpreter.execution import Execution


async def run_machine(execution: Execution, frame: Frame) -> JsonValue:
    """Run a frame from where it stands to the end of its machine and return the output.

    Raises:
        StatesError: a state failed and nothing in this machine caught it.
    """
    while True:
        state = frame.machine.states[frame.state_name]
        try:
            if not frame.entered:
                await execution.pace(frame)
                execution.enter(frame, state)
            else:  # resumed inside the state
                await execution.breathe()
            transition = await _run_state(execution, frame, state)
            execution.exit(frame, state, transition)
        except StatesRuntime as error:
            _tell_failure(execution, frame, error)
            raise execution.located(frame, error) from error
        except StatesError as error:
            _tell_failure(execution, frame, error)
            raise
        if execution.inspection is not None:
            execution.inspection.next_state = transition.next
            return transition.output
        if transition.next is None:
            return transition.output
        frame.move(transition.next, transition.output)


def _tell_failure(execution: Execution, frame: Frame, error: StatesError) -> None:
    if execution.observer is not None and frame.entered:
        execution.observer.failed(frame, error)


async def _run_state(execution: Execution, frame: Frame, state: State) -> Transition:
    match state:
        case PassState():
            return run_pass(execution, frame, state)
        case TaskState():
            return await run_task(execution, frame, state)
        case ChoiceState():
            return run_choice(execution, frame, state)
        case WaitState():
            return await run_wait(execution, frame, state)
        case SucceedState():
            return run_succeed(execution, frame, state)
        case FailState():
            return run_fail(execution, frame, state)
        case ParallelState():
            return await run_parallel(execution, frame, state)
        case MapState():
            return await run_map(execution, frame, state)
        case _:
            assert_never(state)
