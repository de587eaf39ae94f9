"""Which functions of a definition wait for a function host: without one, their Tasks would wait for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from activities.function_names import parse_function_name
from activities.function_routes import TemporalRoute, function_route
from activities.names import FUNCTIONS_QUEUE
from interpreter.definition.model import LambdaFunctionResource, ServiceResource
from interpreter.definition.resources import parse_resource
from interpreter.values import JsonValue, parse_json

COMPUTED: Final = "(a computed name)"
"""Stands for functions whose names only the execution will know."""


def hosted_functions(definition: str, functions: JsonValue) -> list[str]:
    """The functions, each once and by name, that the Tasks of a valid definition call on the functions queue.

    Args:
        definition: JSON text without errors.
        functions: the setting that says how functions are reached.
    """
    found = {_hosted(task, functions) for task in _tasks(parse_json(definition))}
    return sorted(name for name in found if name is not None)


def _tasks(machine: JsonValue) -> Iterator[dict[str, JsonValue]]:
    states = machine.get("States") if isinstance(machine, dict) else None
    for state in states.values() if isinstance(states, dict) else ():
        if not isinstance(state, dict):
            continue
        if state.get("Type") == "Task":
            yield state
        branches = state.get("Branches")
        for inner in (
            *(branches if isinstance(branches, list) else ()),
            state.get("ItemProcessor"),
            state.get("Iterator"),
        ):
            yield from _tasks(inner)


def _hosted(task: dict[str, JsonValue], functions: JsonValue) -> str | None:
    text = _function_text(task)
    if text == COMPUTED:
        return None if isinstance(functions, dict) or not _is_hosted(functions, None) else COMPUTED
    name = None if text is None else parse_function_name(text)
    if name is None:  # no function; or a name that fails at once
        return None
    return name.name if _is_hosted(functions, text) else None


def _function_text(task: dict[str, JsonValue]) -> str | None:
    """What a Task names as its function; None for a Task on anything else."""
    arn = task.get("Resource")
    match parse_resource(arn) if isinstance(arn, str) else None:
        case LambdaFunctionResource(arn=arn):
            return arn
        case ServiceResource(service="lambda", action="invoke"):
            given = task.get("Parameters", task.get("Arguments"))
            text = given.get("FunctionName") if isinstance(given, dict) else None
            return text if isinstance(text, str) and not text.startswith("{%") else COMPUTED
        case _:
            return None


def _is_hosted(functions: JsonValue, text: str | None) -> bool:
    route = function_route(functions, None if text is None else parse_function_name(text))
    return route == TemporalRoute(FUNCTIONS_QUEUE, "ours")
