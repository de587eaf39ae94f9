"""`steploom:aws-call` through the real botocore, against moto's server and a small Lambda API."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.aws_calls import AwsCall
from activities.function_calls import request_id_of
from activities.integrations.aws_service import AwsService
from interpreter.values import JsonValue
from tests.support.fake_lambda_api import fake_lambda_api, refusal

TABLE = {"TableName": "t"}
ITEM = {"id": {"S": "1"}, "n": {"N": "2"}, "l": {"L": [{"BOOL": True}, {"NULL": True}]}}
SDK_ITEM = {"id": {"S": "1"}, "n": {"N": "2"}, "l": {"L": [{"Bool": True}, {"Nul": True}]}}
KEY = {"id": {"S": "1"}}


async def call(
    service: str,
    action: str,
    arguments: dict[str, Any],
    aws_service: AwsService | None = None,
    environment: ActivityEnvironment | None = None,
) -> Any:
    argument = AwsCall(service=service, action=action, arguments=arguments).to_json()
    return await (environment or ActivityEnvironment()).run((aws_service or AwsService("us-east-1")).invoke, argument)


async def failure(
    service: str, action: str, arguments: dict[str, Any], aws_service: AwsService | None = None
) -> tuple[str, str]:
    with pytest.raises(ApplicationError) as raised:
        await call(service, action, arguments, aws_service)
    detail = raised.value.details[0]
    return detail["error"], detail["cause"]


def client(name: str) -> Any:
    return boto3.client(name, region_name="us-east-1")  # type: ignore[call-overload]  # any name


@pytest.fixture
def table(aws: str) -> None:
    client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def queue(aws: str) -> str:
    url: str = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    return url


# ---------------------------------------------------------------- aws-sdk


async def test_sdk_results(table: None) -> None:
    assert await call("aws-sdk:dynamodb", "putItem", {**TABLE, "Item": ITEM}) == {}
    assert await call("aws-sdk:dynamodb", "getItem", {**TABLE, "Key": KEY}) == {"Item": SDK_ITEM}
    found = await call(
        "aws-sdk:dynamodb",
        "query",
        {**TABLE, "KeyConditionExpression": "id = :i", "ExpressionAttributeValues": {":i": {"S": "1"}}},
    )
    assert list(found.items()) == [("Count", 1), ("Items", [SDK_ITEM]), ("ScannedCount", 1)]


async def test_a_service_by_the_name_that_earlier_releases_took(aws: str) -> None:
    assert await call("aws-sdk:cognitoidp", "listUserPools", {"MaxResults": 1}) == {"UserPools": []}


async def test_empty_lists_are_kept(aws: str) -> None:
    assert await call("aws-sdk:secretsmanager", "listSecrets", {}) == {"SecretList": []}


@pytest.mark.parametrize(
    "body, stored",
    [("text", "text"), ("", ""), ({"Dict": ["é"]}, '{"Dict":["é"]}'), ([1], "[1]"), (True, "true"), (1.5, "1.5")],
    ids=str,
)
async def test_objects(body: JsonValue, stored: str, aws: str) -> None:
    await call("aws-sdk:s3", "createBucket", {"Bucket": "bucket"})
    await call("aws-sdk:s3", "putObject", {"Bucket": "bucket", "Key": "k", "Body": body, "Metadata": {"a": "b"}})
    result = await call("aws-sdk:s3", "getObject", {"Bucket": "bucket", "Key": "k"})
    assert (list(result)[-1], result["Body"]) == ("Body", stored)
    assert (result["ContentLength"], result["Metadata"]) == (len(stored.encode()), {"a": "b"})
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", result["LastModified"])
    assert not [name for name in result if name.startswith("Checksum")]


async def test_idempotency_token(aws: str) -> None:
    environment = ActivityEnvironment()
    secret = {"Name": "s", "SecretString": {"a": 1}}
    created = await call("aws-sdk:secretsmanager", "createSecret", secret, environment=environment)
    assert created["VersionId"] == request_id_of(environment.info.activity_id)
    value = await call("aws-sdk:secretsmanager", "getSecretValue", {"SecretId": "s"})
    assert value["SecretString"] == '{"a":1}'


@dataclass(frozen=True)
class Failure:
    name: str
    service: str
    action: str
    arguments: dict[str, Any]
    error: str
    cause: str


SDK_TAIL = r"Request ID: [^,;)]+\)"
S3_TAIL = r"\(Service: S3, Status Code: 404, Request ID: [^,;)]+, Extended Request ID: [^,;)]+\)"
COUNTED = r" \(SDK Attempt Count: 1\)"
V1_TAIL = r"Request ID: [^;]+; Proxy: null\)"
UNUSABLE = r"The Parameters '\{.*\}' could not be used to start the Task: "

FAILURES = [
    Failure(
        "sdk, no such bucket",
        "aws-sdk:s3",
        "getObject",
        {"Bucket": "missing", "Key": "k"},
        "S3.NoSuchBucketException",
        rf"The specified bucket does not exist {S3_TAIL}",
    ),
    Failure(
        "sdk, nothing but a status of an object",
        "aws-sdk:s3",
        "headObject",
        {"Bucket": "missing", "Key": "k"},
        "S3.NoSuchKeyException",
        rf"null {S3_TAIL}",
    ),
    Failure(
        "sdk, nothing but a status of a bucket",
        "aws-sdk:s3",
        "headBucket",
        {"Bucket": "missing"},
        "S3.NoSuchBucketException",
        rf"null {S3_TAIL}",
    ),
    Failure(
        "sdk, modelled",
        "aws-sdk:dynamodb",
        "getItem",
        {"TableName": "missing", "Key": KEY},
        "DynamoDb.ResourceNotFoundException",
        rf"Requested resource not found \(Service: DynamoDb, Status Code: 400, {SDK_TAIL}",
    ),
    Failure(
        "sdk, not modelled",
        "aws-sdk:dynamodb",
        "getItem",
        {"TableName": "t", "Key": {}},
        "DynamoDb.DynamoDbException",
        rf".+ \(Service: DynamoDb, Status Code: 400, {SDK_TAIL}",
    ),
    Failure(
        "sdk, of 2025",
        "aws-sdk:ssm",
        "getParameter",
        {"Name": "missing"},
        "Ssm.ParameterNotFoundException",
        rf"Parameter missing not found. \(Service: Ssm, Status Code: 400, {SDK_TAIL}{COUNTED}",
    ),
    Failure(
        "sdk, a fault",
        "aws-sdk:rds",
        "describeDBInstances",
        {"DbInstanceIdentifier": "missing"},
        "Rds.DbInstanceNotFoundException",
        rf"DBInstance missing not found. \(Service: Rds, Status Code: 404, {SDK_TAIL}{COUNTED}",
    ),
    Failure(
        "sdk, an action that botocore no longer has",
        "aws-sdk:sqs",
        "sendFax",
        {},
        "Sqs.SdkClientException",
        "Unable to execute HTTP request: botocore's model of sqs has no operation 'sendFax'",
    ),
    Failure(
        "sdk, a service that botocore no longer has",
        "aws-sdk:fax",
        "send",
        {},
        "Fax.SdkClientException",
        "Unable to execute HTTP request: Unknown service: 'fax'.*",
    ),
    Failure(
        "sdk, unknown field",
        "aws-sdk:sqs",
        "listQueues",
        {"Prefix": "a"},
        "States.Runtime",
        rf"{UNUSABLE}\[The field 'Prefix' is not supported by Step Functions\]",
    ),
    Failure(
        "sdk, camel case",
        "aws-sdk:ecs",
        "listClusters",
        {"maxResults": 1},
        "States.Runtime",
        rf"{UNUSABLE}\[The field 'maxResults' is not supported by Step Functions\]",
    ),
    Failure(
        "sdk, no place to go",
        "aws-sdk:s3",
        "getObject",
        {"Bucket": "b", "Key": None},
        "States.Runtime",
        rf"{UNUSABLE}\[The field 'Key' is required but was missing\]",
    ),
    Failure(
        "optimized, modelled",
        "dynamodb",
        "getItem",
        {"TableName": "missing", "Key": KEY},
        "DynamoDB.ResourceNotFoundException",
        r"Requested resource not found "
        rf"\(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; {V1_TAIL}",
    ),
    Failure(
        "optimized, not modelled",
        "dynamodb",
        "getItem",
        {"TableName": "t", "Key": {}},
        "DynamoDB.AmazonDynamoDBException",
        rf".+ \(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ValidationException; {V1_TAIL}",
    ),
    Failure(
        "sns, not found",
        "sns",
        "publish",
        {"TopicArn": "arn:aws:sns:us-east-1:123456789012:missing", "Message": "m"},
        "SNS.NotFoundException",
        rf".+ \(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; {V1_TAIL}",
    ),
    Failure(
        "sqs, no such host",
        "sqs",
        "sendMessage",
        {"QueueUrl": "http://queues.invalid/1/q", "MessageBody": "m"},
        "SQS.SdkClientException",
        r"Unable to execute HTTP request: queues\.invalid: .+",
    ),
]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.name)
async def test_failure(case: Failure, table: None) -> None:
    error, cause = await failure(case.service, case.action, case.arguments)
    assert error == case.error
    assert re.fullmatch(case.cause, cause), cause


# ---------------------------------------------------------------- optimized


async def test_dynamodb(table: None) -> None:
    written = await call("dynamodb", "putItem", {**TABLE, "Item": ITEM, "Unknown": 1})
    assert list(written) == ["SdkHttpMetadata", "SdkResponseMetadata"]
    update = {**TABLE, "Key": KEY, "UpdateExpression": "SET a = :a", "ReturnValues": "UPDATED_NEW"}
    updated = await call("dynamodb", "updateItem", {**update, "ExpressionAttributeValues": {":a": {"S": "x"}}})
    assert updated["Attributes"] == {"a": {"S": "x"}}
    deleted = await call("dynamodb", "deleteItem", {**TABLE, "Key": KEY, "ReturnValues": "ALL_OLD"})
    assert deleted["Attributes"] == {**ITEM, "a": {"S": "x"}}
    read = await call("dynamodb", "getItem", {**TABLE, "Key": KEY})
    http = read["SdkHttpMetadata"]
    assert list(read) == ["SdkHttpMetadata", "SdkResponseMetadata"]
    assert (list(http), http["HttpStatusCode"]) == (["AllHttpHeaders", "HttpHeaders", "HttpStatusCode"], 200)
    assert http["AllHttpHeaders"] == {name: [value] for name, value in http["HttpHeaders"].items()}
    assert http["HttpHeaders"]["x-amzn-RequestId"] == read["SdkResponseMetadata"]["RequestId"]


@pytest.mark.parametrize("body, sent", [("text", "text"), ({"a": [1, None]}, '{"a":[1,null]}'), (True, "true")])
async def test_sqs(body: JsonValue, sent: str, queue: str) -> None:
    result = await call("sqs", "sendMessage", {"QueueUrl": queue, "MessageBody": body, "Unknown": 1})
    assert list(result) == ["MD5OfMessageBody", "MessageId", "SdkHttpMetadata", "SdkResponseMetadata"]
    received = await call("aws-sdk:sqs", "receiveMessage", {"QueueUrl": queue})
    assert [message["Body"] for message in received["Messages"]] == [sent]


async def test_sns(queue: str) -> None:
    topic = client("sns").create_topic(Name="t")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q")
    result = await call("sns", "publish", {"TopicArn": topic, "Message": {"a": 1}, "Subject": None})
    assert list(result) == ["MessageId", "SdkHttpMetadata", "SdkResponseMetadata"]
    (message,) = client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(message["Body"])["Message"] == '{"a":1}'


async def test_events(aws: str) -> None:
    entry = {"Source": "s", "DetailType": "d", "Detail": {"a": 1}, "Time": "2026-11-22T10:00:00Z"}
    result = await call("events", "putEvents", {"Entries": [entry]})
    assert (list(result), result["FailedEntryCount"], len(result["Entries"])) == (["Entries", "FailedEntryCount"], 0, 1)


async def test_glue_repeats_the_name_of_the_job(aws: str) -> None:
    client("glue").create_job(Name="j", Role="r", Command={"Name": "glueetl"})
    assert list(await call("glue", "startJobRun", {"JobName": "j"})) == ["JobName", "JobRunId"]


async def test_an_event_that_fails(aws: str) -> None:
    error, cause = await failure("events", "putEvents", {"Entries": [{"DetailType": "d", "Detail": "{}"}]})
    answer = json.loads(cause)
    assert (error, answer["FailedEntryCount"]) == ("EventBridge.FailedEntry", 1)
    assert answer["Entries"][0]["ErrorCode"] == "InvalidArgument"


# ---------------------------------------------------------------- the way there and back


@pytest.mark.parametrize("service, prefix", [("aws-sdk:dynamodb", "DynamoDb"), ("dynamodb", "DynamoDB")])
async def test_nobody_listens(service: str, prefix: str, aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{port}")
        assert await failure(service, "getItem", {**TABLE, "Key": KEY}) == (
            f"{prefix}.SdkClientException",
            f"Unable to execute HTTP request: 127.0.0.1:{port}: Connection refused",
        )


async def test_one_attempt_is_one_call(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with fake_lambda_api() as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", api.endpoint)
        api.replies["f"] = refusal(503, "ServiceUnavailable", "later")
        error, _ = await failure("aws-sdk:lambda", "invoke", {"FunctionName": "f", "Payload": {"a": 1}})
        assert (error, [request.body for request in api.requests]) == ("Lambda.LambdaException", [b'{"a":1}'])


async def test_heartbeats_while_it_runs_and_stops_when_cancelled(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with fake_lambda_api() as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", api.endpoint)
        api.held.clear()
        environment, beats = ActivityEnvironment(), asyncio.Queue[None]()
        environment.info = dataclasses.replace(environment.info, heartbeat_timeout=timedelta(seconds=0.3))
        environment.on_heartbeat = lambda *_: beats.put_nowait(None)
        invoked = call("aws-sdk:lambda", "invoke", {"FunctionName": "f"}, environment=environment)
        running = asyncio.create_task(invoked)
        await api.arrived.wait()
        await beats.get()
        await beats.get()
        environment.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        api.held.set()


class Own:
    """A Step Functions that knows one task token."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, JsonValue]] = []

    async def answer(self, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        params = json.loads(body)
        self.calls.append((target, params))
        headers = {"x-amzn-RequestId": "r"}
        if params["taskToken"] == "good":
            return 200, headers, b"{}"
        return 400, headers, b'{"__type":"InvalidToken","message":"Invalid Token: \'Invalid token\'"}'


async def test_step_functions_is_this_installation(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    own = Own()
    service = AwsService("us-east-1", own=own)
    assert await call("aws-sdk:sfn", "sendTaskSuccess", {"TaskToken": "good", "Output": {"a": 1}}, service) == {}
    assert own.calls == [("AWSStepFunctions.SendTaskSuccess", {"taskToken": "good", "output": '{"a":1}'})]
    assert await failure("aws-sdk:sfn", "sendTaskFailure", {"TaskToken": "bad"}, service) == (
        "Sfn.InvalidTokenException",
        "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: r) (SDK Attempt Count: 1)",
    )


async def test_another_step_functions(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", aws)
    own = Own()
    assert await call("aws-sdk:sfn", "listActivities", {}, AwsService("us-east-1", own=own)) == {"Activities": []}
    assert own.calls == []
