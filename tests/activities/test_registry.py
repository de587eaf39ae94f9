"""Which resources validation lets through."""

from __future__ import annotations

import json

import pytest

from activities.registry import Registry
from interpreter.definition.resources import parse_resource
from interpreter.definition.validate import validate_definition

SUPPORTED, UNKNOWN = True, False


@pytest.mark.parametrize(
    "arn, wanted",
    [
        ("arn:aws:lambda:us-east-1:123456789012:function:f:live", SUPPORTED),
        ("arn:aws:states:us-east-1:123456789012:activity:a", SUPPORTED),
        ("arn:aws:states:::lambda:invoke", SUPPORTED),
        ("arn:aws:states:::lambda:invoke.waitForTaskToken", SUPPORTED),
        ("arn:aws:states:::lambda:invoke.sync", UNKNOWN),
        ("arn:aws:states:::lambda:invokeAsync", UNKNOWN),
        ("arn:aws:states:::temporal:activity", SUPPORTED),
        ("arn:aws:states:::temporal:activity.waitForTaskToken", SUPPORTED),
        ("arn:aws:states:::temporal:activity.sync", UNKNOWN),
        ("arn:aws:states:::temporal:workflow", SUPPORTED),
        ("arn:aws:states:::temporal:workflow.sync", SUPPORTED),
        ("arn:aws:states:::temporal:workflow.sync:2", UNKNOWN),
        ("arn:aws:states:::temporal:workflow.waitForTaskToken", SUPPORTED),
        ("arn:aws:states:::dynamodb:getItem", SUPPORTED),
        ("arn:aws:states:::dynamodb:query", UNKNOWN),
        ("arn:aws:states:::dynamodb:getItem.waitForTaskToken", UNKNOWN),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", SUPPORTED),
        ("arn:aws:states:::sqs:sendMessage.sync", UNKNOWN),
        ("arn:aws:states:::sns:publish", SUPPORTED),
        ("arn:aws:states:::events:putEvents.waitForTaskToken", SUPPORTED),
        ("arn:aws:states:::states:startExecution.sync:2", SUPPORTED),
        ("arn:aws:states:::glue:startJobRun.sync", SUPPORTED),
        ("arn:aws:states:::eks:createCluster.sync", SUPPORTED),
        ("arn:aws:states:::eks:runJob.sync", SUPPORTED),
        ("arn:aws:states:::eks:call", SUPPORTED),
        ("arn:aws:states:::glue:startJobRun.sync:2", UNKNOWN),
        ("arn:aws:states:::http:invoke", SUPPORTED),
        ("arn:aws:states:::grpc:call", SUPPORTED),
        ("arn:aws:states:::grpc:call.waitForTaskToken", SUPPORTED),
        ("arn:aws:states:::sql:query", SUPPORTED),
        ("arn:aws:states:::sql:query.waitForTaskToken", UNKNOWN),
        ("arn:aws:states:::kubernetes:job", SUPPORTED),
        ("arn:aws:states:::kubernetes:job.sync", SUPPORTED),
        ("arn:aws:states:::kubernetes:job.waitForTaskToken", UNKNOWN),
        ("arn:aws:states:::http:invoke.waitForTaskToken", UNKNOWN),
        ("arn:aws:states:::apigateway:invoke", SUPPORTED),
        ("arn:aws:states:::apigateway:invoke.waitForTaskToken", SUPPORTED),
        ("arn:aws:states:::apigateway:invoke.sync", UNKNOWN),
        ("arn:aws:states:::nosuch:invoke", UNKNOWN),
        ("arn:aws:states:::aws-sdk:s3:getObject", SUPPORTED),
        ("arn:aws:states:::aws-sdk:s3:getObject.waitForTaskToken", SUPPORTED),
        ("arn:aws:states:::aws-sdk:s3:getObject.sync", UNKNOWN),
        ("arn:aws:states:::aws-sdk:s3:getobject", UNKNOWN),
        ("arn:aws:states:::aws-sdk:s3:selectObjectContent", UNKNOWN),
        ("arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", SUPPORTED),
        ("arn:aws:states:::aws-sdk:cloudwatchlogs:putLogEvents", SUPPORTED),
        ("arn:aws:states:::aws-sdk:bedrockruntime:invokeModel", SUPPORTED),
        ("arn:aws:states:::aws-sdk:bedrockruntime:invokeModelWithResponseStream", UNKNOWN),
        ("arn:aws:states:::aws-sdk:eventbridge:putEvents", SUPPORTED),
        ("arn:aws:states:::aws-sdk:events:putEvents", UNKNOWN),
        ("arn:aws:states:::aws-sdk:logs:putLogEvents", UNKNOWN),
        ("arn:aws:states:::aws-sdk:simpledb:listDomains", SUPPORTED),
        ("arn:aws:states:::aws-sdk:stepfunctions:sendTaskSuccess", UNKNOWN),
    ],
)
def test_has(arn: str, wanted: bool) -> None:
    resource = parse_resource(arn)
    assert resource is not None
    assert Registry().has(resource) is wanted


@pytest.mark.parametrize(
    "arn, wanted",
    [
        ("arn:aws:states:::aws-sdk:events:putEvents", SUPPORTED),
        ("arn:aws:states:::aws-sdk:s3:getObject.sync", UNKNOWN),
        ("arn:aws:states:::dynamodb:query", UNKNOWN),
    ],
)
def test_stored_definitions_may_name_what_earlier_releases_took(arn: str, wanted: bool) -> None:
    resource = parse_resource(arn)
    assert resource is not None
    assert Registry(stored=True).has(resource) is wanted


HINTS = {
    "lamda:invoke": "lambda:invoke",
    "sqs:sendMesage": "sqs:sendMessage",
    "dynamodb:putItme": "dynamodb:putItem",
    "dynamodb:query": "aws-sdk:dynamodb:query",
    "dynamodb:scan": "aws-sdk:dynamodb:scan",
    "s3:getObject": "aws-sdk:s3:getObject",
    "s3:getObjct": "aws-sdk:s3:getObject",
    "secretsmanager:getSecretValue": "aws-sdk:secretsmanager:getSecretValue",
    "ec2:describeInstances": "aws-sdk:ec2:describeInstances",
    "glue:startJobRunn.sync": "glue:startJobRun.sync",
    "lambda:invoke.sync": "lambda:invoke",
    "aws-sdk:s3:getObjct": "aws-sdk:s3:getObject",
    "aws-sdk:s3:unlike": None,
    "aws-sdk:events:putEvents": "aws-sdk:eventbridge:putEvents",
    "aws-sdk:logs:putLogEvents": "aws-sdk:cloudwatchlogs:putLogEvents",
    "aws-sdk:stepfunctions:startExecution": "aws-sdk:sfn:startExecution",
    "aws-sdk:nothing:getObject": None,
    "unlike:anything": None,
}


@pytest.mark.parametrize("name", HINTS)
def test_a_misspelt_resource_is_guessed(name: str) -> None:
    state = {"Type": "Task", "Resource": f"arn:aws:states:::{name}", "End": True}
    [found] = validate_definition(json.dumps({"StartAt": "S", "States": {"S": state}}), Registry())
    meant = HINTS[name]
    assert found.hint == (None if meant is None else f"did you mean 'arn:aws:states:::{meant}'?")
