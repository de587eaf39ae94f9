"""The parts of a parsed path: steps and filter conditions, as frozen data (Jayway's dialect, Step Functions' own).

A step that names one member is a plain `str`, a step that picks one element a plain `int`; all others are classes here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True)
class Names:
    """`['a','b']`: as the last step one object of those members, otherwise each member in turn."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indices:
    """`[0,2]`: those elements that exist."""

    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """`[start:end]`; either may be absent, a third part is not in the dialect."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Wildcard:
    """`*`: every member or element."""


@dataclass(frozen=True, slots=True)
class Descend:
    """`..`: the value itself and everything below it; the next step applies to each."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`[?(...)]`: elements of an array that hold, or the object itself if it holds."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Function:
    """`.length()` and its like, only as the last step."""

    name: str


Step: TypeAlias = str | int | Names | Indices | Slice | Wildcard | Descend | Filter | Function


@dataclass(frozen=True, slots=True)
class RelativePath:
    """A path inside a filter: from the tested value (`@`) or from the document (`$`)."""

    from_root: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant inside a filter."""

    value: JsonValue


class RegularExpression(Protocol):
    """What RE2 compiles; it takes time linear in the text's length, whatever the expression."""

    def fullmatch(self, text: str, /) -> Any:  # a match, or None; RE2 has no types
        """A match of the whole text, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """`/regex/flags` inside a filter; it has to match the whole text."""

    expression: RegularExpression


Operand: TypeAlias = RelativePath | Literal | Pattern


@dataclass(frozen=True, slots=True)
class Exists:
    """`@.a` alone: the path leads to something, if only to null."""

    path: RelativePath


@dataclass(frozen=True, slots=True)
class Relation:
    """`left operator right`."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class All:
    """`a && b`."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`a || b`."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`!a`."""

    condition: Condition


Condition: TypeAlias = Exists | Relation | All | AnyOf | Negation
