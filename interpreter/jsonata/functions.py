"""The functions that Step Functions adds to JSONata, and two of JSONata's that need other means against large arrays.

Step Functions guide, "JSONata functions provided by Step Functions". A function gets its arguments as plain JSON
values, undefined ones as None, and answers None for undefined; whatever it cannot take, it refuses as JSONata's own
functions do (T0410).
"""

from __future__ import annotations

import math
from functools import partial
from inspect import signature
from typing import Final

from interpreter.digests import ALGORITHMS, digest
from interpreter.java_random import JavaRandom
from interpreter.jsonata.bounds import Bounds
from interpreter.jsonata.meter import Meter, bound
from interpreter.jsonata.port import Function, FunctionFault
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

# Units of work, see `Meter`.
_HASHED_PER_UNIT: Final = 16  # characters
_PARSED_PER_UNIT: Final = 2  # characters
_CUT: Final = 8  # units for an item of `$partition`


def functions_for(names: frozenset[str], chance: Chance, bounds: Bounds) -> dict[str, Function | None]:
    """Those of our functions that are among `names`; None for `eval`, which Step Functions does not have.

    Args:
        names: the names that an expression refers to.
        chance: where `$uuid` and `$random` without a seed draw from.
        bounds: what our functions may do and build.
    """
    meter = Meter(bounds)
    found: dict[str, Function | None] = {
        name: bound(_METERED[name], _SIGNATURES[name], meter) for name in names & _METERED.keys()
    }
    found |= {name: bound(_DRAWING[name], _SIGNATURES[name], meter, chance) for name in names & _DRAWING.keys()}
    if "eval" in names:
        found["eval"] = None
    return found


def partition(meter: Meter, array: JsonValue = None, size: JsonValue = None, *rest: JsonValue) -> JsonValue:
    """`$partition(array, size)`: chunks of `size` items, the last maybe shorter; undefined for a size below 1."""
    meter.own(array, size)
    _refuse_more("partition", 2, rest)
    length = _whole("partition", 2, size)
    if array is None or length is None or length < 1:
        return None
    items: list[JsonValue] = array if isinstance(array, list) else [array]
    meter.make(len(items), _CUT * len(items))
    chunks: list[JsonValue] = [items[start : start + length] for start in range(0, len(items), length)]
    return chunks


def range_(
    meter: Meter, start: JsonValue = None, end: JsonValue = None, step: JsonValue = None, *rest: JsonValue
) -> JsonValue:
    """`$range(start, end, step)`, `end` included; a single number comes bare, as a sequence of one does in JSONata.

    Undefined where nothing can be counted: without a step, with step 0, or with one that leads away from `end`.
    """
    meter.own(start, end, step)
    _refuse_more("range", 3, rest)
    first, last, by = (_whole("range", place, value) for place, value in enumerate((start, end, step), start=1))
    if first is None or last is None or not by:
        return None
    numbers = range(first, last + (1 if by > 0 else -1), by)
    if not numbers:
        return None
    count = (last - first) // by + 1
    meter.check_items(count)
    meter.make(count, count)
    return first if count == 1 else list(numbers)


def hash_(meter: Meter, text: JsonValue = None, algorithm: JsonValue = None, *rest: JsonValue) -> JsonValue:
    """`$hash(text, algorithm)`: the digest in lower-case hexadecimal; undefined without an algorithm."""
    meter.own(text, algorithm)
    _refuse_more("hash", 2, rest)
    if text is None or algorithm is None:
        return None
    if not isinstance(text, str):
        raise _mismatch("hash", 1)
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _mismatch("hash", 2)
    meter.make(len(text) // _HASHED_PER_UNIT, len(text) // _HASHED_PER_UNIT)
    return digest(text, algorithm)


def random(meter: Meter, chance: Chance, seed: JsonValue = None, *rest: JsonValue) -> JsonValue:
    """`$random([seed])`, at least 0 and below 1: with a seed, what Java's `new Random(seed).nextDouble()` gives."""
    meter.own(seed)
    _refuse_more("random", 1, rest)
    whole = _whole("random", 1, seed)
    return chance.random() if whole is None else JavaRandom(whole).double()


def uuid(meter: Meter, chance: Chance, *arguments: JsonValue) -> JsonValue:
    """`$uuid()`: a version 4 UUID."""
    meter.own(*arguments)
    _refuse_more("uuid", 0, arguments)
    return chance.uuid()


def parse(meter: Meter, text: JsonValue = None, *rest: JsonValue) -> JsonValue:
    """`$parse(text)`: `{"v": <the value of a JSON text>}`, for a bare None would be undefined."""
    meter.own(text)
    _refuse_more("parse", 1, rest)
    if text is None:
        return None
    if not isinstance(text, str):
        raise _mismatch("parse", 1)
    meter.make(len(text) // _HASHED_PER_UNIT, len(text) // _PARSED_PER_UNIT)
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
UNBOUND: Final[dict[str, Function]] = {"many_distinct": distinct, "many_keys": keys}
"""What stands in for JSONata's own functions where arrays are large."""

_SIGNATURES: Final = {
    **{name: signature(partial(each, None)) for name, each in _METERED.items()},
    **{name: signature(partial(each, None, None)) for name, each in _DRAWING.items()},
}
for _function in UNBOUND.values():
    _function.__signature__ = signature(_function)  # type: ignore[attr-defined]  # as `bound`


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
