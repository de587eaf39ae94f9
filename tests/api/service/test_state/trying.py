"""States to test, and TestState through the service."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from api.service.errors import ServiceError
from tests.api.service.installation import Installation

FUNCTION: Final = "arn:aws:lambda:us-east-1:123456789012:function:f"
TASK: Final[dict[str, Any]] = {"Type": "Task", "Resource": FUNCTION, "Next": "After"}
BOOM: Final = {"errorOutput": {"error": "Boom", "cause": "why"}}
MAP: Final[dict[str, Any]] = {
    "Type": "Map",
    "ItemsPath": "$.items",
    "ItemProcessor": {
        "StartAt": "Inner",
        "States": {"Inner": {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}},
    },
    "End": True,
}
PARALLEL: Final[dict[str, Any]] = {
    "Type": "Parallel",
    "Branches": [
        {"StartAt": "L", "States": {"L": {"Type": "Pass", "End": True}}},
        {"StartAt": "R", "States": {"R": {"Type": "Pass", "End": True}}},
    ],
    "ResultPath": "$.r",
    "End": True,
}
MACHINE: Final = {"StartAt": "M", "States": {"M": MAP | {"End": True}}}
CUT_OFF = (
    "Unexpected end-of-input: expected close marker for Object (start marker at "
    '[Source: (String)"{"; line: 1, column: 1])'
)


async def try_state(installation: Installation, definition: Any, **params: Any) -> dict[str, Any]:
    """Call TestState; documents are given and returned as values."""
    texts = {name: json.dumps(params[name]) for name in ("input", "variables", "context") if name in params}
    answer: dict[str, Any] = await installation.call("TestState", definition=json.dumps(definition), **params | texts)
    if "output" in answer:
        answer["output"] = json.loads(answer["output"])
    data = answer.get("inspectionData", {})
    for name, value in data.items():
        if isinstance(value, str):
            data[name] = json.loads(value)
    return answer


async def refused(installation: Installation, definition: Any, **params: Any) -> tuple[str, str]:
    """The error code and the message that a call of TestState is answered with."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    with pytest.raises(ServiceError) as raised:
        await installation.call("TestState", definition=text, **params)
    return raised.value.code, raised.value.message


def result(value: Any, **more: Any) -> dict[str, Any]:
    """The parameter with a mocked result."""
    return {"mock": {"result": json.dumps(value), **more}}
