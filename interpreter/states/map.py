"""Map in INLINE mode: one iteration per item, some at once; the result is their outputs in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from interpreter.dataflow.flow import evaluate, take_input
from interpreter.dataflow.jsonata import evaluate_typed, refused
from interpreter.dataflow.view import View
from interpreter.definition.model import MapState, Template
from interpreter.errors import (
    StatesDataLimitExceeded,
    StatesQueryEvaluationError,
    StatesReferencePathConflict,
    StatesRuntime,
)
from interpreter.frames import Ended, Frame, Group, MapItem
from interpreter.history import Iteration, Length
from interpreter.jsonata import Expression, JsonataTemplate
from interpreter.jsonpath import ReferencePath, Scope
from interpreter.states.distribution import check_tolerated, note_distribution, quantity, read_items
from interpreter.states.group import attempt_until_final, run_group
from interpreter.states.outcome import Transition
from interpreter.states.result import completed
from interpreter.values import MISSING, JsonValue, json_text

if TYPE_CHECKING:
    from interpreter.execution import Execution

_ENGINE_THAT_CHECKS_SIZES: Final = 3


async def run_map(execution: Execution, frame: Frame, state: MapState) -> Transition:
    """Run the iterations until all succeed, the failure is caught, or it is final.

    Raises:
        StatesError: no retrier and no catcher took the error of the iteration that failed.
    """
    return await attempt_until_final(
        execution, frame, state, lambda: _attempt(execution, frame, state), "MapStateFailed"
    )


async def _attempt(execution: Execution, frame: Frame, state: MapState) -> Transition:
    group = frame.group
    if group is None:
        group = frame.group = _begin(execution, frame, state)
    items = group.items
    assert items is not None, "a Map's group has items"

    def start_iteration(index: int, chain: int) -> Frame:
        return _start_iteration(execution, frame, state, group.input, items[index], chain)

    outputs = await run_group(execution, frame, group, start_iteration)
    if execution.inspection is not None and state.distribution is not None:
        check_tolerated(execution.inspection, len(items))
    frame.chain = group.chain
    execution.ledger.record("MapStateSucceeded", frame.chain)
    return completed(execution, frame, state, outputs)


def _begin(execution: Execution, frame: Frame, state: MapState) -> Group:
    view = execution.view(frame, retries=True)
    effective = take_input(state.flow, view)
    width = _width(execution, state, view)
    items = _items(state, view)
    if execution.inspection is not None:
        _note_items(execution, frame, state, effective, items, view)
    chain = execution.record("MapStateStarted", frame.chain, frame, Length(len(items)))
    return Group([MISSING] * len(items), chain, items, effective, width)


def _note_items(
    execution: Execution, frame: Frame, state: MapState, effective: JsonValue, items: list[MapItem], view: View
) -> None:
    inspection = execution.inspection
    assert inspection is not None, "notes are for inspected states"
    if isinstance(state.items, ReferencePath):  # what Items gives is not shown (recorded)
        inspection.note("afterItemsPath", [_pair(item) for item in items])
    inputs = [_pair(item) for item in items]
    if state.item_selector is not None:
        inputs = [_select(execution, frame, state.item_selector, effective, item, frame) for item in items]
        inspection.note("afterItemSelector", inputs)
    if state.distribution is not None:
        note_distribution(inspection, state.distribution, inputs, view)


def _start_iteration(
    execution: Execution, frame: Frame, state: MapState, effective: JsonValue, item: MapItem, chain: int
) -> Frame:
    """The frame of an iteration; one whose input fails in JSONata, or is too large, has failed from the start."""
    child = frame.child(state.processor, _pair(item), chain, item)
    child.chain = execution.ledger.record("MapIterationStarted", chain, Iteration(state.name, item.index))
    if state.item_selector is not None:
        try:
            child.input = _select(execution, frame, state.item_selector, effective, item, child)
            if execution.start.engine >= _ENGINE_THAT_CHECKS_SIZES:
                execution.data.check_size(child.input, state.name)
        except (StatesQueryEvaluationError, StatesDataLimitExceeded) as error:
            child.ended = Ended(None, error)
    return child


def _select(
    execution: Execution, frame: Frame, selector: Template, effective: JsonValue, item: MapItem, chain: Frame
) -> JsonValue:
    view = execution.view(frame, retries=True, item=item, chain=chain)
    view.document = effective
    return evaluate(selector, view)


def _pair(item: MapItem) -> JsonValue:
    """An item of an array as it is; a member of an object as a pair (developer guide, "ItemsPath", 2025)."""
    return item.value if item.key is None else {"Key": item.key, "Value": item.value}


def _items(state: MapState, view: View) -> list[MapItem]:
    if view.inspection is not None and state.distribution is not None and state.distribution.reader is not None:
        read = _listed(read_items(view.inspection, state.distribution.reader, view))
        assert read is not None, "a reader's items can be iterated over"
        return read
    match state.items:
        case ReferencePath() as path:
            return _items_at(path, view)
        case Expression() as expression:
            value = evaluate_typed(expression, "Items", "array", view)
        case JsonataTemplate() as template:
            value = evaluate(template, view)
        case None:
            value = view.frame.input
            if not isinstance(value, list):
                raise refused(view, None, f"Map state input must be an array but was: {json_text(value)}")
    items = _listed(value)
    assert items is not None, "validation lets no other Items pass"
    return items


def _items_at(path: ReferencePath, scope: Scope) -> list[MapItem]:
    value = path.find_or_missing(scope)
    if value is MISSING:
        step, holder = path.failing_step(scope)
        raise StatesReferencePathConflict(f'Unable to apply step "{step}" to input {json_text(holder)}')
    items = _listed(value)
    if items is None:
        shown = path.text.replace("$$", "$", 1)
        raise StatesRuntime(f'Reference path "{shown}" must point to array.')
    return items


def _listed(value: JsonValue) -> list[MapItem] | None:
    match value:
        case list():
            return [MapItem(index, item) for index, item in enumerate(value)]
        case dict():
            return [MapItem(index, item, key) for index, (key, item) in enumerate(value.items())]
        case _:
            return None


def _width(execution: Execution, state: MapState, view: View) -> int:
    most = execution.limits.inline_map_width
    declared = quantity(state.max_concurrency, "MaxConcurrency", view)
    if execution.inspection is not None:
        execution.inspection.note("maxConcurrency", declared)
    return min(declared, most) if declared > 0 else most
