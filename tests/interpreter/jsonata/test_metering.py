"""The second form of an expression, which counts its work: the same values and errors at the same places."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from interpreter.jsonata import AWS_BOUNDS, EvaluationError, ExpressionError, UnsupportedResult, parse_expression
from interpreter.jsonata.functions import ADDED_FUNCTIONS, BUILT_INS
from interpreter.jsonata.port import EngineFault
from interpreter.jsonata.rewriting import metered_source
from interpreter.values import JsonValue
from tests.interpreter.jsonata.conformance import conformance
from tests.interpreter.jsonata.sights import CountingChance
from tests.interpreter.jsonata.test_bounds import hostile
from tests.interpreter.jsonata.test_suite import outcome


@dataclass(frozen=True)
class Case:
    source: str
    text: str


CASES = [
    Case("$a.b + 1", "$a.b + 1"),
    Case("'a' & $x & 'b'", "$_chained($_joined('a' , $x) , 'b')"),
    Case("$x=$y & 'z'", "$x=$_measured($_joined($y , 'z'))"),
    Case("$x = 'literal'", "$x = 'literal'"),
    Case("$x in $y ? 1 & $a : 2 & $b", "$x in $_counted($y) ? $_joined(1 , $a) : $_joined(2 , $b)"),
    Case("[$a, [1], 1..2, 3, $b[0]]", "[$_counted($a), [1], 1..2, 3, $_counted($b[0])]"),
    Case("[1..99, 1..100, $a..3]", "[1..99, $_low := 1..$_ranged($_low, 100), $_low := $a..$_ranged($_low, 3)]"),
    Case("[a.%.. $b & 1]", "[$_low := a.%.. $_ranged($_low, $_joined($b , 1))]"),
    Case("$x.**.a", "$x.$_found(**).a"),
    Case("$x.a@$v.*", "$x.a@$v[$_seen()].$_found(*)"),
    Case("$o ~> |$|{'x': 1}|", "$_changed($o )~> |$|{'x': 1}|"),
    Case("$x^(a)", "$_ordered($x)^(a)"),
    Case("$zip($a, $b)", "$_found($_zip($a, $b))"),
    Case("$string($a)", "$_printed($_string($a))"),
    Case("function($v)<a<n>:n>{$v[0]}", "function($v)<a<n>:n>{($_counted($v); $v[0])}"),
    Case("function($v)<n:n>{$v}", "function($v)<n:n>{$v}"),
    Case("$a ? $b : 1", "$_counted($a )? $b : 1"),
    Case("$a = 1 ? 2 : $b < $c ? 3", "$a = 1 ? 2 : $b < $_read($c) ? 3"),
    Case("$a and $b > 1 or $c", "$_counted($a )and $b > 1 or $_counted($c)"),
    Case("$a < 5 or 5 = $a", "$a < 5 or 5 = $a"),
    Case("$a < $b + 1", "$a < $b + 1"),
    Case("$a ~> $zip($b)", " $a ~> $_zip($b) ~> $_weighed"),
    Case("$a ~> $string(true)[0] = 1", " $a ~> $_string(true)[0] ~> $_printed = 1"),
    Case("($zip := 1; $a ~> $zip($b))", "($zip := 1; $a ~> $zip($b))"),
    Case("$map($a, $zip)", "$map($a, $_unary($zip))"),
    Case("$reduce($a, $zip, 1)", "$reduce($a, $_unary($zip), 1)"),
    Case("($reduce := $f; $reduce($a, $zip))", "($reduce := $f; $reduce($a, $zip))"),
    Case("$a ~> $zip", "$a ~> $zip"),
    Case("$zip /* of two */ ($a, ?)", "$_zip /* of two */ ($a, ?)"),
    Case("$string /* of one */ (?)", "$string /* of one */ (?)"),
    Case("($string := 1; $string($a))", "($string := 1; $_printed($string($a)))"),
    Case("'$zip(' & \"**\" & /[#@%]/", "$_chained($_chained('$zip(' , \"**\") , /[#@%]/)"),
    Case("$x.**.(%.a)", "$x.**[$_seen()].(%.a)"),
    Case("$x.*.(%.a)", "$x.*[$_exists($) and $_seen()].(%.a)"),
    Case("$x#$i^(a)", "$x#$i[$_seen()]^(a)[$_seen()]"),
    Case("$x[]^(a)", "$x[]^(a)[$_seen()]"),
    Case("$x.(a^(b))", "$x.(a^(b)[$_seen()])"),
    Case("$x{a: b}@$v", "$x{a: b}@$v"),
    Case("$f(a.%, $x.**)", "$f($_weighed(a.%), $x.$_found(**))"),
    Case("[1..9].$x.y", "[1..9].$_weighed($x).y"),
    Case("a.{'x': b, 'y': $z, 'n': 1 + $z}", "a.$_weighed({'x': b, 'y': $_weighed($z), 'n': 1 + $z})"),
    Case("$map(a, function($v){[$v, $w]})", "$map(a, function($v){$_weighed([$_counted($v), $_counted($w)])})"),
    Case(
        "$reduce(a, function($v, $w){[$v, $w]})",
        "$reduce(a, function($v, $w){[$_counted($v), $_weighed($_counted($w))]})",
    ),
    Case(
        "$reduce(a, function($v, $w){{'x': $w > 1 ? $append($v.x, $w) : $v.x, 'y': $v.y, 'z': $v.x}})",
        "$reduce(a, function($v, $w){{'x': $w > 1 ? $append($v.x, $_weighed($w)) : $v.x, 'y': $v.y, "
        "'z': $_weighed($v.x)}})",
    ),
    Case("$reduce(a, function($v){{'x': $v.x, 'y': $v}})", "$reduce(a, function($v){{'x': $v.x, 'y': $_weighed($v)}})"),
    Case("$reduce(a, function($v){{'x': $v, 'y': $v.x}})", "$reduce(a, function($v){{'x': $v, 'y': $_weighed($v.x)}})"),
    Case("$reduce(a, $append(?, $w))", "$reduce(a, $append(?, $_weighed($w)))"),
    Case("$a and ($b or false)", "$_counted($a )and $_counted(($_counted($b )or false))"),
    Case("$a and($b or[$c])", "$_counted($a )and $_counted(($_counted($b )or $_counted([$_counted($c)])))"),
    Case("$a and[1]&$b = 2", "$_counted($a )and $_joined([1],$b) = 2"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.source)
def test_operators_are_wrapped(case: Case) -> None:
    assert metered_source(case.source, "_").text == case.text


def test_places_are_those_of_the_source() -> None:
    source = "'a' & $x & (1 + 'b')"
    metered = metered_source(source, "_")
    for position in (source.index("$x"), source.index("1 +"), source.index("'b'")):
        there = metered.text.index(source[position : position + 3].rstrip())
        assert metered.original(there) == position


ALIKE = [
    "$x & $none & null & true & [1, 2] & {'a': 1}",
    "[[1], [[2]], $x, [$x], $list, [$list]]",
    "$list.($ & '!')",
    "[$list[1]..$list[0] + 2000, 5..3, 1..$none, [1..1500]]",
    "[0..$x]",
    "['a'..2000]",
    "[1.5..2000]",
    "[true ? -5 : 2..-3, $sum($list)..$sum([1..$sum([0, 100..$x])])]",
    "$obj.a.b[0].[%.b[0]..%.b[0] + 200]",
    "$obj.a.b.[$..%.c]",
    "[$obj, $obj]@$v#$i.[$i - 300..$i]",
    "($low := -300; [[$low..0], $low])",
    "[1..1500.5]",
    "$list.[$..$ + 1500]",
    "$list.[1..$][0]",
    "[1..[3]]",
    "($n := 3; [$n..$n*1000].($ % 2))[0]",
    "($f := function($v){$f($v)}; $map([1], $string)[])",
    "($f := function($v){$f($v)}; [1] ~> $map($string)[])",
    "($f := function($v){$f($v)}; [1] ~> $map($string)[0][] ~> $count())",
    "($f := function($v){$f($v)}; [[1], [2]].$map($, $string)[])",
    "{'a': 1}.*[]",
    "$zip([1])[]",
    "[1] ~> $zip([2])[]",
    "[1] ~> $zip($none)",
    "[1] ~> $zip([1], [1], [1], [1], [1], [1], [1], [1], [1])",
    "$list ~> $zip([1, 2]) = $list",
    "$list ~> $zip([1]) /* and */ [0] ~> $string(true) ~> $length()",
    "($f := function($v) {($x; $v ~> $zip($v)){$string($): $}}; $map([[1], [2, 3]], $f))",
    "($f := function($v) {($v ~> $string())[$ != '']}; [$f($list), $map([1], $f)])",
    "($f := $zip(?, [1]); $f([2]))",
    "($f := $zip([1], ?); $f($none))",
    "$x ~> $string(1)",
    "$none ~> $string(true)",
    "[$sum ~> $string(), $sum ~> $zip([1])]",
    "($f := $reverse ~> $zip; $f($list))",
    *("$reduce($list, $zip)", "$reduce([], $zip, 1)", "$list ~> $reduce($zip)", "($f := $reduce(?, $zip); $f($list))"),
    *("$reduce($list, $string)", "$list ~> $reduce($string)", "$reduce([], $list, $zip)", "$reduce($none, $zip)"),
    "($map := function($l, $f) {$f($l, $l)}; $map($list, $zip))",
    "($zip := function($a, $b) {$a + $b}; [$reduce($list, $zip), $list ~> $zip($list), 1 ~> $zip(2)])",
    "$obj.a@$v.b@$w#$i[$w > 0].{'i': $i, 'w': $w}",
    "[$obj, $obj]@$v.a@$w.b@$n#$i[$n = 1]{$string($i): $w.b^($)}",
    "$list[$ = 2] in [2, 3]",
    "$map($list, $string)",
    "$map($list, $uppercase)",
    "$string($obj, true)",
    "$list ~> $sum()",
    "$obj.*",
    "$obj.**",
    "$list^(>$)",
    "$obj.a[]^(b[0])",
    "{'kept': $obj.a[]^(b[0]).b[0]}",
    "[[1, 2], [3]].($list^($))",
    "[[1, 2], [3]][$count($list^($)) = 3]",
    "$list{'sorted': $obj.a.b^(1)}",
    "[$obj.a.b{'b': $}^($), []^($[0]).$]",
    "$obj{'a': 1}@$v.$v.a",
    "[$obj{'a': 1}#$i.[$i, a], $obj{'a': 1}^(a)#$i.a]",
    "($obj.a.b.%; $list.[$, 1]^(>$[0]))",
    "$list@$v.[$v, 1]^(2)",
    "$sort($list, function($l, $r){$l < $r})",
    "$sort($none)",
    "$uppercase(1)",
    "1 + $uppercase($x)",
    "$x.$length()",
    "$substring($x, 1)",
    "$pad($x, 5, '-')",
    "$join($x)",
    "$split('a,b', ',', 1)",
    "$zip($list, [1, 2], $x)",
    "$zip()",
    "[$map($list, $zip), $filter($list, $zip), $each($obj, /* all */ $zip )]",
    "($zip := function($a, $b) {$b}; $map($list, $zip))",
    "$obj ~> |$|{'b': 2}|",
    "$keys([$obj, $obj])",
    "$distinct([1, 1, 2])",
    "$clone($obj)",
    "($p := $string(?); $p($obj))",
    "($f := function($a) {$a}; [$map($list, $string), $string($f($f(($obj))), true)])",
    "[[0] ? 1 : 2, [0, 1] ? 1 : 2, $none ? 1 : 2, $obj ? 1 : 2, '' ? 1 : 2, $sum ? 1 : 2]",
    "[[0] and true, [1] or false, $none and $x, $none or $x, $list[$ > 5] or false]",
    "['a' < $x, 'z' >= $x, $none < $x, $list[0] <= $list[1]]",
    "'a' < $list[0]",
    "$assert(true, $x)",
    "$list.($ > 1 ? $ : $none ? 0 : -$)",
    "($f := function($n){$n = 0 ? '' : $f($n - 1) & 'x'}; $f(20))",
    "($string := 1; $string)",
    "$count()",
    "function($x){$x & 'a'}",
    "$now('[Y]') & $fromMillis(0)",
    "($a := 'x' & 'y'; $a = 'xy' and $not($a != $a & ''))",
    "$list ~> $zip([1, 2])",
    "$list ~> $string",
    "$list ~> $string(true)",
    "($z := $zip; [$z($list, [4, 5]), $z($list)])",
    "($f := $string(?, true); $f($obj))",
    "($s := $string; [$s($obj, true), $s(1), $map($list, $s)])",
    "($zip := function($a){$a & '!'}; [$zip($x), $map($list, $zip)])",
    "(function($string){$string('x')})($uppercase)",
    "$list ~> $map($string)",
    "$x ~> $uppercase & 'a'",
    "$obj.**#$i.(%.b)",
    "($a := $append; [$a($list, $x), $a($none, $x), $a($x, $none), $a($list, [])])",
    "$list ~> $append($list)",
    "($a := $append(?, $list); $a($x))",
    "($m := $map; $m($list, function($i) {$i + 1}))",
    "($m := $each(?, function($v, $k) {$k}); $m($obj))",
    "($m := $map; $list ~> $m($string))",
    "[$obj, $obj]#$i.{'i': $i, 'a': a, 'o': [$obj]}",
    "($v := [$obj, $obj]@$o.a@$p.{'o': $o, 'p': $p}; $v)",
    "$count([$obj, $obj]#$i.a)",
    "$obj.a.b.%.%",
    "$obj.a.b.[%, %]",
    "$obj.a.b.[[%], [%][0], [[%, 1]][0], [%].b]",
    "$obj.a.b.{'up': %, 'top': %.%}.up.b",
    "$obj.a.b.($list.$obj).a.b.[%]",
    "[$obj, $obj].a.b.(%.{'l': $, 'r': $})",
    "($v := $obj.a.b.%; {'v': $v, 'n': $count($append($obj.a.b.%, $v))})",
    "$obj.a.b.{'m': $map([1, 2], function($i) {[$i, %]})}",
    "[$list.($obj.a).b.%, [$list].[%, 1]]",
    "$obj.a.b.[$list.*, [1, $obj, null, {'n': null}].*, %.*, %.**]",
    "$list.{'up': %}",
    "$obj.**.b.%",
    "[$obj, $obj]@$v.a@$w.[$v.a = $w, $w.b[0]]",
    "[$obj, $obj]#$i[$i = 1].a.b",
    "$obj.*.{'x': b, 'y': $list, 'z': [$list, [$list], 'a' & 1]}",
    "$list.$obj",
    "$list.$obj.a",
    "$list.[$obj, $]",
    "$list.$f",
    "$map($list, function($v){[$v, $list]})",
    "$list{$string($): [$x, $list]}",
    "[$list.$list[]]",
    "$list.$append($list, $)[0]",
    "$obj.a^(b).%.a",
    "$reduce($list, function($a, $b){{'n': $b, 'rest': [$a, $b]}})",
    "($f := function($n){$n = 0 ? [] : [$n, $f($n - 1), [[$x], $list]]}; $f(3))",
    "$append([$list], $append($list, $obj))",
    "$x /* $zip( */ & '$zip(' & \"~> |\" ~> $length",
    "$list[$ < $list[0] and $x >= 'a' & ''] ? 'a' < $x : $x",
    "'a'in['a']&'b' or(1 in[1]and[0])",
    "($f := function($n) {('a' & $n)[$ != '']}; [$f(1), $map($list, $f), $map($list, function($n) {$n & ''})])",
    "($f := function($n) {($n ? (1; $x & $n) : $n & ''){$: $}}; [$f(1), $f('')])",
    "($f := function($n) {($n ? $x & $n : $n & '';){$: $}}; [$f(1), $f('')])",
    "$obj.[function() {(*)[0]}(), function() {(1; **){'n': $count($)}}(), function() {(true ? * : **;).b}()]",
    *(
        "$map([[1], [], [2, 3]], function($v) {" + body + "})"
        for body in (
            "$map($v, function($w) {{'w': $w, 'x': $x}})",
            "(1; ($w := $v; $map($w, function($w) {$w & $x})))",
            "$x = 'text' ? $map($v, function($w) {$w & $x}) : $x",
            "$x != 'text' ? $x : $filter($v, function($w) {$x})",
            "$map($v, function($w) {$map([$w], function($w) {$w & $x})})",
            "$map($v, function($w) {$w & $x})[0]",
            "[$map($v, function($w) {$w & $x})]",
            "$v ~> $map(function($w) {$w & $x})",
            "$append($list, $v)",
            "-$sum($map($v, function($w) {$w + $list[0]}))",
            "$each($obj, function($w) {$map($v, function() {$w})})",
            "$map($v, $string)",
        )
    ),
    *(
        "($f := function($v) {$map($v, function($w) {$g($w)})}; $g := function($w) {$w & $x}; " + use + ")"
        for use in (
            "$map([[1], [], [2, 3]], $f)",
            "$map([[1], [], [2, 3]], function($v) {$f($v)})",
            "[[1], [], [2, 3]].($f($))",
            "[$f([1]), $f([]), [2, 3] ~> $f, [4] ~> $f()]",
            "($h := $f ~> $f; {'a': $h([1]), 'b': $reduce([[1], [2, 3]], function($v, $w) {$f($w)})})",
            "($h := function($v) {($v ~> $f)[0]}; [$h([1]), $map([[1], [2, 3]], $h), [[1], [2, 3]].($h($))])",
            "($h := function($v) {($v[0] = 1 ? $v ~> $f ~> $f : (1; $v ~> $map($g);)){'a': $}}; "
            "$map([[1], [2, 3]], $h))",
        )
    ),
]


@pytest.mark.parametrize("source", ALIKE)
def test_both_forms_do_the_same(source: str) -> None:
    assert _outcome(source, meters=True) == _outcome(source, meters=False)


HANDED_ON = [
    *("$map($list, ${f})", "$map([$list, [$x]], ${f})", "$filter(['b', $x], ${f})", "$single($list, ${f})"),
    *("$each($obj, ${f})", "$sift($obj, ${f})", "$x ~> ${f}", "$list ~> ${f}()", "($f := ${f}; $f($list))"),
    *("(${f} ~> $type)($list)", "$list.${f}()", "$obj.a.${f}($)", "${f}($list)[]", "${f}($x, $none)"),
    *("$map([$list, [$x]], function($v) {${f}($v)})", "$map([1, 2], function() {true ? (1; ${f}({'a': $x}))})"),
    *("${f}([{'n': 1}, {'n': 2}])", "${f}($list, function($a, $b) {$a > $b})", "${f}($x, /e/, 'y')", "${f}(9.5, 2)"),
    "($f := function($n) {$n = 0 ? ${f}($list) : $f($n - 1)}; {'f': $f(3), 'g': ${f}($x)})",
]


@pytest.mark.parametrize("meters", [False, True])
def test_one_item_in_one_item_comes_out_bare(meters: bool) -> None:
    """See docs/compatibility.md."""
    nested = "$map({items}, function($v) {{$map($v, function($w) {{$w & $x}})}})"
    assert _outcome(nested.format(items="[[1]]"), meters=meters) == "'1text'"
    assert _outcome(nested.format(items="[[1], [2]]"), meters=meters) == "[['1text'], ['2text']]"
    part = f"{{'part': {nested.format(items='[[1]]')}}}"
    assert _outcome(part, meters=meters) == ("{'part': '1text'}" if meters else "{'part': ['1text']}")


@dataclass(frozen=True)
class Difference:
    source: str
    plain: str
    metered: str


def _refused(argument: int, function: str, place: int | None) -> str:
    return f'T0410: Argument {argument} of function "{function}" does not match function signature at {place}'


def _too_few_parameters(place: int) -> str:
    return f"D3050: The second argument of reduce function must be a function with at least two arguments at {place}"


DIFFERENCES = [
    Difference("($f := $zip; $f(1, 2, 3, 4, 5, 6, 7, 8, 9))", "[[1, 2, 3, 4, 5, 6, 7, 8, 9]]", _refused(9, "f", 16)),
    Difference("($zip)([1], $none)", "[]", "[[1]]"),
    Difference("($f := $zip; $map(['a'], $f))", "[['a']]", "[['a', 0, 'a']]"),
    Difference("$reduce([1, 2], ($zip))", _too_few_parameters(8), "[[1, 2, 1, 1]]"),
    Difference("($f := $string; $reduce([1, 2], $f))", _too_few_parameters(24), "'1'"),
    Difference("($f := $string; $f($list, 'no'))", _refused(2, "f", 19), "'[3,1,2]'"),
    Difference("($f := $substring(?, 'a'); $f('abc'))", "'abc'", _refused(2, "substring", None)),
    Difference("($f := $length(?); $f(1))", "MISSING", _refused(1, "length", None)),
    Difference("([[]])@$q", "[[]]", "[]"),
    Difference("($v := []; $v@$q)", "[]", "MISSING"),
    Difference("($obj.a.%; {'a': []}.*)", "[]", "MISSING"),
    Difference("(function() {($sum($list)){'a': [$, 1]}})()", "{'a': [None, 1]}", "{'a': [6, 1]}"),
]


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: case.source)
def test_where_the_forms_differ(case: Difference) -> None:
    """See docs/compatibility.md."""
    got = (_outcome(case.source, meters=False), _outcome(case.source, meters=True))
    assert got == (case.plain, case.metered)


@pytest.mark.parametrize("name", sorted((BUILT_INS | ADDED_FUNCTIONS) - {"random", "shuffle", "uuid"}))
def test_both_forms_of_each_function_do_the_same(name: str) -> None:
    for form in HANDED_ON:
        source = form.replace("{f}", name)
        plain, metered = (_NAMED.sub("", _outcome(source, meters=meters)) for meters in (False, True))
        assert metered == plain, source


def test_both_forms_do_the_same_with_the_public_suite() -> None:
    suite = json.loads(conformance("jsonata/suite-2.0.6.json").read_text(encoding="utf-8"))
    different = []
    for case in suite["cases"]:
        plain, metered = (_suite_outcome(case, suite["datasets"], meters=meters) for meters in (False, True))
        if metered not in (plain, _PLACE.sub(" at None", plain)):
            different.append((case["id"], plain, metered))
    assert not different


def _suite_outcome(case: Mapping[str, Any], datasets: Mapping[str, JsonValue], *, meters: bool) -> str:
    got = outcome(case, datasets, meters=meters)
    return f"{got} at {got.position}" if isinstance(got, EngineFault) else repr(got)


def test_both_forms_of_generated_expressions_do_the_same() -> None:
    chance = random.Random(20_261_127)
    ended = 0
    for _ in range(300):
        source = hostile(chance)
        plain = _outcome(source, meters=False)
        if plain in _BOUNDS:
            continue
        metered = _outcome(source, meters=True)
        assert metered in _BOUNDS or _PLACE.sub("", metered) == _PLACE.sub("", plain), source
        ended += 1
    assert ended > 50


_NAMED = re.compile(r' (of )?function (undefined|"\w+")| at (\d+|None)$')  # which of those that call one another
_PLACE = re.compile(r" at (\d+|None)$")  # an error inside of what stands in for a function has none
_BOUNDS = ("Excess.STEPS", "Excess.SIZE", "Excess.DEPTH")


def _outcome(source: str, *, meters: bool) -> str:
    """The value, the error with its place, or the bound that was met."""
    variables: dict[str, JsonValue] = {"x": "text", "list": [3, 1, 2], "obj": {"a": {"b": [1, None]}}}
    bounds = replace(AWS_BOUNDS, steps=20_000, regex_steps=1_000, work=100_000, weighs=meters, meters=meters)
    try:
        return repr(parse_expression(source).evaluate({"input": {}}, variables, CountingChance(), 0, bounds))
    except EvaluationError as error:
        return f"{error.message} at {error.position}" if error.excess is None else str(error.excess)
    except (UnsupportedResult, ExpressionError) as error:
        return repr(error)


def test_objects_that_grow_by_items_are_not_taken_for_such_that_double() -> None:
    """A usual way to part objects in two; none of them is copied, so it may take as long as appending does."""
    source = (
        "$reduce($states.input, function($a, $v){{'even': $v.n % 2 = 0 ? $append($a.even, $v) : $a.even, "
        "'odd': $v.n % 2 = 0 ? $a.odd : $append($a.odd, $v)}}, {'even': [], 'odd': []}).($count(even) + $count(odd))"
    )
    items: JsonValue = [{"n": number, "name": f"name {number}"} for number in range(1_000)]
    value = parse_expression(source).evaluate({"input": items}, {}, CountingChance(), 0, AWS_BOUNDS)
    assert value == 1_000


RECURSIONS = [
    "'a' & $f($n - 1)",
    "[$f($n - 1)]",
    "['x', [$f($n - 1)]]",
    "1 in $f($n - 1)",
    "[$n = $f($n - 1)] in [1]",
    "$string($f($n - 1))",
    "$f($n - 1) ~> $string()",
    "$x ~> $zip($f($n - 1))",
    "{'k': [$f($n - 1)], 'v': 'a' & $n}",
]


@pytest.mark.parametrize("body", RECURSIONS)
def test_what_may_recurse_may_do_so_in_both_forms_and_neither_without_end(body: str) -> None:
    def recursion(depth: int) -> str:
        return f"($f := function($n){{$n = 0 ? 'z' : {body}}}; $exists($f({depth})))"

    deepest = max(depth for depth in range(1, 110) if _outcome(recursion(depth), meters=False) == "True")
    assert _outcome(recursion(deepest), meters=True) == "True"
    for meters in (False, True):
        assert _outcome(recursion(8 * deepest), meters=meters) == "Excess.DEPTH"
