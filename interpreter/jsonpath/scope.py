"""What an expression can see: the document, the context object, the variables, and a source of chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from interpreter.limits import AWS_INTRINSICS, IntrinsicQuotas
from interpreter.measure import refuse_unprintable
from interpreter.values import JsonValue


class Chance(Protocol):
    """Deterministic randomness, the same on every replay of an execution."""

    def uuid(self) -> str:
        """A fresh version 4 UUID."""
        ...

    def random(self) -> float:
        """A fresh number, at least 0 and below 1."""
        ...


class Context(Protocol):
    """The context object, built only when an expression asks for it."""

    def as_json(self) -> dict[str, JsonValue]:
        """The whole context object."""
        ...


@dataclass(slots=True)
class Scope:
    """The heads that a path may start with: `$` (document), `$$` (context), `$name` (variables)."""

    document: JsonValue
    context: Context
    variables: Mapping[str, JsonValue]
    chance: Chance

    @property
    def quotas(self) -> IntrinsicQuotas:
        """What intrinsic functions may take and give; whoever lifts AWS's quotas overrides this."""
        return AWS_INTRINSICS

    def charge(self, nodes: int) -> None:
        """Count the values that a path has looked at; whoever bounds work overrides this."""

    def check_printable(self, value: JsonValue) -> None:
        """Refuse a value that may hold one large part many times; whoever lets earlier executions be overrides this.

        Raises:
            StatesDataLimitExceeded: its text would not fit into memory.
        """
        refuse_unprintable(value)
