"""What is put into a source so that it counts its work, and the source that comes of it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final, TypeAlias

from interpreter.jsonata.lexer import next_token

JOINING: Final = frozenset({"append", "zip"})
"""Functions whose values can double."""

_FEW: Final = 4  # parts of arrays and objects, beyond the first of each, that need no weighing where nothing iterates

Span: TypeAlias = tuple[int, int]
"""Where a part of a source begins and ends."""


@dataclass(frozen=True, slots=True)
class MeteredSource:
    """A source that counts its work.

    Attributes:
        text: the source with calls of `metering.OPERATORS` in it.
        operators: those of them that it calls.
        values: those of `metering.AS_VALUES` that it takes.
        grows: whether its values can share so many parts that a hundred steps make one too large to be looked at.
    """

    text: str
    operators: frozenset[str]
    values: frozenset[str]
    grows: bool
    _starts: tuple[int, ...]
    _shifts: tuple[int, ...]

    def original(self, position: int) -> int:
        """The place in the source as it was written that `position` in `text` stands for."""
        at = bisect_right(self._starts, position)
        return position - (self._shifts[at - 1] if at else 0)


@dataclass(frozen=True, slots=True)
class Wrap:
    """What is put around a part of the source: a call of `operator`, or other text that ends with a parenthesis."""

    start: int
    end: int
    operator: str
    text: str = ""
    closing: str = ")"
    is_joint: bool = False  # needed only where parts can be joined without end
    is_deferred: bool = False  # needed only where functions leave it to their callers, see `Edits`


@dataclass(frozen=True, slots=True)
class _Edit:
    position: int
    order: tuple[int, int]
    text: str
    removed: int = 0


class Edits:
    """All that is to be put into one source. In texts `{d}` is a prefix that no name in the source has.

    Attributes:
        values: see `MeteredSource`.
        defers: whether some function leaves it to its callers to weigh what it gives.
    """

    def __init__(self, source: str, *, compounds: bool) -> None:
        self.values: set[str] = set()
        self.defers = False
        self._source = source
        self._compounds = compounds
        self._wraps: list[Wrap | None] = []  # None where one is not wanted after all
        self._around: dict[Span, list[int]] = {}  # which of them stand around a part of the source
        self._put: list[_Edit] = []
        self._renamed: set[int] = set()

    def wrap(self, wrap: Wrap) -> None:
        """Put something around a part. What is noted later stands further out."""
        self._around.setdefault((wrap.start, wrap.end), []).append(len(self._wraps))
        self._wraps.append(wrap)

    def is_wrapped(self, span: Span) -> bool:
        """Whether something stands around a part."""
        return span in self._around

    def unwrap(self, span: Span) -> None:
        """Put nothing around a part after all; what it calls keeps its name."""
        for number in self._around.pop(span, ()):
            self._wraps[number] = None
        self._renamed.discard(span[0])

    def put(self, position: int, text: str, removed: int = 0) -> None:
        """Put a text before what begins at `position`, or in the place of some characters."""
        self._put.append(_Edit(position, (1, 0), text, removed))

    def rename(self, position: int) -> None:
        """Have the function that is called there be the engine's own, whatever stands in for it."""
        self._renamed.add(position)

    def see(self, position: int, *, of: str = "") -> None:
        """Have each item counted that the path has at `position`, unless `#` or `@` follows, where it is done as well.

        What stood before `#` would change what it numbers. Of what is no object `*` gives nothing, which a condition
        makes null, so there it asks whether there is an item.
        """
        if next_token(self._source, position, operand=False).text not in ("#", "@"):
            condition = "${d}exists($) and ${d}seen()" if of == "*" else "${d}seen()"
            self._put.append(_Edit(position, (-1, 0), f"[{condition}]"))

    def metered(self, mark: str) -> MeteredSource:
        """The source with all of it; names that begin with `mark` do not occur in it."""
        wraps = self._needed()
        operators = frozenset(wrap.operator for wrap in wraps if wrap.operator)
        parts: list[str] = []
        starts: list[int] = []
        shifts: list[int] = []
        read = written = 0
        for edit in sorted(self._edits(wraps), key=lambda edit: (edit.position, edit.order)):
            text = edit.text.format(d=mark)
            parts += [self._source[read : edit.position], text]
            written += edit.position - read + len(text)
            read = edit.position + edit.removed
            starts.append(written)
            shifts.append(written - read)
        parts.append(self._source[read:])
        grows = "weighed" in operators or not self.values.isdisjoint(JOINING)
        return MeteredSource("".join(parts), operators, frozenset(self.values), grows, tuple(starts), tuple(shifts))

    def _needed(self) -> list[Wrap]:
        wraps = [wrap for wrap in self._wraps if wrap is not None and (self.defers or not wrap.is_deferred)]
        is_joint = self._compounds or sum(wrap.is_joint for wrap in wraps) > _FEW
        return [wrap for wrap in wraps if is_joint or not wrap.is_joint]

    def _edits(self, wraps: list[Wrap]) -> list[_Edit]:
        edits = list(self._put)
        edits += [_Edit(position, (3, 0), "${d}", removed=1) for position in self._renamed]
        for number, wrap in enumerate(wraps):
            begun = wrap.text or f"${{d}}{wrap.operator}("
            edits.append(_Edit(wrap.start, (2, -number), f" {begun}" if self._follows_word(wrap.start) else begun))
            edits.append(_Edit(wrap.end, (0, number), "[])" if self._stays_array(wrap.end) else wrap.closing))
        return edits

    def _stays_array(self, position: int) -> bool:
        """Whether `[]` follows, which keeps an array of one item, and so must stand in the call, too."""
        bracket = next_token(self._source, position, operand=False)
        return bracket.text == "[" and next_token(self._source, bracket.end, operand=True).text == "]"

    def _follows_word(self, position: int) -> bool:
        """Whether `and`, `or` or `in` ends there, with which a name would be one word."""
        return position > 0 and self._source[position - 1].isalpha()
