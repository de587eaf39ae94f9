"""The doors on their ports, and the role `api`, which is nothing but the doors and the service behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from ssl import SSLContext
from typing import TYPE_CHECKING, Final

from aiohttp import web
from temporalio.service import RetryConfig, RPCError

from api.access.guard import Guard
from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.config import Settings
from api.engine import Engine, RoleError, connected
from api.grpc.server import create_server
from api.links import execution_link
from api.memory import settle_memory
from api.protection import check_exposure, grpc_tls, guard_of, http_tls
from api.roles import application
from api.service.application import ApplicationService
from api.storage.store import StoreUnavailable
from api.temporal_server import port_in_use

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig

_ANSWERING: Final = RetryConfig(max_elapsed_time_millis=3_000)
"""People and programs wait for the answer, and can ask again. A Task of a synchronous execution cannot."""

_GRACE_SECONDS: Final = 10.0
"""How long calls that are being answered may still take when a door closes."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the doors are found."""

    http_url: str
    grpc_address: str


@asynccontextmanager
async def open_doors(settings: Settings, engine: Engine, service: ApplicationService) -> AsyncIterator[Doors]:
    """The HTTP and the gRPC door; on exit each finishes the calls that it is answering.

    Raises:
        RoleError: A port is taken.
        ConfigurationError: A setting of what protects them is wrong.
    """

    async def ready() -> bool:
        try:
            await engine.store.ping()
            return await engine.client.service_client.check_health()
        except (StoreUnavailable, RPCError):
            return False

    tls = http_tls(settings)
    async with guard_of(settings, engine.store) as guard:
        tracer = None if engine.tracing is None else engine.tracing.tracer
        app = create_app(
            service,
            ready=ready,
            guard=guard,
            max_request_bytes=settings.max_request_bytes,
            tracer=tracer,
            link=_links(settings, engine.client.namespace),
        )
        check_free(settings)
        async with _http_door(settings, app, tls) as http_port, _grpc_door(settings, service, guard) as grpc_port:
            scheme = "http" if tls is None else "https"
            http_address = _address(settings.http_host, http_port)
            yield Doors(f"{scheme}://{http_address}", _address(settings.grpc_host, grpc_port))


def _links(settings: Settings, namespace: str) -> Callable[[str], str | None] | None:
    """What tells the page of an execution in the Temporal UI, if the installation says where that is."""
    ui_url = settings.ui_url
    return None if ui_url is None else lambda arn: execution_link(ui_url, namespace, arn)


@asynccontextmanager
async def _grpc_door(settings: Settings, service: ApplicationService, guard: Guard) -> AsyncIterator[int]:
    try:
        server, port = create_server(
            service,
            host=settings.grpc_host,
            port=settings.grpc_port,
            credentials=grpc_tls(settings),
            max_request_bytes=settings.max_request_bytes,
            guard=guard,
        )
    except RuntimeError as error:
        address = _address(settings.grpc_host, settings.grpc_port)
        raise RoleError(f"The gRPC door cannot listen on {address}: {error}") from error
    await server.start()
    try:
        yield port
    finally:
        service.stop_polls()
        await server.stop(_GRACE_SECONDS)


@asynccontextmanager
async def _http_door(settings: Settings, app: web.Application, tls: SSLContext | None) -> AsyncIterator[int]:
    host, port = settings.http_host, settings.http_port
    async with AsyncExitStack() as stack:
        try:
            bound = await stack.enter_async_context(serve(app, host, port, grace_seconds=_GRACE_SECONDS, tls=tls))
        except OSError as error:
            raise RoleError(f"The HTTP door cannot listen on {_address(host, port)}: {error.strerror}") from error
        yield bound


def check_free(settings: Settings) -> None:
    """See that nobody has the ports of the doors.

    Raises:
        RoleError: A port is taken.
    """
    _check_free("HTTP", settings.http_host, settings.http_port)
    _check_free("gRPC", settings.grpc_host, settings.grpc_port)


def _check_free(door: str, host: str, port: int) -> None:
    """Refuse a taken port ourselves, before gRPC's core writes about it to standard error."""
    if port_in_use(port, host):
        told = f"port {port} is in use; choose another with --{door.lower()}-port."
        raise RoleError(f"The {door} door cannot listen on {_address(host, port)}: {told}")


def _address(host: str, port: int) -> str:
    """Host and port as URLs have them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def serve_api(settings: Settings, connection: ClientConnectConfig, ready: Callable[[Doors], None]) -> None:
    """The role `api`, until cancelled; `ready` is told when calls are answered.

    Raises as `check_exposure`, `connected`, `open_doors`.
    """
    check_exposure(settings)
    check_free(settings)  # before Temporal is asked, which may be away for long
    async with (
        connected(settings, connection, answering=_ANSWERING) as engine,
        application(settings, engine) as service,
        open_doors(settings, engine, service) as doors,
    ):
        settle_memory()
        ready(doors)
        await asyncio.Event().wait()
