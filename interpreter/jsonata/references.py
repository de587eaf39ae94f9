"""What an expression refers to, read off its text before anything runs.

The variables that it takes from outside, the members of `$states` that it reads, and what Step Functions refuses:
names, `$` and wildcards where there is no context item, which is everywhere but inside paths, predicates, sorts,
groupings and transforms; `$$` anywhere; operators that came after 2.0.6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod
from typing import Final

from interpreter.jsonata.grammar import Reader
from interpreter.jsonata.lexer import Kind, Token, next_token

STATES: Final = "states"

_REPETITION: Final = re.compile(r"\{(?:\d*,)?(\d+)(?:,)?\}")
_MANY_REPETITIONS: Final = 1_000
_SLOW: Final = frozenset({
    "sort", "keys", "spread", "clone", "distinct", "string", "shuffle", "zip", "merge", "match", "split", "replace",
    "encodeUrl", "encodeUrlComponent", "decodeUrl", "decodeUrlComponent",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reference that Step Functions does not support: AWS's text, and its offset in the source."""

    detail: str
    position: int


@dataclass(frozen=True, slots=True)
class References:
    """What an expression refers to.

    Attributes:
        names: variables and functions taken from outside, without their dollar, `states` among them.
        states_members: the members of `$states` that are read; None if that cannot be told.
        path: the names in an expression that is only a variable and member names, `$a.b.c`; else None.
        refusal: the first that AWS refuses, None if it refuses nothing.
        has_regexes: whether there is a regular expression in it.
        has_large_regexes: whether one of them repeats something more than a thousand times, by numbers.
        slow_parts: how many functions and operators in it take time by all they are given, some 50 nanoseconds a byte.
    """

    names: frozenset[str]
    states_members: frozenset[str] | None
    path: tuple[str, ...] | None
    refusal: Refusal | None
    has_regexes: bool
    has_large_regexes: bool
    slow_parts: int


def read_references(source: str) -> References:
    """Read the references of an expression that an engine could compile.

    Raises:
        ExpressionError: the source uses an operator that JSONata 2.0.6 lacks, or nests too deeply.
    """
    reader = _ReferenceReader(source)
    reader.read()
    whole = reader.whole_states_read
    return References(
        frozenset(reader.names),
        None if whole else frozenset(reader.states_members),
        _plain_path(source),
        reader.refusal,
        reader.has_regexes,
        reader.has_large_regexes,
        reader.slow_parts,
    )


def _plain_path(source: str) -> tuple[str, ...] | None:
    token = next_token(source, 0, operand=True)
    if token.kind is not Kind.VARIABLE or token.text in ("", "$"):
        return None
    names = [token.text]
    while (dot := next_token(source, token.end, operand=False)).text == "." and dot.kind is Kind.SYMBOL:
        token = next_token(source, dot.end, operand=True)
        if token.kind is not Kind.NAME:
            return None
        names.append(token.text)
    return tuple(names) if dot.kind is Kind.END else None


class _ReferenceReader(Reader):
    """Walks a source and notes what it refers to; see `References`."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.states_members: set[str] = set()
        self.whole_states_read = False
        self.has_regexes = False
        self.has_large_regexes = False
        self.slow_parts = 0
        self.refusal: Refusal | None = None

    def regex(self, token: Token) -> None:
        """See `Reader`."""
        self.has_regexes = True
        text = self._source[token.start : token.end]
        repeated = prod(max(1, int(number[:9])) for number in _REPETITION.findall(text))
        self.has_large_regexes = self.has_large_regexes or repeated > _MANY_REPETITIONS

    def wildcard(self, token: Token) -> None:
        """See `Reader`."""
        self.slow_parts += token.text == "**"

    def begun(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        self.slow_parts += operator.text == "^"

    def transform(self) -> None:
        """See `Reader`."""
        self.slow_parts += 1
        super().transform()

    def contextless(self, token: Token) -> None:
        """See `Reader`."""
        name = "$" if token.kind is Kind.VARIABLE else token.text
        self._refuse(f"Reference to '{name}' at the top level is not supported.", token)

    def root(self, token: Token) -> None:
        """See `Reader`."""
        self._refuse("Reference to '$$' is not supported.", token)

    def _refuse(self, detail: str, token: Token) -> None:
        self.refusal = self.refusal or Refusal(detail, token.start)

    def referred(self, token: Token, declared: int) -> None:
        """See `Reader`."""
        self.slow_parts += token.text in _SLOW
        if token.text == STATES and declared < 0:
            self._note_member()

    def _note_member(self) -> None:
        dot = self._peek()
        member = next_token(self._source, dot.end, operand=True)
        if self._is_next(".") and member.kind in (Kind.NAME, Kind.STRING):
            self.states_members.add(member.text)
        else:
            self.whole_states_read = True
