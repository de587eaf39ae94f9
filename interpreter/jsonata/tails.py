"""Which parts of a source may be the last of a function: an engine hands on the value of a call there as it is."""

from __future__ import annotations

from collections.abc import Callable

from interpreter.jsonata.lexer import Token
from interpreter.jsonata.survey import RegionReader


class TailReader(RegionReader):
    """Knows whether what is being read may be the last of a function, or of a block in one."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self._is_tail = False
        self._is_in_block = False  # of the function
        self._tails: list[bool] = []  # `_is_tail` outside of each operator that is being read

    def begun(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        self._tails.append(self._is_tail)
        self._is_tail = False

    def combined(self, operator: Token, start: int) -> None:
        """See `Reader`."""
        self._is_tail = self._tails.pop()

    def constructor(self, close: str, item: Callable[[], None]) -> None:
        """See `Reader`."""
        outside, self._is_tail = self._is_tail, False
        super().constructor(close, item)
        self._is_tail = outside

    def assigned(self) -> None:
        """See `Reader`."""
        outside, self._is_tail = self._is_tail, False
        super().assigned()
        self._is_tail = outside

    def _block(self) -> None:
        outside, self._is_in_block = self._is_in_block, True
        super()._block()
        self._is_in_block = outside

    def _function(self, word: Token) -> None:
        outside = self._is_tail, self._is_in_block
        self._is_tail, self._is_in_block = True, False
        super()._function(word)
        self._is_tail, self._is_in_block = outside

    def _is_last(self) -> bool:
        """Whether what was read may be the last of a function: nothing is done with its value there."""
        return self._is_tail and not self._power(self._peek())

    def _ends_block(self) -> bool:
        """Whether what was read may end a block of a function.

        A call there is taken for the last of the function, whatever follows the block, which then sees nothing: what is
        none must not become one.
        """
        return self._is_in_block and self._is_last()
