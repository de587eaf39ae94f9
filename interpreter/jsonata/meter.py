"""What counts the work of one evaluation, and the functions by which an engine reports it; see `metering`.

A unit of work is 0.15 microseconds (all rates measured with jlens 0.25).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from inspect import Signature, signature
from typing import TYPE_CHECKING, Final

from interpreter.jsonata.bounds import Bounds, Excess
from interpreter.jsonata.port import BoundFault, Function
from interpreter.values import JsonValue

if TYPE_CHECKING:
    from interpreter.jsonpath import Chance

_COPIED_PER_UNIT: Final = 6
_MERGED_PER_UNIT: Final = 2
_SEARCHED_PER_UNIT: Final = 400  # characters times matches
_MATCHED_PER_UNIT: Final = 6
_HELD_PER_UNIT: Final = 3  # twice what it takes to print it
_HELD_CHARACTERS: Final = 1_000_000
_COUNTED: Final = 8  # units for the counting itself, which calls a function of ours
_OWN: Final = 20  # units for a call of a function of ours
_HANDED: Final = 4  # units for a value that it is handed, and for each part of it
_HANDED_PER_UNIT: Final = 200  # characters of a text


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
        self.spend(_COUNTED)
        return True

    def own(self, *arguments: JsonValue) -> None:
        """Count a call of a function of ours, which takes some time, and copies all that it is handed.

        Raises:
            BoundFault: see `spend`.
        """
        if self._bounds.meters:
            self.spend(_OWN + _handing(list(arguments)))

    def make(self, steps: int, units: int) -> None:
        """Count what a function of ours does; `steps` is what an evaluation counts that is not metered.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(units if self._bounds.meters else steps)

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
        self.spend(_COUNTED + int(items or 0) // _COPIED_PER_UNIT)

    def merged(self, members: float | None) -> None:
        """Count the members that `$merge` copies; those that are arrays count as many as they have items.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(_COUNTED + int(members or 0) // _MERGED_PER_UNIT)

    def affordable(self, characters: float) -> int:
        """How many matches of a regular expression in a text may be looked for, and one more."""
        return self._left * _SEARCHED_PER_UNIT // int(characters) + 1

    def searched(self, characters: float, matches: float) -> None:
        """Count a search for all matches in a text: the engine measures the text up to each of them.

        Raises:
            BoundFault: see `spend`.
        """
        self.spend(int(characters) // _MATCHED_PER_UNIT + int(characters) * int(matches) // _SEARCHED_PER_UNIT)

    def check_items(self, count: float) -> None:
        """Check the length of an array before it is made.

        Raises:
            BoundFault: it is longer than an array may be.
        """
        if count > self._bounds.array_items:
            raise BoundFault(Excess.SIZE)


COUNTERS: Final[dict[str, Function]] = {
    "spent": Meter.spent,
    "held": Meter.held,
    "seen": Meter.seen,
    "called": Meter.called,
    "copied": Meter.copied,
    "merged": Meter.merged,
    "searched": Meter.searched,
    "affordable": Meter.affordable,
    "checked": Meter.check_items,
}
"""What counts the work of JSONata's own functions and operators."""

_SIGNATURES: Final = {name: signature(partial(each, None)) for name, each in COUNTERS.items()}


def counters(names: Iterable[str], bounds: Bounds) -> dict[str, Function]:
    """Those of `COUNTERS` that have these names; together they count what one evaluation does."""
    meter = Meter(bounds)
    return {name: bound(COUNTERS[name], _SIGNATURES[name], meter) for name in names}


def bound(function: Function, known: Signature, *first: Chance | Meter) -> Function:
    """The function with its first arguments in place; `known` is its signature without them.

    The engine asks each for its signature, each time: to find it out takes tens of microseconds.
    """
    found = partial(function, *first)
    found.__signature__ = known  # type: ignore[attr-defined]  # where `inspect` looks first
    return found


def _handing(values: list[JsonValue]) -> int:
    """The units it takes to hand values to a function of ours. They may be nested deeper than Python's stack."""
    units = 0
    while values:
        value = values.pop()
        units += _HANDED
        if isinstance(value, str):
            units += len(value) // _HANDED_PER_UNIT
        elif isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list):
            values += value
    return units
