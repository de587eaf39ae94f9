"""What every kind of process begins with, where Temporal is there and does not answer yet."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from api import engine
from api.config import load_settings
from api.engine import connected
from tests.support.databases import new_database


class Sleepy(grpc.GenericRpcHandler):
    """A Temporal that lets clients connect, and leaves the first call of each other method without an answer."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Answers any method."""
        method = handler_call_details.method.rpartition("/")[2]

        async def answer(_: bytes, __: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
            self.calls[method] += 1
            if method != "GetSystemInfo" and self.calls[method] == 1:
                await asyncio.Event().wait()
            return b""

        return grpc.unary_unary_rpc_method_handler(answer)


@pytest_asyncio.fixture
async def sleepy() -> AsyncIterator[tuple[Sleepy, str]]:
    """It and its address."""
    temporal, server = Sleepy(), grpc.aio.server()
    server.add_generic_rpc_handlers([temporal])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield temporal, f"127.0.0.1:{port}"
    await server.stop(None)


async def test_a_question_for_the_namespace_without_an_answer_is_put_again(
    sleepy: tuple[Sleepy, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_ANSWER_PATIENCE", timedelta(milliseconds=50))
    temporal, address = sleepy
    settings = load_settings(database_url=await new_database(tmp_path / "steploom.db"))
    async with connected(settings, {"target_host": address, "namespace": "default"}):
        assert temporal.calls["DescribeNamespace"] >= 2
