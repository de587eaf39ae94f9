"""JSON to botocore's parameters and back, on shapes of real APIs."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import OperationModel, ServiceModel, StructureShape
from botocore.response import StreamingBody

from activities.integrations.aws_shapes import (
    UnusableArgument,
    input_shape,
    output_shape,
    to_parameters,
    to_result,
    token_members,
    tokens,
)
from activities.java_names import member_name
from activities.service_models import model_loader
from interpreter.errors import StatesDataLimitExceeded
from interpreter.values import JsonValue


def model(folder: str, operation: str) -> OperationModel:
    return ServiceModel(model_loader().load_service_model(folder, "service-2")).operation_model(operation)


def takes(folder: str, operation: str) -> StructureShape | None:
    return input_shape(model(folder, operation))


def answers(folder: str, operation: str) -> StructureShape | None:
    return output_shape(model(folder, operation))


@dataclass(frozen=True)
class Parameters:
    name: str
    operation: tuple[str, str]
    arguments: dict[str, JsonValue]
    sent: dict[str, Any]


PARAMETERS = [
    Parameters(
        "camel case inside",
        ("ecs", "RunTask"),
        {"TaskDefinition": "t", "Overrides": {"ContainerOverrides": [{"Name": "c", "Environment": []}]}},
        {"taskDefinition": "t", "overrides": {"containerOverrides": [{"name": "c", "environment": []}]}},
    ),
    Parameters(
        "map keys are data",
        ("dynamodb", "PutItem"),
        {"Item": {"camelKey": {"B": "é"}, "Null": {"NULL": True}}},
        {"Item": {"camelKey": {"B": "é".encode()}, "Null": {"NULL": True}}},
    ),
    Parameters(
        "a time",
        ("cloudwatch", "GetMetricStatistics"),
        {"StartTime": "2026-11-22T10:00:00.5Z", "EndTime": 0, "Period": 60},
        {
            "StartTime": datetime(2026, 11, 22, 10, 0, 0, 500_000, tzinfo=UTC),
            "EndTime": datetime(1970, 1, 1, tzinfo=UTC),
            "Period": 60,
        },
    ),
    Parameters("null is absent", ("sqs", "SendMessage"), {"QueueUrl": "q", "MessageBody": None}, {"QueueUrl": "q"}),
    Parameters("a number for a text", ("sqs", "SendMessage"), {"MessageBody": 1}, {"MessageBody": "1"}),
    Parameters("null in a text", ("sqs", "SendMessage"), {"MessageBody": [None]}, {"MessageBody": "[null]"}),
]


@pytest.mark.parametrize("case", PARAMETERS, ids=lambda case: case.name)
def test_parameters(case: Parameters) -> None:
    assert to_parameters(takes(*case.operation), case.arguments, strict=True) == case.sent


@pytest.mark.parametrize(
    "operation, arguments, field",
    [
        (("sqs", "SendMessage"), {"DelaySeconds": "1"}, "DelaySeconds"),
        (("sqs", "SendMessage"), {"DelaySeconds": True}, "DelaySeconds"),
        (("sqs", "SendMessage"), {"DelaySeconds": 1.5}, "DelaySeconds"),
        (("sqs", "SendMessage"), {"MessageAttributes": []}, "MessageAttributes"),
        (("events", "PutEvents"), {"Entries": [{"Time": "tomorrow-ish"}]}, "Time"),
        (("events", "PutEvents"), {"Entries": [{"Time": 1e300}]}, "Time"),
        (("events", "PutEvents"), {"Entries": {}}, "Entries"),
        (("dynamodb", "GetItem"), {"ConsistentRead": "true"}, "ConsistentRead"),
    ],
)
def test_wrong_form(operation: tuple[str, str], arguments: dict[str, JsonValue], field: str) -> None:
    with pytest.raises(UnusableArgument, match=f"^The value of the field '{field}' has an invalid format$"):
        to_parameters(takes(*operation), arguments, strict=True)


def test_unknown_fields() -> None:
    shape = takes("sqs", "SendMessage")
    assert to_parameters(shape, {"MessageBody": "m", "Other": 1}, strict=False) == {"MessageBody": "m"}
    nested: dict[str, JsonValue] = {"MessageAttributes": {"a": {"other": 1}}}
    for strict in (True, False):
        with pytest.raises(UnusableArgument, match=r"^The field 'other' is not supported by Step Functions$"):
            to_parameters(shape, nested, strict=strict)


def test_result() -> None:
    answer = {
        "taskArn": "dropped: no member",
        "tasks": [{"createdAt": datetime(2026, 11, 22, 10, 0, 0, 1999, tzinfo=UTC), "containers": [], "cpu": "256"}],
        "failures": [],
        "ResponseMetadata": {},
    }
    assert to_result(answers("ecs", "RunTask"), answer) == {
        "Failures": [],
        "Tasks": [{"Containers": [], "Cpu": "256", "CreatedAt": "2026-11-22T10:00:00.001Z"}],
    }


def test_names_of_the_sdk_for_java() -> None:
    takes_sdk, answers_sdk = takes("rds", "DescribeDBInstances"), answers("rds", "DescribeDBInstances")
    for name in ("DbInstanceIdentifier", "DBInstanceIdentifier"):
        sent = to_parameters(takes_sdk, {name: "d"}, strict=True, spelling=member_name)
        assert sent == {"DBInstanceIdentifier": "d"}
    answer = {"DBInstances": [{"DBInstanceArn": "a", "DBSubnetGroup": {"VpcId": "v"}}]}
    assert to_result(answers_sdk, answer, spelling=member_name) == {
        "DbInstances": [{"DbInstanceArn": "a", "DbSubnetGroup": {"VpcId": "v"}}]
    }


def body(data: bytes) -> StreamingBody:
    return StreamingBody(io.BytesIO(data), len(data))


def test_streamed_body() -> None:
    result = to_result(answers("s3", "GetObject"), {"Body": body(b"a\xc3\xa9"), "ContentLength": 3, "ETag": '"e"'})
    assert list(result.items()) == [("ContentLength", 3), ("ETag", '"e"'), ("Body", "aé")]


def test_bytes_that_are_no_text_are_not_lost() -> None:
    data = b"\xff\xc3\xa9"
    assert to_result(answers("s3", "GetObject"), {"Body": body(data)}) == {"Body": "/8Op"}
    assert to_result(answers("kms", "Encrypt"), {"CiphertextBlob": data}) == {"CiphertextBlob": "/8Op"}


def test_streamed_body_without_end() -> None:
    with pytest.raises(StatesDataLimitExceeded):
        to_result(answers("s3", "GetObject"), {"Body": body(b"x" * (9 * 1024 * 1024))})


@pytest.mark.parametrize(
    "folder, operation, members",
    [
        ("ecs", "RunTask", ["clientToken"]),
        ("codebuild", "StartBuild", ["idempotencyToken"]),
        ("athena", "StartQueryExecution", ["ClientRequestToken"]),
        ("cloudformation", "CreateStack", ["ClientRequestToken"]),
        ("cloudformation", "DescribeStacks", []),
        ("greengrass", "CreateDeployment", ["AmznClientToken"]),
        ("backup", "CreateRestoreTestingPlan", ["CreatorRequestId"]),
        ("mturk", "CreateHIT", ["UniqueRequestToken"]),
        ("codepipeline", "PutThirdPartyJobSuccessResult", []),
        ("sqs", "SendMessage", []),
        ("sts", "GetCallerIdentity", []),
    ],
)
def test_members_that_are_tokens(folder: str, operation: str, members: list[str]) -> None:
    assert token_members(model(folder, operation)) == members


@pytest.mark.parametrize(
    "folder, operation, given",
    [
        ("ecs", "RunTask", {"clientToken": "6f2c7f0e-52d1-4f0f-8d6f-3a6b1f0f7c11"}),
        ("acm", "RequestCertificate", {"IdempotencyToken": "6f2c7f0e52d14f0f8d6f3a6b1f0f7c11"}),
        ("config", "StartResourceEvaluation", {"ClientToken": "6f2c7f0e52d14f0f8d6f3a6b1f0f7c11" * 2}),
        ("glue", "CreateDataQualityRuleset", {"ClientToken": "6f2c7f0e-52d1-4f0f-8d6f-3a6b1f0f7c11"}),
    ],
    ids=["usual", "short", "long", "a pattern of Java's"],
)
def test_tokens_that_the_api_takes(folder: str, operation: str, given: dict[str, str]) -> None:
    assert tokens(model(folder, operation), "6f2c7f0e-52d1-4f0f-8d6f-3a6b1f0f7c11") == given
