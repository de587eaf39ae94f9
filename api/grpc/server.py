"""The gRPC server: the application service, health, reflection, and a shutdown that loses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from prometheus_client import CollectorRegistry

from api.access.guard import Guard
from api.access.limits import DEFAULT_MAX_REQUEST_BYTES
from api.grpc.access import Doorkeeper
from api.grpc.handlers import SERVICE_NAME, Service, method_handlers
from api.grpc.observation import CallObserver
from api.grpc.unreadable import RequestReader
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.long_calls import LongCalls


def create_server(
    service: Service,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    credentials: grpc.ServerCredentials | None = None,
    registry: CollectorRegistry | None = None,
    max_request_bytes: int = DEFAULT_MAX_REQUEST_BYTES,
    guard: Guard | None = None,
) -> tuple[grpc.aio.Server, int]:
    """A server for the application service, bound but not started; call `start`, and `stop(grace)` in the end.

    To be called in the event loop that will serve.

    `stop` first says NOT_SERVING to health checks and ends the calls that wait for an execution (their clients call
    again elsewhere); all other calls may finish within `grace` seconds.

    Args:
        service: what the calls are translated to.
        host: the address to listen at; IPv6 without brackets.
        port: the port to listen at, 0 for any free one.
        credentials: for TLS; without them the port is plain text.
        registry: where to register the metrics; nowhere if None.
        max_request_bytes: larger requests are answered RESOURCE_EXHAUSTED. A definition may have 1 MiB.
        guard: who may call; None lets everybody do everything. Health is not guarded.

    Returns:
        The server and the port it is bound to.

    Raises:
        RuntimeError: the address is in use or not this machine's.
    """
    long_calls = LongCalls()
    health_servicer = health.aio.HealthServicer()
    observer = CallObserver(SERVICE_NAME, registry or CollectorRegistry())
    guard = guard or Guard(Arns(ServiceConfig()))
    server = grpc.aio.server(
        interceptors=[observer, Doorkeeper(guard, SERVICE_NAME), RequestReader()], options=_options(max_request_bytes)
    )
    server.add_registered_method_handlers(SERVICE_NAME, method_handlers(service, long_calls, guard))
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    service_names = (SERVICE_NAME, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME)
    reflection.enable_server_reflection(service_names, server)
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if credentials is None:
        bound_port = server.add_insecure_port(address)
    else:
        bound_port = server.add_secure_port(address, credentials)
    return DrainingServer(server, health_servicer, long_calls), bound_port


def _options(max_request_bytes: int) -> list[tuple[str, int]]:
    return [
        # Without it, two servers share a port and each gets half the calls; with it the second fails to start.
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", max_request_bytes),
        ("grpc.max_send_message_length", -1),
        # Waiting calls are silent for months: notice dead clients, and let live ones ping through their load balancers.
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ]


class DrainingServer(grpc.aio.Server):
    """A gRPC server whose `stop` first takes itself out of service and ends the calls that wait."""

    def __init__(self, server: grpc.aio.Server, health_servicer: Any, long_calls: LongCalls) -> None:
        """Wrap a server whose handlers have this health servicer (untyped upstream) and these long calls."""
        self._server = server
        self._health = health_servicer
        self._long_calls = long_calls

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        """As the wrapped server."""
        self._server.add_generic_rpc_handlers(generic_rpc_handlers)

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, grpc.RpcMethodHandler[Any, Any]]
    ) -> None:
        """As the wrapped server."""
        self._server.add_registered_method_handlers(service_name, method_handlers)

    def add_insecure_port(self, address: str) -> int:
        """As the wrapped server."""
        return self._server.add_insecure_port(address)

    def add_secure_port(self, address: str, server_credentials: grpc.ServerCredentials) -> int:
        """As the wrapped server."""
        return self._server.add_secure_port(address, server_credentials)

    async def start(self) -> None:
        """Serve, and say so to health checks."""
        await self._server.start()
        await self._health.set(SERVICE_NAME, health_pb2.HealthCheckResponse.SERVING)

    async def stop(self, grace: float | None) -> None:
        """Drain: refuse new calls, end the waiting ones, and give all others `grace` seconds."""
        await self._health.enter_graceful_shutdown()
        self._long_calls.drain()
        await self._server.stop(grace)

    async def wait_for_termination(self, timeout: float | None = None) -> bool:
        """As the wrapped server."""
        return await self._server.wait_for_termination(timeout)
