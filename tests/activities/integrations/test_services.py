"""What is data about services: regions of queues, EventBridge's entries, prefixes of error names."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import botocore
import pytest
from botocore.loaders import create_loader

from activities.integrations.aws_sdk import error_prefix
from activities.integrations.batch import BATCH
from activities.integrations.events import EVENTS
from activities.integrations.sqs import NoSuchHost, queue_region
from activities.java_names import pascal_words
from activities.sdk_services import sdk_folder
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


def test_headers_of_services_that_are_not_recorded() -> None:
    assert BATCH.headers["x-amzn-requestid"] == "x-amzn-RequestId"


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


def _service_id(folder: str) -> str:
    """The API's name in its model, which is not read to its end where the name stands at its begin."""
    loader = create_loader()
    path = Path(botocore.__path__[0], "data", folder, loader.determine_latest_version(folder, "service-2"))
    with gzip.open(path / "service-2.json.gz") as model:
        begin = model.read(2_000).decode("utf-8", "ignore")
    found = re.search(r'"serviceId":\s*"([^"]+)"', begin)
    return found[1] if found else str(loader.load_service_model(folder, "service-2")["metadata"]["serviceId"])


def test_prefixes_are_the_clients_of_the_sdk_for_java() -> None:
    folders = create_loader().list_available_services("service-2")
    clients = {folder: pascal_words(_service_id(folder)).removesuffix("Service") for folder in folders}
    found = {folder: (sdk_folder(client.lower()), error_prefix(client.lower())) for folder, client in clients.items()}
    assert found == {
        folder: (_FOLDERS.get(folder, folder), _LISTED.get(client, client)) for folder, client in clients.items()
    }


_FOLDERS = {"pinpoint-sms-voice": "sms-voice"}
"""One API that botocore has twice."""

_LISTED = {"MemoryDb": "MemoryDB"}
"""Clients that the developer guide's list spells otherwise."""
