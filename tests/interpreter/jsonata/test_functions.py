"""The functions that Step Functions adds, and those that stand in for the engine's on large arrays."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.jsonata import EvaluationError, parse_expression
from interpreter.jsonata.functions import distinct, keys
from interpreter.values import MISSING, JsonValue, Missing, json_equal
from tests.interpreter.jsonata.sights import CountingChance

SHA_256 = "b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3"


def evaluate(expression: str, **variables: JsonValue) -> JsonValue | Missing:
    return parse_expression(expression).evaluate({}, variables, CountingChance(), 0)


@dataclass(frozen=True)
class Case:
    expression: str
    value: JsonValue | Missing


CASES = [
    Case("$partition([0], 1)", [[0]]),
    Case("$partition([0, 1, 2], 2)", [[0, 1], [2]]),
    Case("$partition([0, 1, 2], 1.9)", [[0], [1], [2]]),
    Case("$partition([null, [1]], 5)", [[None, [1]]]),
    Case("$partition(7, 2)", [[7]]),
    Case("$partition([1], 0)", MISSING),
    Case("$partition([1], 0.9)", MISSING),
    Case("$partition([1], -1)", MISSING),
    Case("$partition($none, 1)", MISSING),
    Case("$range(0, 10, 3)", [0, 3, 6, 9]),
    Case("$range(1, 9, 9)", 1),
    Case("$range(5, 1, -2)", [5, 3, 1]),
    Case("$range(-1.9, 1.9, 1)", [-1, 0, 1]),
    Case("$range(1, 3)", MISSING),
    Case("$range(1, 3, 0)", MISSING),
    Case("$range(1, 3, -1)", MISSING),
    Case("$range(3, 1, 1)", MISSING),
    Case("$count($range(1, 5000, 1))", 5000),
    Case("$hash('input data', 'SHA-256')", SHA_256),
    Case("$hash('input data', 'MD5')", "812f45842bc6d66ee14572ce20db8e86"),
    Case("$hash('', 'SHA-1')", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    Case("$hash('x')", MISSING),
    Case("$random(42)", 0.7275636800328681),  # Java: new Random(42).nextDouble()
    Case("$random(0)", 0.730967787376657),
    Case("$random(42.9)", 0.7275636800328681),
    Case("$random(7) = $random(7)", True),
    Case("$random()", 0.01),
    Case("[$random(), $random()]", [0.01, 0.02]),
    Case("[$uuid(), $uuid()]", ["uuid-1", "uuid-2"]),
    Case("$parse('-0')", 0),
    Case("$parse('null')", None),
    Case("$parse('[1]')", [1]),
    Case("$parse('[[1]]')", [[1]]),
    Case("$parse('[]')", []),
    Case('$parse(\'{"a": [1, {"b": null}]}\')', {"a": [1, {"b": None}]}),
    Case("$parse('{\"a\": 5}').a", 5),
    Case("$map(['1', 'null', '[2]'], $parse)", [1, None, [2]]),
    Case("$parse($none)", MISSING),
    Case("$distinct([1, 1])", [1]),
    Case("$distinct([[1, 2], [1, 2]].$)", [1, 2]),
    Case("$distinct($none)", MISSING),
    Case("[1..3000].(1) ~> $distinct()", 1),
    Case("$distinct($map([1..3000], function($i){$i % 3}))", [1, 2, 0]),
    Case("$distinct($append([1..1500], [1..1500])) ~> $count()", 1500),
    Case("$keys([{'a': 1}, {'b': 1, 'a': 2}])", ["a", "b"]),
    Case("$keys([{'a': 1}])", "a"),
    Case("$keys([])", MISSING),
    Case("{'a': 1}.$keys()", "a"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.expression)
def test_values(case: Case) -> None:
    assert evaluate(case.expression) == case.value
    assert type(evaluate(case.expression)) is type(case.value)


@pytest.mark.parametrize(
    "expression, place",
    [
        ("$partition([1], 'x')", 2),
        ("$partition([1], 2, 3)", 3),
        ("$range('1', 2, 1)", 1),
        ("$range(1, true, 1)", 2),
        ("$hash(1, 'MD5')", 1),
        ("$hash('x', 'CRC')", 2),
        ("$hash('x', $string)", 2),
        ("$random('x')", 1),
        ("$uuid(1)", 1),
        ("$parse(1)", 1),
    ],
)
def test_refused_arguments(expression: str, place: int) -> None:
    function = expression[1 : expression.index("(")]
    with pytest.raises(EvaluationError) as caught:
        evaluate(expression)
    text = f'T0410: Argument {place} of function "{function}" does not match function signature'
    assert (caught.value.jsonata_code, caught.value.message) == ("T0410", text)


@pytest.mark.parametrize("text", ["", "x", "{", "NaN", "[1,]", "[" * 100_000])
def test_parse_refuses_what_is_not_json(text: str) -> None:
    with pytest.raises(EvaluationError, match="is not a valid JSON text"):
        evaluate("$parse($text)", text=text)


SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.5, 1.0, 2.0]) | st.sampled_from("ab1")
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(VALUES, max_size=8))
def test_distinct_is_that_of_jsonata(values: list[JsonValue]) -> None:
    kept: list[JsonValue] = []
    for value in values:
        if not any(json_equal(value, other) for other in kept):
            kept.append(value)
    assert json_equal(distinct(values), kept)
    assert evaluate("[$count($distinct($values))]", values=values) == [len(kept)]


@given(st.lists(VALUES, max_size=6))
def test_keys_are_those_of_jsonata(values: list[JsonValue]) -> None:
    wanted = evaluate("$merge($values[$type($) = 'object']) ~> $each(function($v, $k){$k})", values=values)
    assert keys(values) == (None if wanted is MISSING else wanted)
