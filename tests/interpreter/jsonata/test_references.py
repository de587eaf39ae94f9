"""What is read off an expression before it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.jsonata import ExpressionError, parse_expression
from interpreter.jsonata.grammar import MAX_NESTING


@dataclass(frozen=True)
class Reads:
    expression: str
    variables: set[str] = field(default_factory=set)
    states: set[str] | None = field(default_factory=set)


READS = [
    Reads("$x + $y.z", {"x", "y"}),
    Reads("$states.input.a & $x", {"x"}, {"input"}),
    Reads("$states.input = $states.result", set(), {"input", "result"}),
    Reads('$states."input".x', set(), {"input"}),
    Reads("$states.`input`", set(), {"input"}),
    Reads("$states.input[$.a = $x].result", {"x"}, {"input"}),
    Reads("$states", set(), None),
    Reads("$states.*", set(), None),
    Reads("$states.(input)", set(), None),
    Reads("$lookup($states, 'input')", set(), None),
    Reads("($a := 1; $a + $b)", {"b"}),
    Reads("($a := $a + 1; $a)", {"a"}),
    Reads("(($a := 1); $a)", {"a"}),
    Reads("function($p){$p + $q}", {"q"}),
    Reads("$map($xs, function($v, $i){$v * $i + $k})", {"xs", "k"}),
    Reads("($f := function($n)<n:n>{$n < 1 ? 1 : $n * $f($n - 1)}; $f(3))"),
    Reads("($even := function($n){$odd($n - 1)}; $odd := function($n){$even($n - 1)}; $even($m))", {"m"}),
    Reads("$orders@$o.lines@$l[$l.id = $o.id].{'a': $l, 'b': $z}", {"orders", "z"}),
    Reads("$xs#$i[$i > $least]", {"xs", "least"}),
    Reads("$xs ~> $map(?, $f)", {"xs", "f"}),
    Reads('$match($s, /a["/($x)]b/i) ? $t : $u', {"s", "t", "u"}),
    Reads("/* $no */ '$no' & \"$no\" & $yes", {"yes"}),
    Reads("$sum($xs) > $max($ys)", {"xs", "ys"}),
    Reads("$x ~> |$|{'a': $new}, ['b']|", {"x", "new"}),
    Reads("$xs^(<a, >b & $c){kind: $sum(n)}", {"xs", "c"}),
    Reads("10 / $x / 2", {"x"}),
    Reads("$unknown($x)", {"unknown", "x"}),
]


@pytest.mark.parametrize("case", READS, ids=lambda case: case.expression)
def test_reads(case: Reads) -> None:
    expression = parse_expression(case.expression)
    assert expression.variables == case.variables
    assert expression.reads_states == case.states


@dataclass(frozen=True)
class Refused:
    expression: str
    detail: str
    position: int
    code: str = "UNSUPPORTED_JSONATA_EXPRESSION"


def top_level(expression: str, name: str, position: int = 0) -> Refused:
    return Refused(expression, f"Reference to '{name}' at the top level is not supported.", position)


REFUSED = [
    top_level("phone", "phone"),
    top_level("phone.number", "phone"),
    top_level("'phone'.number", "phone"),
    top_level("$", "$"),
    top_level("$.a", "$"),
    top_level("*", "*"),
    top_level("**.a", "**"),
    top_level("$x + y", "y", 5),
    top_level("[1, a]", "a", 4),
    top_level("{'k': a}", "a", 6),
    top_level("($z := 1; q)", "q", 10),
    top_level("$exists(a)", "a", 8),
    top_level("$x ? a : b", "a", 5),
    top_level("function($v){foo}", "foo", 13),
    top_level("a[b = 1]", "a"),
    top_level("a(1)", "a"),
    Refused("$$", "Reference to '$$' is not supported.", 0),
    Refused("$x[$$.a = 1]", "Reference to '$$' is not supported.", 3),
    Refused("1 +", "S0207: Unexpected end of expression", 3, "INVALID_JSONATA_EXPRESSION"),
    Refused("", "S0207: Unexpected end of expression", 0, "INVALID_JSONATA_EXPRESSION"),
    Refused("1); $x := (2", 'S0201: Syntax error: ")"', 2, "INVALID_JSONATA_EXPRESSION"),
    Refused("$x ?? 1", 'S0211: The symbol "?" cannot be used as a unary operator', 4, "INVALID_JSONATA_EXPRESSION"),
    Refused("$x ?: 1", 'S0211: The symbol ":" cannot be used as a unary operator', 4, "INVALID_JSONATA_EXPRESSION"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.expression)
def test_refused(case: Refused) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(f"{{% {case.expression} %}}")
    error = caught.value
    assert (error.diagnostic, error.detail, error.position) == (case.code, case.detail, case.position)
    assert error.code == ("syntax" if case.code.startswith("INVALID") else "unsupported")
    assert error.expression == case.expression


CONTEXT = ["$x.a", "$x[a = 1]", "$x[$ > 1]", "$x^(a)", "$x{a: b}", "$x.(a & b)", "$x.$sum(a)", "$x.[a, *]", "$x.**.a"]


@pytest.mark.parametrize("expression", [*CONTEXT, "$x ~> |a|{'b': c}|", "$map($x, $string)", "$x.function(){a}"])
def test_names_are_free_where_there_is_a_context_item(expression: str) -> None:
    assert parse_expression(expression).variables == {"x"}


@pytest.mark.parametrize("source", ["(" * 300 + "1" + ")" * 300, "[" * 300 + "]" * 300])
def test_refuses_what_nests_too_deeply(source: str) -> None:
    with pytest.raises(ExpressionError, match=f"the limit is {MAX_NESTING} levels"):
        parse_expression(source)


def test_reads_long_chains_of_else() -> None:
    assert parse_expression("$x?$y:" * 400 + "$z").variables == {"x", "y", "z"}


FRAGMENTS = [
    "$x", "a", "1", "'s'", "(", ")", "[", "]", "{", "}", ".", "+", "-", "/", "*", "**", "?", ":", ":=", "~>", "|", "^",
    "<", ">", "function", "@", "#", ",", ";", "%", "$", "$$", "/re/", "and", "in", "`q`", "..", "$states", "/*", "\"",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_parsing_raises_nothing_but_expression_errors(source: str) -> None:
    try:
        expression = parse_expression(source)
    except ExpressionError:
        return
    assert expression.text == source.strip()
