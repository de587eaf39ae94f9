"""How much room one Temporal run has left: Temporal ends a workflow for good at 51,200 events or 50 MB of history.

Before that an execution goes on in a new run, from a checkpoint. It can do so where its outermost machine is between
two states; inside a Parallel or Map it cannot, and is failed, with a cause that says why, rather than terminated.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from interpreter.effects import Room

Mode: TypeAlias = Literal["aws", "native"]
_MANY_EVENTS: Final = 40_000
_MANY_BYTES: Final = 38_000_000
_TOO_MANY_EVENTS: Final = 45_000
"""Each of the 1,800 operations that may be pending can still add two events, and the workflow tasks for them three."""
_TOO_MANY_BYTES: Final = 46_000_000
_FIRST_ENGINE: Final = 3


def room_left(mode: Mode, engine: int, *, events: int, size_bytes: int, suggested: bool) -> Room:
    """What a workflow task says of its run's history.

    Args:
        mode: in `"aws"` an execution has one run wherever that can hold it, in `"native"` it moves when Temporal
            suggests it, so that replays stay short.
        engine: executions of earlier releases know nothing of this.
        events: in the history when the task was started.
        size_bytes: of the history then.
        suggested: whether Temporal suggests a new run.
    """
    if engine < _FIRST_ENGINE:
        return "plenty"
    if events >= _TOO_MANY_EVENTS or size_bytes >= _TOO_MANY_BYTES:
        return "none"
    if events >= _MANY_EVENTS or size_bytes >= _MANY_BYTES:
        return "little"
    return "little" if suggested and mode == "native" else "plenty"
