"""The door's answers without HTTP: what a Task that calls Step Functions itself gets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from api.aws_json.in_process import InProcessDoor
from tests.api.service.installation import Installation


@dataclass(frozen=True)
class Case:
    name: str
    target: str
    body: bytes
    status: int
    answer: dict[str, Any]


CASES = [
    Case("an answer", "AWSStepFunctions.ListActivities", b"{}", 200, {"activities": []}),
    Case(
        "a refusal",
        "AWSStepFunctions.SendTaskFailure",
        b'{"taskToken": "malformed"}',
        400,
        {"__type": "InvalidToken", "message": "Invalid Token: 'Invalid token'"},
    ),
    Case(
        "no JSON",
        "AWSStepFunctions.ListActivities",
        b"{",
        400,
        {"__type": "SerializationException", "message": "The body is not JSON in UTF-8"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_answer(case: Case, installation: Installation) -> None:
    status, headers, body = await InProcessDoor(installation.service).answer(case.target, case.body)
    assert (status, json.loads(body)) == (case.status, case.answer)
    assert headers.get("x-amzn-ErrorType") == case.answer.get("__type")
    assert len(headers["x-amzn-RequestId"]) == 36
