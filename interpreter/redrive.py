"""RedriveExecution: the checkpoint from which an execution that failed, timed out or was aborted goes on.

The frames stand where the end found them (a Parallel or Map keeps the children that failed or were stopped). What has
ended well stays so; every state that was entered and not exited is made ready to be run again, by the rules of the API
reference, RedriveExecution, and the developer guide, "Redriving executions".
"""

from __future__ import annotations

from interpreter.definition.model import FailState, State, WaitState
from interpreter.execution import Execution
from interpreter.frames import Frame, Group, JsonObject


def redrive_checkpoint(execution: Execution, date: int) -> JsonObject:
    """The checkpoint for `Execution.redrive`; `execution` has ended, without success, and is used up by this.

    `date` is that of the redrive, in milliseconds since the epoch.
    """
    _make_ready(execution.root, date)
    return execution.checkpoint()


def _make_ready(frame: Frame, date: int) -> None:
    """Have the frame's state run again: retriers count anew, and a delay before a retry is over."""
    frame.ended = None
    frame.retries = []
    if frame.retrying:
        frame.due, frame.retrying = None, False
    _make_state_ready(frame, frame.machine.states[frame.state_name], date)
    if frame.group is not None:
        _make_children_ready(frame.group, date)


def _make_state_ready(frame: Frame, state: State, date: int) -> None:
    match state:
        case FailState():  # is entered again, and fails again
            frame.entered = 0
        case WaitState(seconds=seconds) if seconds is not None and frame.entered:
            frame.entered_at, frame.due = date, None  # counts from now on; a moment stays what it is
        case _:
            pass


def _make_children_ready(group: Group, date: int) -> None:
    for index, child in sorted(group.running.items()):
        del group.running[index]  # put back in order, as they are begun in it
        if child.ended is not None and child.ended.error is None:
            group.running[index] = child
        elif child.ended is not None and not child.entered:  # its ItemSelector failed
            group.again.append(index)
        else:
            _make_ready(child, date)
            group.running[index] = child
