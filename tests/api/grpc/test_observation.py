"""Calls are logged and counted with how they ended."""

from __future__ import annotations

import logging

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from api.proto.v1 import steploom_pb2 as pb
from api.service import shapes
from tests.api.grpc.conftest import Door
from tests.api.grpc.scripted_service import ARN


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
