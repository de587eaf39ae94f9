"""JSON texts: faults in Jackson's words, limits, and the positions of what diagnostics point at."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.definition.json_faults import JsonFault
from interpreter.definition.json_source import (
    find_positions,
    jackson_error,
    load_json,
    nesting_exceeds,
)
from interpreter.values import JsonValue

VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


@dataclass(frozen=True)
class Fault:
    text: str
    message: str


FAULTS = [
    Fault("", "Invalid execution input."),
    Fault(" \n", "Invalid execution input."),
    Fault('"\ud800"', "Invalid execution input."),
    Fault("not some json", f"Unrecognized token 'not': was expecting {VALUES}"),
    Fault("{'not': 'json'", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"),
    Fault('{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"),
    Fault('{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"),
    Fault('{"a":1 "b"}', "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries"),
    Fault("[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"),
    Fault("[1,]", f"Unexpected character (']' (code 93)): expected a valid value {VALUES}"),
    Fault("\ufeff{}", f"Unexpected character ('\ufeff' (code 65279 / 0xfeff)): expected a valid value {VALUES}"),
    Fault("\x00", f"Unexpected character ((CTRL-CHAR, code 0)): expected a valid value {VALUES}"),
    Fault(
        "[",
        'Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"[";'
        " line: 1, column: 1])",
    ),
    Fault('{"a', "Unexpected end-of-input in field name"),
    Fault('"ab', "Unexpected end-of-input: was expecting closing quote for a string value"),
    Fault('"ab\\', "Unexpected end-of-input: was expecting closing quote for a string value"),
    Fault(
        '"a\nb"',
        "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in"
        " string value",
    ),
    Fault('"\\x"', "Unrecognized character escape 'x' (code 120)"),
    Fault(
        '"\\u12g4"',
        "Unexpected character ('g' (code 103)): expected a hex-digit for character escape sequence",
    ),
    Fault("01", "Invalid numeric value: Leading zeroes not allowed"),
    Fault("1.", "Decimal point not followed by a digit"),
    Fault("1e+", "Exponent indicator not followed by a digit"),
    Fault("-", "Unexpected end-of-input: expected digit (0-9) to follow minus sign, for valid numeric value"),
    Fault(
        "-x",
        "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid"
        " numeric value",
    ),
    Fault("1e999", "Numeric value (1e999) out of range of double"),
    Fault("1" * 5000, "Number value length (5000) exceeds the maximum allowed (4300)"),
    Fault("NaN", "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"),
    Fault("truex", f"Unrecognized token 'truex': was expecting {VALUES}"),
    Fault("{} {}", "Unexpected character ('{' (code 123)): expected the end of the document"),
    Fault("[" * 100_000, "Document nesting depth exceeds the maximum allowed"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: repr(fault.text[:20]))
def test_faults_are_told_as_jackson_tells_them(fault: Fault) -> None:
    assert jackson_error(fault.text) == fault.message


@pytest.mark.parametrize("text", ["2", '"text"', "null", "{}", " [1, 2.5e3] ", '{"a":1,"a":2}', '"\\ud800"'])
def test_any_json_value_is_an_input(text: str) -> None:
    assert jackson_error(text) is None


@given(st.text(alphabet='{}[]",:\\/bfnrtu0123456789+-.eE truefalsn\x01\n', max_size=30))
def test_a_fault_is_found_wherever_python_finds_one(text: str) -> None:
    assert jackson_error(text) != "Unreadable JSON"


def test_a_long_text_is_cut_in_the_excerpt() -> None:
    with pytest.raises(JsonFault) as caught:
        load_json('{"a":' + " " * 600 + "x}", unique_names=True)
    excerpt = '{"a":' + " " * 495
    assert caught.value.source == f'[Source: (String)"{excerpt}"[truncated 107 chars]; line: 1, column: 607]'


PLACES = [
    ("#", (1, 1), (1, 2)),
    ('{"a":\n  nope}', (2, 3), (2, 7)),
    ('{"a" 1}', (1, 6), (1, 7)),
    ('{"a":1,\n "a":2}', (2, 2), (2, 5)),
    ('"a\nb"', (1, 3), (2, 1)),
    ('["\\x"]', (1, 3), (1, 5)),
    ("[01]", (1, 2), (1, 3)),
    ("[1.]", (1, 3), (1, 4)),
    ("[1e999]", (1, 2), (1, 7)),
    ("[NaN]", (1, 2), (1, 5)),
    ("[-x]", (1, 3), (1, 4)),
    ("{} {}", (1, 4), (1, 5)),
    ('{"a": [1', (1, 9), (1, 9)),
]


@pytest.mark.parametrize("text, place, of_jackson", PLACES, ids=[repr(text) for text, _, _ in PLACES])
def test_the_place_is_that_of_the_fault_and_jackson_s_is_behind_it(
    text: str, place: tuple[int, int], of_jackson: tuple[int, int]
) -> None:
    with pytest.raises(JsonFault) as caught:
        load_json(text, unique_names=True)
    assert (caught.value.line, caught.value.column) == place
    assert caught.value.source.endswith(f"; line: {of_jackson[0]}, column: {of_jackson[1]}]")


def test_a_name_twice_is_a_fault_only_where_names_must_be_unique() -> None:
    assert load_json('{"a":1,"a":2}', unique_names=False) == {"a": 2}
    with pytest.raises(JsonFault, match="Duplicate field 'a'"):
        load_json('{"a":1,"a":2}', unique_names=True)


@pytest.mark.parametrize("depth, exceeds", [(200, False), (201, True)])
def test_nesting_is_counted_in_containers(depth: int, exceeds: bool) -> None:
    value: JsonValue = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    assert nesting_exceeds(value, 200) is exceeds


TEXT = """{
  "a b": [1, {"c": "}]\\"", "d"  :  true},
    [], {}],
  "e": null}"""


def test_positions_are_those_of_the_values() -> None:
    places = [(), ("a b",), ("a b", 0), ("a b", 1, "d"), ("a b", 2), ("a b", 3), ("e",)]
    assert find_positions(TEXT, places) == {
        (): (1, 1),
        ("a b",): (2, 10),
        ("a b", 0): (2, 11),
        ("a b", 1, "d"): (2, 36),
        ("a b", 2): (3, 5),
        ("a b", 3): (3, 9),
        ("e",): (4, 8),
    }


def test_a_missing_place_has_the_position_of_its_parent() -> None:
    assert find_positions(TEXT, [("a b", 1, "x", "y")]) == {("a b", 1, "x", "y"): (2, 14)}
