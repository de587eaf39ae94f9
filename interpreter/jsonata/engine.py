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
from functools import cached_property
from typing import Any, Final

import jlens

from interpreter.jsonata.bounds import Bounds, Excess
from interpreter.jsonata.edits import MeteredSource
from interpreter.jsonata.errors import EvaluationStuck
from interpreter.jsonata.functions import ADDED_FUNCTIONS, UNBOUND
from interpreter.jsonata.meter import COUNTERS, counters
from interpreter.jsonata.port import BoundFault, EngineFault, Function, FunctionFault, FunctionResult, Program
from interpreter.jsonata.preamble import hidden_name, preamble
from interpreter.jsonata.rewriting import metered_source
from interpreter.values import MISSING, JsonValue, Missing

_WRAPPER_DEPTH: Final = 2  # the block and the assignment that a source stands in
_METERED_DEPTH: Final = 16  # the same, and what counts an operator; each operator inside another may then count twice
_MANY_STEPS: Final = 10_000  # with which reading members may take longer than to copy all that can be read
_LONG_TEXT: Final = 1_000  # characters
_COPIED_LEVELS: Final = 100  # jlens copies values of up to 127
_CLOCK_CODE: Final = "D1012"
_SIZE_CODE: Final = "U1001"
_EXCESSES: Final = {
    "U1006": Excess.STEPS,
    "D1011": Excess.DEPTH,
    _SIZE_CODE: Excess.SIZE,
    "D2016": Excess.SIZE,  # a bound on $pad that JSONata 2.0.6 does not have
}


def compile_source(source: str) -> Program:
    """Compile `source` with jlens; see `Compile`."""
    return _JlensProgram(source)


@dataclass(frozen=True, slots=True)
class _Wrapped:
    """A source inside of the text that provides its variables and tells the type of its value.

    `support` are the names of our functions that the stand-ins in it call.
    """

    expression: jlens.Expression
    offset: int
    support: frozenset[str]
    metered: MeteredSource | None = None

    def depth(self, bound: int) -> int:
        """How deep evaluations of all of it may nest where those of the source may `bound` deep."""
        is_deeper = self.metered is not None and bool(self.metered.operators)
        return 2 * bound + _METERED_DEPTH if is_deeper else bound + _WRAPPER_DEPTH


