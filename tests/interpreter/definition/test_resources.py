"""The grammar of Resource."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from interpreter.definition.model import (
    ActivityResource,
    LambdaFunctionResource,
    ServiceResource,
    TaskPattern,
    TaskResource,
)
from interpreter.definition.resources import parse_resource


@dataclass(frozen=True)
class Case:
    arn: str
    resource: TaskResource | None


def service(arn: str, name: str, action: str, pattern: TaskPattern = TaskPattern.REQUEST_RESPONSE) -> Case:
    return Case(arn, ServiceResource(arn, name, action, pattern))


def function(arn: str) -> Case:
    return Case(arn, LambdaFunctionResource(arn))


CASES = [
    service("arn:aws:states:::lambda:invoke", "lambda", "invoke"),
    service("arn:aws-us-gov:states:::sqs:sendMessage", "sqs", "sendMessage"),
    service("arn:aws:states:::lambda:invoke.waitForTaskToken", "lambda", "invoke", TaskPattern.WAIT_FOR_TASK_TOKEN),
    service("arn:aws:states:::states:startExecution.sync", "states", "startExecution", TaskPattern.SYNC),
    service("arn:aws:states:::states:startExecution.sync:2", "states", "startExecution", TaskPattern.SYNC_2),
    service("arn:aws:states:::aws-sdk:s3:getObject", "aws-sdk:s3", "getObject"),
    service(
        "arn:aws:states:::aws-sdk:sfn:startExecution.waitForTaskToken",
        "aws-sdk:sfn",
        "startExecution",
        TaskPattern.WAIT_FOR_TASK_TOKEN,
    ),
    service("arn:aws:states:::emr-serverless:startJobRun", "emr-serverless", "startJobRun"),
    service("arn:aws:states:::temporal:activity", "temporal", "activity"),
    function("arn:aws:lambda:eu-west-1:123456789012:function:work"),
    function("arn:aws:lambda:eu-west-1:123456789012:function:work:$LATEST"),
    function("arn:aws:lambda:your-region:your-account-id:function:work"),  # recorded: the account is not looked at
    Case(
        "arn:aws-cn:states:cn-north-1:123456789012:activity:Prüfung",
        ActivityResource("arn:aws-cn:states:cn-north-1:123456789012:activity:Prüfung"),
    ),
    Case("", None),
    Case("work", None),
    Case("arn:aws:states:::lambda", None),
    Case("arn:aws:states:::lambda:invoke.waitfortasktoken", None),
    Case("arn:aws:states:us-east-1:123456789012:stateMachine:m", None),
    Case("arn:aws:lambda:eu-west-1::function:work", None),
    Case("arn:aws:lambda:eu-west-1:123456789012:function:work\n", None),
    Case("arn:aws:states:us-east-1:123456789012:activity:a b", None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case.arn))
def test_parse_resource(case: Case) -> None:
    assert parse_resource(case.arn) == case.resource
