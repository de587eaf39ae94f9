"""The first numbers that Java gives."""

from __future__ import annotations

from interpreter.java_random import JavaRandom


def test_bits() -> None:
    """`new Random(42).nextInt()`, four times, without the sign."""
    chance = JavaRandom(42)
    expected = [-1170105035, 234785527, -1360544799, 205897768]
    assert [chance.bits(32) for _ in expected] == [number % 2**32 for number in expected]


def test_doubles() -> None:
    """`new Random(42).nextDouble()`, twice."""
    chance = JavaRandom(42)
    assert [chance.double(), chance.double()] == [0.7275636800328681, 0.6832234717598454]
