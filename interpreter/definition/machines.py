"""Parses machines and the states that hold machines, and draws the outline that the graph checks read.

A machine is the top level, a branch of a Parallel, or the processor of a Map (States Language, "Top-level fields",
"Parallel State", "Map State").
"""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType
from typing import Final

from interpreter.definition.diagnostics import (
    DUPLICATE_LABEL_NAME,
    DUPLICATE_STATE_NAME,
    INVALID_LABEL_NAME,
    INVALID_STATE_NAME,
    NO_EFFECT,
    Location,
)
from interpreter.definition.fields import Fields
from interpreter.definition.flows import parse_flow
from interpreter.definition.graph import Edge, MachineOutline, StateOutline
from interpreter.definition.handlers import parse_catchers, parse_retriers
from interpreter.definition.model import WHOLE_DOCUMENT, Machine, MapState, ParallelState, State, Template
from interpreter.definition.schema import (
    EXCLUSIVE_FIELDS,
    LARGEST_CONCURRENCY,
    NESTED_MACHINE_FIELDS,
    PROCESSOR_CONFIG_FIELDS,
    PROCESSOR_FIELDS,
    REQUIRED_FIELDS,
    STATE_FIELDS,
    STATE_TYPES,
    TERMINAL_TYPES,
    TRANSITION_TYPES,
    QueryLanguage,
)
from interpreter.definition.states import (
    parse_choice,
    parse_fail,
    parse_pass,
    parse_succeed,
    parse_task,
    parse_wait,
)
from interpreter.definition.walk import Walk, note_assigned
from interpreter.jsonata import Expression, JsonataTemplate
from interpreter.jsonpath import Path
from interpreter.values import JsonValue

_LONGEST_STATE_NAME: Final = 80
_LONGEST_LABEL: Final = 40
_NOT_IN_LABELS: Final = frozenset('?*<>{}[]:;,\\|^~$#%&`"/')
_DISTRIBUTED_FIELDS: Final = ("ItemReader", "ItemBatcher", "ResultWriter", "Label")
_TOLERATED_FIELDS: Final = (
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
)


def parse_machine(fields: Fields, walk: Walk, outline: MachineOutline, known: Collection[str]) -> Machine | None:
    """One machine; `outline` is filled for the graph checks. None where StartAt or States is missing or unusable."""
    fields.require(("States", "StartAt"))
    fields.refuse_unknown(known)
    fields.text("Comment")
    start = fields.text("StartAt")
    states = fields.object("States")
    if states is None:
        return None
    if start is not None:
        outline.start = Edge(start, fields.at("StartAt"))
    if not states.members:
        fields.error("States", "Value cannot be empty")
    parsed = {name: _parse_entry(name, value, states, walk, outline) for name, value in states.members.items()}
    if start is None:
        return None
    return Machine(start, MappingProxyType({name: state for name, state in parsed.items() if state is not None}))


def _parse_entry(name: str, value: JsonValue, states: Fields, walk: Walk, outline: MachineOutline) -> State | None:
    location = states.at(name)
    _check_state_name(name, location, walk)
    if not isinstance(value, dict):
        walk.report.error(location, "Expected value of type [OBJECT]")
        outline.states[name] = StateOutline(location, [], is_terminal=False, is_opaque=True)
        return None
    fields = Fields(value, location, walk.report)
    outline.states[name] = _outline_state(fields)
    return _parse_state(name, fields, walk, outline)


def _check_state_name(name: str, location: Location, walk: Walk) -> None:
    if not 0 < len(name) <= _LONGEST_STATE_NAME:
        message = f"State name must have between 1 and {_LONGEST_STATE_NAME} characters, but has {len(name)}"
        walk.report.error(location, message, code=INVALID_STATE_NAME)
    elif any("\ud800" <= char <= "\udfff" for char in name):
        walk.report.error(location, "State name contains a lone surrogate", code=INVALID_STATE_NAME)
    if name in walk.state_names:
        walk.report.error(location, f"Duplicate State name: {name}", code=DUPLICATE_STATE_NAME)
    walk.state_names.add(name)


# --- outline -----------------------------------------------------------------------------------------------------