class _JlensProgram:
    """A source in the variants that its evaluations ask for: which variables exist, and where they come from."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._mark = _unused_prefix(source)
        self._variants: dict[tuple[frozenset[str], frozenset[str], bool, bool, bool], _Wrapped] = {}
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
        many = bounds.meters and bounds.steps > _MANY_STEPS
        copied = frozenset(name for name, value in variables.items() if many and _has_long_texts(value))
        variant = (present, copied, lazily, bounds.weighs, bounds.meters or (bounds.weighs and self._metered.grows))
        wrapped = self._variants.get(variant)
        if wrapped is None:
            wrapped = self._variants[variant] = self._wrap(*variant)
        bindings = self._function_bindings(functions, wrapped, bounds)
        if not lazily:
            bindings |= {f"{self._mark}v_{name}": variables[name] for name in present}
        outcome = self._run(
            wrapped,
            variables if lazily else None if document is MISSING else document,
            bindings,
            timeout=bounds.seconds,
            max_steps=bounds.steps,
            max_depth=wrapped.depth(bounds.depth),
            max_string_length=bounds.string_bytes,
            max_array_length=bounds.array_items,
            max_result_size=bounds.result_bytes,
            now=now,
            seed=0 if seed is None else seed,
        )
        return _value(outcome)

    @cached_property
    def _metered(self) -> MeteredSource:
        return metered_source(self._source, self._mark)

    def _wrap(
        self, present: frozenset[str], copied: frozenset[str], lazily: bool, weighs: bool, meters: bool
    ) -> _Wrapped:
        mark = self._mark
        metered = self._metered if meters else None
        parts = preamble(self._source, mark, metered, weighs=weighs)
        if copied:
            parts.insert(0, f"${mark}clone := $clone")
        for name in sorted(present):
            value = f"$$.`{name}`" if lazily else f"${mark}v_{name}"
            parts.append(f"${name} := ${mark}clone({value})" if name in copied else f"${name} := {value}")
        before = f"({'; '.join(parts)}; ${mark}r := "
        after = f"\n; {{'r': ${mark}r, 't': ${mark}type(${mark}r)}})"
        source = self._source if metered is None else metered.text
        text = before + source + after
        support = frozenset(name for name in (*COUNTERS, *UNBOUND) if f"${mark}{name}(" in text)
        return _Wrapped(_compiled(text), len(before), support, metered)

    def _function_bindings(
        self, functions: Mapping[str, Function | None], wrapped: _Wrapped, bounds: Bounds
    ) -> dict[str, Any]:
        mark = self._mark
        bindings: dict[str, Any] = {hidden_name(name, mark): function for name, function in functions.items()}
        bindings |= {f"{mark}{name}": UNBOUND[name] for name in wrapped.support & UNBOUND.keys()}
        counting = wrapped.support & COUNTERS.keys()
        if counting:
            bindings |= {f"{mark}{name}": function for name, function in counters(counting, bounds).items()}
        return bindings

    def _run(self, wrapped: _Wrapped, document: Any, bindings: dict[str, Any], **options: Any) -> Any:
        try:
            return wrapped.expression.evaluate(document, bindings, **options)
        except jlens.JlensError as error:
            raise self._fault(error, wrapped) from None
        except FunctionFault as fault:  # jlens lets it through, and tells it where it was called
            position = self._position(getattr(fault, "position", None), wrapped)
            raise EngineFault(fault.code, fault.message, position) from None
        except TypeError as error:
            if "cannot be converted" not in str(error):
                raise
            raise EngineFault("D1001", "Number out of range") from None  # all else in JSON does convert

    def _fault(self, error: jlens.JlensError, wrapped: _Wrapped) -> Exception:
        if error.code == _CLOCK_CODE:
            return EvaluationStuck(f"JSONata ran into its wall-clock limit: {self._source}")
        excess = _EXCESSES.get(error.code)
        if excess is not None:
            return BoundFault(excess)
        message = str(error).replace(f'function "{self._mark}', 'function "')  # a stand-in's name for it
        return EngineFault(error.code, message, self._position(error.position, wrapped))

    def _position(self, position: int | None, wrapped: _Wrapped) -> int | None:
        own = -1 if position is None else position - wrapped.offset
        if wrapped.metered is not None and own >= 0:
            own = wrapped.metered.original(own)
        return own if 0 <= own <= len(self._source) else None


def _has_long_texts(value: JsonValue, levels: int = _COPIED_LEVELS) -> bool:
    """Whether members of a value are texts that take long to read.

    jlens copies a text of ours each time that it is read as a member, in one step, but not those of values that it has
    made itself, as copies of ours. A value that is nested too deep to be copied has none.
    """
    waiting: list[dict[str, JsonValue] | list[JsonValue]] = [value] if isinstance(value, dict | list) else []
    found = False
    while waiting:
        if levels == 0:
            return False
        levels -= 1
        members = [item for each in waiting for item in (each.values() if isinstance(each, dict) else each)]
        found = found or any(isinstance(member, str) and len(member) > _LONG_TEXT for member in members)
        waiting = [member for member in members if isinstance(member, dict | list)]
    return found


def _compiled(text: str) -> jlens.Expression:
    """A source that compiles alone, with what is around it and in it, which makes it deeper."""
    try:
        return jlens.Expression(text)
    except jlens.JlensError as error:
        if error.code != _SIZE_CODE:
            raise
        raise BoundFault(Excess.DEPTH) from None


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
