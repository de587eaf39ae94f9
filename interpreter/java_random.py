"""Numbers as Java's published generator gives them (`java.util.Random`), from which AWS draws where a seed is given."""

from __future__ import annotations

from typing import Final

_MULTIPLIER: Final = 0x5DEECE66D
_INCREMENT: Final = 0xB
_STATE_BITS: Final = 48
_STATES: Final = 1 << _STATE_BITS


class JavaRandom:
    """A linear congruence of 48 bits; the same numbers for the same seed."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ _MULTIPLIER) % _STATES

    def bits(self, count: int) -> int:
        """The next `count` bits, 32 at most, as a number that is not negative (Java's `next`)."""
        self._state = (self._state * _MULTIPLIER + _INCREMENT) % _STATES
        return self._state >> (_STATE_BITS - count)

    def double(self) -> float:
        """The next number that is at least 0 and below 1 (Java's `nextDouble`)."""
        return ((self.bits(26) << 27) + self.bits(27)) / 2**53