def _outline_state(fields: Fields) -> StateOutline:
    edges = [*_edges(fields, "Next"), *_entry_edges(fields, "Choices"), *_edges(fields, "Default")]
    edges += _entry_edges(fields, "Catch")
    state_type = fields.members.get("Type")
    is_terminal = state_type in TERMINAL_TYPES or fields.members.get("End") is True
    is_opaque = state_type not in STATE_TYPES or not (edges or is_terminal)
    return StateOutline(fields.location, edges, is_terminal, is_opaque)


def _edges(fields: Fields, name: str) -> list[Edge]:
    target = fields.members.get(name)
    return [Edge(target, fields.at(name))] if isinstance(target, str) else []


def _entry_edges(fields: Fields, name: str) -> list[Edge]:
    entries = fields.members.get(name)
    if not isinstance(entries, list):
        return []
    return [
        edge
        for index, entry in enumerate(entries)
        if isinstance(entry, dict)
        for edge in _edges(Fields(entry, (*fields.at(name), index), fields.report), "Next")
    ]


# --- states ------------------------------------------------------------------------------------------------------


def _parse_state(name: str, fields: Fields, walk: Walk, outline: MachineOutline) -> State | None:
    if "Type" not in fields:
        fields.require(("Type",))
        return None
    state_type = fields.text("Type")
    if state_type is None:
        return None
    if state_type not in STATE_TYPES:
        fields.error("Type", f"The field 'Type' should have one of these values: [{', '.join(STATE_TYPES)}]")
        return None
    fields = fields.of_state(_state_language(fields, walk))
    _check_fields(fields, state_type)
    note_assigned(fields, outline)
    return _parse_typed(name, state_type, fields, walk, outline)


def _state_language(fields: Fields, walk: Walk) -> QueryLanguage:
    written = fields.one_of("QueryLanguage", list(QueryLanguage))
    if written is None:
        return walk.query_language
    if walk.query_language is QueryLanguage.JSONATA and written == QueryLanguage.JSONPATH:
        message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
        walk.report.error(fields.location, message, place=fields.at("QueryLanguage"))
    return QueryLanguage(written)


def _check_fields(fields: Fields, state_type: str) -> None:
    allowed = STATE_FIELDS[state_type]
    fields.require(REQUIRED_FIELDS.get(state_type, ()))
    fields.refuse_unknown(allowed)
    for name in fields.members:
        owner = allowed.get(name)
        if owner is not None:
            fields.refuse_language((name,), owner)
    for group in EXCLUSIVE_FIELDS:
        if group[0] in allowed:
            fields.at_most_one([name for name in group if name in allowed])
    if state_type in TRANSITION_TYPES:
        fields.at_least_one(("Next", "End"))
    fields.text("Comment")
    fields.true("End")


def _parse_typed(name: str, state_type: str, fields: Fields, walk: Walk, outline: MachineOutline) -> State | None:
    match state_type:
        case "Pass":
            return parse_pass(name, fields)
        case "Succeed":
            return parse_succeed(name, fields)
        case "Fail":
            return parse_fail(name, fields)
        case "Wait":
            return parse_wait(name, fields)
        case "Choice":
            return parse_choice(name, fields, outline)
        case "Task":
            return parse_task(name, fields, walk, outline)
        case "Parallel":
            return _parse_parallel(name, fields, walk, outline)
        case _:
            return _parse_map(name, fields, walk, outline)


def _parse_parallel(name: str, fields: Fields, walk: Walk, outline: MachineOutline) -> ParallelState:
    return ParallelState(
        name=name,
        next=fields.text("Next"),
        branches=_branches(fields, walk, outline),
        flow=parse_flow("Parallel", fields),
        retriers=parse_retriers(fields),
        catchers=parse_catchers(fields, outline),
    )


def _branches(fields: Fields, walk: Walk, outline: MachineOutline) -> tuple[Machine, ...]:
    branches = [_nested(branch, walk, outline, NESTED_MACHINE_FIELDS) for branch in fields.objects("Branches")]
    return tuple(branch for branch in branches if branch is not None)


def _nested(
    fields: Fields, walk: Walk, outline: MachineOutline, known: Collection[str], *, sees_outside: bool = True
) -> Machine | None:
    nested = MachineOutline(fields.location, sees_outside=sees_outside)
    outline.nested.append(nested)
    return parse_machine(fields, walk, nested, known)


# --- Map ---------------------------------------------------------------------------------------------------------


