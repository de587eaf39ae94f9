"""JSON values: parsing, printing, measuring, and equality as JSON sees it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.values import (
    JsonValue,
    is_integer,
    is_number,
    json_equal,
    json_size,
    json_text,
    json_type_name,
    json_unique,
    parse_json,
    parse_kept,
    print_kept,
)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

EQUAL: list[tuple[JsonValue, JsonValue, bool]] = [
    (None, None, True),
    (None, False, False),
    (0, False, False),
    (1, True, False),
    (1, 1.0, True),
    (0, -0.0, True),
    (1, "1", False),
    ("a", "a", True),
    ([], {}, False),
    ([1, 2], [2, 1], False),
    ([1], [True], False),
    ([1], [1.0], True),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1.0}, True),
    ({"a": 1}, {"a": True}, False),
    ({"a": None}, {}, False),
    ({"a": [{"b": 0}]}, {"a": [{"b": False}]}, False),
    (2**70, 2**70, True),
    (True, ["boolean", 1], False),
    ({"a": 1}, [["a", 1]], False),
]


@pytest.mark.parametrize("left, right, equal", EQUAL, ids=repr)
def test_equality(left: JsonValue, right: JsonValue, equal: bool) -> None:
    assert json_equal(left, right) is equal
    assert json_equal(right, left) is equal
    assert json_unique([left, right, left]) == ([left] if equal else [left, right])


KINDS: list[tuple[JsonValue, str, bool, bool]] = [
    (None, "null", False, False),
    (True, "boolean", False, False),
    (1, "number", True, True),
    (1.0, "number", True, False),
    ("1", "string", False, False),
    ([], "array", False, False),
    ({}, "object", False, False),
]


@pytest.mark.parametrize("value, name, number, integer", KINDS, ids=repr)
def test_kinds(value: JsonValue, name: str, number: bool, integer: bool) -> None:
    assert (json_type_name(value), is_number(value), is_integer(value)) == (name, number, integer)


@given(_JSON)
def test_printing_and_parsing_is_identity(value: JsonValue) -> None:
    text = json_text(value)

    assert parse_json(text) == value
    assert json_size(value) == len(text.encode("utf-8", "surrogatepass"))
    assert json_equal(parse_json(text), value)


@pytest.mark.parametrize("text", ['{"b":1,"a":2}', "12345678901234567890123", '"ä"', '"\\ud83d"'])
def test_what_orjson_cannot_print_is_printed_the_same(text: str) -> None:
    assert json.loads(json_text(parse_json(text))) == json.loads(text)


@pytest.mark.parametrize(
    "beside", ["1", "12345678901234567890123", '"\\ud83d"', '{"\\ud83d":[1e-7]}', "[[12345678901234567890123]]"]
)
def test_a_number_is_printed_the_same_whatever_stands_beside_it(beside: str) -> None:
    text = f'{{"beside":{beside},"é":[1e-7,1e+25,0.1,-0.0,null,true,"é\\n",{{}}]}}'
    printed = json_text(parse_json(text))
    assert printed.endswith(',"é":[1e-7,1e+25,0.1,-0.0,null,true,"é\\n",{}]}')
    assert parse_json(printed) == parse_json(text)


@pytest.mark.parametrize("text", ["", "nul", "{'a':1}", "[1,]", "NaN", "Infinity", "-Infinity", "[NaN]", "1 2"])
def test_what_is_not_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)
    with pytest.raises(ValueError, match=r"."):
        parse_json(text.encode())


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "text",
    [_nested(200), '{"a":' * 200 + "1" * 30 + "}" * 200, '{"a":' * 200 + "1" + "}" * 200, f'["{"[" * 5_000}"]'],
    ids=len,
)
def test_depth_that_is_borne(text: str) -> None:
    assert json_text(parse_json(text)) == text


@pytest.mark.parametrize(
    "text", [_nested(201), '{"a":' * 201 + "1" + "}" * 201, _nested(100_000), "[" * 100_000], ids=len
)
def test_depth_that_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nested more than 200 deep"):
        parse_json(text)
    with pytest.raises(ValueError, match="nested more than 200 deep"):
        parse_json(text.encode())


@pytest.mark.parametrize(
    "inmost", ["1", "123456789012345678901234567890", '"\ud800"'], ids=["number", "long", "surrogate"]
)
def test_what_is_kept_may_be_deeper(inmost: str) -> None:
    text = f"{'[' * 500}{inmost}{']' * 500}".encode("utf-8", "surrogatepass")
    assert print_kept(parse_kept(text)) == text
