"""The largest definition and input run from a boto3 client to Temporal; one more is refused and leaves nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.temporal_server import TemporalServer
from tests.support.aws_client import AwsClient, AwsError
from tests.support.doors import http_door
from tests.support.engine import ROLE, running_engine

DEFINITION_LENGTH = 1_048_576
INPUT_BYTES = 262_144
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": "done", "End": True}}}


def definition(length: int) -> str:
    """A definition of exactly so many characters, which are as many bytes."""
    bare = json.dumps({"Comment": "", **PASS})
    return json.dumps({"Comment": "x" * (length - len(bare)), **PASS})


def input_of(size: int) -> str:
    """A JSON string of exactly so many bytes: half as many characters, for an even number."""
    return '"' + "é" * ((size - 2) // 2) + "x" * (size % 2) + '"'


def too_long(field: str, most: int) -> AwsError:
    message = f"1 validation error detected: Value at '{field}' failed to satisfy constraint: "
    return AwsError("ValidationException", f"{message}Member must have length less than or equal to {most}", 400)


@pytest.fixture
async def client(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[AwsClient]:
    """A boto3 client of a door to an engine whose workers run."""
    async with running_engine(temporal_server, tmp_path, {}) as engine, http_door(engine.service) as url:
        aws = AwsClient(url)
        yield aws
        aws.close()


async def ended(client: AwsClient, execution: str) -> dict[str, object]:
    async with asyncio.timeout(30):
        while True:
            described = await client.call("describe_execution", executionArn=execution)
            if described["status"] != "RUNNING":
                return described


async def test_the_largest_definition_runs_and_a_larger_one_is_not_stored(client: AwsClient) -> None:
    largest = definition(DEFINITION_LENGTH)
    assert len(largest) == DEFINITION_LENGTH
    created = await client.call("create_state_machine", name="largest", definition=largest, roleArn=ROLE)
    machine = created["stateMachineArn"]
    assert (await client.call("describe_state_machine", stateMachineArn=machine))["definition"] == largest
    execution = (await client.call("start_execution", stateMachineArn=machine))["executionArn"]
    described = await ended(client, execution)
    assert (described["status"], described["output"]) == ("SUCCEEDED", '"done"')

    refused = await client.error(
        "create_state_machine", name="larger", definition=definition(DEFINITION_LENGTH + 1), roleArn=ROLE
    )
    assert refused == too_long("definition", DEFINITION_LENGTH)
    listed = await client.call("list_state_machines")
    assert [machine["name"] for machine in listed["stateMachines"]] == ["largest"]


async def test_the_largest_input_runs_and_a_larger_one_starts_nothing(client: AwsClient) -> None:
    echo = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
    created = await client.call("create_state_machine", name="largest-input", definition=echo, roleArn=ROLE)
    machine = created["stateMachineArn"]
    largest, larger = input_of(INPUT_BYTES), input_of(INPUT_BYTES + 1)
    assert (len(largest.encode()), len(larger.encode())) == (INPUT_BYTES, INPUT_BYTES + 1)
    refused = await client.error("start_execution", stateMachineArn=machine, name="larger", input=larger)
    assert refused == too_long("input", INPUT_BYTES)
    started = await client.call("start_execution", stateMachineArn=machine, name="largest", input=largest)
    described = await ended(client, started["executionArn"])
    assert (described["status"], described["input"], described["output"]) == ("SUCCEEDED", largest, largest)

    async def names() -> set[str]:
        listed = await client.call("list_executions", stateMachineArn=machine)
        return {execution["name"] for execution in listed["executions"]}

    async with asyncio.timeout(30):
        while not (found := await names()):  # the list lags a little; what came first would be in it first
            pass
    assert found == {"largest"}
    gone = machine.replace(":stateMachine:", ":execution:") + ":larger"
    assert (await client.error("describe_execution", executionArn=gone)).code == "ExecutionDoesNotExist"