def _parse_map(name: str, fields: Fields, walk: Walk, outline: MachineOutline) -> MapState | None:
    processor = _processor(fields, walk, outline)
    items = _items(fields)
    selector = _item_selector(fields)
    concurrency = fields.quantity("MaxConcurrency", 0, LARGEST_CONCURRENCY)
    fields.quantity("ToleratedFailureCount", 0, LARGEST_CONCURRENCY)
    fields.share("ToleratedFailurePercentage")
    flow = parse_flow("Map", fields)
    retriers, catchers = parse_retriers(fields), parse_catchers(fields, outline)
    if processor is None:
        return None
    return MapState(
        name=name,
        next=fields.text("Next"),
        flow=flow,
        processor=processor,
        items=items,
        item_selector=selector,
        max_concurrency=0 if concurrency is None else concurrency,
        retriers=retriers,
        catchers=catchers,
    )


def _items(fields: Fields) -> Path | JsonataTemplate | Expression | None:
    """ItemsPath, or Items: an array or object, or an expression that gives an array."""
    if fields.language is QueryLanguage.JSONATA:
        return fields.items("Items")
    path = fields.reference("ItemsPath")
    return WHOLE_DOCUMENT if path is None else path


def _item_selector(fields: Fields) -> Template | None:
    if fields.language is QueryLanguage.JSONATA:
        return fields.jsonata("ItemSelector")
    return fields.template("ItemSelector" if "ItemSelector" in fields else "Parameters")


def _processor(fields: Fields, walk: Walk, outline: MachineOutline) -> Machine | None:
    """The machine of a Map, in either of its spellings; what only a Distributed Map has is refused by field path."""
    name = "Iterator" if "Iterator" in fields and "ItemProcessor" not in fields else "ItemProcessor"
    fields.require((name,))
    processor = fields.object(name)
    is_distributed = processor is not None and _is_distributed(processor, walk)
    _check_label(fields, walk)
    for field in _DISTRIBUTED_FIELDS:
        if field in fields:
            walk.not_supported(fields.at(field), f"{field} of a Distributed Map", "use an inline Map without it")
    if not is_distributed:
        _warn_tolerated(fields)
    if processor is None:
        return None
    return _nested(processor, walk, outline, PROCESSOR_FIELDS, sees_outside=not is_distributed)


def _is_distributed(processor: Fields, walk: Walk) -> bool:
    config = processor.object("ProcessorConfig")
    if config is None:
        return False
    config.refuse_unknown(PROCESSOR_CONFIG_FIELDS)
    config.one_of("ExecutionType", ("STANDARD", "EXPRESS"))
    if config.one_of("Mode", ("INLINE", "DISTRIBUTED")) != "DISTRIBUTED":
        return False
    config.require(("ExecutionType",))
    if walk.machine_type == "EXPRESS":
        config.error("Mode", "Express state machine does not support Map state in DISTRIBUTED mode")
    walk.not_supported(config.at("Mode"), "Map in DISTRIBUTED mode", "use the mode INLINE")
    return True


def _warn_tolerated(fields: Fields) -> None:
    for field in _TOLERATED_FIELDS:
        if field in fields:
            message = f"Field '{field}' has no effect on a Map in INLINE mode"
            fields.report.warning(fields.at(field), message, code=NO_EFFECT)


def _check_label(fields: Fields, walk: Walk) -> None:
    label = fields.text("Label")
    if label is None:
        return
    place = fields.at("Label")
    if not 0 < len(label) <= _LONGEST_LABEL:
        message = f"Label must have between 1 and {_LONGEST_LABEL} characters, but has {len(label)}"
        walk.report.error(place, message, code=INVALID_LABEL_NAME)
    bad = next((char for char in label if not _may_stand_in_label(char)), None)
    if bad is not None:
        walk.report.error(place, f"Label must not contain the character {bad!a}", code=INVALID_LABEL_NAME)
    if label in walk.labels:
        walk.report.error(place, f"Duplicate Label: {label}", code=DUPLICATE_LABEL_NAME)
    walk.labels.add(label)


def _may_stand_in_label(char: str) -> bool:
    code = ord(char)
    is_control = code < 0x20 or 0x7F <= code <= 0x9F
    is_surrogate = 0xD800 <= code <= 0xDFFF
    return not (is_control or is_surrogate or char.isspace() or char in _NOT_IN_LABELS)
