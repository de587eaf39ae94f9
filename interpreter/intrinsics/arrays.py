"""The intrinsic functions on arrays (developer guide, Intrinsics for arrays)."""

from __future__ import annotations

from typing import Final

from interpreter.intrinsics.arguments import Arguments, Function
from interpreter.values import JsonValue, json_equal, json_unique


def _array(arguments: Arguments) -> JsonValue:
    return list(arguments.values)


def _partition(arguments: Arguments) -> JsonValue:
    items, size = arguments.array(0), arguments.integer(1)
    if size <= 0:
        raise arguments.fault(f"Expected the chunk size to be positive, but was {size}")
    return [items[start : start + size] for start in range(0, len(items), size)]


def _contains(arguments: Arguments) -> JsonValue:
    sought = arguments.values[1]
    return any(json_equal(item, sought) for item in arguments.array(0))


def _range(arguments: Arguments) -> JsonValue:
    first, last, step = (arguments.integer(position) for position in range(3))
    if step == 0:
        raise arguments.fault("The step must not be 0")
    length = max((last - first) // step + 1, 0)
    most = arguments.quotas.range_elements
    if length > most:
        raise arguments.fault(f"The range has more than the {most} elements allowed")
    return [first + step * index for index in range(length)]


def _get_item(arguments: Arguments) -> JsonValue:
    items, index = arguments.array(0), arguments.integer(1)
    if not 0 <= index < len(items):
        raise arguments.fault(f"The index {index} is out of range for an array of {len(items)} elements")
    return items[index]


def _length(arguments: Arguments) -> JsonValue:
    return len(arguments.array(0))


def _unique(arguments: Arguments) -> JsonValue:
    return json_unique(arguments.array(0))


FUNCTIONS: Final = (
    Function("States.Array", 0, None, _array),
    Function("States.ArrayPartition", 2, 2, _partition),
    Function("States.ArrayContains", 2, 2, _contains),
    Function("States.ArrayRange", 3, 3, _range),
    Function("States.ArrayGetItem", 2, 2, _get_item),
    Function("States.ArrayLength", 1, 1, _length),
    Function("States.ArrayUnique", 1, 1, _unique),
)
