"""Paths beyond reference paths, as Jayway json-path (and so Step Functions) evaluates them, on top of jsonpath-ng.

jsonpath-ng walks the wildcards; what its dialect has otherwise or not at all (filters, slices, names, functions,
definiteness), and `..`, where its time is the time of a whole path, is done here, step by step over the list of values
reached so far (decision 7). Whether the answer is a list
follows from the path, never from the number of values found. A missing head under a path that is not definite
gives `[]` (recorded on AWS, where Jayway's default would fail).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from jsonpath_ng.jsonpath import Wildcard as NgWildcard

from interpreter.jsonpath.filters import Lookup, holds
from interpreter.jsonpath.path import Path
from interpreter.jsonpath.reference_path import walk
from interpreter.jsonpath.scope import Scope
from interpreter.jsonpath.steps import (
    Descend,
    Filter,
    Function,
    Indices,
    Names,
    RelativePath,
    Slice,
    Step,
    Wildcard,
)
from interpreter.values import MISSING, JsonValue, Missing, is_number

_EVERY_MEMBER: Final = NgWildcard()


def is_definite(steps: Sequence[Step]) -> bool:
    """Whether `steps` lead to one value at most (a function always gives one)."""
    if steps and isinstance(steps[-1], Function):
        return True
    last = len(steps) - 1
    return all(
        isinstance(step, (str, int)) or (isinstance(step, Names) and at == last) for at, step in enumerate(steps)
    )


@dataclass(frozen=True, slots=True)
class JaywayPath(Path):
    """A path with at least one step that is neither a member name nor an index."""

    steps: tuple[Step, ...]

    def find_or_missing(self, scope: Scope) -> JsonValue | Missing:
        """See `Path`.

        Raises:
            StatesDataLimitExceeded: the value is too large to be looked at.
        """
        head = self.head(scope)
        if head is MISSING:
            return MISSING
        found = _evaluate(self.steps, head, head, scope.charge)
        if found is not MISSING and self.repeats:
            scope.check_printable(found)
        return found

    @property
    def repeats(self) -> bool:
        """See `Path`."""
        return any(isinstance(step, (Descend, Indices, Slice)) for step in self.steps)

    def why_missing(self, scope: Scope) -> str:
        """See `Path`."""
        if self.head(scope) is MISSING:
            return f"The variable '{self.variable}' is not set"
        return f"No results for path: {self.text_from_document}"


_Charge: TypeAlias = Callable[[int], None]


def _evaluate(steps: tuple[Step, ...], start: JsonValue, root: JsonValue, charge: _Charge) -> JsonValue | Missing:
    if steps and isinstance(steps[-1], Function):
        argument = _evaluate(steps[:-1], start, root, charge)
        return MISSING if argument is MISSING else _FUNCTIONS[steps[-1].name](argument)
    reached: list[JsonValue] = [start]
    last = len(steps) - 1
    after_descend = False
    for at, step in enumerate(steps):
        if isinstance(step, Names) and at == last:
            objects = [value for value in reached if isinstance(value, dict)]
            reached = [_members(value, step) for value in objects if not after_descend or _has_all(value, step)]
        elif isinstance(step, Filter) and after_descend:
            charge(len(reached))
            reached = list(_filtered_below(reached, step, root, charge))
        else:
            reached = _take_all(step, reached, root, charge)
        after_descend = isinstance(step, Descend)
    if is_definite(steps):
        return reached[0] if reached else MISSING
    return reached


def _take_all(step: Step, values: list[JsonValue], root: JsonValue, charge: _Charge) -> list[JsonValue]:
    reached: list[JsonValue] = []
    for value in values:
        if isinstance(step, Filter) and isinstance(value, list):
            charge(len(value))
        found = list(_take(step, value, root, charge))
        charge(len(found) + 1)
        reached += found
    return reached


def _members(value: dict[str, JsonValue], step: Names) -> JsonValue:
    return {name: value[name] for name in step.names if name in value}


def _has_all(value: dict[str, JsonValue], step: Names) -> bool:
    return all(name in value for name in step.names)


def _take(step: Step, value: JsonValue, root: JsonValue, charge: _Charge) -> Iterable[JsonValue]:
    """Everything that one step reaches from one value."""
    match step:
        case str() | int():
            return _present(walk(value, (step,)))
        case Names(names):
            return [value[name] for name in names if name in value] if isinstance(value, dict) else ()
        case Indices(indices):
            return [found for index in indices for found in _present(walk(value, (index,)))]
        case Slice():
            return _slice(value, step) if isinstance(value, list) else ()
        case Wildcard():
            return [match.value for match in _EVERY_MEMBER.find(value)]
        case Descend():
            return _self_and_below(value)
        case Filter():
            tested = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
            look_up = _operands(charge)
            return [item for item in tested if holds(step.condition, item, root, look_up)]
        case Function():
            raise ValueError("a function stands only at the end of a path")
        case _:
            assert_never(step)


def _self_and_below(value: JsonValue) -> list[JsonValue]:
    """`value` and all values below it, each before those below itself."""
    found: list[JsonValue] = []
    waiting = [value]
    while waiting:
        value = waiting.pop()
        found.append(value)
        if isinstance(value, dict):
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))
    return found


def _present(value: JsonValue | Missing) -> Iterable[JsonValue]:
    return () if value is MISSING else (value,)


def _slice(items: list[JsonValue], step: Slice) -> Iterable[JsonValue]:
    """Jayway's slices: one negative bound counts from the end, between two bounds indices simply count upwards."""
    if step.start is None or step.end is None:
        return items[step.start : step.end]
    positions = range(max(step.start, -len(items)), min(step.end, len(items)))
    return [found for index in positions for found in _present(walk(items, (index,)))]


