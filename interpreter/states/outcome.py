"""How a state is left, and how a child frame ends: what the modules of this package hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interpreter.errors import StatesError
from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True)
class Transition:
    """How a state was left: the next state (None at the end of the machine), its input, and what is assigned."""

    next: str | None
    output: JsonValue
    assigned: Mapping[str, JsonValue] | None = None


@dataclass(frozen=True, slots=True)
class ChildReport:
    """How a child frame ended: with an output, or with an error."""

    index: int
    output: JsonValue
    error: StatesError | None
