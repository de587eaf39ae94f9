"""Scopes for tests: a document, a context object given as JSON, variables, and chance without surprises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interpreter.jsonpath import Scope
from interpreter.values import JsonValue


@dataclass(frozen=True)
class GivenContext:
    content: dict[str, JsonValue] = field(default_factory=dict)

    def as_json(self) -> dict[str, JsonValue]:
        return self.content


@dataclass(frozen=True)
class GivenChance:
    number: float = 0.0

    def uuid(self) -> str:
        return "3f0c7a52-6f6e-4d7e-9a35-0d6b5c1f2a11"

    def random(self) -> float:
        return self.number


def scope_of(
    document: JsonValue,
    *,
    context: dict[str, JsonValue] | None = None,
    variables: Mapping[str, JsonValue] | None = None,
    random: float = 0.0,
) -> Scope:
    return Scope(document, GivenContext(context or {}), variables or {}, GivenChance(random))