def _filtered_below(reached: list[JsonValue], step: Filter, root: JsonValue, charge: _Charge) -> Iterator[JsonValue]:
    """`..[?(...)]`: every object below is tested once, and of the arrays those elements that are not objects."""
    look_up = _operands(charge)
    for value in reached:
        if isinstance(value, dict) and holds(step.condition, value, root, look_up):
            yield value
        elif isinstance(value, list):
            scalars = (item for item in value if not isinstance(item, dict))
            yield from (item for item in scalars if holds(step.condition, item, root, look_up))


def _operands(charge: _Charge) -> Lookup:
    def look_up(path: RelativePath, tested: JsonValue, root: JsonValue) -> JsonValue | Missing:
        return _look_up(path, tested, root, charge)

    return look_up


def _look_up(path: RelativePath, tested: JsonValue, root: JsonValue, charge: _Charge) -> JsonValue | Missing:
    """The operand of a filter; a path that is not definite is missing where its definite beginning is."""
    start = root if path.from_root else tested
    plain: list[str | int] = []
    for step in path.steps:
        if not isinstance(step, (str, int)):
            break
        plain.append(step)
    begin = walk(start, tuple(plain))
    if begin is MISSING or len(plain) == len(path.steps):
        return begin
    return _evaluate(path.steps[len(plain) :], begin, root, charge)


def _over_numbers(fold: Callable[[list[int | float]], int | float]) -> Callable[[JsonValue], JsonValue | Missing]:
    def function(value: JsonValue) -> JsonValue | Missing:
        numbers = [item for item in value if is_number(item)] if isinstance(value, list) else []
        try:
            return fold(numbers) if numbers else MISSING
        except (OverflowError, ValueError):  # an integer beyond any float, or infinities of both signs
            return MISSING

    return function


def _length(value: JsonValue) -> JsonValue:
    return len(value) if isinstance(value, (list, dict)) else None


def _keys(value: JsonValue) -> JsonValue | Missing:
    return list(value) if isinstance(value, dict) else MISSING


def _first(value: JsonValue) -> JsonValue | Missing:
    return value[0] if isinstance(value, list) and value else MISSING


def _last(value: JsonValue) -> JsonValue | Missing:
    return value[-1] if isinstance(value, list) and value else MISSING


def _mean(numbers: list[int | float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _deviation(numbers: list[int | float]) -> float:
    mean = _mean(numbers)
    return math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))


_FUNCTIONS: Final[dict[str, Callable[[JsonValue], JsonValue | Missing]]] = {
    "length": _length,
    "keys": _keys,
    "first": _first,
    "last": _last,
    "min": _over_numbers(min),
    "max": _over_numbers(max),
    "sum": _over_numbers(sum),
    "avg": _over_numbers(_mean),
    "stddev": _over_numbers(_deviation),
}
