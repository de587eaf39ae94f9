"""What a Map in DISTRIBUTED mode has besides, as far as the state itself evaluates it: TestState looks at it.

Items come from a reader or the input, are put into batches, and so many of them may fail (developer guide, "Distributed
Map"; the texts of paths are recorded).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from interpreter.dataflow.flow import evaluate
from interpreter.dataflow.jsonata import evaluate_integer, evaluate_typed, refused
from interpreter.dataflow.jsonpath import select
from interpreter.dataflow.view import View
from interpreter.definition.model import Distribution, ItemBatcher, ItemReader, Quantity, Share
from interpreter.definition.schema import LARGEST_CONCURRENCY
from interpreter.errors import StatesError, StatesRuntime
from interpreter.inspection import Inspection
from interpreter.jsonata import Expression
from interpreter.jsonpath import Path, Scope
from interpreter.values import MISSING, JsonValue, is_integer, is_number, json_size, json_text

if TYPE_CHECKING:
    from interpreter.frames import JsonObject

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_THRESHOLD: Final = "States.ExceedToleratedFailureThreshold"
_READER_FAILED: Final = "States.ItemReaderFailed"


def quantity(value: Quantity, field: str, view: View) -> int:
    """A field that takes a whole number, not below 0, as number, path or expression.

    Raises:
        StatesRuntime: a path gives something else.
        StatesQueryEvaluationError: an expression does.
    """
    match value:
        case int():
            return value
        case Path():
            number = _integer_at(value, field, view)
            if number < 0:
                raise StatesRuntime(f"{field} cannot be negative.")
            return number
        case Expression():
            return evaluate_integer(value, field, view, minimum=0, maximum=LARGEST_CONCURRENCY)


def note_distribution(
    inspection: Inspection, distribution: Distribution, inputs: Sequence[JsonValue], view: View
) -> None:
    """Note the batches of the inputs, and what may fail, where the definition declares it."""
    if distribution.batcher is not None:
        inspection.note("afterItemBatcher", [*_batches(inputs, distribution.batcher, view)])
    count, percentage = distribution.tolerated_failure_count, distribution.tolerated_failure_percentage
    if count is not None:
        inspection.note("toleratedFailureCount", quantity(count, "ToleratedFailureCount", view))
    if percentage is not None:
        inspection.note("toleratedFailurePercentage", _share(percentage, view))


def read_items(inspection: Inspection, reader: ItemReader, view: View) -> JsonValue:
    """What the reader of an inspected Map is said to have read, or its input in place of that; MaxItems of it at most.

    Raises:
        StatesError: there is nothing to iterate over, or MaxItems is below 0 (both recorded).
        StatesRuntime: MaxItemsPath gives no whole number (recorded).
        StatesQueryEvaluationError: the expression of MaxItems does.
    """
    most = _most_items(reader.config.max_items, view)
    value = view.frame.input if inspection.reader_data is MISSING else inspection.reader_data
    pointer = reader.config.items_pointer
    if pointer is not None:
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            value = value.get(name) if isinstance(value, dict) else None
        inspection.note("afterItemsPointer", value)
    if not isinstance(value, list | dict):
        raise StatesError(_READER_FAILED, "Attempting to map over non-iterable node.")
    return dict(islice(value.items(), most)) if isinstance(value, dict) else value[:most]


def _most_items(value: Quantity | None, view: View) -> int | None:
    """How many items are read at most, None for all."""
    if isinstance(value, Path):
        most = _integer_at(value, "MaxItems", view)
        if most < 0:
            raise StatesError(_READER_FAILED, "field MaxItems must be positive")
    else:
        most = 0 if value is None else quantity(value, "MaxItems", view)
    return most or None


def check_tolerated(inspection: Inspection, items: int) -> None:
    """Fail the state where more iterations are said to have failed than the noted numbers allow.

    Raises:
        StatesError: it is `States.ExceedToleratedFailureThreshold`.
    """
    failed = inspection.failed_iterations
    count = inspection.stages.get("toleratedFailureCount")
    percentage = inspection.stages.get("toleratedFailurePercentage")
    too_many = is_integer(count) and failed > count
    too_large = is_number(percentage) and 100 * failed > percentage * items
    if too_many or too_large:
        raise StatesError(_THRESHOLD, "The specified tolerated failure threshold was exceeded")


def _batches(inputs: Sequence[JsonValue], batcher: ItemBatcher, view: View) -> Sequence[JsonObject]:
    """The inputs in batches, each as large as both limits let it be; one input makes a batch, however large it is."""
    most = None if batcher.max_items is None else quantity(batcher.max_items, "MaxItemsPerBatch", view)
    most_bytes = (
        None if batcher.max_input_bytes is None else quantity(batcher.max_input_bytes, "MaxInputBytesPerBatch", view)
    )
    shared = None if batcher.batch_input is None else evaluate(batcher.batch_input, view)
    batches: list[list[JsonValue]] = []
    size = 0
    for value in inputs:
        size += json_size(value) + 1
        full = not batches or (most and len(batches[-1]) >= most) or (most_bytes and size > most_bytes)
        if full:
            batches.append([])
            size = json_size(value) + 1
        batches[-1].append(value)
    return [{"Items": batch} if shared is None else {"BatchInput": shared, "Items": batch} for batch in batches]


def _integer_at(path: Path, field: str, scope: Scope) -> int:
    value = select(path, scope)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if not is_integer(value):
        raise StatesRuntime(
            f'The {field}Path field refers to value "{_shown(value)}" which is not a valid integer: {path.text}'
        )
    return value


def _share(value: Share, view: View) -> float:
    field = "ToleratedFailurePercentage"
    match value:
        case Path():
            found = select(value, view)
            if isinstance(found, str) and _NUMBER.fullmatch(found):
                found = float(found)
            if not is_number(found):
                text = f'The {field}Path field refers to value "{_shown(found)}" which is not a valid float'
                raise StatesRuntime(f"{text}: {value.text}")
            if not 0 <= found <= 100:
                raise StatesRuntime(f"{field} must be between 0 and 100.")
            return float(found)
        case Expression():
            found = evaluate_typed(value, field, "number", view)
            if not is_number(found) or not 0 <= found <= 100:
                raise refused(view, field, f"{field} must be between 0 and 100.")
            return float(found)
        case _:
            return float(value)


def _shown(value: JsonValue) -> str:
    return value if isinstance(value, str) else json_text(value)
