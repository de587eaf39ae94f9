"""A Temporal that lets clients connect, and answers every other call as a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import grpc

Context: TypeAlias = "grpc.aio.ServicerContext[bytes, bytes]"
Answer: TypeAlias = Callable[[str, Context], Awaitable[None]]
"""Told a method's name: it is answered with nothing when this returns, unless this aborts the call."""


class _Service(grpc.GenericRpcHandler):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Answers any method."""
        method = handler_call_details.method.rpartition("/")[2]

        async def answered(_: bytes, context: Context) -> bytes:
            if method != "GetSystemInfo":
                await self._answer(method, context)
            return b""

        return grpc.unary_unary_rpc_method_handler(answered)


@asynccontextmanager
async def fake_temporal(answer: Answer) -> AsyncIterator[str]:
    """Serve it, and give its address."""
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([_Service(answer)])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(None)
