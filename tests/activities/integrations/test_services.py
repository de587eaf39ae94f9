"""What is data about services: regions of queues, EventBridge's entries, prefixes of error names."""

from __future__ import annotations

import pytest
from botocore.loaders import create_loader

from activities.integrations.aws_sdk import error_prefix
from activities.integrations.events import EVENTS
from activities.integrations.sqs import NoSuchHost, queue_region
from interpreter.values import JsonValue


@pytest.mark.parametrize(
    "url, region",
    [
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/q", "eu-west-1"),
        ("https://us-west-2.queue.amazonaws.com/123456789012/q", "us-west-2"),
        ("http://127.0.0.1:9324/000000000000/q", None),
        ("q", None),
        (None, None),
    ],
)
def test_region_of_a_queue(url: str | None, region: str | None) -> None:
    assert queue_region({"QueueUrl": url}) == region


@pytest.mark.parametrize("url", ["http://queues.invalid/q", "http://[::1/q", f"http://{'a' * 70}.test/q"])
def test_a_queue_nowhere(url: str) -> None:
    with pytest.raises(NoSuchHost):
        queue_region({"QueueUrl": url})


@pytest.mark.parametrize(
    "entries, prepared",
    [
        ([{"Source": "s"}], [{"Source": "s", "Resources": ["e", "m"]}]),
        ([{"Resources": ["r"]}], [{"Resources": ["r", "e", "m"]}]),
        ([{"Resources": "r"}, 1], [{"Resources": "r"}, 1]),
        ("no list", "no list"),
    ],
    ids=["none", "some", "no list", "no entries"],
)
def test_resources_of_events(entries: JsonValue, prepared: JsonValue) -> None:
    assert EVENTS.prepare({"Entries": entries, "EndpointId": "x"}, ("e", "m")) == {
        "Entries": prepared,
        "EndpointId": "x",
    }


@pytest.mark.parametrize(
    "segment, prefix",
    [
        ("s3", "S3"),
        ("sfn", "Sfn"),
        ("sqs", "Sqs"),
        ("dynamodb", "DynamoDb"),
        ("secretsmanager", "SecretsManager"),
        ("cloudwatchlogs", "CloudWatchLogs"),
        ("bedrockruntime", "BedrockRuntime"),
        ("notyetknown", "Notyetknown"),
    ],
)
def test_error_prefix(segment: str, prefix: str) -> None:
    assert error_prefix(segment) == prefix


def test_prefixes_are_segments_in_other_letters() -> None:
    folders = create_loader().list_available_services("service-2")
    segments = [folder.replace("-", "") for folder in folders]
    assert [error_prefix(segment).lower() for segment in segments] == segments
