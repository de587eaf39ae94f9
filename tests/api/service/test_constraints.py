"""Tests of `api.service.constraints`: what is refused, in whose words."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from api.service.constraints import check
from api.service.errors import SerializationException, ValidationException
from interpreter.values import JsonValue

MUST = "failed to satisfy constraint: Member must"


@dataclass(frozen=True)
class Case:
    name: str
    operation: str
    params: dict[str, JsonValue]
    message: str


ROUTES: JsonValue = [{"stateMachineVersionArn": f"arn:{n}", "weight": n} for n in (50, 101, 1)]

CASES = [
    Case(
        "number too big",
        "ListStateMachines",
        {"maxResults": 1001},
        f"1 validation error detected: Value '1001' at 'maxResults' {MUST} have value less than or equal to 1000",
    ),
    Case(
        "number too small",
        "ListStateMachines",
        {"maxResults": -1},
        f"1 validation error detected: Value '-1' at 'maxResults' {MUST} have value greater than or equal to 0",
    ),
    Case(
        "text too long",
        "DescribeExecution",
        {"executionArn": "x" * 257},
        f"1 validation error detected: Value '{'x' * 257}' at 'executionArn' {MUST} have length less than or equal"
        " to 256",
    ),
    Case(
        "text too short",
        "DescribeExecution",
        {"executionArn": ""},
        f"1 validation error detected: Value '' at 'executionArn' {MUST} have length greater than or equal to 1",
    ),
    Case(
        "sensitive text, measured in bytes",
        "SendTaskFailure",
        {"taskToken": "t", "error": "é" * 128 + "x"},
        f"1 validation error detected: Value at 'error' {MUST} have length less than or equal to 256",
    ),
    Case(
        "description with a NUL",
        "PublishStateMachineVersion",
        {"stateMachineArn": "arn", "description": "a\0"},
        f"1 validation error detected: Value at 'description' {MUST} not contain NUL",
    ),
    Case(
        "tag key with a NUL",
        "UntagResource",
        {"resourceArn": "arn", "tagKeys": ["a", "\0"]},
        f"1 validation error detected: Value '\0' at 'tagKeys.2.member' {MUST} not contain NUL",
    ),
    Case(
        "pattern",
        "RedriveExecution",
        {"executionArn": "a", "clientToken": "a b"},
        f"1 validation error detected: Value 'a b' at 'clientToken' {MUST} satisfy regular expression pattern: [!-~]+",
    ),
    Case(
        "pattern in Java's words",
        "StartExecution",
        {"stateMachineArn": "a", "traceHeader": "é"},
        f"1 validation error detected: Value 'é' at 'traceHeader' {MUST} satisfy regular expression pattern:"
        r" \p{ASCII}*",
    ),
    Case(
        "enum in the recorded order",
        "ListExecutions",
        {"statusFilter": "succeeded"},
        f"1 validation error detected: Value 'succeeded' at 'statusFilter' {MUST} satisfy enum value set:"
        " [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
    ),
    Case(
        "missing, and null",
        "SendTaskSuccess",
        {"output": None},
        f"2 validation errors detected: Value null at 'taskToken' {MUST} not be null; Value null at 'output' {MUST}"
        " not be null",
    ),
    Case(
        "inside a structure",
        "CreateStateMachine",
        {"name": "n", "definition": "{}", "roleArn": "r", "loggingConfiguration": {"level": "SOME"}},
        f"1 validation error detected: Value 'SOME' at 'loggingConfiguration.level' {MUST} satisfy enum value set:"
        " [ALL, ERROR, FATAL, OFF]",
    ),
    Case(
        "inside a list, and the list itself",
        "CreateStateMachineAlias",
        {"name": "a", "routingConfiguration": ROUTES},
        "2 validation errors detected: Value '[RoutingConfigurationListItem(stateMachineVersionArn=arn:50, weight=50),"
        " RoutingConfigurationListItem(stateMachineVersionArn=arn:101, weight=101),"
        " RoutingConfigurationListItem(stateMachineVersionArn=arn:1, weight=1)]' at 'routingConfiguration'"
        f" {MUST} have length less than or equal to 2;"
        f" Value '101' at 'routingConfiguration.2.member.weight' {MUST} have value less than or equal to 100",
    ),
    Case(
        "null in a list",
        "UntagResource",
        {"resourceArn": "a", "tagKeys": [None]},
        f"1 validation error detected: Value null at 'tagKeys.1.member' {MUST} not be null",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_breaches(case: Case) -> None:
    with pytest.raises(ValidationException) as caught:
        check(case.operation, case.params)
    assert (caught.value.message, caught.value.members) == (case.message, {})


@dataclass(frozen=True)
class TypeCase:
    name: str
    operation: str
    params: dict[str, JsonValue]


TYPES = [
    TypeCase("number for text", "DescribeExecution", {"executionArn": 1}),
    TypeCase("object for text", "DescribeExecution", {"executionArn": {}}),
    TypeCase("text for number", "ListStateMachines", {"maxResults": "1"}),
    TypeCase("boolean for number", "ListStateMachines", {"maxResults": True}),
    TypeCase("fraction for whole number", "ListStateMachines", {"maxResults": 0.5}),
    TypeCase("infinity", "ListStateMachines", {"maxResults": float("inf")}),
    TypeCase("more than 32 bits", "ListStateMachines", {"maxResults": 2**31}),
    TypeCase("more than 64 bits", "UpdateMapRun", {"mapRunArn": "a", "toleratedFailureCount": 1e300}),
    TypeCase("text for number with fraction", "UpdateMapRun", {"mapRunArn": "a", "toleratedFailurePercentage": "1"}),
    TypeCase("text for boolean", "GetExecutionHistory", {"executionArn": "a", "reverseOrder": "true"}),
    TypeCase("object for list", "UntagResource", {"resourceArn": "a", "tagKeys": {}}),
    TypeCase("list for object", "UpdateStateMachine", {"stateMachineArn": "a", "tracingConfiguration": []}),
    TypeCase("half a surrogate pair", "DescribeExecution", {"executionArn": "\ud800"}),
    TypeCase("half a surrogate pair", "GetActivityTask", {"activityArn": "a", "workerName": "\ud800"}),
]


@pytest.mark.parametrize("case", TYPES, ids=lambda case: case.name)
def test_wrong_types(case: TypeCase) -> None:
    with pytest.raises(SerializationException):
        check(case.operation, case.params)


def test_what_is_returned() -> None:
    given: dict[str, JsonValue] = {
        "stateMachineArn": "a",
        "definition": None,
        "loggingConfiguration": {"level": None, "destinations": [{"x": 1}]},
        "unknown": 1,
    }
    assert check("UpdateStateMachine", given) == {
        "stateMachineArn": "a",
        "loggingConfiguration": {"destinations": [{}]},
    }


@pytest.mark.parametrize("length", [262_143, 262_144])
def test_input_of_the_largest_size_in_bytes(length: int) -> None:
    text = '"' + "é" * ((length - 2) // 2) + "x" * (length % 2) + '"'
    assert len(text.encode()) == length
    assert check("StartExecution", {"stateMachineArn": "a", "input": text})["input"] == text


def test_one_byte_more_is_for_those_to_refuse_who_know_the_mode() -> None:
    text = '"' + "é" * 131_071 + 'x"'
    assert check("StartExecution", {"stateMachineArn": "a", "input": text})["input"] == text


def test_one_byte_more_is_told_beside_other_breaches() -> None:
    with pytest.raises(ValidationException) as caught:
        check("StartExecution", {"input": '"' + "é" * 131_071 + 'x"'})
    assert caught.value.message == (
        f"2 validation errors detected: Value null at 'stateMachineArn' {MUST} not be null; "
        f"Value at 'input' {MUST} have length less than or equal to 262144"
    )
