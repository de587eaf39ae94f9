"""`bedrock:invokeModel` with its body and its answer in S3: moto's server is S3, a plain server the model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import boto3
import pytest

from activities.integrations import stored_bodies
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue
from tests.support.aws_calls import call_aws
from tests.support.faulty_server import FaultyServer, faulty_server


@pytest.fixture
async def model(aws: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FaultyServer]:
    async with faulty_server() as server:
        server.body = b'{"text": "hello"}'
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url)
        _s3().create_bucket(Bucket="bodies")
        yield server


def _s3() -> Any:
    return boto3.client("s3", region_name="us-east-1")


async def invoke(**arguments: JsonValue) -> Any:
    return await call_aws("bedrock", "invokeModel", {"ModelId": "m", **arguments})


async def test_input(model: FaultyServer) -> None:
    _s3().put_object(Bucket="bodies", Key="in/a", Body=b"\xffimage", ContentType="image/png")
    answer = await invoke(Input={"S3Uri": "s3://bodies/in/a"})
    assert answer == {"Body": {"text": "hello"}, "ContentType": "application/json"}
    assert (model.seen_bodies[0], model.seen_headers[0]["content-type"]) == (b"\xffimage", "image/png")
    await invoke(Input={"S3Uri": "s3://bodies/in/a"}, ContentType="image/other")
    assert model.seen_headers[1]["content-type"] == "image/other"


async def test_output(model: FaultyServer) -> None:
    model.body = b"\xff" * 300_000
    model.headers = {"Content-Type": "image/png"}
    answer = await invoke(Body={"prompt": "a"}, Output={"S3Uri": "s3://bodies/out/a"})
    assert answer == {"Body": "s3://bodies/out/a", "ContentType": "image/png"}
    assert (model.seen_bodies[0], model.seen_headers[0]["content-type"]) == (b'{"prompt":"a"}', "application/json")
    kept = _s3().get_object(Bucket="bodies", Key="out/a")
    assert (kept["Body"].read(), kept["ContentType"]) == (model.body, "image/png")


async def test_an_answer_that_is_nested_too_deeply(model: FaultyServer) -> None:
    model.body = b"[" * 201 + b"]" * 201
    with pytest.raises(StatesRuntime, match="answered with a body that is refused: arrays and objects are"):
        await invoke(Body={})


@pytest.mark.parametrize(
    "arguments, error, told",
    [
        (
            {"Input": {"S3Uri": "s3://bodies/none"}},
            "S3.NoSuchKeyException",
            "s3://bodies/none: The specified key",
        ),
        ({"Input": {"S3Uri": "s3://none/a"}}, "S3.NoSuchBucketException", "s3://none/a: The specified bucket"),
        ({"Input": {"S3Uri": "b/a"}}, "States.Runtime", "'Input.S3Uri' is not s3://<bucket>/<key>"),
        ({"Input": {}}, "States.Runtime", "The field 'Input.S3Uri' is required but was missing"),
        (
            {"Body": {}, "Output": {"S3Uri": "s3://bodies"}},
            "States.Runtime",
            "'Output.S3Uri' is not s3://<bucket>/<key>",
        ),
        ({}, "States.Runtime", "There should be one of the following fields: [Body, Input]"),
        ({"Body": "b", "Input": {"S3Uri": "s3://bodies/a"}}, "States.Runtime", "There should be one of the following"),
    ],
    ids=["no key", "no bucket", "no URI", "empty", "no key to write to", "no body", "two bodies"],
)
async def test_trouble(arguments: dict[str, JsonValue], error: str, told: str, model: FaultyServer) -> None:
    with pytest.raises(StatesError) as raised:
        await invoke(**arguments)
    assert raised.value.name == error
    assert told in (raised.value.cause or "")
    assert model.requests == []


async def test_an_answer_that_cannot_be_kept(model: FaultyServer) -> None:
    with pytest.raises(StatesError) as raised:
        await invoke(Body={}, Output={"S3Uri": "s3://none/a"})
    assert raised.value.name == "S3.NoSuchBucketException"


@pytest.mark.parametrize("where", ["input", "answer"])
async def test_too_large(where: str, model: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_bodies, "LARGEST_BODY", 10)
    _s3().put_object(Bucket="bodies", Key="in", Body=b"x" * 11)
    body: dict[str, JsonValue] = {"Input": {"S3Uri": "s3://bodies/in"}} if where == "input" else {"Body": {}}
    with pytest.raises(StatesError) as raised:
        await invoke(**body, Output={"S3Uri": "s3://bodies/out"})
    assert raised.value.name == "States.DataLimitExceeded"
    assert len(model.requests) == (where == "answer")
