"""A thousand hostile JSONata expressions, by kind: what is done, how often, and to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from interpreter.values import JsonValue

_TEXT: Final = "$states.input.text"
_NUMS: Final = "$states.input.nums"
_ITEMS: Final = "$states.input.items"
_OBJECT: Final = "$states.input.object"
_DEEP: Final = "$states.input.deep"


def hostile_input() -> JsonValue:
    """Some 20 KB of each kind of value, and one of 90 levels."""
    deep: JsonValue = 1
    for level in range(90):
        deep = {"d": deep, "e": [level]}
    return {
        "items": [{"id": number, "name": f"n{number}", "v": number % 7} for number in range(500)],
        "nums": list(range(4_000)),
        "text": "a b,c" * 4_000,
        "object": {f"k{number}": number for number in range(1_500)},
        "deep": deep,
    }


_OPERATIONS: Final = (
    *(f"{_TEXT} {sign} {_TEXT}" for sign in ("<", ">", "<=", ">=", "=", "!=", "&")),
    *(f"{value} = {value}" for value in (_ITEMS, _OBJECT, _DEEP, f"[{_TEXT}]", f"{{'a': {_NUMS}}}")),
    *(f"-1 in {value}" for value in (_NUMS, _ITEMS, f"[{_TEXT}, {_TEXT}]")),
    *(f"{value} {word} {value}" for value in (_NUMS, _ITEMS) for word in ("and", "or")),
    *(f"{value} ? 1 : 2" for value in (_NUMS, _ITEMS, _OBJECT, _TEXT)),
    *(f"{value}.{wildcard}" for value in (_ITEMS, _OBJECT, _DEEP, "$states.input") for wildcard in ("*", "**")),
    *(f"{_NUMS}[{index}]" for index in ("0", "-1", "3999", "[0..3999]", "$ > 9999", "$string($) = 'a'")),
    *(f"{_ITEMS}{step}" for step in (".id", "[id = 7]", "^(v)", "^(>v, <name)", "#$i", "#$i.($i)", "@$i.($i.id)")),
    *(f"{_ITEMS}{step}" for step in (".(%.v)", "{$string(v): $count($)}", "{name: $}", ".{'a': id, 'b': $states}")),
    *(f"[{items}]" for items in (_NUMS, f"{_NUMS}, {_NUMS}", "1..4000", f"[{_NUMS}], 1", f"1..9, {_ITEMS}")),
    *(f"{{'a': {value}, 'b': {value}}}" for value in (_NUMS, _ITEMS, _TEXT, _DEEP)),
    *(f"${name}({_TEXT})" for name in ("length", "uppercase", "lowercase", "trim", "base64encode", "string", "number")),
    *(f"${name}({_TEXT})" for name in ("encodeUrl", "encodeUrlComponent", "decodeUrl", "decodeUrlComponent", "parse")),
    *(f"${name}({_TEXT}, 'zz')" for name in ("contains", "split", "substringBefore", "substringAfter", "match")),
    *(f"${name}({_TEXT}, /zz|yy/)" for name in ("contains", "split", "match")),
    *(f"$replace({_TEXT}, {what}, {by})" for what in ("','", "/,/") for by in ("'x'", "function($m){'x'}", _TEXT)),
    *(f"$hash({_TEXT}, '{algorithm}')" for algorithm in ("MD5", "SHA-1", "SHA-512")),
    *(f"$pad({_TEXT}, {width}, 'ab')" for width in ("50000", "-50000", "1e9", "-1e9")),
    *(f"$toMillis({_TEXT}, {picture})" for picture in ("'[Y]'", _TEXT)),
    *(f"$fromMillis(1, {picture})" for picture in (_TEXT, f"'[Y]' & {_TEXT}", "$pad('', 9000, '[Y]')")),
    *(f"$formatInteger({number}, {picture})" for number in ("1e15", "1e7") for picture in ("'w'", "'I'", "'A'", _TEXT)),
    *(f"$formatNumber(1.5, {picture})" for picture in ("$pad('', 3000, '#') & '0'", "$pad('', 3000, '0')", _TEXT)),
    *(f"$parseInteger({text}, '{picture}')" for text in (_TEXT, "$pad('', 9000, 'M')") for picture in "wIA0"),
    *(f"${name}({_NUMS})" for name in ("sum", "max", "min", "average", "count", "reverse", "shuffle", "sort")),
    *(f"${name}({_NUMS})" for name in ("distinct", "boolean", "not", "string", "join", "zip", "clone", "exists")),
    *(f"${name}({_ITEMS})" for name in ("distinct", "keys", "merge", "spread", "clone", "string", "reverse", "zip")),
    *(f"${name}({_OBJECT})" for name in ("keys", "merge", "spread", "clone", "string", "hash", "uuid", "parse")),
    *(f"$zip({_NUMS}, {other})" for other in (_NUMS, _ITEMS)),
    *(f"${name}({_NUMS}, {_NUMS})" for name in ("append", "z", "map", "filter", "lookup", "partition")),
    *(f"${name}({_ITEMS}, true)" for name in ("s", "string", "sort", "partition")),
    *(f"$partition({_NUMS}, {size})" for size in ("1", "1e9", "-1", "0.1")),
    *(f"$range(1, {last}, {step})" for last in ("4000", "1e9", "1e300") for step in ("1", "-1", "0.1", "1e300")),
    *(f"${name}({_NUMS}, function($v){{$v > 9999}})" for name in ("map", "filter", "single", "reduce", "sort")),
    *(f"$sort({_NUMS}, {comparator})" for comparator in ("function($a, $b){true}", "function(){$error('x')}", "$sum")),
    *(f"${name}({_OBJECT}, function($v, $k){{$k}})" for name in ("each", "sift")),
    *(f"$map([{_NUMS}, {_TEXT}], ${name})" for name in ("string", "zip", "count", "append", "type", "boolean")),
    *(f"{_TEXT} ~> ${name}" for name in ("uppercase", "string", "length", "z", "contains('zz')", "split('')")),
    *(f"{value} ~> |{where}|{{'x': 1}}|" for value in ("$states.input", _DEEP) for where in ("$", "**", "items")),
    *(f"{function}({_NUMS}, {_NUMS})" for function in ("[$zip][0]", "{'f': $zip}.f", "(true ? $zip)", "$zip(?, ?)")),
    *(f"{function}({_NUMS})" for function in ("function($x)<a<n>:n>{1}", "function($x)<a:a>{$x}", "($sum ~> $string)")),
    "$power(10, 308)", "1e308 * 10", "1e308 + 1e308", "$round(1.5, 308)", "$sqrt(-1)", "1 / 0", "$number('1e999')",
    "$now($pad('', 9000, '[Y]'))", "$uuid()", "$random()", "$random(1e300)", "$millis()", "$eval('1')", "$error('x')",
    "$states.input", "$none", "$sum", "{}", "[]", "[[[[]]]]", "'\\ud83d\\ude00' & 1", "'\\ud83d'",
)  # fmt: skip

_AGAIN: Final = (
    "$count([1..200000].($r := ({e}); 1))",
    "$count($map([1..200000], function($i){{($r := ({e}); 1)}}))",
    "($l := function($n){{$n = 0 ? 0 : ($r := ({e}); $l($n - 1))}}; $l(200000))",
    "$reduce([1..200000], function($a, $b){{($r := ({e}); $a)}})",
)
_NAMES: Final = "$z := $zip; $s := $string; "

_SHARING: Final = (
    "$g := function($x, $n){{$n = 0 ? $x : $g({shared}, $n - 1)}}; $x := $g(1, {n}); $y := $g(1, {n})",
    "$x := $reduce([1..{n}00], function($x, $n){{{shared}}}, 1); $y := $x",
)
_SHARED: Final = (
    "{'a': $x, 'b': $x}", "[[$x], [$x]]", "$append([$x], [$x])", "$zip([$x], [$x])", "[1..90].[$x]",
    "$map([1..2], function(){$x})", "[1..9].{'a': $x}", "{'a': $x, 'b': $states.input}",
    "$merge([{'a': $x}, {'b': [$x, $x]}])",
)  # fmt: skip
_OF_SHARED: Final = (
    "$x + 1", "-$x", "$x = $y", "$x in [$y]", "$string($x)", "$uuid($x)", "$x.**", "$distinct([$x, $y])", "$x",
    "$clone($x)", "$x < 1", "$uppercase($x)", "$hash($x, 'MD5')", "$x ~> |**|{'z': 1}|",
)  # fmt: skip

_PATTERNS: Final = (
    "(a+)+$", "(a|aa)+$", "(a*)*b", "(.*a){12}x", "a*a*a*a*a*a*b", ".*.*.*.*x", "(?:a|a|a)*x", "(a?){30}a{30}b",
    "(a{0,100}){100}b", "([ab]*c|[ab]*d)*e", "(x+x+)+y|(a+a+)+y", "(?=(a+)+$)b", "[^b]*[^b]*[^b]*b", "((((a*)*)*)*)*b",
)  # fmt: skip
_MATCHING: Final = (
    "$match({s}, /{p}/)", "$replace({s}, /{p}/, 'x')", "$replace({s}, /{p}/i, function($m){{$m.match}})",
    "$split({s}, /{p}/m)", "$contains({s}, /{p}/)", "($r := /{p}/; $r({s}))", "$filter([{s}, {s}], /{p}/)",
    "($r := /{p}/; $x := $r({s}); $x.next().next())",
)  # fmt: skip

_RECURSIONS: Final = (
    "($f := function(){$f()}; $f())",
    "($f := function($n){1 + $f($n)}; $f(1))",
    "($f := function(){$g()}; $g := function(){$f()}; $f())",
    "($f := function(){[$g()]}; $g := function(){{'a': $f()}}; $f())",
    "($y := function($f){(function($x){$x($x)})(function($g){$f(function($a){($g($g))($a)})})}; "
    "$y(function($f){function($n){$f($n + 1)}})(1))",
    "($y := function($f){(function($x){$x($x)})(function($g){$f(function($a){($g($g))($a)})})}; "
    "$y(function($f){function($n){1 + $f($n)}})(1))",
    "(function($x){$x($x)})(function($x){$x($x)})",
    "($f := function($x){$map([$x, $x], $f)}; $f(1))",
    "($f := function($s){$f($s & $s)}; $f('x'))",
    "($f := function($a){$f($append($a, $a))}; $f([1]))",
    "($f := function($a, $b){$a = 0 ? $b + 1 : $b = 0 ? $f($a - 1, 1) : $f($a - 1, $f($a, $b - 1))}; $f(4, 4))",
    "($f := function($n){$n < 2 ? $n : $f($n - 1) + $f($n - 2)}; $f(29))",
    "($f := $map(?, $f); $f([1, [2]]))",
)
_NESTED: Final = (
    f"{'(' * 60}1{')' * 60}",
    f"{'[' * 60}1{']' * 60}",
    "{'a': " * 60 + "1" + "}" * 60,
    "$string(" * 30 + "1" + ")" * 30,
    "+".join(["1"] * 2_000),
    " & ".join(["$states.input.text"] * 500),
    "[" + ", ".join(["$states.input.nums"] * 500) + "]",
    "(" + "; ".join(f"$x{n + 1} := {{'a': $x{n}, 'b': $x{n}, 'c': $x{n}}}" for n in range(300)) + "; $x300 + 1)",
    "$" + "a" * 100_000,
    "'" + "a" * 100_000 + "'",
    "1 = 1 ? " * 50 + "1",
    "$states.input.items" + "#$i" * 4_000,
    "1" + " ~> $string" * 2_000,
    "$x & " * 4_000 + "1",
    "(" + "$x := 1 = 2 ? 3; " * 700 + ")",
)


def _again() -> Iterator[str]:
    for number, operation in enumerate(_OPERATIONS):
        for ways in range(4):
            way = _AGAIN[(number + ways) % len(_AGAIN)]
            yield f"({_NAMES}{way.format(e=operation)})"


def _shared() -> Iterator[str]:
    for number, shared in enumerate(_SHARED):
        for way in _SHARING:
            for use in _OF_SHARED[number % 2 :: 2]:
                yield f"({way.format(shared=shared, n=30)}; $r := ({use}); $r)"


def _matching() -> Iterator[str]:
    for number, pattern in enumerate(_PATTERNS):
        text = ("$pad('', 60, 'a') & '!'", "$pad('', 5000, 'ab')")[number % 2]
        for use in _MATCHING[number % 2 :: 2]:
            yield use.format(p=pattern, s=text)


HOSTILE: Final[Mapping[str, tuple[str, ...]]] = {
    "operations": tuple(_again()),
    "shared parts": tuple(_shared()),
    "regular expressions": tuple(_matching()),
    "recursions": _RECURSIONS,
    "large sources": _NESTED,
}
