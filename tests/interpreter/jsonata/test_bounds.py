"""No expression hangs or kills a worker; what goes too far fails alike each time, with AWS's cause."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from interpreter.jsonata import (
    AWS_BOUNDS,
    Bounds,
    EvaluationError,
    EvaluationStuck,
    UnsupportedResult,
    parse_expression,
)
from interpreter.values import MISSING, JsonValue, json_size
from tests.interpreter.jsonata.sights import CountingChance

_CPU_SECONDS = 3.0  # a third of it is what we want; the rest is for slow machines
STACK = (
    "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive. "
    "Depth=101 max=100"
)
TIME = "Expression evaluation timeout: Check for infinite loop"
MEMORY = "Expression evaluation memory limit exceeded"
PATIENT = replace(AWS_BOUNDS, seconds=20.0)  # so that a busy machine changes no outcome

A_TENTH = replace(PATIENT, steps=AWS_BOUNDS.steps // 10, work=AWS_BOUNDS.work // 10)


def outcome(source: str) -> str:
    """The cause, or the first characters of the value."""
    try:
        value = parse_expression(source).evaluate({"input": {}}, {}, CountingChance(), 0, PATIENT)
    except EvaluationError as error:
        return error.message
    return repr(value)[:20]


@dataclass(frozen=True)
class Runaway:
    name: str
    expression: str
    message: str


RUNAWAYS = [
    Runaway("recursion", "($f := function($n){1 + $f($n + 1)}; $f(1))", STACK),
    Runaway("mutual recursion", "($f := function(){[$g()]}; $g := function(){[$f()]}; $f())", STACK),
    Runaway("recursion through map", "($f := function($x){$map([$x], $f)}; $f(1))", STACK),
    Runaway("tail recursion", "($f := function($n){$f($n + 1)}; $f(1))", TIME),
    Runaway("nested maps", "$map([1..2000], function($v){$map([1..2000], function($w){$w})})", TIME),
    Runaway("backtracking", f"$match('{'a' * 40}c', /(a+)+$/)", TIME),
    Runaway("backtracking in replace", f"$replace('{'a' * 40}c', /(a|aa)+$/, '')", TIME),
    Runaway("huge range", "[1..10000000]", MEMORY),
    Runaway("growing array", "$reduce([1..40000], function($a, $b){$append($a, $b)}, [])", TIME),
    Runaway("growing object", "$reduce([1..20000], function($a, $b){$merge([$a, {$string($b): 1}])}, {})", TIME),
    Runaway("matches in a long text", "$replace($pad('', 200000, 'a'), /./, 'yy')", TIME),
    Runaway("pieces of a long text", "$split($pad('', 200000, 'a'), /a/)", TIME),
    Runaway("huge range of ours", "$range(1, 1e15, 1)", MEMORY),
    Runaway("tiny steps", "$range(0, 1e9, 1)", MEMORY),
    Runaway("cross product", "[1..2000].([1..2000])", MEMORY),
    Runaway("doubling", "($f := function($s, $n){$n = 0 ? $s : $f($s & $s, $n - 1)}; $f('x', 40))", MEMORY),
    Runaway(
        "doubling an array", "($f := function($a, $n){$n = 0 ? $a : $f($append($a, $a), $n - 1)}; $f([1], 40))", MEMORY
    ),
    Runaway(
        "doubling an object, copied by an error",
        "($x := $reduce([1..40], function($x, $n){{'a': $x, 'b': $x}}, 1); $x + 1)",
        MEMORY,
    ),
    Runaway(
        "doubling by recursion, copied for a function of ours",
        "($f := function($x, $n){$n = 0 ? $x : $f([[$x], [$x]], $n - 1)}; $uuid($f(1, 40)))",
        MEMORY,
    ),
    *(
        Runaway(f"doubling by {step}", f"($v := {{'b': [1, 2]}}; {f'$v := {step}; ' * 40}$uuid($v))", message)
        for step, message in (
            ("{'b': $v.b.%}", TIME),
            ("{'b': ($w := $v.b.%; $w)}", TIME),
            ("$v.b.{'b': [%, %]}", TIME),
            ("{'b': $v.b.{'b': %}}", TIME),
            ("{'b': $v.b.$append(%, [%])}", TIME),
            ("{'b': $v.b@$x.%}", TIME),
            ("{'b': [$v.b#$i.($v)]}", TIME),
            ("{'b': $v ~> $append($v)}", MEMORY),
            ("{'b': $v ~> $zip($v)}", MEMORY),
            ("($a := $append; {'b': $a($v, $v)})", MEMORY),
            ("($a := $append(?, $v); {'b': $a($v)})", TIME),
            ("($z := $zip; {'b': $z($v, $v)})", MEMORY),
            ("($m := $map; {'b': $m([1, 2], function() {$v})})", MEMORY),
            ("($g := function() {$v}; $m := $map; {'b': $m([1, 2], $g)})", MEMORY),
            ("($g := function() {$v}; $m := $map(?, $g); {'b': $m([1, 2])})", MEMORY),
            ("($g := function() {$v}; $m := $map; {'b': [1, 2] ~> $m($g)})", MEMORY),
        )
    ),
    *(
        Runaway(
            f"doubling by the last call of a function, {name}",
            "($g := function($x) {$x}; $d := function($x) {$map([1, 2], function() {$g($x)})}; "
            f"$v := 1; {source} $uuid($v))",
            message,
        )
        for name, source, message in (
            ("called", "$v := $d($v); " * 40, TIME),
            ("applied", f"$v := 1{' ~> $d' * 40};", TIME),
            ("applied later", f"$f := $d{' ~> $d' * 40}; $v := $f(1);", MEMORY),
            ("in reduce", "$v := $reduce([1..40], function($a, $b) {$d($a)}, 1);", MEMORY),
            ("as a step", "$v := [1].($d($v)); " * 40, TIME),
            ("applied in a block", "$e := function($x) {(1; $x ~> $d)}; " + "$v := $e($v); " * 40, TIME),
            (
                "which takes what it gives from outside",
                "$e := function() {$map([1, 2], function() {$g($v)})}; " + "$v := 1 ~> $e; " * 40,
                MEMORY,
            ),
        )
    ),
    Runaway(
        "doubling where parents are asked for outside",
        f"$states.input.(($v := 1; {'$v := {1: [1, 2].($v)}; ' * 40}$uuid($v)); a).b.%".replace("1:", "'b':"),
        TIME,
    ),
    Runaway("doubling a path of parents", f"{{'a': {{'b': 1}}}}.a{'.b.[%, %]' * 40}", TIME),
    Runaway(
        "growing by a member of the one before",
        "($x := $reduce([1..90], function($x, $n){{'a': $x, 'b': $x.a}}, {'a': 1}); $x + 1)",
        TIME,
    ),
    Runaway(
        "doubling without iteration",
        "($x0 := 1; " + "".join(f"$x{n + 1} := {{'a': $x{n}, 'b': $x{n}}}; " for n in range(40)) + "$x40 + 1)",
        MEMORY,
    ),
    Runaway("terms that nest too deeply once they are counted", f"$length({'&'.join(['1'] * 700)})", STACK),
    Runaway("padding", "$pad('x', 9000000)", MEMORY),
    Runaway("more padding", "$pad('x', 1e15)", MEMORY),
    Runaway("sorting", "$sort([1..100000], function($a, $b){$a < $b})", TIME),
    Runaway("large result", "[1..100].$pad('x', 100000)", MEMORY),
    Runaway("distinct", "$count($distinct([1..60000]))", "60000"),
    Runaway("distinct objects", "$count($distinct([1..20000].{'a': $}))", "20000"),
    Runaway("keys", "$count($keys([1..60000].{$string($): $}))", "60000"),
    Runaway("keys of one object", "$count($keys($merge([1..20000].{$string($): $})))", "20000"),
    Runaway("few matches in a long text", "$length($replace($pad('', 200000, 'abcdefgh') & '!', /!/, ''))", "200000"),
]


BIG: JsonValue = {
    "items": [{"id": number, "name": f"n{number}", "v": number % 7} for number in range(7_000)],
    "nums": list(range(40_000)),
    "text": "a b,c" * 50_000,
    "object": {f"k{number}": number for number in range(15_000)},
}
"""Each as large as an input may be."""


def _again(expression: str) -> str:
    return f"$count([1..200000].($x := ({expression}); 1))"


HEAVY = [
    *(
        Runaway(expression, _again(expression), TIME)
        for expression in (
            "$states.input.text & 'x'",
            "$states.input.text = $states.input.text & ''",
            "$states.input.nums = $reverse($states.input.nums)",
            "-1 in $states.input.nums",
            "$states.input.text > $states.input.text",
            "($z := $zip; $z($states.input.nums, $states.input.nums))",
            "$states.input.nums ~> $zip($states.input.nums)",
            "(function($v) {($v ~> $zip($v))[0]})($states.input.nums)",
            "$states.input.items ~> $string()",
            "$map($states.input.nums, $zip)",
            "$string(?, true)($states.input.items)",
            "$states.input.items#$i",
            "$states.input.items@$i.(1)",
            "($count($states.input.items.(%.v)); $states.input.items^(v))",
            "$hash($states.input.object)",
            "$states.input.object.** /* @ # % */",
            "[$states.input.nums]",
            "[1..400000]",
            "($n := 900000; [$n - 400000..$n])",
            "[$number('1')..$number('400000')]",
            "$states.input.*",
            "$states.input.**",
            "$states.input.items^(v)",
            "$states.input.object ~> |$|{'x': 1}|",
            "$states.input.nums ? 1 : 2",
            "$states.input.nums and $states.input.nums",
            "$assert(true, $states.input.text)",
            "$length($states.input.text)",
            "$uppercase($states.input.text)",
            "$trim($states.input.text)",
            "$substring($states.input.text, 200000, 3)",
            "$substringBefore($states.input.text, 'zz')",
            "$contains($states.input.text, 'zz')",
            "$contains($states.input.text, /zz/)",
            "$replace($states.input.text, ',', '::')",
            "$split($states.input.text, '')",
            "$match($states.input.text, /zz/)",
            "$pad('x', 100000)",
            "$base64encode($states.input.text)",
            "$encodeUrlComponent($states.input.text)",
            "$hash($states.input.text, 'SHA-512')",
            "$string($states.input.items)",
            "$join($split($states.input.text, ','))",
            "$sum($states.input.nums)",
            "$max($states.input.nums)",
            "$boolean($states.input.nums)",
            "$sort($states.input.nums)",
            "$reverse($states.input.nums)",
            "$shuffle($states.input.nums)",
            "$zip($states.input.nums, $states.input.nums)",
            "$append($states.input.nums, 1)",
            "$distinct($states.input.items)",
            "$distinct($states.input.items[[0..999]])",
            "$keys($states.input.items)",
            "$keys($states.input.object)",
            "$lookup($states.input.items, 'id')",
            "$spread($states.input.items)",
            "$merge($states.input.items)",
            "$clone($states.input)",
            "$partition($states.input.nums, 1)",
            "$range(1, 40000, 1)",
            "$parse($string($states.input.items))",
            "$map([1..10].($states.input), $string)",
            "(function($x)<a<n>:n>{1})($states.input.nums)",
            "$formatInteger(1e7, 'I')",
            "$parseInteger('one hundred twenty-three thousand', 'w')",
            "$toMillis('2020-01-01T00:00:00Z')",
            "$now()",
            "$uuid()",
        )
    ),
    Runaway("growing text", "$reduce([1..100000], function($a, $b){$a & 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'})", TIME),
    Runaway("sorted as a whole", "$map([1..200000], function() {$count($states.input.items^(v))})", TIME),
    Runaway("terms of a long text", f"($s := $pad('x', 1000000); {'; '.join(['$s & 1'] * 300)})", TIME),
]
"""What does very much in few steps: the engine's own count would let it run for minutes."""


