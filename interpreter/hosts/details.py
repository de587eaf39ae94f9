"""Where an execution stands, in words: the current details that the Temporal UI shows."""

from __future__ import annotations

from typing import Final

from interpreter.effects import CallbackWait, ChildWorkflow, Operation, TaskCall, Timer
from interpreter.frames import Frame

_MOST_LINES: Final = 15
"""It is made in every turn: a Map's iterations beyond these are only counted."""

_SUMMARY_BYTES: Final = 400
"""Temporal refuses the command that has a longer summary, again and again."""


def short_summary(text: str) -> str:
    """A text that can be the summary of an activity, a timer or a child workflow."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= _SUMMARY_BYTES:
        return text
    return encoded[: _SUMMARY_BYTES - len("…".encode())].decode("utf-8", "ignore") + "…"


def describe_frames(root: Frame) -> str:
    """One Markdown list entry for each running state, children indented below their Parallel or Map."""
    lines: list[str] = []
    _describe(root, 0, lines)
    return "\n".join(lines)


def _describe(frame: Frame, depth: int, lines: list[str]) -> None:
    doing = ", ".join(_doing(operation) for operation in frame.live.values())
    retries = f" (retry {frame.retry_count})" if frame.retry_count else ""
    group = frame.group
    if group is not None:
        done = group.next_index - len(group.running)
        doing = f"{done} of {len(group.results)} done"
    lines.append(f"{'  ' * depth}- **{frame.state_name}**{retries}{': ' + doing if doing else ''}")
    if group is None:
        return
    for shown, child in enumerate(group.running.values()):
        if len(lines) >= _MOST_LINES:
            lines.append(f"{'  ' * (depth + 1)}- ... and {len(group.running) - shown} more")
            return
        _describe(child, depth + 1, lines)


def _doing(operation: Operation) -> str:
    match operation:
        case TaskCall(_, call):
            return f"calling {call.activity_type} on {call.task_queue}"
        case CallbackWait():
            return "waiting for its task token"
        case ChildWorkflow():
            return f"waiting for {operation.workflow_id}"
        case Timer(_, purpose):
            return purpose
