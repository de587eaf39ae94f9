"""Tests of the operations on task tokens."""

from __future__ import annotations

from typing import Any

import pytest

from api.service.errors import InvalidOutput, InvalidToken, ServiceError, ServiceUnavailable
from tests.api.service.installation import Installation

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("SendTaskSuccess", {"output": "{}"}),
    ("SendTaskFailure", {}),
    ("SendTaskHeartbeat", {}),
]


async def test_success(installation: Installation) -> None:
    installation.gateway.tasks["t"] = None
    assert await installation.call("SendTaskSuccess", taskToken="t", output='{"a": [1.5, null]}') == {}
    assert installation.gateway.tasks["t"] == {"output": {"a": [1.5, None]}}


@pytest.mark.parametrize("params", [{}, {"error": ""}, {"error": "E", "cause": "C"}], ids=str)
async def test_failure_keeps_absent_and_empty_apart(installation: Installation, params: dict[str, Any]) -> None:
    installation.gateway.tasks["t"] = None
    assert await installation.call("SendTaskFailure", taskToken="t", **params) == {}
    assert installation.gateway.tasks["t"] == {"error": params.get("error"), "cause": params.get("cause")}


async def test_heartbeat(installation: Installation) -> None:
    installation.gateway.tasks["t"] = None
    assert await installation.call("SendTaskHeartbeat", taskToken="t") == {}
    assert installation.gateway.heartbeats == ["t"]


@pytest.mark.parametrize("operation, params", CALLS, ids=str)
async def test_tokens(installation: Installation, operation: str, params: dict[str, Any]) -> None:
    installation.gateway.tasks["done"] = {"output": 1}
    errors = []
    for token in ("garbage", "done"):
        with pytest.raises(ServiceError) as caught:
            await installation.call(operation, taskToken=token, **params)
        errors.append((caught.value.code, caught.value.message))
    assert errors == [
        ("InvalidToken", "Invalid Token: 'Invalid token'"),
        ("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'"),
    ]
    installation.gateway.available = False
    with pytest.raises(ServiceUnavailable):
        await installation.call(operation, taskToken="done", **params)


@pytest.mark.parametrize(
    "output",
    ["", "{", "NaN", "x" * 100, "[" * 100_000, "[" * 201 + "]" * 201],
    ids=["empty", "{", "NaN", "xxxxx", "[[[[[", "201 levels"],
)
async def test_output_that_is_not_json(installation: Installation, output: str) -> None:
    installation.gateway.tasks["t"] = None
    with pytest.raises(InvalidOutput, match=r"^Invalid Output: '.+'$"):
        await installation.call("SendTaskSuccess", taskToken="t", output=output)
    assert installation.gateway.tasks["t"] is None


async def test_a_bad_token_before_a_bad_output(installation: Installation) -> None:
    with pytest.raises(InvalidToken):
        await installation.call("SendTaskSuccess", taskToken="garbage", output="{")
