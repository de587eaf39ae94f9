"""The gRPC door over the real application service, a SQLite database and an engine in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value

from api.grpc.server import create_server
from api.proto.v1 import steploom_pb2 as pb
from api.proto.v1.steploom_pb2_grpc import StepFunctionsStub
from api.service.gateway import ExecutionStatus
from tests.api.service.installation import OTHER, PASS, ROLE, Installation, execution_arn, install, machine_arn

MACHINE_ARN = machine_arn("orders")
ARN = execution_arn("orders", "one")


@dataclass(frozen=True, slots=True)
class Connection:
    """A client of a door to an installation. The generated stub is untyped, hence Any."""

    installation: Installation
    client: Any

    async def create(self) -> pb.CreateStateMachineResponse:
        request = pb.CreateStateMachineRequest(name="orders", definition=PASS, role_arn=ROLE)
        response: pb.CreateStateMachineResponse = await self.client.CreateStateMachine(request)
        return response

    async def start(self) -> pb.StartExecutionResponse:
        """Create `orders` and start its execution `one`."""
        await self.create()
        request = pb.StartExecutionRequest(state_machine_arn=MACHINE_ARN, name="one", input='{"a": 1}')
        response: pb.StartExecutionResponse = await self.client.StartExecution(request)
        return response


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Connection]:
    async with install(tmp_path) as installation:
        server, port = create_server(installation.service, port=0)
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Connection(installation, StepFunctionsStub(channel))  # type: ignore[no-untyped-call]  # generated
        await server.stop(None)


async def test_a_state_machine_lives_and_dies(connection: Connection) -> None:
    client, created = connection.client, await connection.create()
    assert created.state_machine_arn == MACHINE_ARN
    assert created.creation_date.ToJsonString() == "2026-11-22T21:30:00.123Z"
    assert await connection.create() == created

    described = await client.DescribeStateMachine(pb.DescribeStateMachineRequest(state_machine_arn=MACHINE_ARN))
    assert (described.definition, described.role_arn) == (PASS, ROLE)
    assert (described.status, described.type) == (pb.STATE_MACHINE_STATUS_ACTIVE, pb.STATE_MACHINE_TYPE_STANDARD)
    assert not described.HasField("revision_id")

    updated = await client.UpdateStateMachine(
        pb.UpdateStateMachineRequest(state_machine_arn=MACHINE_ARN, definition=OTHER)
    )
    assert updated.revision_id
    listed = await client.ListStateMachines(pb.ListStateMachinesRequest())
    assert [machine.name for machine in listed.state_machines] == ["orders"]

    await client.DeleteStateMachine(pb.DeleteStateMachineRequest(state_machine_arn=MACHINE_ARN))
    await connection.installation.service.deletions.drained()
    listed = await client.ListStateMachines(pb.ListStateMachinesRequest())
    assert list(listed.state_machines) == []


async def test_an_execution_is_started_watched_awaited_and_described(connection: Connection) -> None:
    client, gateway = connection.client, connection.installation.gateway
    assert (await connection.start()).execution_arn == ARN
    watch = client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN))
    end = client.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=ARN))
    await gateway.record("orders", "one", 2)
    assert [(await watch.read()).event.id for _ in range(2)] == [1, 2]

    await gateway.end("orders", "one", ExecutionStatus.SUCCEEDED, output='{"b": 2}')
    assert await watch.read() is grpc.aio.EOF
    ended = await end
    assert (ended.status, ended.input, ended.output) == (pb.EXECUTION_STATUS_SUCCEEDED, '{"a": 1}', '{"b": 2}')
    assert await client.DescribeExecution(pb.DescribeExecutionRequest(execution_arn=ARN)) == ended

    history = await client.GetExecutionHistory(pb.GetExecutionHistoryRequest(execution_arn=ARN, reverse_order=True))
    assert [event.id for event in history.events] == [2, 1]
    listed = await client.ListExecutions(pb.ListExecutionsRequest(state_machine_arn=MACHINE_ARN))
    assert [execution.execution_arn for execution in listed.executions] == [ARN]


async def test_history_comes_in_pages(connection: Connection) -> None:
    await connection.start()
    await connection.installation.gateway.record("orders", "one", 5)
    ids: list[int] = []
    request = pb.GetExecutionHistoryRequest(execution_arn=ARN, max_results=2)
    while True:
        page = await connection.client.GetExecutionHistory(request)
        ids += [event.id for event in page.events]
        if not page.HasField("next_token"):
            break
        request.next_token = page.next_token
    assert ids == [1, 2, 3, 4, 5]


async def test_starting_again_with_an_equal_value_is_the_same_execution(connection: Connection) -> None:
    await connection.create()
    responses = [
        await connection.client.StartExecution(
            pb.StartExecutionRequest(state_machine_arn=MACHINE_ARN, name="one", input_value=ParseDict(value, Value()))
        )
        for value in ({"a": 1, "b": [2]}, {"b": [2], "a": 1})
    ]
    assert responses[0] == responses[1]
    execution = connection.installation.gateway.executions["orders", "one"]
    assert execution.description.input == '{"a":1,"b":[2]}'


async def test_a_task_is_answered_once(connection: Connection) -> None:
    gateway = connection.installation.gateway
    gateway.tasks["t"] = None
    await connection.client.SendTaskHeartbeat(pb.SendTaskHeartbeatRequest(task_token="t"))
    await connection.client.SendTaskSuccess(pb.SendTaskSuccessRequest(task_token="t", output='{"ok": true}'))
    assert (gateway.heartbeats, gateway.tasks["t"]) == (["t"], {"output": {"ok": True}})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await connection.client.SendTaskFailure(pb.SendTaskFailureRequest(task_token="t"))
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert dict(caught.value.trailing_metadata())["steploom-error-code"] == "TaskTimedOut"


async def test_stopping_ends_the_wait(connection: Connection) -> None:
    await connection.start()
    end = connection.client.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=ARN))
    stop = pb.StopExecutionRequest(execution_arn=ARN, error="Mine", cause="because")
    stopped = await connection.client.StopExecution(stop)
    ended = await end
    assert (ended.status, ended.error, ended.cause) == (pb.EXECUTION_STATUS_ABORTED, "Mine", "because")
    assert ended.stop_date == stopped.stop_date


@dataclass(frozen=True, slots=True)
class Refusal:
    operation: str
    request: Message
    status: grpc.StatusCode
    code: str
    message: str


REFUSALS = [
    Refusal(
        "DescribeExecution",
        pb.DescribeExecutionRequest(execution_arn=ARN),
        grpc.StatusCode.NOT_FOUND,
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{ARN}'",
    ),
    Refusal(
        "WaitForExecution",
        pb.WaitForExecutionRequest(execution_arn=ARN),
        grpc.StatusCode.NOT_FOUND,
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{ARN}'",
    ),
    Refusal(
        "DescribeStateMachine",
        pb.DescribeStateMachineRequest(state_machine_arn="nonsense"),
        grpc.StatusCode.INVALID_ARGUMENT,
        "InvalidArn",
        "Invalid Arn: 'Invalid ARN prefix: nonsense'",
    ),
    Refusal(
        "CreateStateMachine",
        pb.CreateStateMachineRequest(name="a b", definition=PASS, role_arn=ROLE),
        grpc.StatusCode.INVALID_ARGUMENT,
        "InvalidName",
        "Invalid Name: 'a b'",
    ),
    Refusal(
        "SendTaskSuccess",
        pb.SendTaskSuccessRequest(task_token="unknown", output="1"),
        grpc.StatusCode.INVALID_ARGUMENT,
        "InvalidToken",
        "Invalid Token: 'Invalid token'",
    ),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: f"{refusal.operation}-{refusal.code}")
async def test_refusals_say_what_aws_says(connection: Connection, refusal: Refusal) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(connection.client, refusal.operation)(refusal.request)
    assert caught.value.code() is refusal.status
    assert caught.value.details() == refusal.message
    assert dict(caught.value.trailing_metadata())["steploom-error-code"] == refusal.code


async def test_an_engine_that_is_down_is_unavailable(connection: Connection) -> None:
    await connection.start()
    connection.installation.gateway.available = False
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await connection.client.DescribeExecution(pb.DescribeExecutionRequest(execution_arn=ARN))
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await connection.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN)).read()
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_many_can_watch_one_execution(connection: Connection) -> None:
    await connection.start()
    gateway = connection.installation.gateway
    watches = [connection.client.WatchExecution(pb.WatchExecutionRequest(execution_arn=ARN)) for _ in range(20)]
    await gateway.record("orders", "one", 300)
    await gateway.end("orders", "one", ExecutionStatus.SUCCEEDED, output="1")

    async def ids(watch: Any) -> list[int]:
        return [response.event.id async for response in watch]

    assert await asyncio.gather(*map(ids, watches)) == [list(range(1, 301))] * 20
