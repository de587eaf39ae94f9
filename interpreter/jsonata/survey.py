"""What has to be known of a whole source before `rewriting` wraps a part of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Final

from interpreter.jsonata.grammar import Reader
from interpreter.jsonata.lexer import Kind, Token, next_token

REPEATING: Final = frozenset({"map", "each"})
CALLING_BACK: Final = REPEATING | {"filter", "sift", "single", "sort", "replace"}
ASKING_FOR_PARAMETERS: Final = CALLING_BACK | {"reduce"}
"""Functions that call back with as many arguments as a function has parameters, or refuse one that has too few."""


class RegionReader(Reader):
    """Knows the arguments and function bodies that it is in: no path goes on beyond them, so no parent is asked for."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._argument_start = -1

    def _region(self) -> int:
        """Where the innermost argument or function begins that is being read, -1 outside of all."""
        functions = (frame.start for frame in self._frames if frame.is_function)
        return max(self._argument_start, *functions, -1)

    def _in_region(self, read: Callable[[], None]) -> None:
        outside, self._argument_start = self._argument_start, self._position
        read()
        self._argument_start = outside


class Survey(RegionReader):
    """What has to be known of a whole source before a part of it is wrapped."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.declared: set[str] = set()
        self.bindings: list[int] = []  # where `@` and `#` stand, which name steps of a path
        self.with_parents: set[int] = set()  # the regions (see `_region`) with the parent operator
        self.compounds = False  # whether a value may be joined with itself again and again
        self.renames = False  # whether a function that repeats another has a name of its own
        self._callees: list[str] = []
        self._callbacks: set[int] = set()

    def read(self) -> None:
        """See `Reader`."""
        super().read()
        self.bindings.sort()

    def binds(self, begun: int, end: int) -> bool:
        """Whether a part of the source refers to steps of its path, or gives them names."""
        at = bisect_left(self.bindings, begun)
        return at < len(self.bindings) and self.bindings[at] < end

    def _declare(self, name: str) -> None:
        super()._declare(name)
        self.declared.add(name)

    def begun(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        if operator.text == "(":
            self._callees.append(callee(self._source, start, operator))

    def combined(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        match operator.text:
            case "(":
                self._callees.pop()
            case "@" | "#":
                self.bindings.append(operator.start)
            case _:
                pass

    def wildcard(self, token: Token) -> None:
        """See `Reader`."""
        if token.text == "%":
            self.with_parents.add(self._region())

    def referred(self, token: Token, declared: int) -> None:
        """See `Reader`."""
        self.compounds = self.compounds or token.text == "reduce"
        self.renames = self.renames or (token.text in REPEATING and not self._is_next("("))

    def left_open(self) -> None:
        """See `Reader`. What is partial is a function that may be called anywhere."""
        self.compounds = True
        self.renames = self.renames or self._callees[-1] in REPEATING

    def argument(self) -> None:
        """See `Reader`."""
        if self._callees[-1] in CALLING_BACK:
            self._callbacks.add(self._peek(operand=True).start)
        self._in_region(super().argument)

    def function_body(self, parameters: list[str], signature: str, start: int, body: int) -> None:
        """See `Reader`. Any other function than one that is handed to a built-in one may call itself."""
        self.compounds = self.compounds or start not in self._callbacks


def callee(source: str, start: int, parenthesis: Token) -> str:
    """The name of the variable that is called, empty if it is no plain variable."""
    token = next_token(source, start, operand=True)
    is_plain = token.kind is Kind.VARIABLE and next_token(source, token.end, operand=False).start == parenthesis.start
    return token.text if is_plain else ""
