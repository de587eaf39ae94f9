"""Which states of a definition wait for an answer that only somebody outside of the execution can send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from interpreter.definition.model import ServiceResource, TaskPattern
from interpreter.definition.resources import parse_resource
from interpreter.definition.visit import StateVisit, visit_machines
from interpreter.values import JsonValue, parse_json

_ANSWERS: Final = frozenset({"sendTaskSuccess", "sendTaskFailure"})


def states_without_answer(definition: str) -> list[str]:
    """The states that wait for a callback; none where the definition sends answers itself, through `aws-sdk:sfn`.

    Args:
        definition: JSON text without errors.
    """
    waiting = []
    for state, resource in _services(cast("dict[str, JsonValue]", parse_json(definition))):
        if resource.service == "aws-sdk:sfn" and resource.action in _ANSWERS:
            return []
        if resource.pattern is TaskPattern.WAIT_FOR_TASK_TOKEN:
            waiting.append(state.name)
    return waiting


def _services(definition: dict[str, JsonValue]) -> Iterator[tuple[StateVisit, ServiceResource]]:
    for machine in visit_machines(definition):
        for state in machine.states.values():
            arn = state.members.get("Resource")
            resource = parse_resource(arn) if isinstance(arn, str) else None
            if state.type == "Task" and isinstance(resource, ServiceResource):
                yield state, resource
