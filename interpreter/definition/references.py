"""Which variables each state of a definition reads: `variableReferences` of DescribeStateMachine.

Recorded: states of inner machines stand under their own names beside the others; a state that reads none is left out;
variables that are only assigned do not count; the names of one state are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from interpreter.choice_rules import And, ChoiceRule, Comparison, Not, Or
from interpreter.dataflow.template import FailText, PayloadTemplate
from interpreter.definition.model import (
    Catcher,
    ChoiceState,
    Definition,
    FailState,
    Machine,
    MapState,
    ParallelState,
    PassState,
    State,
    SucceedState,
    TaskState,
    WaitState,
)
from interpreter.jsonpath import Path


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


def _variables(part: Path | PayloadTemplate | FailText | None) -> Iterable[str]:
    match part:
        case None:
            return ()
        case Path():
            return () if part.variable is None else (part.variable,)
        case _:
            return part.variables


def _parts(state: State) -> Iterator[Path | PayloadTemplate | FailText | None]:
    """Everything in `state` that is evaluated."""
    match state:
        case FailState():
            yield from (state.error_path, state.cause_path)
            return
        case SucceedState():
            pass
        case PassState():
            yield from (state.parameters, state.assign)
        case WaitState():
            yield from (state.seconds_path, state.timestamp_path, state.assign)
        case ChoiceState():
            yield state.assign
            for branch in state.choices:
                yield from _rule_paths(branch.rule)
                yield branch.assign
        case TaskState():
            yield from (state.parameters, state.result_selector, state.assign, state.credentials)
            yield from (state.timeout_seconds_path, state.heartbeat_seconds_path)
            yield from _catcher_parts(state.catchers)
        case ParallelState():
            yield from (state.parameters, state.result_selector, state.assign)
            yield from _catcher_parts(state.catchers)
        case MapState():
            yield from (state.items_path, state.max_concurrency_path)
            yield from (state.item_selector, state.result_selector, state.assign)
            yield from _catcher_parts(state.catchers)
        case _:
            assert_never(state)
    yield from (state.input_path, state.output_path)


def _catcher_parts(catchers: tuple[Catcher, ...]) -> Iterator[PayloadTemplate | None]:
    return (catcher.assign for catcher in catchers)


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
