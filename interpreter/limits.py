"""AWS's quotas on one execution, and what takes their place in `native` mode (Step Functions quotas, 2026-11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

EXPRESS_SECONDS: Final = 300
"""How long executions of EXPRESS state machines, and TestState, may take."""


@dataclass(frozen=True, slots=True)
class IntrinsicQuotas:
    """Bounds on intrinsic functions (developer guide, "Intrinsic functions").

    Attributes:
        text_characters: what States.Base64Encode, States.Base64Decode and States.Hash take.
        range_elements: what States.ArrayRange gives.
    """

    text_characters: int
    range_elements: int


AWS_INTRINSICS: Final = IntrinsicQuotas(text_characters=10_000, range_elements=1_000)
_NATIVE_INTRINSICS: Final = IntrinsicQuotas(text_characters=10_000_000, range_elements=100_000)


@dataclass(frozen=True, slots=True)
class DefinitionQuotas:
    """Bounds on a definition.

    Attributes:
        state_name_characters: the name of a state.
        variable_name_characters: the name of a variable.
        nested_calls: intrinsic functions that are called inside each other.
    """

    state_name_characters: int
    variable_name_characters: int
    nested_calls: int


AWS_DEFINITIONS: Final = DefinitionQuotas(state_name_characters=80, variable_name_characters=80, nested_calls=10)
NATIVE_DEFINITIONS: Final = DefinitionQuotas(state_name_characters=120, variable_name_characters=255, nested_calls=50)
"""State names are in task tokens, which have 2,048 characters, and in ids of Temporal, which have 1,000 bytes."""


def definition_quotas_of(mode: Literal["aws", "native"]) -> DefinitionQuotas:
    """The quotas on definitions of a mode."""
    return AWS_DEFINITIONS if mode == "aws" else NATIVE_DEFINITIONS


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one execution; None for no bound.

    Attributes:
        payload_bytes: one input, output or variable as UTF-8 JSON.
        variables_bytes: all variables of an execution.
        history_events: the id of the last event.
        inline_map_width: iterations of an inline Map that run at once.
        wait_seconds: how far ahead a Wait may end.
        intrinsics: what intrinsic functions take and give.
    """

    payload_bytes: int | None
    variables_bytes: int | None
    history_events: int | None
    inline_map_width: int
    wait_seconds: int
    intrinsics: IntrinsicQuotas


_AWS: Final = Limits(
    payload_bytes=262_144,
    variables_bytes=10 * 1024 * 1024,
    history_events=25_000,
    inline_map_width=40,
    wait_seconds=2**31 - 1,  # recorded: a moment 24,855 days ahead is taken, one 24,856 days ahead refused
    intrinsics=AWS_INTRINSICS,
)
_NATIVE: Final = Limits(
    payload_bytes=None,
    variables_bytes=None,
    history_events=None,
    inline_map_width=1_000,
    wait_seconds=100 * 366 * 86_400,  # a hundred years: some bound must be, as timers count in 64 bits
    intrinsics=_NATIVE_INTRINSICS,
)
_EARLY_NATIVE: Final = replace(_NATIVE, wait_seconds=_AWS.wait_seconds, intrinsics=AWS_INTRINSICS)
"""Until engine 3."""


def limits_of(mode: Literal["aws", "native"], engine: int) -> Limits:
    """The limits of a mode, for executions that began with this version of the interpreter's behaviour."""
    if mode == "aws":
        return _AWS
    return _EARLY_NATIVE if engine < 3 else _NATIVE
