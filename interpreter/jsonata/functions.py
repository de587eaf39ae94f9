"""The functions that Step Functions adds to JSONata, and two of JSONata's that need other means against large arrays.

Step Functions guide, "JSONata functions provided by Step Functions". A function gets its arguments as plain JSON
values, undefined ones as None, and answers None for undefined; whatever it cannot take, it refuses as JSONata's own
functions do (T0410).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from inspect import signature
from typing import Final

from interpreter.digests import ALGORITHMS, digest
from interpreter.java_random import JavaRandom
from interpreter.jsonata.bounds import Bounds, Excess
from interpreter.jsonata.port import BoundFault, Function, FunctionFault
from interpreter.jsonpath import Chance
from interpreter.values import JsonValue, json_unique, parse_json

ADDED_FUNCTIONS: Final = frozenset({"partition", "range", "hash", "random", "uuid", "parse"})

# Of JSONata 2.0.6, without `eval`, which Step Functions does not have.
BUILT_INS: Final = frozenset({
    "abs", "append", "assert", "average", "base64decode", "base64encode", "boolean", "ceil", "clone", "contains",
    "count", "decodeUrl", "decodeUrlComponent", "distinct", "each", "encodeUrl", "encodeUrlComponent", "error",
    "exists", "filter", "floor", "formatBase", "formatInteger", "formatNumber", "fromMillis", "join",
    "keys", "length", "lookup", "lowercase", "map", "match", "max", "merge", "millis", "min", "not", "now",
    "number", "pad", "parseInteger", "power", "random", "reduce", "replace", "reverse", "round", "shuffle", "sift",
    "single", "sort", "split", "spread", "sqrt", "string", "substring", "substringAfter", "substringBefore", "sum",
    "toMillis", "trim", "type", "uppercase", "zip",
})  # fmt: skip

# A unit of work is 0.15 microseconds (all of these measured with jlens 0.25).
_HASHED_PER_UNIT: Final = 16
_PARSED_PER_UNIT: Final = 2
_COPIED_PER_UNIT: Final = 6
_MERGED_PER_UNIT: Final = 2
_SEARCHED_PER_UNIT: Final = 400  # characters times matches
_MATCHED_PER_UNIT: Final = 6
_HELD_PER_UNIT: Final = 3  # twice what it takes to print it
_HELD_CHARACTERS: Final = 1_000_000
_SEEN: Final = 8
_CALL: Final = 20  # a function of ours
_TAKEN: Final = 4  # a part of a value that is handed to a function of ours
_CUT: Final = 8  # an item of `$partition`


def functions_for(names: frozenset[str], chance: Chance, bounds: Bounds) -> dict[str, Function | None]:
    """Those of our functions that are among `names`; None for `eval`, which Step Functions does not have.

    Args:
        names: the names that an expression refers to.
        chance: where `$uuid` and `$random` without a seed draw from.
        bounds: what our functions may do and build.
    """
    meter = Meter(bounds)
    found: dict[str, Function | None] = {name: _bound(name, _METERED[name], meter) for name in names & _METERED.keys()}
    found |= {name: _bound(name, _DRAWING[name], meter, chance) for name in names & _DRAWING.keys()}
    if "eval" in names:
        found["eval"] = None
    return found


def counters(names: Iterable[str], bounds: Bounds) -> dict[str, Function]:
    """Those of `COUNTERS` that have these names; together they count what one evaluation does."""
    meter = Meter(bounds)
    return {name: _bound(name, COUNTERS[name], meter) for name in names}


def _bound(name: str, function: Function, *first: Chance | Meter) -> Function:
    """The function with its first arguments in place.

    The engine asks each for its signature, each time: to find it out takes tens of microseconds.
    """
    bound = partial(function, *first)
    bound.__signature__ = _SIGNATURES[name]  # type: ignore[attr-defined]  # where `inspect` looks first
    return bound


class Meter:
    """Counts what is done during one evaluation, which the engine's own count of steps does not see.

    The methods take what they are handed by the engine: None where a size is undefined.
    """

    __slots__ = ("_bounds", "_left")

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._left = bounds.work

    def spend(self, units: int) -> None:
        """Count units of work.

        Raises:
            BoundFault: that was more than the bound on the evaluation.
        """
        self._left -= units
        if self._left < 0:
            raise BoundFault(Excess.STEPS)

    def spent(self, rate: float, size: float | None) -> None:
        """Count `rate` units for each character, item or member of a value.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(1 + int(rate * (size or 0)))

    def held(self, characters: float | None) -> None:
        """Count the JSON text of a value that becomes a part of another.

        Parts may be shared, and what shares them doubles with each step. The engine copies values whole where it
        reports an error, so none may be too large to be copied.

        Raises:
            BoundFault: the value is larger than values may be, or see `spend`.
        """
        size = int(characters or 0)
        if size > _HELD_CHARACTERS:
            raise BoundFault(Excess.SIZE)
        self.spend(1 + size // _HELD_PER_UNIT)

    def seen(self) -> bool:
        """Count an item of a path; true, so that it can stand as a predicate.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(_SEEN)
        return True

    def own(self, steps: int, units: int) -> None:
        """Count a call of a function of ours; `steps` is what an evaluation counts that is not metered.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(_CALL + units if self._bounds.meters else steps)

    def taken(self, argument: JsonValue) -> None:
        """Count what it took to hand an array or object to a function of ours; it is copied whole.

        Raises:
            BoundFault: see `spend`.
        """
        if self._bounds.meters and isinstance(argument, (list, dict)):
            self.spend(_TAKEN * _parts(argument))

    def called(self, base: int, rate: int, characters: float | None) -> None:
        """Count a call that takes `base` units, and `rate` for each character of a text such as a picture.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(base + rate * int(characters or 0))

    def copied(self, items: float | None) -> None:
        """Count the items that `$append` copies.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(int(items or 0) // _COPIED_PER_UNIT)

    def merged(self, members: float | None) -> None:
        """Count the members that `$merge` copies; those that are arrays count as many as they have items.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(int(members or 0) // _MERGED_PER_UNIT)

    def affordable(self, characters: float) -> int:
        """How many matches of a regular expression in a text may be looked for, and one more."""
        return self._left * _SEARCHED_PER_UNIT // int(characters) + 1

    def searched(self, characters: float, matches: float) -> None:
        """Count a search for all matches in a text: the engine measures the text up to each of them.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(int(characters) // _MATCHED_PER_UNIT + int(characters) * int(matches) // _SEARCHED_PER_UNIT)

    def check_items(self, count: int) -> None:
        """Check the length of an array before it is made.

        Raises:
            BoundFault: it is longer than an array may be.
        """
        if count > self._bounds.array_items:
            raise BoundFault(Excess.SIZE)


def partition(meter: Meter, array: JsonValue = None, size: JsonValue = None, *rest: JsonValue) -> JsonValue:
    """`$partition(array, size)`: chunks of `size` items, the last maybe shorter; undefined for a size below 1."""
    meter.taken(array)
    _refuse_more("partition", 2, rest)
    length = _whole("partition", 2, size)
    if array is None or length is None or length < 1:
        return None
    items: list[JsonValue] = array if isinstance(array, list) else [array]
    meter.own(len(items), _CUT * len(items))
    chunks: list[JsonValue] = [items[start : start + length] for start in range(0, len(items), length)]
    return chunks


def range_(
    meter: Meter, start: JsonValue = None, end: JsonValue = None, step: JsonValue = None, *rest: JsonValue
) -> JsonValue:
    """`$range(start, end, step)`, `end` included; a single number comes bare, as a sequence of one does in JSONata.

    Undefined where nothing can be counted: without a step, with step 0, or with one that leads away from `end`.
    """
    _refuse_more("range", 3, rest)
    first, last, by = (_whole("range", place, value) for place, value in enumerate((start, end, step), start=1))
    if first is None or last is None or not by:
        return None
    numbers = range(first, last + (1 if by > 0 else -1), by)
    if not numbers:
        return None
    count = (last - first) // by + 1
    meter.check_items(count)
    meter.own(count, count)
    return first if count == 1 else list(numbers)


def hash_(meter: Meter, text: JsonValue = None, algorithm: JsonValue = None, *rest: JsonValue) -> JsonValue:
    """`$hash(text, algorithm)`: the digest in lower-case hexadecimal; undefined without an algorithm."""
    meter.taken(text)
    _refuse_more("hash", 2, rest)
    if text is None or algorithm is None:
        return None
    if not isinstance(text, str):
        raise _mismatch("hash", 1)
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _mismatch("hash", 2)
    meter.own(len(text) // _HASHED_PER_UNIT, len(text) // _HASHED_PER_UNIT)
    return digest(text, algorithm)


def random(meter: Meter, chance: Chance, seed: JsonValue = None, *rest: JsonValue) -> JsonValue:
    """`$random([seed])`, at least 0 and below 1: with a seed, what Java's `new Random(seed).nextDouble()` gives."""
    meter.taken(seed)
    _refuse_more("random", 1, rest)
    meter.own(0, 0)
    whole = _whole("random", 1, seed)
    return chance.random() if whole is None else JavaRandom(whole).double()


def uuid(meter: Meter, chance: Chance, *arguments: JsonValue) -> JsonValue:
    """`$uuid()`: a version 4 UUID."""
    _refuse_more("uuid", 0, arguments)
    meter.own(0, 0)
    return chance.uuid()


def parse(meter: Meter, text: JsonValue = None, *rest: JsonValue) -> JsonValue:
    """`$parse(text)`: `{"v": <the value of a JSON text>}`, for a bare None would be undefined."""
    meter.taken(text)
    _refuse_more("parse", 1, rest)
    if text is None:
        return None
    if not isinstance(text, str):
        raise _mismatch("parse", 1)
    meter.own(len(text) // _HASHED_PER_UNIT, len(text) // _PARSED_PER_UNIT)
    try:
        return {"v": parse_json(text)}
    except (ValueError, RecursionError):
        raise FunctionFault(None, 'Argument 1 of function "parse" is not a valid JSON text') from None


def distinct(array: JsonValue) -> JsonValue:
    """The items of `array` without repetition, the first of each kept: linear in time, equal as JSONata's `=`."""
    return json_unique(array) if isinstance(array, list) else array


def keys(objects: JsonValue) -> JsonValue:
    """The member names of an object or of all objects in an array, without repetition.

    Bare if there is one, undefined if there is none.
    """
    items = objects if isinstance(objects, list) else [objects]
    names: list[JsonValue] = list(dict.fromkeys(name for item in items if isinstance(item, dict) for name in item))
    return names[0] if len(names) == 1 else names or None


_METERED: Final[dict[str, Function]] = {"partition": partition, "range": range_, "hash": hash_, "parse": parse}
_DRAWING: Final[dict[str, Function]] = {"random": random, "uuid": uuid}
COUNTERS: Final[dict[str, Function]] = {
    "spent": Meter.spent,
    "held": Meter.held,
    "seen": Meter.seen,
    "called": Meter.called,
    "copied": Meter.copied,
    "merged": Meter.merged,
    "searched": Meter.searched,
    "affordable": Meter.affordable,
}
"""What counts the work of JSONata's own functions and operators."""

UNBOUND: Final[dict[str, Function]] = {"many_distinct": distinct, "many_keys": keys}
"""What stands in for JSONata's own functions where arrays are large."""

_SIGNATURES: Final = {
    **{name: signature(partial(each, None)) for name, each in (_METERED | COUNTERS).items()},
    **{name: signature(partial(each, None, None)) for name, each in _DRAWING.items()},
}
for _function in UNBOUND.values():
    _function.__signature__ = signature(_function)  # type: ignore[attr-defined]  # as `_bound`


def _parts(value: JsonValue) -> int:
    """How many values there are in a value, itself included. It may be nested deeper than Python's stack."""
    count, left = 0, [value]
    while left:
        part = left.pop()
        count += 1
        if isinstance(part, dict):
            left += part.values()
        elif isinstance(part, list):
            left += part
    return count


def _whole(function: str, place: int, value: JsonValue) -> int | None:
    """A numeric argument without its fraction, as AWS drops it; None for undefined."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _mismatch(function, place)
    return math.trunc(value)


def _refuse_more(function: str, count: int, rest: tuple[JsonValue, ...]) -> None:
    if rest:
        raise _mismatch(function, count + 1)


def _mismatch(function: str, place: int) -> FunctionFault:
    return FunctionFault("T0410", f'Argument {place} of function "{function}" does not match function signature')
