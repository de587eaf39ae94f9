"""The gRPC server through a real channel: limits, health, reflection, shutdown."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from prometheus_client import CollectorRegistry

from api.grpc.handlers import SERVICE_NAME
from api.grpc.server import create_server
from api.proto.v1 import steploom_pb2 as pb
from api.service import shapes
from tests.api.grpc.conftest import Door
from tests.api.grpc.scripted_service import ARN, DATE, MACHINE_ARN, ScriptedService, event


async def test_a_definition_of_one_mebibyte_passes_both_ways(door: Door) -> None:
    definition = "ü" * (512 * 1024)
    door.service.answer = shapes.CreateStateMachineResponse(state_machine_arn=MACHINE_ARN, creation_date=DATE)
    await door.client.CreateStateMachine(
        pb.CreateStateMachineRequest(name="m", definition=definition, role_arn=MACHINE_ARN)
    )
    assert door.service.requests[0].definition == definition
    described = shapes.DescribeStateMachineResponse(
        state_machine_arn=MACHINE_ARN,
        name="m",
        status="ACTIVE",
        definition=definition,
        role_arn="r",
        type="STANDARD",
        creation_date=DATE,
    )
    door.service.answer = described
    response = await door.client.DescribeStateMachine(pb.DescribeStateMachineRequest(state_machine_arn=MACHINE_ARN))
    assert response.definition == definition


async def test_an_event_of_the_largest_size_streams(door: Door) -> None:
    text = "x" * 262_144
    door.service.events.put_nowait(event(1) | {"stateEnteredEventDetails": {"name": "S", "input": text}})
    response = await door.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN)).read()
    assert response.event.details["input"] == text


async def test_a_request_beyond_the_limit_is_refused(door: Door) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await door.client.StartExecution(
            pb.StartExecutionRequest(state_machine_arn=MACHINE_ARN, input="x" * (9 * 1024 * 1024))
        )
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert door.service.requests == []


@pytest.mark.parametrize("service", ["", SERVICE_NAME])
async def test_health_is_serving(door: Door, service: str) -> None:
    health = health_pb2_grpc.HealthStub(door.channel)
    response = await health.Check(health_pb2.HealthCheckRequest(service=service))
    assert response.status == health_pb2.HealthCheckResponse.SERVING


async def test_reflection_names_the_services_and_shows_the_file(door: Door) -> None:
    reflection = reflection_pb2_grpc.ServerReflectionStub(door.channel)
    requests = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE_NAME),
    ]
    listed, file = [response async for response in reflection.ServerReflectionInfo(iter(requests))]
    assert {service.name for service in listed.list_services_response.service} == {
        SERVICE_NAME,
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    }
    assert pb.DESCRIPTOR.serialized_pb in file.file_descriptor_response.file_descriptor_proto


GARBAGE = b"\x0f\xff garbage"


@pytest.mark.parametrize("method", ["Check", "List", "Watch"])
async def test_garbage_to_health(door: Door, method: str) -> None:
    kind = door.channel.unary_stream if method == "Watch" else door.channel.unary_unary
    call: Any = kind(f"/grpc.health.v1.Health/{method}")
    ended = call(GARBAGE)
    assert await ended.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert await ended.details() == "The request is no message of this method's type"


async def test_garbage_to_reflection(door: Door) -> None:
    """Also behind a good request, which is answered."""
    good = reflection_pb2.ServerReflectionRequest(list_services="").SerializeToString()
    method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    call: Any = door.channel.stream_stream(method)
    ended = call(iter([good, GARBAGE]))
    assert SERVICE_NAME.encode() in await ended.read()
    assert await ended.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_stopping_says_so_to_health_checks_first(door: Door) -> None:
    health = health_pb2_grpc.HealthStub(door.channel)
    watch = health.Watch(health_pb2.HealthCheckRequest(service=SERVICE_NAME))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    stopping = asyncio.create_task(door.server.stop(30))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
    watch.cancel()
    await stopping


async def test_stopping_lets_calls_finish(door: Door) -> None:
    door.service.go_on.clear()
    door.service.answer = shapes.StartExecutionResponse(execution_arn=ARN, start_date=DATE)
    call = door.client.StartExecution(pb.StartExecutionRequest(state_machine_arn=MACHINE_ARN))
    await door.service.called.wait()
    watch = health_pb2_grpc.HealthStub(door.channel).Watch(health_pb2.HealthCheckRequest())
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    stopping = asyncio.create_task(door.server.stop(30))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
    watch.cancel()
    door.service.go_on.set()
    assert (await call).execution_arn == ARN
    await stopping


@pytest.mark.parametrize("method", ["WatchExecution", "WaitForExecution"])
async def test_stopping_ends_the_calls_that_wait_for_an_execution(door: Door, method: str) -> None:
    if method == "WatchExecution":
        call = door.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN))
    else:
        call = door.client.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=ARN))
    await door.service.called.wait()
    await door.server.stop(30)  # returns long before, or this test exceeds its time
    assert await call.code() is grpc.StatusCode.UNAVAILABLE
    assert await call.details() == "This server is shutting down; call again."
    assert door.service.left.is_set()


async def test_two_servers_cannot_share_a_port() -> None:
    first, port = create_server(ScriptedService(), port=0)
    with pytest.raises(RuntimeError, match="Failed to bind"):
        create_server(ScriptedService(), port=port, registry=CollectorRegistry())
    await first.stop(None)
