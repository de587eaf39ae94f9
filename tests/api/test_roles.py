"""Roles where Temporal is not there yet, or goes away: callers are answered soon, Tasks have more patience."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from temporalio.service import RetryConfig

from api import engine as engine_module
from api.config import load_settings
from api.engine import RoleError, connected
from api.roles import application
from api.service.errors import ServiceUnavailable
from interpreter.values import JsonValue
from tests.api.service.installation import ROLE, execution_arn
from tests.support.databases import new_database

TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": True}
CALL = json.dumps({"StartAt": "Call", "States": {"Call": TASK}})
BACK = "it is back, and refuses"


class Restarting(grpc.GenericRpcHandler):
    """A Temporal that lets clients connect, is away for two attempts of each call, and refuses what comes then.

    Whether its namespace is there it says with each of `namespace`, and then that it is.
    """

    def __init__(self) -> None:
        self.attempts: Counter[str] = Counter()
        self.namespace: list[grpc.StatusCode] = []

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Answers any method."""
        method = handler_call_details.method.rpartition("/")[2]

        async def answer(_: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
            if method == "DescribeNamespace" and self.namespace:
                await context.abort(self.namespace.pop(0), "it starts")
            if method not in {"GetSystemInfo", "DescribeNamespace"}:
                self.attempts[method] += 1
                if self.attempts[method] < 3:
                    await context.abort(grpc.StatusCode.UNAVAILABLE, "it restarts")
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, BACK)
            return b""

        return grpc.unary_unary_rpc_method_handler(answer)


@pytest_asyncio.fixture
async def temporal() -> AsyncIterator[tuple[Restarting, str]]:
    restarting, server = Restarting(), grpc.aio.server()
    server.add_generic_rpc_handlers([restarting])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield restarting, f"127.0.0.1:{port}"
    await server.stop(None)


async def test_a_restart_of_temporal(temporal: tuple[Restarting, str], tmp_path: Path) -> None:
    """The caller of `StartExecution` can ask again; a Task of a synchronous execution would have failed for good."""
    restarting, address = temporal
    settings = load_settings(database_url=await new_database(tmp_path / "steploom.db"))
    once = RetryConfig(max_elapsed_time_millis=1)
    async with (
        connected(settings, {"target_host": address, "namespace": "default"}, answering=once) as engine,
        application(settings, engine) as service,
    ):
        arns: list[JsonValue] = []
        for type_ in ("STANDARD", "EXPRESS"):
            made = await service.invoke(
                "CreateStateMachine", {"name": type_, "definition": CALL, "roleArn": ROLE, "type": type_}
            )
            arns.append(made["stateMachineArn"])
        with pytest.raises(ServiceUnavailable):
            await service.invoke("StartExecution", {"stateMachineArn": arns[0]})
        with pytest.raises(ServiceUnavailable):
            await service.invoke("DescribeExecution", {"executionArn": execution_arn("STANDARD", "e")})
        ended = await service.invoke("StartSyncExecution", {"stateMachineArn": arns[1]})
    assert ended["status"] == "FAILED"
    assert str(ended["cause"]).endswith(f"Temporal: {BACK}")
    assert restarting.attempts == {
        "StartWorkflowExecution": 1,
        "DescribeWorkflowExecution": 1,
        "StartActivityExecution": 3,
    }


@pytest.mark.parametrize("status", ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "UNKNOWN"])
async def test_a_temporal_that_still_starts_is_asked_again(
    status: str, temporal: tuple[Restarting, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RESOURCE_EXHAUSTED is said to roles that start at once, and are too many for the namespace's rate."""
    monkeypatch.setattr(engine_module, "_CONNECT_PAUSE_SECONDS", 0)
    restarting, address = temporal
    restarting.namespace = [grpc.StatusCode[status]] * 3
    settings = load_settings(database_url=await new_database(tmp_path / "steploom.db"))
    async with connected(settings, {"target_host": address, "namespace": "default"}):
        assert restarting.namespace == []


async def test_a_namespace_that_is_not_for_us(temporal: tuple[Restarting, str], tmp_path: Path) -> None:
    restarting, address = temporal
    restarting.namespace = [grpc.StatusCode.PERMISSION_DENIED]
    settings = load_settings(database_url=await new_database(tmp_path / "steploom.db"))
    told = f"The Temporal at {address} does not let us use the namespace 'default': it starts. Set TEMPORAL_NAMESPACE"
    with pytest.raises(RoleError, match=told):
        async with connected(settings, {"target_host": address, "namespace": "default"}):
            pass
