"""Arguments of AWS's services that are refused when a definition is created."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from activities import registry
from activities.aws_arguments import aws_argument_faults
from activities.registry import Registry
from interpreter.definition.arguments import OPEN, Known
from interpreter.definition.model import ServiceResource
from interpreter.definition.resources import parse_resource


@dataclass(frozen=True)
class Case:
    name: str
    resource: str
    arguments: Known
    faults: list[str] = field(default_factory=list)


def _unknown(name: str) -> str:
    return f"The field '{name}' is not supported by Step Functions"


def _missing(name: str) -> str:
    return f"The field '{name}' is required but was missing"


def _invalid(name: str) -> str:
    return f"The value of the field '{name}' has an invalid format"


ONE_BODY = "There should be one of the following fields: [Body, Input]"

CASES = [
    Case("all open", "aws-sdk:s3:getObject", OPEN),
    Case("right", "aws-sdk:s3:getObject", {"Bucket": OPEN, "Key": "k"}),
    Case("missing", "aws-sdk:s3:getObject", {"Bucket": "b"}, [_missing("Key")]),
    Case("unknown", "aws-sdk:s3:getObject", {"Bucket": "b", "Key": "k", "bucket": 1}, [_unknown("bucket")]),
    Case("no object", "aws-sdk:s3:getObject", ["b"], ["The value is not a JSON object"]),
    Case("texts take any JSON", "aws-sdk:s3:putObject", {"Bucket": "b", "Key": "k", "Body": {"x": OPEN}}),
    Case("tokens are ours to give", "aws-sdk:athena:startQueryExecution", {"QueryString": "q"}),
    Case(
        "deep inside",
        "aws-sdk:dynamodb:putItem",
        {"TableName": "t", "Item": {"id": {"S": OPEN, "Q": 1}, "b": {"BOOL": "yes"}, "l": {"L": {}}}},
        [_unknown("Item.id.Q"), _invalid("Item.b.BOOL"), _invalid("Item.l.L")],
    ),
    Case("a name of the SDK for Java", "aws-sdk:rds:startDBInstance", {"DbInstanceIdentifier": "d"}),
    Case("that name as the API has it", "aws-sdk:rds:startDBInstance", {"DBInstanceIdentifier": "d"}),
    Case("that name is missing", "aws-sdk:rds:startDBInstance", {}, [_missing("DbInstanceIdentifier")]),
    Case(
        "attributes of the SDK for Java",
        "aws-sdk:dynamodb:putItem",
        {"TableName": "t", "Item": {"a": {"Bool": True}, "b": {"Ss": ["x"]}, "c": {"Nul": "x"}}},
        [_invalid("Item.c.Nul")],
    ),
    Case(
        "attributes of the SDK for Java in an optimized integration",
        "dynamodb:putItem",
        {"TableName": "t", "Item": {"a": {"Bool": True}, "b": {"BOOL": True}}},
        [_unknown("Item.a.Bool")],
    ),
    Case(
        "a number",
        "aws-sdk:sqs:receiveMessage",
        {"QueueUrl": "q", "WaitTimeSeconds": "1"},
        [_invalid("WaitTimeSeconds")],
    ),
    Case("a number is open", "aws-sdk:sqs:receiveMessage", {"QueueUrl": "q", "WaitTimeSeconds": OPEN}),
    Case("SQS drops what it does not know", "sqs:sendMessage", {"QueueUrl": "q", "MessageBody": "m", "Other": 1}),
    Case("SQS needs a body", "sqs:sendMessage", {"QueueUrl": "q"}, [_missing("MessageBody")]),
    Case("a job", "glue:startJobRun.sync", {"JobName": "j", "Arguments": {"--a": "b"}}),
    Case("a job without name", "glue:startJobRun.sync", {"Name": "j"}, [_unknown("Name"), _missing("JobName")]),
    Case("PascalCase of a camelCase API", "ecs:runTask.sync", {"TaskDefinition": "t", "LaunchType": "FARGATE"}),
    Case(
        "camelCase itself",
        "ecs:runTask.sync",
        {"taskDefinition": "t"},
        [_unknown("taskDefinition"), _missing("TaskDefinition")],
    ),
    Case("Step Functions' own names", "elasticmapreduce:addStep.sync", {"ClusterId": "c", "Step": {}}),
    Case(
        "the API's names",
        "elasticmapreduce:addStep",
        {"JobFlowId": "c"},
        [_unknown("JobFlowId"), _missing("ClusterId"), _missing("Step")],
    ),
    Case("a model", "bedrock:invokeModel", {"ModelId": "m", "Body": {"prompt": OPEN}}),
    Case("a model, in S3", "bedrock:invokeModel", {"ModelId": "m", "Input": {"S3Uri": OPEN}, "Output": OPEN}),
    Case("a model, no body", "bedrock:invokeModel", {"ModelId": "m"}, [ONE_BODY]),
    Case(
        "a model, two bodies",
        "bedrock:invokeModel",
        {"ModelId": "m", "Body": OPEN, "Input": {"S3uri": "s3://b/k"}, "Output": "s3://b/k"},
        [_unknown("Input.S3uri"), _missing("Input.S3Uri"), f"{_invalid('Output')}; wanted is an object", ONE_BODY],
    ),
    Case("nested", "states:startExecution.sync:2", {"StateMachineArn": OPEN, "Input": {"a": 1}, "Name": OPEN}),
    Case("function", "lambda:invoke", {"FunctionName": "f", "Payload": [1], "Qualifier": OPEN, "LogType": "Tail"}),
    Case("function, open", "lambda:invoke", OPEN),
    Case("function by a path", "lambda:invoke.waitForTaskToken", {"FunctionName": OPEN, "Payload": {"t": OPEN}}),
    Case("function, nulls", "lambda:invoke", {"FunctionName": "f", "Payload": None, "Qualifier": None}),
    Case(
        "function, misspelt",
        "lambda:invoke.waitForTaskToken",
        {"Functionname": "f", "Payload": {}},
        [_unknown("Functionname"), _missing("FunctionName")],
    ),
    Case("function, none", "lambda:invoke", {}, [_missing("FunctionName")]),
    Case("function, no object", "lambda:invoke", "f", ["The value is not a JSON object"]),
    Case(
        "function, no texts",
        "lambda:invoke",
        {"FunctionName": "", "Qualifier": 1, "ClientContext": {"a": OPEN}},
        [_invalid("FunctionName"), _invalid("Qualifier"), _invalid("ClientContext")],
    ),
    Case("nested, wrong", "states:startExecution", {"Arn": "a"}, [_unknown("Arn"), _missing("StateMachineArn")]),
]


def _resource(text: str) -> ServiceResource:
    resource = parse_resource(f"arn:aws:states:::{text}")
    assert isinstance(resource, ServiceResource)
    return resource


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_faults(case: Case) -> None:
    assert [fault.message for fault in aws_argument_faults(_resource(case.resource), case.arguments)] == case.faults


def test_stored_definitions_are_not_looked_at() -> None:
    assert list(Registry(stored=True).check_arguments(_resource("glue:startJobRun"), {})) == []
    assert list(Registry().check_arguments(_resource("glue:startJobRun"), {})) != []


def test_every_action_is_known() -> None:
    """Whatever the catalogue lets through has arguments that can be looked at, and so an operation to call."""
    for service, entry in registry._OPTIMIZED.items():
        for action in entry.actions:
            list(Registry().check_arguments(_resource(f"{service}:{action}"), {}))
