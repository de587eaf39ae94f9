"""What counts the work of an expression: texts in JSONata of what stands in for functions and around operators.

A step of an engine says nothing of what is done in it: `$s & 'x'` is one, and copies megabytes. So an expression that
does not end within a few steps is run in a second form, in which everything that takes time by the size of values hands
that size to a `meter.Meter`. Its values are the same but for what docs/compatibility.md
lists, and its steps are more. `rewriting` makes that form.
"""

from __future__ import annotations

from typing import Final

_RATES: Final = {
    "text": 1 / 200,
    "scanned": 1 / 30,
    "broken": 1 / 15,
    "printed": 1 / 10,
    "encoded": 1 / 3,
    "cloned": 1 / 2,
    "items": 1 / 15,
    "shuffled": 1 / 4,
    "walked": 1,
    "sorted": 2,
    "spread": 3,
    "named": 6,
    "compared": 50,
}
"""Units of work (0.15 microseconds, measured with jlens 0.25) for a character, item or member that is dealt with so."""


_COMPOSITE: Final = "$t = 'array' or $t = 'object'"
_FREE: Final = 8
"""Units of work that are not counted: to count takes as long."""


def counted(rate: str, size: str) -> str:
    """The text that counts work; in all of these texts `{d}` is a prefix that no name in the source has."""
    per_one = _RATES[rate]
    return f"({size} > {int(_FREE / per_one)} ? ${{d}}spent({per_one:.4g}, {size}))"


def _size(rate: str, of: str, function: str = "length") -> str:
    return counted(rate, f"${{d}}{function}(${of})")


def _print(rate: str, of: str) -> str:
    return f"($n := ${{d}}length(${{d}}string(${of})); {counted(rate, '$n')})"


def _before(name: str, parameters: str, signature: str, measure: str) -> str:
    """A function that is charged for what it is given."""
    first, *rest = parameters.split(", ")
    arguments = ", ".join([f"({measure}; {first})", *rest])
    return f"function({parameters})<{signature}>{{{{${{d}}{name}({arguments})}}}}"


def _slow(name: str, parameters: str, signature: str) -> str:
    """A function that takes longer than a step, for which its stand-in takes several."""
    return f"function({parameters})<{signature}>{{{{${{d}}{name}({parameters})}}}}"


def _after(name: str, parameters: str, signature: str, measure: str) -> str:
    """A function that is charged for its result, `$r`."""
    return f"function({parameters})<{signature}>{{{{($r := ${{d}}{name}({parameters}); {measure}; $r)}}}}"


def _call(base: int, rate: int, picture: str) -> str:
    return f"${{d}}called({base}, {rate}, ${{d}}length(${picture}))"


def _zip(most: int) -> str:
    """`$zip` of up to `most` arrays, more are refused; trailing ones that are undefined count as left out."""
    names = [f"$a{number}" for number in range(1, most + 1)]
    calls = "${d}zip()"
    for count in range(1, most + 1):
        calls = f"${{d}}exists({names[count - 1]}) ? ${{d}}zip({', '.join(names[:count])}) : {calls}"
    body = f"($r := {calls}; {_size('walked', 'r', 'count')}; {_held('r')}; $r)"
    return f"function({', '.join(names)})<{'x?' * most}:x>{{{{{body}}}}}"


def _held(of: str) -> str:
    """The text that counts a value which becomes a part of another."""
    return (
        f"($t := ${{d}}type(${of}); $n := $t = 'string' ? ${{d}}length(${of}) : "
        f"{_COMPOSITE} ? ${{d}}length(${{d}}string(${of})) : 0; $n > 60 ? ${{d}}held($n))"
    )


_PLAIN: Final = ("uppercase", "lowercase")
_BASE_64: Final = ("base64encode", "base64decode")
_ENCODING: Final = ("encodeUrl", "encodeUrlComponent", "decodeUrl", "decodeUrlComponent")
_FOLDS: Final = ("sum", "max", "min", "average")
_ITEMS: Final = _size("items", "a", "count")

