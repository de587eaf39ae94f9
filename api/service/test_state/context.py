"""The context object that a caller of TestState gives: which members it may have, and of which types (recorded)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from api.service.documents import read_document
from api.service.errors import ValidationException
from api.service.test_state.subject import Subject
from interpreter.inspection import FixedContext
from interpreter.values import JsonValue, is_number

_Kind: TypeAlias = Literal["a string", "a number", "any"]

_MEMBERS: Final[Mapping[str, Mapping[str, _Kind]]] = {
    "Execution": {
        "Id": "a string",
        "Input": "any",
        "Name": "a string",
        "RoleArn": "a string",
        "StartTime": "a string",
        "RedriveCount": "a number",
        "RedriveTime": "a string",
    },
    "State": {"EnteredTime": "a string", "Name": "a string", "RetryCount": "a number"},
    "StateMachine": {"Id": "a string", "Name": "a string"},
    "Task": {"Token": "a string"},
}


def read_context(text: str, subject: Subject) -> FixedContext:
    """The context object in `text`, which replaces the whole of the execution's own.

    Raises:
        ValidationException: it is not JSON, or has members that no context object has.
    """
    value = read_document(text, _invalid)
    if not isinstance(value, dict):
        raise _invalid("Context object must be an object")
    for name, member in value.items():
        _check_member(name, member, subject)
    return FixedContext(value)


def _check_member(name: str, value: JsonValue, subject: Subject) -> None:
    if name == "Map":
        raise _invalid("'Map' field is not supported when mocking a Context object")
    known = _MEMBERS.get(name)
    if known is None:
        raise _invalid(f"Field '{name}' is not allowed")
    if name == "Task" and not subject.waits():
        raise _invalid(
            "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken'"
            " service integration pattern"
        )
    if not isinstance(value, dict):
        raise _invalid(f"{name} must be an object")
    for field, member in value.items():
        if field not in known:
            raise _invalid(f"Field '{field}' is not allowed")
        if not _is(known[field], member):
            raise _invalid(f"{name}.{field} must be {known[field]}")


def _is(kind: _Kind, value: JsonValue) -> bool:
    match kind:
        case "a string":
            return isinstance(value, str)
        case "a number":
            return is_number(value)
        case "any":
            return True


def _invalid(reason: str) -> ValidationException:
    return ValidationException(f"Invalid Context object provided: {reason}")
