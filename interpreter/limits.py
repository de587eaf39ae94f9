"""AWS's quotas on one execution, and what takes their place in `native` mode (Step Functions quotas, 2026-11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

EXPRESS_SECONDS: Final = 300
"""How long executions of EXPRESS state machines, and TestState, may take."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one execution; None for no bound.

    Attributes:
        payload_bytes: one input, output or variable as UTF-8 JSON.
        variables_bytes: all variables of an execution.
        history_events: the id of the last event.
        inline_map_width: iterations of an inline Map that run at once.
    """

    payload_bytes: int | None
    variables_bytes: int | None
    history_events: int | None
    inline_map_width: int


_AWS: Final = Limits(
    payload_bytes=262_144, variables_bytes=10 * 1024 * 1024, history_events=25_000, inline_map_width=40
)
_NATIVE: Final = Limits(payload_bytes=None, variables_bytes=None, history_events=None, inline_map_width=1_000)


def limits_of(mode: Literal["aws", "native"]) -> Limits:
    """The limits of a mode."""
    return _AWS if mode == "aws" else _NATIVE
