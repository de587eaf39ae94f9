"""Which variables each state of a definition reads: `variableReferences` of DescribeStateMachine.

Recorded: states of inner machines stand under their own names beside the others; a state that reads none is left out;
variables that are only assigned do not count; the names of one state are sorted. What is written in JSONata does not
count either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

from interpreter.choice_rules import And, ChoiceRule, Comparison, Not, Or
from interpreter.dataflow.template import FailText, PayloadTemplate
from interpreter.definition.model import (
    Catcher,
    ChoiceState,
    Condition,
    Definition,
    Distribution,
    FailState,
    Flow,
    JsonataFlow,
    Machine,
    MapState,
    ParallelState,
    PassState,
    PathFlow,
    State,
    SucceedState,
    TaskState,
    WaitState,
)
from interpreter.jsonata import Expression, JsonataTemplate
from interpreter.jsonpath import Path

_Part: TypeAlias = Path | PayloadTemplate | FailText | JsonataTemplate | Expression | float | str | None
"""What may be evaluated in some state; only the first three in one that is written in JSONPath."""


def variable_references(definition: Definition) -> dict[str, list[str]]:
    """State name -> sorted names of the variables that it reads; empty where no state reads any."""
    references: dict[str, list[str]] = {}
    _add_machine(definition.machine, references)
    return references


def _add_machine(machine: Machine, references: dict[str, list[str]]) -> None:
    for state in machine.states.values():
        names = {name for part in _parts(state) for name in _variables(part)}
        if names:
            references[state.name] = sorted(names)
        for inner in _inner_machines(state):
            _add_machine(inner, references)


def _inner_machines(state: State) -> tuple[Machine, ...]:
    if isinstance(state, ParallelState):
        return state.branches
    return (state.processor,) if isinstance(state, MapState) else ()


def _variables(part: _Part) -> Iterable[str]:
    match part:
        case Path():
            return () if part.variable is None else (part.variable,)
        case PayloadTemplate() | FailText():
            return part.variables
        case _:  # in JSONata, written out, or absent
            return ()


def _parts(state: State) -> Iterator[_Part]:
    """Everything in `state` that may be evaluated."""
    yield from _flow_parts(state.flow)
    match state:
        case FailState():
            yield from (state.error, state.cause)
        case PassState() | SucceedState():
            pass
        case WaitState():
            yield from (state.seconds, state.timestamp)
        case ChoiceState():
            for branch in state.choices:
                yield from _rule_parts(branch.rule)
                yield from _flow_parts(branch.flow)
        case TaskState():
            yield from (state.credentials, state.timeout_seconds, state.heartbeat_seconds)
            yield from _catcher_parts(state.catchers)
        case ParallelState():
            yield from _catcher_parts(state.catchers)
        case MapState():
            yield from (state.items, state.item_selector, state.max_concurrency)
            if state.distribution is not None:
                yield from _distribution_parts(state.distribution)
            yield from _catcher_parts(state.catchers)
        case _:
            assert_never(state)


def _distribution_parts(distribution: Distribution) -> Iterator[_Part]:
    yield from (distribution.tolerated_failure_count, distribution.tolerated_failure_percentage)
    if distribution.reader is not None:
        yield from (distribution.reader.parameters, distribution.reader.config.max_items)
    if distribution.batcher is not None:
        batcher = distribution.batcher
        yield from (batcher.batch_input, batcher.max_items, batcher.max_input_bytes)
    if distribution.writer is not None:
        yield distribution.writer.parameters


def _flow_parts(flow: Flow) -> Iterator[_Part]:
    match flow:
        case PathFlow():
            yield from (flow.input_path, flow.parameters, flow.result_selector, flow.output_path, flow.assign)
        case JsonataFlow():
            pass
        case _:
            assert_never(flow)


def _catcher_parts(catchers: tuple[Catcher, ...]) -> Iterator[_Part]:
    for catcher in catchers:
        yield from _flow_parts(catcher.flow)


def _rule_parts(rule: ChoiceRule | Condition) -> Iterator[_Part]:
    match rule:
        case bool() | Expression():
            pass
        case _:
            yield from _rule_paths(rule)


def _rule_paths(rule: ChoiceRule) -> Iterator[Path]:
    match rule:
        case Comparison():
            yield rule.variable
            if isinstance(rule.operand, Path):
                yield rule.operand
        case And(rules) | Or(rules):
            for part in rules:
                yield from _rule_paths(part)
        case Not(negated):
            yield from _rule_paths(negated)
        case _:
            assert_never(rule)
