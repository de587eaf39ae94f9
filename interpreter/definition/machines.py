"""Parses machines and the states that hold machines, and draws the outline that the graph checks read.

A machine is the top level, a branch of a Parallel, or the processor of a Map (States Language, "Top-level fields",
"Parallel State", "Map State").
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from types import MappingProxyType

from interpreter.definition.diagnostics import (
    DUPLICATE_STATE_NAME,
    INVALID_STATE_NAME,
    NO_EFFECT,
    Location,
)
from interpreter.definition.distribution import check_inline, parse_distribution
from interpreter.definition.fields import Fields
from interpreter.definition.flows import parse_flow
from interpreter.definition.graph import Edge, MachineOutline, StateOutline
from interpreter.definition.handlers import parse_catchers, parse_retriers
from interpreter.definition.members import NOT_SUPPORTED
from interpreter.definition.model import (
    WHOLE_DOCUMENT,
    Distribution,
    Machine,
    MapState,
    ParallelState,
    State,
    Template,
)
from interpreter.definition.schema import (
    EXCLUSIVE_FIELDS,
    EXECUTION_TYPES,
    LANGUAGES,
    NESTED_MACHINE_FIELDS,
    PROCESSOR_CONFIG_FIELDS,
    PROCESSOR_FIELDS,
    PROCESSOR_MODES,
    PROCESSOR_SPELLINGS,
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
from interpreter.jsonpath import ReferencePath
from interpreter.values import JsonValue


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
    fields = Fields(value, location, walk.report, quotas=walk.quotas)
    outline.states[name] = _outline_state(fields)
    return _parse_state(name, fields, walk, outline)


def _check_state_name(name: str, location: Location, walk: Walk) -> None:
    longest = walk.quotas.state_name_characters
    if not name:
        walk.report.error(location, "State name must have at least 1 character", code=INVALID_STATE_NAME)
    elif len(name) > longest:
        message = f"Invalid State name: State '{name}' exceeds the {longest}-character limit allowed by the service"
        walk.report.error(location, message, code=INVALID_STATE_NAME)
    elif any("\ud800" <= char <= "\udfff" for char in name):
        walk.report.error(location, "State name contains a lone surrogate", code=INVALID_STATE_NAME)
    if name in walk.state_names:
        hint = "names are unique in the whole definition, machines in states included"
        walk.report.error(location, f"Duplicate State name: {name}", code=DUPLICATE_STATE_NAME, hint=hint)
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
        message = f"The field 'Type' should have one of these values: [{', '.join(STATE_TYPES)}]"
        fields.error("Type", message, fields.report.did_you_mean(state_type, STATE_TYPES))
        return None
    fields = fields.of_state(_state_language(fields, walk))
    _check_fields(fields, state_type)
    note_assigned(fields, outline)
    return _parse_typed(name, state_type, fields, walk, outline)


def _state_language(fields: Fields, walk: Walk) -> QueryLanguage:
    written = fields.one_of("QueryLanguage", LANGUAGES)
    if written is None:
        return walk.query_language
    if walk.query_language is QueryLanguage.JSONATA and written == QueryLanguage.JSONPATH:
        message = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
        walk.report.error(fields.location, message, place=fields.at("QueryLanguage"))
    return QueryLanguage(written)


def _check_fields(fields: Fields, state_type: str) -> None:
    allowed = STATE_FIELDS[state_type]
    fields.require(REQUIRED_FIELDS.get(state_type, ()))
    fields.allow(allowed)
    for group in EXCLUSIVE_FIELDS:
        if group[0] in allowed:
            fields.at_most_one([name for name in group if name in allowed])
    if state_type in TRANSITION_TYPES:
        fields.require_one(("Next", "End"))
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
    processor, distribution = _processor(fields, walk, outline)
    items = _items(fields)
    selector = _item_selector(fields)
    concurrency = fields.quantity("MaxConcurrency")
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
        distribution=distribution,
    )


def _items(fields: Fields) -> ReferencePath | JsonataTemplate | Expression | None:
    """ItemsPath, or Items: an array or object, or an expression that gives an array."""
    if fields.language is QueryLanguage.JSONATA:
        return fields.items("Items")
    path = fields.reference("ItemsPath")
    return WHOLE_DOCUMENT if path is None else path


def _item_selector(fields: Fields) -> Template | None:
    if fields.language is QueryLanguage.JSONATA:
        return fields.jsonata("ItemSelector")
    return fields.template("ItemSelector" if "ItemSelector" in fields else "Parameters")


def _processor(fields: Fields, walk: Walk, outline: MachineOutline) -> tuple[Machine | None, Distribution | None]:
    """The machine of a Map, in either of its spellings, and how it is distributed."""
    name = "Iterator" if "Iterator" in fields and "ItemProcessor" not in fields else "ItemProcessor"
    fields.require_one(PROCESSOR_SPELLINGS)
    processor = fields.object(name)
    config = None if processor is None else processor.object("ProcessorConfig")
    mode = "INLINE" if config is None else _mode(config)
    if mode != "DISTRIBUTED" or config is None:
        check_inline(fields, walk)
        return None if processor is None else _nested(processor, walk, outline, PROCESSOR_FIELDS), None
    execution_type = config.one_of("ExecutionType", EXECUTION_TYPES)
    config.require(("ExecutionType",))
    if walk.machine_type == "EXPRESS":
        refusal = "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines"
        config.error("Mode", refusal)
    walk.report.not_supported(config.at("Mode"), "Map in DISTRIBUTED mode", "use the mode INLINE")
    distribution = parse_distribution(fields, execution_type, walk)
    children = replace(walk, machine_type="EXPRESS") if execution_type == "EXPRESS" else walk
    machine = None if processor is None else _nested(processor, children, outline, PROCESSOR_FIELDS, sees_outside=False)
    return machine, distribution


def _mode(config: Fields) -> str:
    config.allow(PROCESSOR_CONFIG_FIELDS)
    mode = config.one_of("Mode", PROCESSOR_MODES) or "INLINE"
    if mode == "INLINE" and config.one_of("ExecutionType", EXECUTION_TYPES):
        place = config.at("ExecutionType")
        if "Mode" in config:  # reported of AWS; without a Mode it is not
            config.report.error_if_new(config.location, NOT_SUPPORTED.format("ExecutionType"), place=place)
        else:
            message = "Field 'ExecutionType' has no effect on a Map in INLINE mode"
            config.report.warning(place, message, code=NO_EFFECT)
    return mode
