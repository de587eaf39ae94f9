"""What the arguments of a Task must be, where its resource is ours to check: pure, in Step Functions' words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from activities.failures import unusable_arguments
from activities.function_routes import RESERVED_QUEUES
from activities.names import is_temporal_name
from interpreter.effects import TaskRequest
from interpreter.errors import StatesRuntime
from interpreter.values import JsonValue


def checked_fields(request: TaskRequest, known: Collection[str]) -> dict[str, JsonValue]:
    """The arguments, which must be an object with no other members. Raises: StatesRuntime."""
    if not isinstance(request.arguments, dict):
        raise unusable(request, "The value is not a JSON object")
    for field in request.arguments:
        if field not in known:
            raise unusable(request, f"The field {field!r} is not supported by Step Functions")
    return request.arguments


def required_text(request: TaskRequest, fields: dict[str, JsonValue], name: str) -> str:
    """A text that must be there, and not be empty. Raises: StatesRuntime."""
    value = fields.get(name)
    if value is None:
        raise unusable(request, f"The field {name!r} is required but was missing")
    if not isinstance(value, str) or not value:
        raise unusable(request, f"The value of the field {name!r} has an invalid format")
    return value


def optional_text(request: TaskRequest, fields: dict[str, JsonValue], name: str) -> str | None:
    """A text that is not empty where it is there. Raises: StatesRuntime."""
    return None if fields.get(name) is None else required_text(request, fields, name)


def temporal_fault(names: Mapping[str, str]) -> str | None:
    """What is wrong with the names of Temporal's that are arguments of a Task, by their fields; `TaskQueue` is one."""
    if names["TaskQueue"] in RESERVED_QUEUES:
        return f"The task queue {names['TaskQueue']!r} is reserved"
    for field, name in names.items():
        if not is_temporal_name(name):
            return f"The value of the field {field!r} has an invalid format"
    return None


def unusable(request: TaskRequest, reason: str) -> StatesRuntime:
    """The error of arguments that cannot be used."""
    return unusable_arguments(request.arguments, reason)
