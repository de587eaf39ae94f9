"""The door's answers without HTTP: what a Task that calls Step Functions itself gets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from api.access.tasks import TaskPermissions, parse_task_policy
from api.aws_json.in_process import InProcessDoor
from api.service.arns import Arns
from api.service.config import ServiceConfig
from interpreter.values import JsonValue
from tests.api.service.installation import Installation


@dataclass(frozen=True)
class Case:
    name: str
    target: str
    body: bytes
    status: int
    answer: dict[str, Any]


MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:payroll"
START = json.dumps({"stateMachineArn": f"{MACHINE}:live"}).encode()

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


async def test_what_tasks_may_do(installation: Installation) -> None:
    policy: JsonValue = {"Statement": [{"Effect": "Allow", "Action": "states:ListActivities", "Resource": "*"}]}
    permissions = TaskPermissions(parse_task_policy(policy), Arns(ServiceConfig()))
    door = InProcessDoor(installation.service, permissions)
    status, _, body = await door.answer("AWSStepFunctions.ListActivities", b"{}")
    assert (status, json.loads(body)) == (200, {"activities": []})
    status, headers, body = await door.answer("AWSStepFunctions.StartExecution", START)
    assert (status, headers["x-amzn-ErrorType"]) == (400, "AccessDeniedException")
    message = json.loads(body)["message"]
    assert message.startswith("User: the Tasks of this installation (setting task_policy) is not authorized to perform")
    assert f"states:StartExecution on resource: {MACHINE} because no identity-based policy" in message
    status, headers, _ = await door.answer("AWSStepFunctions.NoSuchOperation", b"{}")
    assert headers["x-amzn-ErrorType"] == "UnknownOperationException"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_answer(case: Case, installation: Installation) -> None:
    status, headers, body = await InProcessDoor(installation.service).answer(case.target, case.body)
    assert (status, json.loads(body)) == (case.status, case.answer)
    assert headers.get("x-amzn-ErrorType") == case.answer.get("__type")
    assert len(headers["x-amzn-RequestId"]) == 36
