"""Which states wait for a callback that nobody within the execution sends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from api.cli.callbacks import states_without_answer

ASK = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {}, "End": True}
SEND = ASK | {"Resource": "arn:aws:states:::sqs:sendMessage"}
ANSWER = ASK | {"Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess"}
FUNCTION = ASK | {"Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def parallel(*branches: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": list(branches), "End": True}


@dataclass(frozen=True)
class Case:
    id: str
    definition: dict[str, Any]
    waiting: list[str]


@pytest.mark.parametrize(
    "case",
    [
        Case("none", machine(A=SEND, B=FUNCTION, C={"Type": "Succeed"}), []),
        Case("callbacks", machine(A=SEND, B=ASK, C=ASK), ["B", "C"]),
        Case("in a branch", machine(P=parallel(machine(A=SEND), machine(B=ASK))), ["B"]),
        Case("in a Map", machine(M={"Type": "Map", "ItemProcessor": machine(B=ASK), "End": True}), ["B"]),
        Case("answered by a branch", machine(P=parallel(machine(A=ASK), machine(B=ANSWER))), []),
    ],
    ids=lambda case: case.id,
)
def test_states_without_answer(case: Case) -> None:
    assert states_without_answer(json.dumps(case.definition)) == case.waiting
