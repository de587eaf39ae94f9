"""The intrinsic functions on numbers, and the unique identifier (developer guide, Intrinsics for math operations)."""

from __future__ import annotations

import math
from typing import Final

from interpreter.intrinsics.arguments import Arguments, Function
from interpreter.java_random import JavaRandom
from interpreter.values import JsonValue

_INT_BITS: Final = 32  # of the terms of States.MathAdd (developer guide)
_LONG_BITS: Final = 64  # of the bounds of States.MathRandom; the guide gives none


def _add(arguments: Arguments) -> JsonValue:
    return _integer(arguments, 0, _INT_BITS) + _integer(arguments, 1, _INT_BITS)


def _random(arguments: Arguments) -> JsonValue:
    """An integer from the first argument up to, not including, the second; the same for the same seed."""
    start, end = _integer(arguments, 0, _LONG_BITS), _integer(arguments, 1, _LONG_BITS)
    if end <= start:
        raise arguments.fault(f"The end {end} must be greater than the start {start}")
    if len(arguments.values) == 3:
        return start + _seeded(arguments.integer(2), end - start)
    return start + min(math.floor(arguments.chance.random() * (end - start)), end - start - 1)


def _integer(arguments: Arguments, position: int, bits: int) -> int:
    value, limit = arguments.integer(position), 2 ** (bits - 1)
    if not -limit <= value < limit:
        raise arguments.fault(f"Expected numbers from {-limit} to {limit - 1}, but got {value}")
    return value


def _seeded(seed: int, bound: int) -> int:
    """The first number below `bound` that Java's published generator (java.util.Random) gives for `seed`.

    AWS documents that a seed repeats its number but not by which generator; no seeded value is recorded.
    """
    chance = JavaRandom(seed)
    while True:
        bits = chance.bits(31)
        if bound > 2**31 - 1:  # wider than a Java int: take 62 bits, whose bias does not show
            return (bits << 31 | chance.bits(31)) % bound
        if bound & (bound - 1) == 0:
            return bound * bits >> 31
        number = bits % bound
        if bits - number + bound - 1 < 2**31:
            return number


def _uuid(arguments: Arguments) -> JsonValue:
    return arguments.chance.uuid()


FUNCTIONS: Final = (
    Function("States.MathAdd", 2, 2, _add),
    Function("States.MathRandom", 2, 3, _random),
    Function("States.UUID", 0, 0, _uuid),
)
