"""What TestState refuses (messages as recorded of AWS)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.api.service.installation import ROLE, Installation
from tests.api.service.test_state.trying import BOOM, CUT_OFF, MACHINE, MAP, PARALLEL, TASK, refused, result


@dataclass(frozen=True)
class Refusal:
    """A call that is refused."""

    name: str
    definition: Any
    params: dict[str, Any]
    message: str
    code: str = "ValidationException"


PASS: Final = {"Type": "Pass", "End": True}
UNSUPPORTED: Final = (
    "TestState API does not support Map or Parallel states. Supported state types include: "
    "[Task, Wait, Pass, Succeed, Fail, Choice]"
)
REFUSALS = [
    Refusal("no role", TASK, {}, "RoleArn must be specified when testing a Task state"),
    Refusal("a Map", MAP, {"roleArn": ROLE}, UNSUPPORTED, "InvalidDefinition"),
    Refusal("a Parallel", PARALLEL, {"roleArn": ROLE}, UNSUPPORTED, "InvalidDefinition"),
    Refusal("a mocked Pass", PASS, result({}), "State type 'Pass' is not supported when a mock is specified"),
    Refusal(
        "both",
        TASK,
        {"mock": BOOM | {"result": "{}"}},
        "A test mock should have only one of the following fields: [result, errorOutput].",
    ),
    Refusal(
        "secrets",
        TASK,
        {"mock": BOOM, "revealSecrets": True},
        "TestState does not support RevealSecrets when a mock is specified.",
    ),
    Refusal("no JSON", TASK, {"mock": {"result": "{"}}, "Mocked result must be valid JSON"),
    Refusal("no array", MAP, {"input": '{"items": []}'} | result({}), "Mocked result must be an array."),
    Refusal(
        "wrong count",
        PARALLEL,
        result([1]),
        "Mocked result must contain the same number of items as number of Parallel branches.",
    ),
    Refusal(
        "failures without mock",
        MAP,
        {"stateConfiguration": {"mapIterationFailureCount": 0}},
        "TestState does not support MapIterationFailureCount when a mock is not specified.",
    ),
    Refusal(
        "too many failures",
        MAP,
        {"stateConfiguration": {"mapIterationFailureCount": 2}} | result([1]),
        "Map iteration failure count must be less than or equal to the number of Map iterations",
    ),
    Refusal("unknown state", MACHINE, {"stateName": "X"}, "State not found in definition"),
    Refusal(
        "no type",
        {"Type": "What", "End": True},
        {},
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these "
        "values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/StateName/Type'",
        "InvalidDefinition",
    ),
    Refusal(
        "no object",
        "[]",
        {},
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null'",
        "InvalidDefinition",
    ),
    Refusal(
        "no input",
        PASS,
        {"input": ""},
        "Invalid State Machine Execution Input: 'Invalid execution input.'",
        "InvalidExecutionInput",
    ),
    Refusal(
        "an input that is nested too deeply",
        PASS,
        {"input": "[" * 300 + "]" * 300},
        "Invalid State Machine Execution Input: 'arrays and objects are nested more than 200 deep'",
        "InvalidExecutionInput",
    ),
    Refusal(
        "wrong field of a result",
        TASK | {"Resource": "arn:aws:states:::events:putEvents", "Parameters": {}},
        result({"Entries": [{"EventId": []}]}),
        "Mock result schema validation error: Field 'EventId' must be a string",
    ),
    Refusal(
        "missing field of a result",
        TASK | {"Resource": "arn:aws:states:::states:startExecution", "Parameters": {}},
        result({"executionArn": "a"}),
        "Mock result schema validation error: Required field 'ExecutionArn' is missing",
    ),
    Refusal(
        "a callback without mock",
        TASK | {"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {}},
        {"roleArn": ROLE},
        "TestState needs a mock for the resource arn:aws:states:::lambda:invoke.waitForTaskToken",
    ),
    Refusal("variables", PASS, {"variables": "[]"}, "Invalid variables provided: variables must be an object"),
    Refusal("variables that are no JSON", PASS, {"variables": "{"}, "Invalid variables provided: " + CUT_OFF),
    Refusal(
        "variables that are nested too deeply",
        PASS,
        {"variables": "[" * 300 + "]" * 300},
        "Invalid variables provided: arrays and objects are nested more than 200 deep",
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
async def test_refusal(installation: Installation, case: Refusal) -> None:
    assert await refused(installation, case.definition, **case.params) == (case.code, case.message)