@pytest.mark.parametrize("case", HEAVY, ids=lambda case: case.name)
def test_work_in_few_steps_is_counted(case: Runaway) -> None:
    begun = time.thread_time()
    with pytest.raises(EvaluationError) as failure:
        parse_expression(case.expression).evaluate({"input": BIG}, {}, CountingChance(), 0, A_TENTH)
    assert failure.value.message == case.message
    assert time.thread_time() - begun < _CPU_SECONDS / 3


IN_ONE_STEP = [
    *("[1..999]", "[$number('-900')..0]", "[-900..$number('0')]", "($n := 900; [1..$n])", "[1..[900][0]]"),
    *("($n := 900; $states.input.o.a.[-%.n..$n])", "($n := 900; $states.input.o.a.b.(%.n; [1..$n]))"),
    *("$states.input.o.a.[1..%.n]", "$states.input.o.a.[%.none..900, -900..%.n]"),
    *("$range(1, 1, 1)", "$range(1, 4000, -1)", "$range(1, 4000, 0.1)", "$range($none, 1, 1)", "$range()"),
    *("$partition([], 1)", "$partition([1], -1)", "$hash('x')", "$hash($none, 'MD5')", "$hash('x', 'MD5')"),
    *("$parse($none)", "$parse('1')", "$random()", "$random(1)", "$uuid()", "$map(['1'], $parse)"),
    *("$map([1], $range)", "$filter(['1'], $parse(?))", "($f := $hash; $f('x'))", "1 ~> $range(?, 1)(1)"),
    *("1 ~> $random", "$append(1, 2)", "$map([1], $append)", "$merge({})", "$map([{}], $merge)", "{} ~> $merge"),
    *("[1..90] & ''", "1 & [1..90]", "{'a': [1..90]} & {}", "'a' & [1..90] & 'b'"),
]


