"""JSONata by jlens: the only module that knows which engine we use.

Another engine takes its place by offering its own `compile_source`, a `Compile`, in this module. What is particular to
jlens and dealt with here: to bind data costs a copy of all of it, to have it as the input costs nothing, so an
expression that does not read the input gets its variables from there; None stands for undefined, null and functions
alike, so each value comes with its type; `$distinct` and `$keys` take quadratic time on large arrays outside of every
limit, so ours stand in, and others are weighed before they run; its texts for exceeded limits are told apart and
replaced by faults of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jlens

from interpreter.jsonata.bounds import Bounds, Excess
from interpreter.jsonata.errors import EvaluationStuck
from interpreter.jsonata.functions import ADDED_FUNCTIONS, COUNTERS, UNBOUND, counters
from interpreter.jsonata.port import BoundFault, EngineFault, Function, FunctionFault, FunctionResult, Program
from interpreter.values import MISSING, JsonValue, Missing

# What a source sees instead of some functions; `{d}` is a prefix that no name in the source has. The arrays that stay
# with jlens's own `$distinct` are small or hold one value only, where it is fast; it alone sees what is a sequence.
# The functions of `_HEAVY` copy all of their arguments, or take time by the product of text and matches, within one
# step: many such calls in a row would run into the clock. What they do is counted first.
_STAND_INS: Final = {
    "distinct": "function($a)<x:x>{{${d}count($a) <= 1000 ? ${d}distinct($a) : ($m := ${d}many_distinct($a); "
    "${d}count($m) = 1 ? ${d}distinct($a) : $m)}}",
    "keys": "function($o)<x-:x>{{${d}type($o) = 'array' or (${d}type($o) = 'object' and ${d}count($o.*) > 100) "
    "? ${d}many_keys($o) : ${d}keys($o)}}",
    "parse": "function($t)<x:x>{{${d}parse($t).v}}",
    "append": "function($a, $b)<xx:x>{{${d}append((${d}copied(${d}count($a) + ${d}count($b)); $a), $b)}}",
    "merge": "function($l)<x:x>{{${d}merge((${d}merged(${d}count($l.*)); $l))}}",
    "match": "function($s, $p, $n)<s-f<s:o>n?:a<o>>{{${d}match((${d}weigh($s, $p); $s), $p, $n)}}",
    "replace": "function($s, $p, $r, $n)<s-(sf)(sf)n?:s>{{${d}replace((${d}weigh($s, $p); $s), $p, $r, $n)}}",
    "split": "function($s, $p, $n)<s-(sf)n?:a<s>>{{${d}split((${d}weigh($s, $p); $s), $p, $n)}}",
}
_WEIGH: Final = (
    "${d}weigh := function($s, $p){{${d}type($p) = 'function' and ${d}length($s) > 5000 ? ${d}searched("
    "${d}length($s), ${d}count(${d}match($s, $p, ${d}affordable(${d}length($s)))))}}"
)
_REGEX_USERS: Final = ("match", "replace", "split")
_HEAVY: Final = frozenset({"append", "merge", *_REGEX_USERS})
_ALIASES: Final = {
    "distinct": ("count", "distinct"),
    "keys": ("keys", "count"),
    "parse": (),
    "append": ("append", "count"),
    "merge": ("merge", "count"),
    **{name: (name, "match", "count", "length") for name in _REGEX_USERS},
}
_SUPPORT: Final[Mapping[str, tuple[str, ...]]] = {
    "distinct": ("many_distinct",),
    "keys": ("many_keys",),
    "append": ("copied",),
    "merge": ("merged",),
    **dict.fromkeys(_REGEX_USERS, ("searched", "affordable")),
}
"""Our functions that the stand-ins call."""

_WRAPPER_DEPTH: Final = 2  # the block and the assignment that a source stands in
_DEPTH_CODE: Final = "D1011"
_CLOCK_CODE: Final = "D1012"
_STEPS_CODE: Final = "U1006"
_SIZE_CODE: Final = "U1001"
_PAD_CODE: Final = "D2016"  # a bound on $pad that JSONata 2.0.6 does not have


def compile_source(source: str) -> Program:
    """Compile `source` with jlens; see `Compile`."""
    return _JlensProgram(source)


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """A source inside of the text that provides its variables and tells the type of its value."""

    expression: jlens.Expression
    offset: int


class _JlensProgram:
    """A source in the variants that its evaluations ask for: which variables exist, and where they come from."""

    __slots__ = ("_mark", "_reads_context", "_source", "_stand_ins", "_support", "_variants")

    def __init__(self, source: str) -> None:
        self._source = source
        self._mark = _unused_prefix(source)
        self._stand_ins = tuple(name for name in _STAND_INS if name in source)
        self._support = {each for name in self._stand_ins for each in _SUPPORT.get(name, ())}
        self._variants: dict[tuple[frozenset[str], bool, bool], _Wrapped] = {}
        try:
            plain = jlens.Expression(source)  # alone first: errors carry the author's positions, and nothing breaks out
            self._reads_context = "input" in plain.reads(dict.fromkeys(ADDED_FUNCTIONS, _reads_its_arguments))
        except jlens.JlensError as error:
            raise EngineFault(error.code, str(error), error.position) from None
        except UnicodeEncodeError as error:
            raise EngineFault("S0104", "Half of a character outside the basic plane", error.start) from None

    def evaluate(
        self,
        variables: Mapping[str, JsonValue],
        functions: Mapping[str, Function | None],
        *,
        now: int,
        seed: int | None,
        bounds: Bounds,
        document: JsonValue | Missing = MISSING,
    ) -> JsonValue | Missing:
        """The value of the source; see `Program`."""
        present = frozenset(variables)
        lazily = document is MISSING and not self._reads_context
        wrapped = self._variants.get((present, lazily, bounds.weighs))
        if wrapped is None:
            wrapped = self._variants[present, lazily, bounds.weighs] = self._wrap(present, lazily, bounds.weighs)
        bindings = self._function_bindings(functions, bounds)
        if not lazily:
            bindings |= {f"{self._mark}v_{name}": variables[name] for name in present}
        outcome = self._run(
            wrapped,
            variables if lazily else None if document is MISSING else document,
            bindings,
            timeout=bounds.seconds,
            max_steps=bounds.steps,
            max_depth=bounds.depth + _WRAPPER_DEPTH,
            max_string_length=bounds.string_bytes,
            max_array_length=bounds.array_items,
            max_result_size=bounds.result_bytes,
            now=now,
            seed=0 if seed is None else seed,
        )
        return _value(outcome)

    def _wrap(self, present: frozenset[str], lazily: bool, weighs: bool) -> _Wrapped:
        mark = self._mark
        stand_ins = [name for name in self._stand_ins if weighs or name not in _HEAVY]
        aliases = dict.fromkeys(["type", *(alias for name in stand_ins for alias in _ALIASES[name])])
        parts = [f"${mark}{alias} := ${alias}" for alias in aliases]
        if not set(_REGEX_USERS).isdisjoint(stand_ins):
            parts.append(_WEIGH.format(d=mark))
        parts += [f"${name} := {_STAND_INS[name].format(d=mark)}" for name in stand_ins]
        parts += [f"${name} := $$.`{name}`" if lazily else f"${name} := ${mark}v_{name}" for name in sorted(present)]
        before = f"({'; '.join(parts)}; ${mark}r := "
        after = f"\n; {{'r': ${mark}r, 't': ${mark}type(${mark}r)}})"
        return _Wrapped(jlens.Expression(before + self._source + after), len(before))

    def _function_bindings(self, functions: Mapping[str, Function | None], bounds: Bounds) -> dict[str, Any]:
        mark = self._mark
        bindings: dict[str, Any] = {
            f"{mark}{name}" if name in self._stand_ins else name: function for name, function in functions.items()
        }
        bindings |= {f"{mark}{name}": UNBOUND[name] for name in self._support & UNBOUND.keys()}
        counting = self._support & COUNTERS.keys()
        if counting:
            bindings |= {f"{mark}{name}": function for name, function in counters(counting, bounds).items()}
        return bindings

    def _run(self, wrapped: _Wrapped, document: Any, bindings: dict[str, Any], **options: Any) -> Any:
        try:
            return wrapped.expression.evaluate(document, bindings, **options)
        except jlens.JlensError as error:
            raise self._fault(error, wrapped.offset) from None
        except FunctionFault as fault:  # jlens lets it through, and tells it where it was called
            position = self._position(getattr(fault, "position", None), wrapped.offset)
            raise EngineFault(fault.code, fault.message, position) from None
        except TypeError as error:
            if "cannot be converted" not in str(error):
                raise
            raise EngineFault("D1001", "Number out of range") from None  # all else in JSON does convert

    def _fault(self, error: jlens.JlensError, offset: int) -> Exception:
        match error.code:
            case code if code == _CLOCK_CODE:
                return EvaluationStuck(f"JSONata ran into its wall-clock limit: {self._source}")
            case code if code == _STEPS_CODE:
                return BoundFault(Excess.STEPS)
            case code if code == _DEPTH_CODE:
                return BoundFault(Excess.DEPTH)
            case code if code in (_SIZE_CODE, _PAD_CODE):
                return BoundFault(Excess.SIZE)
            case code:
                message = str(error).replace(f'function "{self._mark}', 'function "')  # a stand-in's name for it
                return EngineFault(code, message, self._position(error.position, offset))

    def _position(self, position: int | None, offset: int) -> int | None:
        own = -1 if position is None else position - offset
        return own if 0 <= own <= len(self._source) else None


def _value(outcome: dict[str, Any]) -> JsonValue | Missing:
    match outcome.get("t"):
        case None:
            return MISSING
        case "function":
            raise FunctionResult
        case kind if kind != "null" and outcome["r"] is None:
            return "NaN"  # as AWS serialises what JSON has no number for
        case _:
            value: JsonValue = outcome["r"]
            return value


def _unused_prefix(source: str) -> str:
    """The beginning of names that do not occur in `source`, which therefore cannot reach what we bind."""
    mark = "_"
    while mark in source:
        mark += "_"
    return mark


def _reads_its_arguments(*arguments: object) -> None:
    """Stands for our functions while jlens finds out what a source reads."""
