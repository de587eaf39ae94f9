"""Calls that last as long as an execution, through a real channel: watching and waiting."""

from __future__ import annotations

import grpc
import pytest

from api.proto.v1 import steploom_pb2 as pb
from api.service.errors import ExecutionDoesNotExist
from tests.api.grpc.conftest import Door
from tests.api.grpc.scripted_service import ARN, SUCCEEDED, event


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
    seconds = 0.1
    while not door.service.called.is_set():  # where a deadline is over before a slow server is asked
        seconds *= 2
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await door.client.WaitForExecution(pb.WaitForExecutionRequest(execution_arn=ARN), timeout=seconds)
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await door.service.left.wait()