@pytest.mark.parametrize("part", IN_ONE_STEP)
def test_what_is_one_step_counts_as_work(part: str) -> None:
    source = "$count([1..2000].($r := ({part}); 1))"
    bounds = replace(PATIENT, work=10_000)
    seen: dict[str, JsonValue] = {"input": {"o": {"a": {"b": 1}, "n": 900}}}
    with pytest.raises(EvaluationError, match=TIME):
        parse_expression(source.format(part=part)).evaluate(seen, {}, CountingChance(), 0, bounds)
    assert parse_expression(source.format(part="1")).evaluate(seen, {}, CountingChance(), 0, bounds) == 2_000


def test_a_range_is_refused_before_it_is_made() -> None:
    """Ten million items took half a second and 300 MB."""
    begun = time.thread_time()
    for _ in range(20):
        assert outcome("[1..10000000]") == MEMORY
    assert time.thread_time() - begun < _CPU_SECONDS / 3


@pytest.mark.parametrize(
    "part", ["$r := $states.input.text", "$type($states.input.text)", "$not($states.input.text)", "$r := $l.text"]
)
def test_long_texts_of_ours_are_not_copied_at_each_sight(part: str) -> None:
    """A copy is one step, whatever its length: some ten thousand of megabytes took ten seconds."""
    value: JsonValue = {"text": "a b,c" * 960_000, "deep": {"list": [1, None, {"a": []}]}}
    source = f"$count([1..50000].({part}; 1)) = 50000 ? $l : $states.input"
    begun = time.thread_time()
    assert parse_expression(source).evaluate({"input": value}, {"l": value}, CountingChance(), 0, AWS_BOUNDS) == value
    assert time.thread_time() - begun < _CPU_SECONDS


