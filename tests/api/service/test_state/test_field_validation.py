"""Mocked results against the shapes of botocore's models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest

from api.service.errors import ValidationException
from api.service.test_state.field_validation import check_result
from api.service.test_state.response_shapes import response_shape, spelling_of
from interpreter.definition.resources import parse_resource
from interpreter.values import JsonValue


@dataclass(frozen=True)
class Case:
    """A resource's mocked result; `fault` None where it is let pass."""

    resource: str
    result: JsonValue
    fault: str | None
    mode: Literal["STRICT", "PRESENT"] = "STRICT"


CASES = [
    Case("aws-sdk:kms:encrypt", {"CiphertextBlob": 123}, "Field 'CiphertextBlob' must be a string"),
    Case(
        "dynamodb:putItem",
        {"ConsumedCapacity": {"CapacityUnits": "1"}},
        "Field 'CapacityUnits' must be a number",
        "PRESENT",
    ),
    Case("dynamodb:getItem", {"Item": {"k": {"BOOL": "x"}}}, "Field 'BOOL' must be a boolean"),
    Case("dynamodb:getItem", {"Item": {"k": {"L": [{"S": "a"}, {"M": {"z": {"N": "1"}}}]}}}, None),
    Case("dynamodb:getItem", {"Item": {"k": "x"}}, "Field 'k' must be an object"),
    Case("events:putEvents", {"Entries": "x"}, "Field 'Entries' must be an array"),
    Case("events:putEvents", {"random": 1}, None),
    Case("events:putEvents", {"Entries": None}, None),
    Case("states:startExecution", {"ExecutionArn": "a", "StartDate": 1}, "Field 'StartDate' must be a string"),
    Case("states:startExecution", {}, None, "PRESENT"),
    Case("states:startExecution.sync", {"Status": "DONE"}, "Required field 'ExecutionArn' is missing"),
    Case("states:startExecution.sync:2", {"Status": "DONE"}, "Field 'Status' is not an expected value", "PRESENT"),
    Case("glue:startJobRun.sync", {"JobRun": {"Attempt": "1"}}, "Field 'Attempt' must be a number"),
    Case(
        "aws-sdk:sfn:describeMapRun",
        {"MaxConcurrency": -1},
        "Field 'MaxConcurrency' is less than the minimum value",
        "PRESENT",
    ),
    Case("aws-sdk:rds:describeDBInstances", {"DbInstances": "x"}, "Field 'DbInstances' must be an array"),
    Case("aws-sdk:rds:describeDBInstances", {"DBInstances": "x"}, None),
    Case("lambda:invoke", {"StatusCode": "200"}, "Field 'StatusCode' must be a number"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.resource} {case.mode} {case.result}")
def test_result(case: Case) -> None:
    resource = parse_resource(f"arn:aws:states:::{case.resource}")
    assert resource is not None
    shape = response_shape(resource)
    assert shape is not None
    if case.fault is None:
        check_result(shape, case.result, case.mode, frozenset(), spelling_of(resource))
        return
    with pytest.raises(ValidationException) as raised:
        check_result(shape, case.result, case.mode, frozenset(), spelling_of(resource))
    assert raised.value.message == f"Mock result schema validation error: {case.fault}"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:states:::http:invoke",
        "arn:aws:states:::apigateway:invoke",
        "arn:aws:states:::eks:call",
        "arn:aws:states:::ecs:runTask.sync",
        "arn:aws:states:::states:startExecution.waitForTaskToken",
        "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken",
        "arn:aws:lambda:us-east-1:123456789012:function:f",
    ],
)
def test_no_shape(arn: str) -> None:
    resource = parse_resource(arn)
    assert resource is not None
    assert response_shape(resource) is None
