"""A server of the gRPC door on a free loopback port, over a scripted service, and a client connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from prometheus_client import CollectorRegistry

from api.grpc.server import create_server
from api.proto.v1.steploom_pb2_grpc import StepFunctionsStub
from tests.api.grpc.scripted_service import ScriptedService


@dataclass(frozen=True, slots=True)
class Door:
    """A running server, what stands behind it, and a client. The generated stub is untyped, hence Any."""

    address: str
    service: ScriptedService
    server: grpc.aio.Server
    channel: grpc.aio.Channel
    client: Any
    registry: CollectorRegistry


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    service, registry = ScriptedService(), CollectorRegistry()
    server, port = create_server(service, host="127.0.0.1", port=0, registry=registry)
    await server.start()
    address = f"127.0.0.1:{port}"
    async with grpc.aio.insecure_channel(address) as channel:
        client = StepFunctionsStub(channel)  # type: ignore[no-untyped-call]  # generated
        yield Door(address=address, service=service, server=server, channel=channel, client=client, registry=registry)
    await server.stop(None)