STAND_INS: Final = {
    **{name: _before(name, "$s", "s-:s", _size("text", "s")) for name in _PLAIN},
    **{name: _before(name, "$s", "s-:s", _size("scanned", "s")) for name in _BASE_64},
    **{name: _before(name, "$s", "s-:s", _size("encoded", "s")) for name in _ENCODING},
    **{name: _before(name, "$a", "a<n>:n", _ITEMS) for name in _FOLDS},
    "length": _before("length", "$s", "s-:n", _size("text", "s")),
    "trim": _before("trim", "$s", "s-:s", _size("scanned", "s")),
    "substring": _before("substring", "$s, $n, $m", "s-nn?:s", _size("scanned", "s")),
    "substringBefore": _before("substringBefore", "$s, $c", "s-s:s", _size("scanned", "s")),
    "substringAfter": _before("substringAfter", "$s, $c", "s-s:s", _size("scanned", "s")),
    "contains": _before("contains", "$s, $c", "s-(sf):b", _size("encoded", "s")),
    "round": _slow("round", "$n, $p", "n-n?:n"),
    "formatBase": _slow("formatBase", "$n, $b", "n-n?:s"),
    "pad": _after("pad", "$s, $n, $c", "s-ns?:s", _size("scanned", "r")),
    "join": _after("join", "$a, $c", "a<s>s?:s", f"({_ITEMS}; {_size('scanned', 'r')})"),
    "formatInteger": _after("formatInteger", "$n, $p", "n-s:s", f"({_call(50, 1, 'p')}; {_size('printed', 'r')})"),
    "formatNumber": _before("formatNumber", "$n, $p, $o", "n-so?:s", _call(10, 1, "p")),
    "fromMillis": _before("fromMillis", "$n, $p, $z", "n-s?s?:s", _call(60, 2, "p")),
    "toMillis": _before("toMillis", "$s, $p", "s-s?:n", _call(150, 4, "p")),
    "parseInteger": _before("parseInteger", "$s, $p", "s-s:n", _call(100, 8, "s")),
    "now": f"function($p, $z)<s?s?:s>{{{{({_call(50, 2, 'p')}; ${{d}}now($p, $z))}}}}",
    "count": _before("count", "$a", "a:n", _ITEMS),
    "reverse": _before("reverse", "$a", "a:a", _ITEMS),
    "shuffle": _before("shuffle", "$a", "a:a", _size("shuffled", "a", "count")),
    "lookup": _before("lookup", "$a, $k", "x-s:x", _size("walked", "a", "count")),
    "boolean": _before("boolean", "$a", "x-:b", _ITEMS),
    "not": _before("not", "$a", "x-:b", _ITEMS),
    "sort": f"function($a, $f)<af?:a>{{{{({_size('sorted', 'a', 'count')}; ${{d}}type($f) = 'function' ? "
    "${d}sort($a, $f) : ${d}sort($a))}}",
    "spread": _before("spread", "$a", "x-:a<o>", counted("spread", "${d}count($a.*)")),
    "assert": _before("assert", "$c, $m", "bs?:x", _size("text", "m")),
    "clone": _after("clone", "$a", "(oa)-:o", _print("cloned", "r")),
}
"""What an expression sees instead of functions that take time by the size of a value."""

_JOIN: Final = (
    f"(${{d}}length($r) > {int(_FREE / _RATES['printed'])} ? (${{d}}type($a) = 'string' and "
    f"${{d}}type($b) = 'string' ? {_size('text', 'r')} : ($t := ${{d}}type($a); "
    f"$t := {_COMPOSITE} ? $t : ${{d}}type($b); {_COMPOSITE} ? {_size('printed', 'r')} : {_size('text', 'r')})))"
)
"""The text that counts `$r`, two operands joined: arrays and objects among them are printed, which takes longer."""

_LARGE_RANGE: Final = 100_000  # items
_REFUSED_RANGE: Final = 10_000_000  # items; the engine makes as many before it finds them too many for our bounds

OPERATORS: Final = {
    "joined": f"function($a, $b){{{{($r := $a & $b; {_JOIN}; $r)}}}}",
    "chained": f"function($a, $b){{{{($r := $a & $b; {_size('text', 'r')}; $r)}}}}",
    "read": f"function($v){{{{(${{d}}type($v) = 'string' ? {_size('text', 'v')}; $v)}}}}",
    "measured": f"function($v){{{{($t := ${{d}}type($v); $t = 'string' ? {_size('text', 'v')} : "
    f"{_COMPOSITE} ? {_print('printed', 'v')}; $v)}}}}",
    "weighed": f"function($v){{{{({_held('v')}; $v)}}}}",
    "ordered": f"function($v){{{{({_size('sorted', 'v', 'count')}; $v)}}}}",
    "changed": f"function($v){{{{({_print('cloned', 'v')}; $v)}}}}",
    "printed": f"function($v){{{{({_size('printed', 'v')}; $v)}}}}",
    "counted": f"function($v){{{{({_size('items', 'v', 'count')}; $v)}}}}",
    "ranged": "function($a, $b){{(${d}type($a) = 'number' and ${d}type($b) = 'number' ? "
    f"($n := $b - $a + 1; $n <= {_REFUSED_RANGE} ? ($n > {_LARGE_RANGE} ? ${{d}}checked($n); "
    f"{counted('items', '$n')})); $b)}}}}",
    "unary": "function($f){{function($a){{$f($a)}}}}",
    "found": f"function($v){{{{({_size('walked', 'v', 'count')}; $v)}}}}",
}
"""What operators are wrapped into, by `rewriting`."""

_MOST_ZIPPED: Final = 8

AS_VALUES: Final = {
    "string": "function($x, $p)<x-x?:s>{{($r := $p = true ? ${d}string($x, true) : ${d}string($x); "
    f"{_size('printed', 'r')}; $r)}}}}",
    "zip": _zip(_MOST_ZIPPED),
    "append": "function($a, $b)<xx:x>{{${d}append((${d}copied(${d}count($a) + ${d}count($b)); $a), "
    f"({_held('b')}; $b))}}}}",
}
"""What stands in for functions that no function with fixed parameters can replace exactly, where they are handed on.

Where they are called by their names, the call is wrapped instead.
"""

REUSED: Final = ("length", "type", "string", "count", "zip", "exists")
"""Functions that all of these use under a name of their own."""
