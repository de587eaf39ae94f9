"""The state that TestState runs: a definition of one state, or a state found in that of a whole machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from api.service.errors import InvalidDefinition, ValidationException
from api.service.modes import Mode
from interpreter.definition.diagnostics import Severity
from interpreter.definition.json_faults import JsonFault
from interpreter.definition.json_source import load_json
from interpreter.definition.model import (
    ActivityResource,
    Definition,
    Machine,
    MapState,
    ParallelState,
    ServiceResource,
    State,
    TaskPattern,
    TaskState,
)
from interpreter.definition.parse import examine
from interpreter.definition.resources import ResourceCatalog
from interpreter.limits import definition_quotas_of
from interpreter.values import JsonValue, json_text

STATE_NAME: Final = "StateName"
"""What the state under test is called in contexts and locations, whatever its name (recorded)."""

Mockable: TypeAlias = TaskState | ParallelState | MapState


@dataclass(frozen=True, slots=True)
class Subject:
    """The state under test; `in_map` where it stands inside a Map."""

    state: State
    in_map: bool

    @property
    def type(self) -> str:
        """Its type as the definition spells it."""
        return type(self.state).__name__.removesuffix("State")

    def definition(self) -> Definition:
        """A definition that has this state only; where it leads is for `Inspection` to tell."""
        return Definition(Machine(STATE_NAME, {STATE_NAME: self.state}), None, None)

    def waits(self) -> bool:
        """Whether it is a Task that waits for a job or a task token."""
        resource = self.state.resource if isinstance(self.state, TaskState) else None
        return isinstance(resource, ServiceResource) and resource.pattern is not TaskPattern.REQUEST_RESPONSE


def find_subject(text: str, state_name: str | None, catalog: ResourceCatalog, mode: Mode) -> Subject:
    """The state under test: the whole of `text`, or the state of that name in the machine that `text` is.

    Raises:
        InvalidDefinition: the definition is refused, with all errors found.
        ValidationException: the machine has no such state.
    """
    machine = text if state_name is not None else _machine_around(text)
    examination = examine(machine, catalog, machine_type="STANDARD", quotas=definition_quotas_of(mode))
    definition = examination.definition
    errors = [found for found in examination.diagnostics if found.severity is Severity.ERROR]
    if errors or definition is None:
        raise InvalidDefinition(errors)
    wanted = STATE_NAME if state_name is None else state_name
    for subject in _states(definition.machine, in_map=False):
        if subject.state.name == wanted:
            return subject
    raise ValidationException("State not found in definition")


def check_unmocked(subject: Subject) -> None:
    """Whether the state can be tested without a mock.

    Raises:
        InvalidDefinition: its type cannot.
        ValidationException: its resource cannot.
    """
    if isinstance(subject.state, ParallelState | MapState):
        raise InvalidDefinition.untestable()
    if isinstance(subject.state, TaskState):
        resource = subject.state.resource
        if subject.waits() or isinstance(resource, ActivityResource):
            raise ValidationException(f"TestState needs a mock for the resource {resource.arn}")


def _machine_around(text: str) -> str:
    """A machine of this one state, and of a Succeed for each that it leads to; text that is no object stays as it is.

    The text of the state stays as it is too, so that whatever is wrong with it is found.
    """
    try:
        state = load_json(text, unique_names=True) if text.strip() else None
    except (JsonFault, RecursionError):
        return text
    if not isinstance(state, dict):
        return text
    targets = dict.fromkeys(target for target in _targets(state) if target != STATE_NAME)
    ends = "".join(f', {json_text(target)}: {{"Type": "Succeed"}}' for target in targets)
    return f'{{"StartAt": "{STATE_NAME}", "States": {{"{STATE_NAME}": {text}{ends}}}}}'


def _targets(state: dict[str, JsonValue]) -> Iterator[str]:
    holders: list[JsonValue] = [state]
    for field in ("Choices", "Catch"):
        entries = state.get(field)
        holders += entries if isinstance(entries, list) else []
    for holder in holders:
        if isinstance(holder, dict):
            targets = (holder.get("Next"), holder.get("Default"))
            yield from (target for target in targets if isinstance(target, str))


def _states(machine: Machine, *, in_map: bool) -> Iterator[Subject]:
    for state in machine.states.values():
        yield Subject(state, in_map)
        if isinstance(state, ParallelState):
            for branch in state.branches:
                yield from _states(branch, in_map=in_map)
        elif isinstance(state, MapState):
            yield from _states(state.processor, in_map=True)
