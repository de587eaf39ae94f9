"""Texts that no database or no wire can keep, wherever an operation takes one: each is refused or does no harm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from botocore.model import ListShape, Shape, StringShape, StructureShape

from api.service.errors import ServiceError
from api.service.model import CONNECTION_OPERATIONS, EVENTS_PREFIX, input_shape, operation_names, service_model
from tests.api.service.installation import PASS, ROLE, Installation, execution_arn, install, machine_arn

TEXTS: Final = ["\0", "a\0b", "\ud800", '"\ud800"', "[" * 201 + "]" * 201, "9" * 80]
ACTIVITY: Final = "arn:aws:states:us-east-1:123456789012:activity:a"
BASIC: Final = {"BasicAuthParameters": {"Username": "u", "Password": "p"}}
VALUES: Final[dict[str, Any]] = {
    "activityArn": ACTIVITY,
    "definition": PASS,
    "executionArn": execution_arn("m", "e"),
    "mapRunArn": "arn:aws:states:us-east-1:123456789012:mapRun:m/label:1",
    "name": "m",
    "output": "1",
    "resourceArn": machine_arn("m"),
    "roleArn": ROLE,
    "routingConfiguration": [{"stateMachineVersionArn": machine_arn("m") + ":1", "weight": 100}],
    "stateMachineAliasArn": machine_arn("m") + ":x",
    "stateMachineArn": machine_arn("m"),
    "stateMachineVersionArn": machine_arn("m") + ":1",
    "tagKeys": ["k"],
    "tags": [{"key": "k", "value": "v"}],
    "taskToken": "t",
    "Name": "c",
    "AuthorizationType": "BASIC",
    "AuthParameters": BASIC,
}
EXISTING: Final[list[tuple[str, dict[str, Any]]]] = [
    ("CreateStateMachine", {"name": "m", "definition": PASS, "roleArn": ROLE, "publish": True}),
    ("CreateActivity", {"name": "a"}),
    ("StartExecution", {"stateMachineArn": machine_arn("m"), "name": "e"}),
    ("events:CreateConnection", {"Name": "c", "AuthorizationType": "BASIC", "AuthParameters": BASIC}),
]


def shape_of(operation: str) -> StructureShape:
    """What an operation takes, of either service."""
    if not operation.startswith(EVENTS_PREFIX):
        return input_shape(operation)
    shape = service_model("events").operation_model(operation.removeprefix(EVENTS_PREFIX)).input_shape
    assert shape is not None
    return shape


def with_text(shape: Shape, value: Any, text: str) -> Iterator[Any]:
    """The value of a shape again and again, each time with the text in another place where one may stand."""
    match shape:
        case StringShape():
            yield text
        case StructureShape():
            members = value if isinstance(value, dict) else {}
            for name, member in shape.members.items():
                for changed in with_text(member, members.get(name), text):
                    yield {**members, name: changed}
        case ListShape():
            item = value[0] if value else None
            yield from ([changed] for changed in with_text(shape.member, item, text))


async def code_of(installation: Installation, operation: str, params: dict[str, Any]) -> str:
    """How a call is answered: `OK`, or with which refusal; whatever else it fails with, the test does."""
    try:
        await installation.service.invoke(operation, params)
    except ServiceError as error:
        return error.code
    return "OK"


async def test_texts_of_calls(migrated: str, tmp_path: Path) -> None:
    codes = Counter[str]()
    async with install(tmp_path, url=migrated) as installation:
        installation.gateway.poll_seconds = 0
        for operation in sorted({*operation_names(), *CONNECTION_OPERATIONS}):
            for existing in EXISTING:
                await code_of(installation, *existing)
            shape = shape_of(operation)
            required = {name: VALUES[name] for name in shape.required_members if name in VALUES}
            for text in TEXTS:
                for params in with_text(shape, required, text):
                    codes[await code_of(installation, operation, params)] += 1
    assert codes.total() > 900
    assert codes["OK"] > 20
    assert "ServiceUnavailable" not in codes
