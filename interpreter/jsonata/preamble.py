"""What is defined before a source: what it sees instead of some of the engine's functions, and what counts its work.

In all of these texts `{d}` is a prefix that no name in the source has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from interpreter.jsonata.edits import MeteredSource
from interpreter.jsonata.metering import AS_VALUES, OPERATORS, REUSED, STAND_INS, counted

_ALWAYS: Final = {
    "distinct": "function($a)<x:x>{{${d}count($a) <= 1000 ? ${d}distinct($a) : ($m := ${d}many_distinct($a); "
    "${d}count($m) = 1 ? ${d}distinct($a) : $m)}}",
    "keys": "function($o)<x-:x>{{${d}type($o) = 'array' or (${d}type($o) = 'object' and ${d}count($o.*) > 100) "
    "? ${d}many_keys($o) : ${d}keys($o)}}",
    "parse": "function($t)<x:x>{{${d}parse($t).v}}",
}
"""What stands in where jlens takes quadratic time, and for what gets the value of `$parse` out of its wrapping.

The arrays that stay with jlens's own `$distinct` are small or hold one value only, where it is fast; it alone sees what
is a sequence.
"""

_WEIGHED: Final = {
    "append": "function($a, $b)<xx:x>{{${d}append((${d}copied(${d}count($a) + ${d}count($b)); $a), $b)}}",
    "merge": "function($l)<x:x>{{${d}merge((${d}merged(${d}count($l.*)); $l))}}",
    "match": "function($s, $p, $n)<s-f<s:o>n?:a<o>>{{${d}match((${d}weigh($s, $p); $s), $p, $n)}}",
    "replace": "function($s, $p, $r, $n)<s-(sf)(sf)n?:s>{{${d}replace((${d}weigh($s, $p); $s), $p, $r, $n)}}",
    "split": "function($s, $p, $n)<s-(sf)n?:a<s>>{{${d}split((${d}weigh($s, $p); $s), $p, $n)}}",
}
"""Functions that copy all of their arguments, or take time by the product of text and matches, within one step.

Many such calls in a row would run into the clock; what they do is counted first.
"""

_WEIGH: Final = (
    "${d}weigh := function($s, $p){{${d}type($p) = 'function' and ${d}length($s) > 5000 ? ${d}searched("
    "${d}length($s), ${d}count(${d}match($s, $p, ${d}affordable(${d}length($s)))))}}"
)
_REGEX_USERS: Final = ("match", "replace", "split")
_ALIASES: Final = {
    "distinct": ("distinct", "count"),
    "keys": ("keys", "count"),
    "parse": (),
    "append": ("append", "count"),
    "merge": ("merge", "count"),
    **{name: (name, "match", "count", "length") for name in _REGEX_USERS},
}
"""The engine's own functions that these use, where it is more than the one that they stand in for."""

_METERED: Final = {
    **STAND_INS,
    "distinct": f"function($a)<x:x>{{{{($n := ${{d}}count($a); $n <= 1000 ? ({counted('compared', '$n')}; "
    f"${{d}}distinct($a)) : ({counted('named', '$n')}; $m := ${{d}}many_distinct($a); "
    "${d}count($m) = 1 ? ${d}distinct($a) : $m))}}",
    "keys": "function($o)<x-:x>{{($l := ${d}type($o) = 'array'; $n := $l ? ${d}count($o) : ${d}type($o) = 'object' ? "
    f"${{d}}count($o.*) : 0; {counted('named', '$n')}; $l or $n > 100 ? ${{d}}many_keys($o) : ${{d}}keys($o))}}}}",
    "split": "function($s, $p, $n)<s-(sf)n?:a<s>>{{($r := ${d}split((${d}weigh($s, $p); $s), $p, $n); "
    f"{counted('shuffled', '${d}count($r)')}; $r)}}}}",
}
_METERED_WEIGH: Final = (
    "${d}weigh := function($s, $p){{($n := ${d}length($s); ${d}type($p) = 'function' and $n > 5000 ? ${d}searched("
    f"$n, ${{d}}count(${{d}}match($s, $p, ${{d}}affordable($n)))) : {counted('broken', '$n')})}}}}"
)


def hidden_name(name: str, mark: str) -> str:
    """The name under which a function of ours is bound: its own, unless a text in JSONata stands before it."""
    return f"{mark}{name}" if name in _ALWAYS else name


def preamble(source: str, mark: str, metered: MeteredSource | None, *, weighs: bool) -> list[str]:
    """The definitions that stand before `source`, or before its metered form, in their order.

    Args:
        source: as it was written.
        mark: takes the place of `{d}`.
        metered: the source that counts its work, None where that is not wanted.
        weighs: see `Bounds.weighs`.
    """
    stand_ins = dict(_stand_ins(source, metered, weighs=weighs))
    aliases = dict.fromkeys(["type", *(alias for name in stand_ins for alias in _ALIASES.get(name, (name,)))])
    definitions: list[str] = []
    if not stand_ins.keys().isdisjoint(_REGEX_USERS):
        definitions.append(_WEIGH if metered is None else _METERED_WEIGH)
    if metered is not None:
        aliases |= dict.fromkeys(REUSED)
        definitions += [f"${{d}}{name} := {OPERATORS[name]}" for name in sorted(metered.operators)]
    definitions += [f"${name} := {text}" for name, text in stand_ins.items()]
    return [f"${mark}{alias} := ${alias}" for alias in aliases] + [text.format(d=mark) for text in definitions]


def _stand_ins(source: str, metered: MeteredSource | None, *, weighs: bool) -> Iterator[tuple[str, str]]:
    """What stands in for which function; later ones win."""
    texts = _ALWAYS | (_WEIGHED if weighs else {}) | ({} if metered is None else _METERED)
    yield from ((name, text) for name, text in texts.items() if name in source)
    if metered is not None:
        yield from ((name, text) for name, text in AS_VALUES.items() if name in metered.values)