def test_texts_that_are_nested_too_deep_to_be_copied() -> None:
    value: JsonValue = {"text": "x" * 2_000}
    for _ in range(200):
        value = {"in": value}
    assert parse_expression("$exists($l.in.in)").evaluate({}, {"l": value}, CountingChance(), 0, AWS_BOUNDS) is True


@pytest.mark.parametrize("case", RUNAWAYS, ids=lambda case: case.name)
def test_runaways(case: Runaway) -> None:
    begun = time.process_time()
    assert outcome(case.expression) == case.message
    assert time.process_time() - begun < _CPU_SECONDS
    if case.message in (STACK, MEMORY):
        assert outcome(case.expression) == case.message


def test_the_last_net_is_no_error_of_the_execution() -> None:
    source = "$reduce([1..100000], function($a, $b){$a & 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'})"
    uncounted = replace(AWS_BOUNDS, seconds=0.05, meters=False)  # or a fast machine meets a bound first
    with pytest.raises(EvaluationStuck):
        parse_expression(source).evaluate({}, {}, CountingChance(), 0, uncounted)


def recursive(levels: int) -> str:
    return f"($f := function($n){{$n <= 0 ? 0 : 1 + $f($n - 1)}}; $f({levels}))"


@pytest.mark.parametrize(
    "build, most",
    [
        (recursive, 31),
        (lambda n: "+".join(["1"] * n), 100),
        (lambda n: "[1.." + str(999_999 + n) + "] ~> $count()", 1),
        (lambda n: f"($f := function($s, $n){{$n = 0 ? $length($s) : $f($s & $s, $n - 1)}}; $f('x', {n}))", 22),
    ],
    ids=["calls", "terms", "items", "doublings"],
)
def test_exact_bounds(build: Callable[[int], str], most: int) -> None:
    assert outcome(build(most)).isdigit()
    assert outcome(build(most + 1)) in (STACK, MEMORY)


