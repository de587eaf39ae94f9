"""The gRPC door through a real channel: calls, streams, cancellation, limits, health, reflection, shutdown."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from prometheus_client import CollectorRegistry

from api.grpc.handlers import SERVICE_NAME
from api.grpc.server import create_server
from api.proto.v1 import steploom_pb2 as pb
from api.service import shapes
from api.service.errors import ExecutionDoesNotExist
from api.service.gateway import ExecutionStatus
from tests.api.grpc.conftest import Door
from tests.api.grpc.scripted_service import OPERATIONS, ScriptedService

SERVICE = pb.DESCRIPTOR.services_by_name["StepFunctions"]
DATE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
TIMESTAMP = "2026-02-03T04:05:06Z"
ARN = "arn:aws:states:us-east-1:123456789012:execution:m:e"
MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
SUCCEEDED = shapes.DescribeExecutionResponse(
    execution_arn=ARN,
    state_machine_arn=MACHINE_ARN,
    status=ExecutionStatus.SUCCEEDED,
    start_date=DATE,
    output='{"a": 1}',
)


def event(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "previousEventId": number - 1,
        "timestamp": 1.5,
        "type": "PassStateEntered",
        "stateEnteredEventDetails": {"name": f"S{number}"},
    }


@dataclass(frozen=True, slots=True)
class Call:
    operation: str
    message: Message
    request: object
    answer: object
    response: dict[str, Any]


CALLS = [
    Call(
        "CreateStateMachine",
        pb.CreateStateMachineRequest(name="m", definition="{}", role_arn="r", tags=[pb.Tag(key="k", value="v")]),
        shapes.CreateStateMachineRequest(
            name="m", definition="{}", role_arn="r", tags=(shapes.Tag(key="k", value="v"),)
        ),
        shapes.CreateStateMachineResponse(state_machine_arn=MACHINE_ARN, creation_date=DATE),
        {"stateMachineArn": MACHINE_ARN, "creationDate": TIMESTAMP},
    ),
    Call(
        "DescribeStateMachine",
        pb.DescribeStateMachineRequest(state_machine_arn=MACHINE_ARN, included_data="INCLUDED_DATA_METADATA_ONLY"),
        shapes.DescribeStateMachineRequest(state_machine_arn=MACHINE_ARN, included_data="METADATA_ONLY"),
        shapes.DescribeStateMachineResponse(
            state_machine_arn=MACHINE_ARN,
            name="m",
            status="ACTIVE",
            definition="{}",
            role_arn="r",
            type="STANDARD",
            creation_date=DATE,
        ),
        {
            "stateMachineArn": MACHINE_ARN,
            "name": "m",
            "status": "STATE_MACHINE_STATUS_ACTIVE",
            "definition": "{}",
            "roleArn": "r",
            "type": "STATE_MACHINE_TYPE_STANDARD",
            "creationDate": TIMESTAMP,
        },
    ),
    Call(
        "UpdateStateMachine",
        pb.UpdateStateMachineRequest(state_machine_arn=MACHINE_ARN, publish=False),
        shapes.UpdateStateMachineRequest(state_machine_arn=MACHINE_ARN, publish=False),
        shapes.UpdateStateMachineResponse(update_date=DATE, revision_id="1"),
        {"updateDate": TIMESTAMP, "revisionId": "1"},
    ),
    Call(
        "DeleteStateMachine",
        pb.DeleteStateMachineRequest(state_machine_arn=MACHINE_ARN),
        shapes.DeleteStateMachineRequest(state_machine_arn=MACHINE_ARN),
        shapes.DeleteStateMachineResponse(),
        {},
    ),
    Call(
        "ListStateMachines",
        pb.ListStateMachinesRequest(max_results=3),
        shapes.ListStateMachinesRequest(max_results=3),
        shapes.ListStateMachinesResponse(state_machines=(), next_token="t"),
        {"nextToken": "t"},
    ),
    Call(
        "DescribeStateMachineForExecution",
        pb.DescribeStateMachineForExecutionRequest(execution_arn=ARN),
        shapes.DescribeStateMachineForExecutionRequest(execution_arn=ARN),
        shapes.DescribeStateMachineForExecutionResponse(
            state_machine_arn=MACHINE_ARN, name="m", definition="{}", role_arn="r", update_date=DATE
        ),
        {
            "stateMachineArn": MACHINE_ARN,
            "name": "m",
            "definition": "{}",
            "roleArn": "r",
            "updateDate": TIMESTAMP,
        },
    ),
    Call(
        "StartExecution",
        pb.StartExecutionRequest(state_machine_arn=MACHINE_ARN, name="e", input="{}"),
        shapes.StartExecutionRequest(state_machine_arn=MACHINE_ARN, name="e", input="{}"),
        shapes.StartExecutionResponse(execution_arn=ARN, start_date=DATE),
        {"executionArn": ARN, "startDate": TIMESTAMP},
    ),
    Call(
        "DescribeExecution",
        pb.DescribeExecutionRequest(execution_arn=ARN),
        shapes.DescribeExecutionRequest(execution_arn=ARN),
        SUCCEEDED,
        {
            "executionArn": ARN,
            "stateMachineArn": MACHINE_ARN,
            "status": "EXECUTION_STATUS_SUCCEEDED",
            "startDate": TIMESTAMP,
            "output": '{"a": 1}',
        },
    ),
    Call(
        "ListExecutions",
        pb.ListExecutionsRequest(state_machine_arn=MACHINE_ARN, status_filter="EXECUTION_STATUS_ABORTED"),
        shapes.ListExecutionsRequest(state_machine_arn=MACHINE_ARN, status_filter="ABORTED"),
        shapes.ListExecutionsResponse(
            executions=(
                shapes.ExecutionListItem(
                    execution_arn=ARN,
                    state_machine_arn=MACHINE_ARN,
                    name="e",
                    status=ExecutionStatus.ABORTED,
                    start_date=DATE,
                ),
            )
        ),
        {
            "executions": [
                {
                    "executionArn": ARN,
                    "stateMachineArn": MACHINE_ARN,
                    "name": "e",
                    "status": "EXECUTION_STATUS_ABORTED",
                    "startDate": TIMESTAMP,
                }
            ]
        },
    ),
    Call(
        "GetExecutionHistory",
        pb.GetExecutionHistoryRequest(execution_arn=ARN, reverse_order=True),
        shapes.GetExecutionHistoryRequest(execution_arn=ARN, reverse_order=True),
        shapes.GetExecutionHistoryResponse(events=(event(2),)),
        {
            "events": [
                {
                    "id": "2",
                    "previousEventId": "1",
                    "timestamp": "1970-01-01T00:00:01.500Z",
                    "type": "PassStateEntered",
                    "detailsName": "stateEnteredEventDetails",
                    "details": {"name": "S2"},
                }
            ]
        },
    ),
    Call(
        "StopExecution",
        pb.StopExecutionRequest(execution_arn=ARN, error="E", cause=""),
        shapes.StopExecutionRequest(execution_arn=ARN, error="E", cause=""),
        shapes.StopExecutionResponse(stop_date=DATE),
        {"stopDate": TIMESTAMP},
    ),
    Call(
        "SendTaskSuccess",
        pb.SendTaskSuccessRequest(task_token="t", output="1"),
        shapes.SendTaskSuccessRequest(task_token="t", output="1"),
        shapes.SendTaskSuccessResponse(),
        {},
    ),
    Call(
        "SendTaskFailure",
        pb.SendTaskFailureRequest(task_token="t", error="E"),
        shapes.SendTaskFailureRequest(task_token="t", error="E"),
        shapes.SendTaskFailureResponse(),
        {},
    ),
    Call(
        "SendTaskHeartbeat",
        pb.SendTaskHeartbeatRequest(task_token="t"),
        shapes.SendTaskHeartbeatRequest(task_token="t"),
        shapes.SendTaskHeartbeatResponse(),
        {},
    ),
]
AVAILABLE = [call.operation for call in CALLS]
LATER = sorted(set(SERVICE.methods_by_name) - {*AVAILABLE, "WatchExecution", "WaitForExecution"})


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
async def test_operations_reach_the_service(door: Door, call: Call) -> None:
    door.service.answer = call.answer
    response = await getattr(door.client, call.operation)(call.message)
    assert door.service.requests == [call.request]
    assert MessageToDict(response) == call.response


def test_all_operations_of_this_release_are_tested() -> None:
    assert len(AVAILABLE) == len(OPERATIONS)
    assert len(LATER) == 37 - len(AVAILABLE)


@pytest.mark.parametrize("operation", LATER)
async def test_other_operations_are_said_to_be_unimplemented(door: Door, operation: str) -> None:
    request = GetMessageClass(SERVICE.methods_by_name[operation].input_type)()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(door.client, operation)(request)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert caught.value.details() == f"{operation} is not available yet."


async def test_constraints_are_checked_before_the_service_is_asked(door: Door) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await door.client.CreateStateMachine(pb.CreateStateMachineRequest(name="m" * 81, definition="{}"))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert dict(caught.value.trailing_metadata())["steploom-error-code"] == "ValidationException"
    assert caught.value.details() == (
        f"2 validation errors detected: Value '{'m' * 81}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 80; "
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
    )
    assert door.service.requests == []


# ------------------------------------------------------------------------------------------------------- streaming


async def test_watching_streams_each_event_as_it_happens(door: Door) -> None:
    stream = door.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN))
    for number in (1, 2):
        door.service.events.put_nowait(event(number))
        response = await stream.read()  # arrives although the execution goes on
        assert (response.event.id, response.event.details["name"]) == (number, f"S{number}")
    door.service.events.put_nowait(None)
    assert await stream.read() is grpc.aio.EOF
    assert await stream.code() is grpc.StatusCode.OK
    assert door.service.requests == [ARN]


async def test_watching_goes_on_after_the_last_event_seen(door: Door) -> None:
    for each in (event(1), event(2), event(3), event(4), None):
        door.service.events.put_nowait(each)
    stream = door.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN, after_event_id=2))
    assert [response.event.id async for response in stream] == [3, 4]


async def test_an_error_ends_watching(door: Door) -> None:
    door.service.events.put_nowait(ExecutionDoesNotExist(ARN))
    stream = door.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stream.read()
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert caught.value.details() == f"Execution Does Not Exist: '{ARN}'"


async def test_watching_needs_an_execution(door: Door) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await door.client.WatchExecution(pb.WatchExecutionRequest()).read()
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "Value null at 'executionArn'" in (caught.value.details() or "")


@pytest.mark.parametrize("read_before", [0, 1])
async def test_cancelling_a_watch_ends_the_iteration(door: Door, read_before: int) -> None:
    stream = door.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN))
    for number in range(read_before):
        door.service.events.put_nowait(event(number + 1))
        await stream.read()
    await door.service.called.wait()
    stream.cancel()
    await door.service.left.wait()


async def test_waiting_answers_when_the_execution_has_ended(door: Door) -> None:
    call = door.client.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=ARN))
    await door.service.called.wait()
    assert not call.done()
    door.service.ended.put_nowait(SUCCEEDED)
    response = await call
    assert (response.status, response.output) == (pb.EXECUTION_STATUS_SUCCEEDED, '{"a": 1}')
    assert door.service.requests == [ARN]


async def test_a_deadline_ends_waiting(door: Door) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await door.client.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=ARN), timeout=0.2)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await door.service.left.wait()


# ---------------------------------------------------------------------------------------------------------- limits


async def test_a_definition_of_one_mebibyte_passes_both_ways(door: Door) -> None:
    definition = "ü" * (512 * 1024)
    door.service.answer = CALLS[0].answer
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


# ---------------------------------------------------------------------------------------- health, reflection, numbers


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


async def test_calls_are_logged_and_counted(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="api.grpc.observation")
    door.service.answer = shapes.SendTaskHeartbeatResponse()
    await door.client.SendTaskHeartbeat(pb.SendTaskHeartbeatRequest(task_token="t"))
    with pytest.raises(grpc.aio.AioRpcError):
        await door.client.SendTaskHeartbeat(pb.SendTaskHeartbeatRequest())
    stream = door.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN))
    await door.service.called.wait()
    door.service.events.put_nowait(None)
    assert await stream.read() is grpc.aio.EOF
    await health_pb2_grpc.HealthStub(door.channel).Check(health_pb2.HealthCheckRequest())

    seen = [(vars(record)["rpc"], vars(record)["status"]) for record in caplog.records]
    assert seen == [
        ("SendTaskHeartbeat", "OK"),
        ("SendTaskHeartbeat", "INVALID_ARGUMENT"),
        ("WatchExecution", "OK"),
    ]
    assert [record.levelname for record in caplog.records] == ["DEBUG", "INFO", "DEBUG"]
    for method, status in seen:
        labels = {"method": method, "status": status}
        assert door.registry.get_sample_value("steploom_grpc_calls_total", labels) == 1
    labels = {"method": "SendTaskHeartbeat"}
    assert door.registry.get_sample_value("steploom_grpc_call_seconds_count", labels) == 2
    assert door.registry.get_sample_value("steploom_grpc_calls_in_progress", labels) == 0


async def test_cancelled_calls_are_counted_as_such(door: Door) -> None:
    call = door.client.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=ARN))
    await door.service.called.wait()
    labels = {"method": "WaitForExecution"}
    assert door.registry.get_sample_value("steploom_grpc_calls_in_progress", labels) == 1
    call.cancel()
    await door.service.left.wait()
    assert door.registry.get_sample_value("steploom_grpc_calls_in_progress", labels) == 0
    assert door.registry.get_sample_value("steploom_grpc_calls_total", labels | {"status": "CANCELLED"}) == 1


# -------------------------------------------------------------------------------------------------------- shutdown


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
    door.service.answer = CALLS[6].answer
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
