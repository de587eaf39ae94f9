"""One real `steploom dev` for the tests of all clients, one for each test process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.clients.keys import ANY, Key
from tests.support.dev_service import DevService, dev_service

ROLE = "arn:aws:iam::123456789012:role/clients"
DEFINITION = json.dumps(
    {
        "StartAt": "Greet",
        "States": {
            "Greet": {
                "Type": "Pass",
                "Parameters": {"text.$": "States.Format('Hello, {}!', $.name)"},
                "End": True,
            }
        },
    }
)
FAILING = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Oops", "Cause": "so it goes"}}})


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevService]:
    """The running service."""
    with dev_service(tmp_path_factory.mktemp("clients")) as running:
        yield running


def boto3_client(endpoint: str, key: Key = ANY, **config: Any) -> Any:
    """A boto3 client, signing with `key` unless `config` says otherwise."""
    return boto3.client(
        "stepfunctions",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret,
        config=Config(inject_host_prefix=False, **config),
    )


@pytest.fixture(scope="session")
def client(service: DevService) -> Any:
    """A boto3 client of the service."""
    return boto3_client(service.http)


def eventually(look: Callable[[], Any], seconds: float = 60.0) -> Any:
    """The first answer of `look` that counts as true."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{look} did not come true in {seconds} s"
        time.sleep(0.05)
    return found


def ended(client: Any, execution: str) -> Any:
    """How an execution ended, once it has."""

    def look() -> Any:
        described = client.describe_execution(executionArn=execution)
        return None if described["status"] == "RUNNING" else described

    return eventually(look)
