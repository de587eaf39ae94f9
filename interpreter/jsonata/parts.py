"""What is known of the parts of a source that were read, for `rewriting`: what they come to, and what they read."""

from __future__ import annotations

from typing import Final

from interpreter.jsonata.edits import Span
from interpreter.jsonata.grammar import FUNCTION_WORDS
from interpreter.jsonata.lexer import Kind, Token, next_token

COMPARISONS: Final = frozenset({"<", ">", "<=", ">="})
_TRUTHS: Final = frozenset({"=", "!=", "in", "and", "or"}) | COMPARISONS
"""Operators that are true or false."""

_CALCULATIONS: Final = frozenset({"+", "-", "*", "/", "%"})
_SCALARS: Final = _CALCULATIONS | _TRUTHS | {"&"}
"""Operators whose value has no parts."""

_SCALAR_FUNCTIONS: Final = frozenset({
    "abs", "average", "base64decode", "base64encode", "boolean", "ceil", "contains", "count", "decodeUrl",
    "decodeUrlComponent", "encodeUrl", "encodeUrlComponent", "exists", "floor", "formatBase", "formatInteger",
    "formatNumber", "fromMillis", "join", "length", "lowercase", "max", "millis", "min", "not", "now", "number", "pad",
    "parseInteger", "power", "replace", "round", "sqrt", "string", "substring", "substringAfter", "substringBefore",
    "sum", "toMillis", "trim", "type", "uppercase", "random", "uuid", "hash",
})  # fmt: skip

_SHORT_PART: Final = 500  # characters, or parts that are known


class Parts:
    """The parts of one source, noted as they are read.

    Attributes:
        truths: where those end that are true or false, and so need not be looked at.
        constructed: arrays and objects that are written out.
        weighed: those that are weighed where they become a part of another.
    """

    def __init__(self, source: str) -> None:
        self.truths: set[int] = set()
        self.constructed: set[Span] = set()
        self.weighed: list[Span] = []
        self._source = source
        self._scalars: set[Span] = set()  # whose value has no parts
        self._numbers: set[Span] = set()  # which are calculated
        self._references: list[tuple[int, int]] = []  # where a variable is read, and where its scope begins
        self._members: dict[int, tuple[str, str]] = {}  # what is read: a variable and the first member of its path
        self._taken: set[tuple[str, str]] = set()

    def combine(self, operator: str, begun: int, end: int) -> None:
        """A part is an operator with its sides."""
        if operator in _TRUTHS:
            self.truths.add(end)
        if operator in _SCALARS:
            self._scalars.add((begun, end))
        if operator in _CALCULATIONS:
            self._numbers.add((begun, end))

    def call(self, function: str, span: Span) -> None:
        """A part is a call of a function of JSONata's, or of Step Functions'."""
        if function in _SCALAR_FUNCTIONS:
            self._scalars.add(span)

    def refer(self, token: Token, declared: int) -> None:
        """A variable is read whose scope begins at `declared`."""
        self._references.append((token.start, declared))
        self._members[token.start] = (token.text, self._member_after(token))

    def has_outer(self, begun: int, end: int) -> bool:
        """Whether a variable is read that is declared outside."""
        for position, declared in reversed(self._references):
            if position < begun:
                return False
            if position < end and declared < begun:
                return True
        return False

    def is_small(self, begun: int, end: int) -> bool:
        """Whether a part is a literal, or a calculated number."""
        return self._is_literal(begun, end) or (begun, end) in self._numbers

    def is_scalar(self, begun: int, end: int) -> bool:
        """Whether the value of a part has no parts itself; one pair of parentheses does not hide it."""
        if self._is_literal(begun, end) or (begun, end) in self._scalars:
            return True
        if self._source[begun] != "(" or self._source[end - 1] != ")":
            return False
        return (next_token(self._source, begun + 1, operand=True).start, end - 1) in self._scalars

    def _is_literal(self, begun: int, end: int) -> bool:
        """Whether a part is a literal, and nothing but blanks and comments follow it up to `end`."""
        first = next_token(self._source, begun, operand=True)
        is_literal = first.kind in (Kind.VALUE, Kind.STRING)
        return is_literal and next_token(self._source, first.end, operand=False).start >= end

    # what a constructor takes from variables, so that the parts of one object need no weighing which share nothing

    def begin_constructor(self) -> None:
        """Forget what was taken."""
        self._taken.clear()

    def take(self, begun: int, end: int) -> None:
        """A part becomes one of an array or object."""
        self._taken |= self._read_by(begun, end) or set()

    def is_apart(self, begun: int, end: int) -> bool:
        """Whether a part takes other members of a variable than those before it, all of which are less than it."""
        read = self._read_by(begun, end)
        if read is None or not self._taken or not read.isdisjoint(self._taken):
            return False
        every = read | self._taken
        return len({name for name, _ in every}) == 1 and all(member for _, member in every)

    def _read_by(self, begun: int, end: int) -> set[tuple[str, str]] | None:
        """The variables and members that a part takes values from, those that are weighed left out.

        None if that would take too long to tell.
        """
        if end - begun > _SHORT_PART or len(self._scalars) + len(self.weighed) > _SHORT_PART:
            return None
        spans = [*self._scalars, *self.weighed]
        found = set()
        for position, _ in reversed(self._references):
            if position < begun:
                break
            if position < end and not any(start <= position < stop for start, stop in spans if begun <= start):
                found.add(self._members[position])
        return found

    def _member_after(self, token: Token) -> str:
        dot = next_token(self._source, token.end, operand=False)
        if dot.kind is not Kind.SYMBOL or dot.text != ".":
            return ""
        member = next_token(self._source, dot.end, operand=True)
        return member.text if member.kind is Kind.NAME and member.text not in FUNCTION_WORDS else ""
