"""Calls without a workflow: the Lambda API and URLs in process, task queues of a real Temporal server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from temporalio import activity
from temporalio.client import ActivityExecutionStatus, Client
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.direct_calls import direct_calls
from activities.integrations.function_url import UrlInvoker
from activities.integrations.lambda_ import LambdaInvoker
from activities.local_calls import LocalCalls
from activities.payloads import data_converter
from activities.router import Router
from api.temporal_server import TemporalServer
from interpreter.definition.model import LambdaFunctionResource
from interpreter.definition.resources import parse_resource
from interpreter.effects import ActivityFailure, TaskCall, TaskRequest
from interpreter.hosts.inprocess import CallFailed
from interpreter.values import JsonValue
from tests.support.fake_lambda_api import FakeLambdaApi, answer


class NoPayloadStore:
    """Nothing in these tests is large."""

    place = "nowhere"

    async def put_payloads(self, payloads: Sequence[bytes]) -> Sequence[str]:
        raise NotImplementedError

    async def get_payloads(self, hashes: Sequence[str]) -> Sequence[bytes]:
        raise NotImplementedError


@pytest.fixture
async def client(temporal_server: TemporalServer) -> Client:
    return await Client.connect(temporal_server.address, data_converter=data_converter(None, NoPayloadStore()))


def function_call(name: str, event: JsonValue, functions: JsonValue, timeout_seconds: int | None = None) -> TaskCall:
    resource = parse_resource(f"arn:aws:lambda:us-east-1:123456789012:function:{name}")
    assert resource is not None
    request = TaskRequest(resource, event, "S", f"S-{uuid4()}", timeout_seconds, None)
    return TaskCall(request, Router().route(request, functions))


async def failure(calls: LocalCalls, call: TaskCall) -> ActivityFailure:
    with pytest.raises(CallFailed) as raised:
        await calls.run(call)
    return raised.value.failure


async def test_the_lambda_api(client: Client, lambda_api: FakeLambdaApi) -> None:
    call = function_call("f", {"a": 1}, "lambda")
    assert isinstance(call.request.resource, LambdaFunctionResource)
    lambda_api.replies[call.request.resource.arn] = answer({"b": 1})
    async with aiohttp.ClientSession() as session:
        calls = LocalCalls(client, direct_calls(LambdaInvoker("us-east-1"), UrlInvoker(session)))
        assert await calls.run(call) == {"b": 1}
        assert [json.loads(request.body) for request in lambda_api.requests] == [{"a": 1}]
        missing = function_call("missing", {}, "lambda")
        failed = await failure(calls, missing)
    error = Router().failure(missing.request, "lambda", failed)
    assert error.name == "Lambda.ResourceNotFoundException"
    assert "(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException;" in str(error.cause)


async def test_a_url(client: Client, lambda_api: FakeLambdaApi) -> None:
    lambda_api.replies["g"] = answer([2])
    setting: JsonValue = {"g": {"url": f"{lambda_api.endpoint}/2015-03-31/functions/g/invocations"}}
    async with aiohttp.ClientSession() as session:
        calls = LocalCalls(client, direct_calls(LambdaInvoker("us-east-1"), UrlInvoker(session)))
        call = function_call("g", {"a": 1}, setting)
        assert await calls.run(call) == [2]
    assert lambda_api.requests[0].headers["Idempotency-Key"] == call.request.operation_id


@activity.defn(dynamic=True)
async def echo(args: Sequence[RawValue]) -> Any:
    event = json.loads(args[0].payload.data)
    if event == "fail":
        raise ApplicationError("why", {"error": "Boom", "cause": "why"}, type="Boom")
    return {"type": activity.info().activity_type, "event": event, "attempt": activity.info().attempt}


@asynccontextmanager
async def served(client: Client) -> AsyncIterator[JsonValue]:
    """A task queue with a worker; the functions setting that leads there."""
    queue = f"queue-{uuid4()}"
    async with Worker(client, task_queue=queue, activities=[echo]):
        yield {"*": {"task_queue": queue}}


async def test_a_task_queue(client: Client) -> None:
    async with served(client) as functions:
        result = await LocalCalls(client, {}).run(function_call("f", {"a": 1}, functions))
    assert result == {"type": "f", "event": {"a": 1}, "attempt": 1}


async def test_a_failure_on_a_task_queue_is_not_tried_again(client: Client) -> None:
    async with served(client) as functions:
        failed = await failure(LocalCalls(client, {}), function_call("f", "fail", functions))
    details: tuple[JsonValue, ...] = ({"error": "Boom", "cause": "why"},)
    assert replace(failed, heartbeat_asked=False) == ActivityFailure("application", "Boom", "why", details, False)


async def test_nobody_serves_the_queue(client: Client) -> None:
    call = function_call("f", {}, {"*": {"task_queue": f"nobody-{uuid4()}"}}, timeout_seconds=1)
    assert (await failure(LocalCalls(client, {}), call)).kind == "timeout"


async def test_a_call_that_is_given_up_never_begins(client: Client) -> None:
    call = function_call("f", {}, {"*": {"task_queue": f"nobody-{uuid4()}"}})
    running = asyncio.create_task(LocalCalls(client, {}).run(call))
    await asyncio.sleep(0)  # the call is on its way now
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    handle = client.get_activity_handle(call.request.operation_id)
    assert (await handle.describe()).status is ActivityExecutionStatus.TERMINATED
