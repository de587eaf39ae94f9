"""How a state is left: what the modules of this package hand to the loop of a machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True)
class Transition:
    """How a state was left: the next state (None at the end of the machine), its input, and what is assigned."""

    next: str | None
    output: JsonValue
    assigned: Mapping[str, JsonValue] | None = None
