"""Where an execution stands, in words: the current details that the Temporal UI shows."""

from __future__ import annotations

from typing import Final

from interpreter.effects import CallbackWait, TaskCall, Timer
from interpreter.frames import Frame

_MOST_LINES: Final = 30


def describe_frames(root: Frame) -> str:
    """One Markdown list entry for each running state, children indented below their Parallel or Map."""
    lines: list[str] = []
    _describe(root, 0, lines)
    if len(lines) > _MOST_LINES:
        left_out = len(lines) - _MOST_LINES
        lines = [*lines[:_MOST_LINES], f"- ... and {left_out} more"]
    return "\n".join(lines)


def _describe(frame: Frame, depth: int, lines: list[str]) -> None:
    if len(lines) > 4 * _MOST_LINES:
        return
    doing = ", ".join(_doing(operation) for operation in frame.live.values())
    retries = f" (retry {frame.retry_count})" if frame.retry_count else ""
    group = frame.group
    if group is not None:
        done = group.next_index - len(group.running)
        doing = f"{done} of {len(group.results)} done"
    lines.append(f"{'  ' * depth}- **{frame.state_name}**{retries}{': ' + doing if doing else ''}")
    if group is not None:
        for child in group.running.values():
            _describe(child, depth + 1, lines)


def _doing(operation: TaskCall | CallbackWait | Timer) -> str:
    match operation:
        case TaskCall(_, call):
            return f"calling {call.activity_type} on {call.task_queue}"
        case CallbackWait():
            return "waiting for its task token"
        case Timer(_, purpose):
            return purpose