PIECES: list[Callable[[random.Random, str], str]] = [
    lambda r, e: f"$map([1..{r.choice([3, 50, 9_000])}], function($v){{{e}}})",
    lambda r, e: f"[1..{r.choice([2, 50, 9_000])}].({e})",
    lambda r, e: f"($f{r.randrange(3)} := function($n){{[{e}, $f{r.randrange(3)}($n)]}}; $f{r.randrange(3)}(1))",
    lambda r, e: f"$distinct($append([1..{r.choice([5, 5_000])}], {e}))",
    lambda r, e: f"$sort([1..{r.choice([5, 20_000])}], function($l, $r){{$l < $r}})[{e} = 1]",
    lambda r, e: f"$sort($append([{e}], 'x'))",
    lambda r, e: f"$match($string({e}) & $pad('a', {r.choice([-9, -40])}), /{r.choice(['(a+)+$', '(.*)*b'])}/)",
    lambda r, e: f"$replace($string({e}), /{r.choice(['.', '(.+)+0', '[^a]*a'])}/, 'yy')",
    lambda r, e: f"$pad($string({e}), {r.choice([10, 100_000, 1e9])})",
    lambda r, e: f"($s := $string({e}); $t := $s & $s; $u := $t & $t; $u & $u & $u)",
    lambda r, e: f"$reduce([1..{r.choice([3, 500])}], function($a, $b){{$append($a, $b)}}, {e})",
    lambda r, e: f"$keys([{{'a': {e}}}, {{$string({e}): 1}}])",
    lambda r, e: f"$parse($pad('[', {r.choice([5, 50_000])}, '[') & $string({e}))",
    lambda r, e: f"$range({e}, {r.choice([3, 1e7, 1e300])}, {r.choice([1, -1, 0.5])})",
    lambda r, e: f"$partition($append([1..{r.choice([9, 9_000])}], {e}), {r.choice([1, 0, 7])})",
    lambda r, e: f"{{'k': {e}}}.**",
    lambda r, e: f"$split($string({e}), {r.choice(['/a*/', chr(39) * 2, '/,/'])})",
    lambda r, e: f"$formatNumber($number({e}), '#,##0.00') & $formatBase($count([{e}]), 2)",
    lambda r, e: f"$zip([1..{r.choice([4, 4_000])}], [{e}]) ~> $reverse() ~> $shuffle()",
    lambda r, e: f"[{e}][[0..{r.choice([2, 20_000])}]]",
    lambda r, e: f"$map([[1], [], [2, {e}]], function($v){{$map($v, function($w){{[$w, $states.input]}})}})",
    lambda r, e: f"($g{r.randrange(3)} := function($v){{$map($v, function(){{{e}}})}}; $g0 ~> $g1)([1..9])",
    lambda r, e: f"[-{r.choice([1, 300])}..$count([{e}])] & [{e}] & {{'k': {e}}}",
]  # fmt: skip


def hostile(chance: random.Random) -> str:
    expression = chance.choice(["1", "'a'", "[]", "$states.input", "$none", "{'a': [1]}", "$sum", "$uuid()"])
    for _ in range(chance.randint(1, 4)):
        expression = chance.choice(PIECES)(chance, expression)
    return expression


def test_a_thousand_hostile_expressions() -> None:
    """None of them needs the clock: each ends by a bound that is the same on every replay."""
    bounds = Bounds(
        steps=30_000,
        regex_steps=2_000,
        depth=100,
        string_bytes=99_000,
        array_items=9_000,
        result_bytes=99_000,
        seconds=20.0,
    )
    chance = random.Random(20_261_122)
    ends: Counter[str] = Counter()
    for _ in range(1_000):
        source = hostile(chance)
        try:
            value = parse_expression(source).evaluate({"input": {}}, {}, CountingChance(), 0, bounds)
        except (EvaluationError, UnsupportedResult) as error:
            ends[type(error).__name__] += 1
            continue
        ends["value"] += 1
        assert value is MISSING or json_size(value) <= bounds.result_bytes, source
    assert ends["value"] > 100
    assert ends["EvaluationError"] > 100
