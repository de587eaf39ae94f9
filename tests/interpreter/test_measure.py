"""Sizes and texts of values, each computed once while it is remembered."""

from __future__ import annotations

import pytest

from interpreter.measure import Measure
from interpreter.values import JsonValue

TEXTS: list[tuple[JsonValue, str]] = [
    (None, "null"),
    (True, "true"),
    (1.0, "1.0"),
    (12345678901234567890123, "12345678901234567890123"),
    ("ä", '"ä"'),
    ('"\n', '"\\"\\n"'),
    ([1, [2]], "[1,[2]]"),
    ({"b": 1, "a": {}}, '{"b":1,"a":{}}'),
]


@pytest.mark.parametrize("value, text", TEXTS, ids=[text for _, text in TEXTS])
def test_text_and_size(value: JsonValue, text: str) -> None:
    measure = Measure()

    assert measure.text(value) == text
    assert measure.size(value) == len(text.encode())


def test_a_value_is_printed_once() -> None:
    measure = Measure()
    value: JsonValue = {"a": [1, 2, 3]}

    sizes = {measure.size(value) for _ in range(5)}

    assert sizes == {13}
    assert measure.bytes_printed == 13


def test_equal_values_are_not_confused() -> None:
    measure = Measure()
    one: JsonValue = [1]
    true: JsonValue = [True]
    real: JsonValue = [1.0]

    assert [measure.text(value) for value in (one, true, real, one)] == ["[1]", "[true]", "[1.0]", "[1]"]


def test_an_address_that_is_used_again_is_not_taken_for_the_value_before() -> None:
    measure = Measure()

    for number in range(2_000):  # each list dies at once, unless it is remembered
        assert measure.text([number]) == f"[{number}]"


def test_little_is_remembered() -> None:
    """Else each of thousands of executions in memory would hold its last 256 payloads."""
    measure = Measure()
    large: list[JsonValue] = ["x" * 200_000 + str(number) for number in range(20)]

    for value in large:
        measure.size(value)

    printed = measure.bytes_printed
    for value in reversed(large):
        measure.size(value)
    remembered = 2 * printed - measure.bytes_printed
    assert 200_000 <= remembered <= 1024 * 1024
