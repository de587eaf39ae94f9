"""examples/temporal-activity: a worker of the plain Temporal SDK, in a process of its own, does what the Task asks."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import ActivityFailureError, Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

from activities.router import Router
from api.temporal_server import TemporalServer
from interpreter.definition.resources import parse_resource
from interpreter.effects import ActivityFailure, TaskRequest
from interpreter.values import JsonValue, parse_json

EXAMPLE = Path(__file__).parents[2] / "examples" / "temporal-activity"


@pytest.fixture
async def worker(temporal_server: TemporalServer) -> AsyncIterator[None]:
    environment = os.environ | {"TEMPORAL_ADDRESS": temporal_server.address}
    process = await asyncio.create_subprocess_exec(sys.executable, EXAMPLE / "worker.py", env=environment)
    yield
    process.terminate()
    await process.wait()


def read(name: str) -> JsonValue:
    return parse_json((EXAMPLE / name).read_bytes())


def request(order: JsonValue) -> TaskRequest:
    state = json.loads((EXAMPLE / "definition.asl.json").read_text())["States"]["PriceOrder"]
    resource = parse_resource(state["Resource"])
    assert resource is not None
    arguments = {"ActivityType": state["Parameters"]["ActivityType"], "TaskQueue": state["Parameters"]["TaskQueue"]}
    return TaskRequest(resource, arguments | {"Input": order}, "PriceOrder", f"PriceOrder-{uuid.uuid4()}", 60, None)


async def run(client: Client, task: TaskRequest) -> JsonValue:
    call = Router().route(task, "temporal")
    value: JsonValue = await client.execute_activity(
        call.activity_type,
        call.argument,
        id=task.operation_id,
        task_queue=call.task_queue,
        start_to_close_timeout=timedelta(seconds=30),
        retry_policy=RetryPolicy(maximum_attempts=1),
    )
    return Router().result(task, "temporal", value)


@pytest.mark.usefixtures("worker")
async def test_output(temporal_client: Client) -> None:
    order, output = read("input.json"), read("output.json")
    assert isinstance(order, dict)
    assert order | {"price": await run(temporal_client, request(order))} == output


@pytest.mark.usefixtures("worker")
async def test_error_is_the_failure_s_type(temporal_client: Client) -> None:
    task = request({"item": "ship", "quantity": 1})
    with pytest.raises(ActivityFailureError) as raised:
        await run(temporal_client, task)
    failure = raised.value.cause
    assert isinstance(failure, ApplicationError)
    error = Router().failure(
        task, "temporal", ActivityFailure("application", failure.type, failure.message, tuple(failure.details), False)
    )
    assert (error.name, error.cause) == ("UnknownItem", "no price for 'ship'")
