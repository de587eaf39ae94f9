"""Map in INLINE mode: one iteration per item, some at once; the result is their outputs in order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from interpreter.dataflow.jsonpath import select
from interpreter.definition.model import MapState
from interpreter.errors import QueryError, StatesError, StatesReferencePathConflict, StatesRuntime
from interpreter.frames import Frame, Group, MapItem
from interpreter.history import Iteration, Length
from interpreter.jsonpath import Path, Scope
from interpreter.states.failure import caught, plan_retry, wait_for_retry
from interpreter.states.group import ChildFailed, run_group
from interpreter.states.outcome import Transition
from interpreter.states.result import completed
from interpreter.values import MISSING, JsonValue, is_integer, json_text

if TYPE_CHECKING:
    from interpreter.execution import Execution

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")


async def run_map(execution: Execution, frame: Frame, state: MapState) -> Transition:
    """Run the iterations until all succeed, the failure is caught, or it is final.

    Raises:
        StatesError: no retrier and no catcher took the error of the iteration that failed.
    """
    while True:
        await wait_for_retry(execution, frame)
        try:
            return await _attempt(execution, frame, state)
        except StatesRuntime:
            raise
        except ChildFailed as failed:
            error = failed.error
            if plan_retry(execution, frame, state, error):
                continue
            execution.record("MapStateFailed", frame.chain, frame)
            return caught(execution, frame, state, error)
        except StatesError as error:
            if not plan_retry(execution, frame, state, error):
                return caught(execution, frame, state, error)
        finally:
            frame.group = None


async def _attempt(execution: Execution, frame: Frame, state: MapState) -> Transition:
    group = frame.group
    if group is None:
        group = frame.group = _begin(execution, frame, state)
    items = group.items
    assert items is not None, "a Map's group has items"

    def start_iteration(index: int, chain: int) -> Frame:
        return _start_iteration(execution, frame, state, group.input, items[index], chain)

    outputs = await run_group(execution, frame, group, start_iteration)
    frame.chain = group.chain
    execution.ledger.record("MapStateSucceeded", frame.chain)
    return completed(execution, frame, state, outputs)


def _begin(execution: Execution, frame: Frame, state: MapState) -> Group:
    scope = execution.scope(frame, frame.input, retries=True)
    scope.document = select(state.input_path, scope)
    if execution.inspection is not None:
        execution.inspection.note("afterInputPath", scope.document)
    width = _width(execution, state, scope)
    items = _items(state, scope)
    if execution.inspection is not None:
        _note_items(execution, frame, state, scope.document, items)
    chain = execution.record("MapStateStarted", frame.chain, frame, Length(len(items)))
    return Group([MISSING] * len(items), chain, items, scope.document, width)


def _note_items(
    execution: Execution, frame: Frame, state: MapState, effective: JsonValue, items: list[MapItem]
) -> None:
    inspection = execution.inspection
    assert inspection is not None, "notes are for inspected states"
    inspection.note("afterItemsPath", [_pair(item) for item in items])
    if state.item_selector is not None:
        scopes = (execution.scope(frame, effective, retries=True, item=item) for item in items)
        inspection.note("afterItemSelector", [state.item_selector.evaluate(scope) for scope in scopes])


def _start_iteration(
    execution: Execution, frame: Frame, state: MapState, effective: JsonValue, item: MapItem, chain: int
) -> Frame:
    child = frame.child(state.processor, _pair(item), chain, item)
    child.chain = execution.ledger.record("MapIterationStarted", chain, Iteration(state.name, item.index))
    if state.item_selector is not None:
        scope = execution.scope(frame, effective, retries=True, item=item)
        child.input = state.item_selector.evaluate(scope)
    return child


def _pair(item: MapItem) -> JsonValue:
    """An item of an array as it is; a member of an object as a pair (developer guide, "ItemsPath", 2025)."""
    return item.value if item.key is None else {"Key": item.key, "Value": item.value}


def _items(state: MapState, scope: Scope) -> list[MapItem]:
    try:
        value = state.items_path.find(scope)
    except QueryError as error:
        last = re.split(r"[.\[\]']+", state.items_path.text.rstrip("]'"))[-1]
        shown = json_text(scope.document)
        raise StatesReferencePathConflict(f'Unable to apply step "{last}" to input {shown}') from error
    match value:
        case list():
            return [MapItem(index, item) for index, item in enumerate(value)]
        case dict():
            return [MapItem(index, item, key) for index, (key, item) in enumerate(value.items())]
        case _:
            shown = state.items_path.text.replace("$$", "$", 1)
            raise StatesRuntime(f'Reference path "{shown}" must point to array.')


def _width(execution: Execution, state: MapState, scope: Scope) -> int:
    most = execution.limits.inline_map_width
    declared = state.max_concurrency
    if state.max_concurrency_path is not None:
        declared = _declared_width(state.max_concurrency_path, scope)
    if execution.inspection is not None:
        execution.inspection.note("maxConcurrency", declared)
    return min(declared, most) if declared > 0 else most


def _declared_width(path: Path, scope: Scope) -> int:
    value = select(path, scope)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if not is_integer(value):
        shown = value if isinstance(value, str) else json_text(value)
        raise StatesRuntime(
            f'The MaxConcurrencyPath field refers to value "{shown}" which is not a valid integer: {path.text}'
        )
    if value < 0:
        raise StatesRuntime("MaxConcurrency cannot be negative.")
    return value
