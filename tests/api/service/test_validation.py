"""Tests of ValidateStateMachineDefinition."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.api.service.installation import DISTRIBUTED, PASS, Installation

CALLBACK = json.dumps(
    {
        "StartAt": "A",
        "States": {
            "A": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}},
                "End": True,
            }
        },
    }
)
WARNED = json.dumps(
    {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x": "$.a", "y": "$.b"}, "End": True}}}
)
LOST = json.dumps({"StartAt": "A", "States": {name: {"Type": "Pass", "Next": f"{name}1"} for name in "ABC"}})


@dataclass(frozen=True)
class Case:
    name: str
    definition: str
    result: str
    codes: list[str]
    truncated: bool = False
    params: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case("good", PASS, "OK", []),
    Case("blank", " ", "FAIL", ["SCHEMA_VALIDATION_FAILED"]),
    Case("no JSON", "not a definition", "FAIL", ["INVALID_JSON_DESCRIPTION"]),
    Case("warnings are not asked for", WARNED, "OK", []),
    Case("warnings", WARNED, "OK", ["NO_DOLLAR", "NO_DOLLAR"], params={"severity": "WARNING"}),
    Case("some", WARNED, "OK", ["NO_DOLLAR"], truncated=True, params={"severity": "WARNING", "maxResults": 1}),
    Case("zero is a hundred", WARNED, "OK", ["NO_DOLLAR"] * 2, params={"severity": "WARNING", "maxResults": 0}),
    Case("a Distributed Map", DISTRIBUTED, "OK", []),
    Case("what cannot run", DISTRIBUTED, "OK", ["NOT_SUPPORTED_YET"], params={"severity": "WARNING"}),
    Case("a Distributed Map in EXPRESS", DISTRIBUTED, "FAIL", ["SCHEMA_VALIDATION_FAILED"], params={"type": "EXPRESS"}),
    Case("a callback", CALLBACK, "OK", []),
    Case("a callback in EXPRESS", CALLBACK, "FAIL", ["SCHEMA_VALIDATION_FAILED"], params={"type": "EXPRESS"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_validate(installation: Installation, case: Case) -> None:
    answer = await installation.call("ValidateStateMachineDefinition", definition=case.definition, **case.params)
    codes = [each["code"] for each in answer["diagnostics"]]
    assert (answer["result"], codes, answer["truncated"]) == (case.result, case.codes, case.truncated)


async def test_a_finding_says_where(installation: Installation) -> None:
    answer = await installation.call("ValidateStateMachineDefinition", definition='{"StartAt": "A"}')
    assert answer["diagnostics"] == [
        {
            "severity": "ERROR",
            "code": "SCHEMA_VALIDATION_FAILED",
            "message": "These fields are required: [States]",
            "location": "/",
        }
    ]


async def test_errors_count_even_where_they_are_cut_off(installation: Installation) -> None:
    answer = await installation.call("ValidateStateMachineDefinition", definition=LOST, maxResults=1)
    assert (answer["result"], len(answer["diagnostics"]), answer["truncated"]) == ("FAIL", 1, True)
