"""What expressions evaluate to."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from interpreter.jsonata import EvaluationError, Expression, Sight, UnsupportedResult, parse_expression
from interpreter.values import MISSING, JsonValue, Missing
from tests.interpreter.jsonata.sights import INPUT, CountingChance, sight


def evaluate(text: str, seen: Sight) -> JsonValue | Missing:
    return parse_expression(text).evaluate(seen.states, seen.variables, seen.chance, seen.now)


@dataclass(frozen=True)
class Case:
    expression: str
    value: JsonValue | Missing


VALUES = [
    Case("$states.input", INPUT),
    Case("$states.input.a.b", 1),
    Case("$states.input.a.`quoted name`", "q"),
    Case("$states.input.a.nothing", None),
    Case("$states.input.a.b.c", MISSING),
    Case("$states.input.none", MISSING),
    Case("$states.input.items.n", [1, 2]),
    Case("$states.input.items.none", MISSING),
    Case("$states.context.State.Name", "S"),
    Case("$states.result", MISSING),
    Case("$states ~> $keys()", ["input", "context"]),
    Case("$none", MISSING),
    Case("$none.deeper", MISSING),
    Case("$ones", [1]),
    Case("$ones ~> $reverse()", [1]),
    Case("$nested", [[1]]),
    Case("$empty", []),
    Case("$object.k", "v"),
    Case("$one + 1", 2),
    Case("null", None),
    Case("$states.input.a.nothing = null", True),
    Case("$states.input.list[$ > 1]", [2, 3]),
    Case("$states.input.list[$ > 2]", 3),
    Case("$states.input.list[$ > 2][]", [3]),
    Case("$sum($states.input.items.n) & '!'", "3!"),
    Case("$states.input.items[kind = 'x'].(n * 10)", [10, 20]),
    Case("($f := function($n){$n <= 1 ? 1 : $n * $f($n - 1)}; $f(5))", 120),
    Case("$local := 5", 5),
    Case("($count := 5; $count)", 5),
    Case("$exists($none) ? 1 : 2", 2),
    Case("$match('abab', /B/i)[0].match", "b"),
    Case("/* said first */ 1", 1),
    Case("$type(/re/)", "function"),
    Case("$now()", "1970-01-01T00:00:01.000Z"),
    Case("$now() = $now() and $millis() = 1000", True),
    Case("$string(1e20)", "100000000000000000000"),
    Case("$string(1e21)", "1e+21"),
    Case("0/0", "NaN"),
    Case("$keys({'b': 1, '10': 2, '9': 3})", ["b", "10", "9"]),
    Case("$string([2, 10, 1]{$string($): 1})", '{"2":1,"10":1,"1":1}'),
    Case("$string()", MISSING),
    Case("$keys()", MISSING),
    Case("$type($keys({'a': 1}))", "string"),
]


@pytest.mark.parametrize("case", VALUES, ids=lambda case: case.expression)
def test_values(case: Case) -> None:
    assert evaluate(case.expression, sight()) == case.value


@pytest.mark.parametrize(
    "name",
    ["count", "type", "distinct", "keys", "hash", "parse", "eval", "and", "append", "merge", "match", "r", "_r", "v_x"],
)
def test_a_variable_hides_a_function_and_none_of_ours_is_seen(name: str) -> None:
    variables: dict[str, JsonValue] = {name: ["mine"], "x": 0}
    expected: JsonValue = [["mine"], 0]
    assert evaluate(f"[[${name}], $x]", sight(variables)) == expected
    assert evaluate(f"[[${name}], $unknown_function ? 1 : $x]", sight(variables)) == expected
    assert evaluate(f"[[${name}], $x]", sight({"x": 0})) != expected


@pytest.mark.parametrize("name", ["_r", "__r", "_type", "_v_x", "_parse", "_many_keys", "_weigh", "_append", "_copied"])
def test_names_of_ours_cannot_be_reached(name: str) -> None:
    assert evaluate(f"$parse('1') & $type(${name}) & $x", sight({"x": "x"})) == "1x"


@pytest.mark.parametrize(
    "expression", ["$states.input.a", "$states.input", "$states.input.list", "$object"], ids=lambda text: str(text)
)
def test_plain_paths_share_what_they_find(expression: str) -> None:
    seen = sight()
    assert evaluate(expression, seen) is evaluate(expression, seen)


@dataclass(frozen=True)
class Thrown:
    expression: str
    code: str | None
    message: str
    position: int | None


THROWN = [
    Thrown("$unknown(1)", "T1006", "T1006: Attempted to invoke a non-function", 9),
    Thrown("$eval('1')", "T1006", "T1006: Attempted to invoke a non-function", 6),
    Thrown("($e := $eval; $e('1'))", "T1006", "T1006: Attempted to invoke a non-function", 17),
    Thrown("'a' + 1", "T2001", 'T2001: The left side of the "+" operator must evaluate to a number', 5),
    Thrown("$error('mine')", "D3137", "D3137: mine", 7),
    Thrown("$number('x')", "D3030", 'D3030: Unable to cast value to a number: "x"', 8),
    Thrown("$sum('x')", "T0412", 'T0412: Argument 1 of function "sum" must be an array of "numbers"', 5),
    Thrown("1 + $uuid(1)", "T0410", 'T0410: Argument 1 of function "uuid" does not match function signature', 10),
    Thrown("1/0", "D1001", "D1001: Number out of range: null", 2),
]


@pytest.mark.parametrize("case", THROWN, ids=lambda case: case.expression)
def test_errors(case: Thrown) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(case.expression, sight())
    error = caught.value
    assert (error.jsonata_code, error.message, error.position) == (case.code, case.message, case.position)


@pytest.mark.parametrize("expression", ["$sum", "/re/", "function($x){$x}", "$f := function(){1}"])
def test_functions_are_no_results(expression: str) -> None:
    with pytest.raises(UnsupportedResult):
        evaluate(expression, sight())


def test_numbers_that_no_double_holds_are_errors_of_the_expression() -> None:
    for expression in ("$x + 1", "$unknown($x)"):
        with pytest.raises(EvaluationError):
            evaluate(expression, sight({"x": 10**400}))


def test_chance_is_drawn_only_when_asked_for_and_repeats() -> None:
    for expression, drawn in {"1": 0, "$uuid()": 1, "$random(5)": 0, "$random()": 1, "$shuffle([1..9])": 1}.items():
        first, second = CountingChance(), CountingChance()
        parsed = parse_expression(expression)
        assert parsed.evaluate({}, {}, first, 0) == parsed.evaluate({}, {}, second, 0)
        assert first.drawn == drawn


def test_expressions_are_compiled_once() -> None:
    assert parse_expression("{% $x %}") is parse_expression("{% $x %}")
    assert isinstance(parse_expression("{%$x%}"), Expression)
    assert parse_expression("{%   $x \n%}").text == "$x"
