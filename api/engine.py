"""What every kind of process begins with: the database, Temporal, and workers that run for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, GrpcCompression
from temporalio.service import RetryConfig, RPCError, RPCStatusCode
from temporalio.worker import Worker

from activities.address_guard import is_loopback
from activities.payloads import CompiledDefinitions, data_converter
from activities.worker import run_workers
from api.config import ConfigurationError, Settings
from api.gateway_errors import engine_errors
from api.service.gateway import EngineUnavailable
from api.storage.migration import migrate
from api.storage.sql import open_store
from api.storage.store import Store, StoreUnavailable
from api.tracing import Tracing, UnknownExporter, tracing

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig

_LOG: Final = logging.getLogger(__name__)
_CONNECT_PATIENCE_SECONDS: Final = 60.0
_CONNECT_PAUSE_SECONDS: Final = 0.5
_ANSWER_PATIENCE: Final = timedelta(seconds=10)


class RoleError(Exception):
    """A process cannot start or go on; the message is for the person who runs it."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What every process holds: the database, Temporal, the definitions compiled here, and tracing where it is on.

    Attributes:
        answering: the client for what callers at the doors wait for; gives up earlier than `client` where that is said.
    """

    store: Store
    client: Client
    answering: Client
    definitions: CompiledDefinitions
    tracing: Tracing | None = None


@asynccontextmanager
async def connected(
    settings: Settings, connection: ClientConnectConfig, *, answering: RetryConfig | None = None
) -> AsyncIterator[Engine]:
    """The database, its schema up to date, and a Temporal client; waits a minute for a Temporal that is starting too.

    Args:
        settings: the installation's.
        connection: where Temporal is.
        answering: how long calls that callers wait for are repeated when Temporal goes away later; if nothing is said
            as long as all others, which is ten seconds.

    Raises:
        ConfigurationError: The database URL cannot be used, or spans go somewhere unknown.
        RoleError: The database cannot be used, Temporal does not answer, or it has no such namespace for us.
    """
    try:
        await migrate(settings.database_url)
    except ValueError as error:
        raise ConfigurationError(f"database_url (STEPLOOM_DATABASE_URL): {error}") from error
    except StoreUnavailable as error:
        raise RoleError(f"The database cannot be used: {error}") from error
    with _told_of_tracing(), tracing() as traced:
        async with open_store(settings.database_url) as store:
            definitions = CompiledDefinitions(store)
            client = await _connect(connection, definitions, store, traced)
            quick = client if answering is None else await _connect(connection, definitions, store, traced, answering)
            yield Engine(store, client, quick, definitions, traced)


def compression_to(address: str) -> GrpcCompression:
    """How calls of the Temporal at `HOST:PORT` are compressed: not at a loopback address, else as the SDK does it.

    Decision 16.
    """
    host = address.rpartition(":")[0].strip("[]")
    return GrpcCompression.NONE if is_loopback(host) else GrpcCompression.GZIP


@contextmanager
def _told_of_tracing() -> Iterator[None]:
    try:
        yield
    except UnknownExporter as error:
        raise ConfigurationError(str(error)) from error


async def _connect(
    connection: ClientConnectConfig,
    definitions: CompiledDefinitions,
    store: Store,
    traced: Tracing | None,
    retry: RetryConfig | None = None,
) -> Client:
    interceptors = [] if traced is None else [traced.interceptor]
    address = connection["target_host"]
    deadline: float | None = None
    while True:
        try:
            client = await Client.connect(
                **connection,
                grpc_compression=compression_to(address),
                data_converter=data_converter(definitions, store),
                interceptors=interceptors,
                retry_config=retry,
            )
            await _check_namespace(client, address)
            return client
        except (RuntimeError, EngineUnavailable) as error:  # the SDK raises RuntimeError when nobody answers
            now = asyncio.get_running_loop().time()
            if deadline is None:
                deadline = now + _CONNECT_PATIENCE_SECONDS
                _LOG.warning("Temporal does not answer at %s yet; trying again for a minute.", address)
            elif now > deadline:
                raise RoleError(f"Temporal does not answer at {address}: {error}") from error
        await asyncio.sleep(_CONNECT_PAUSE_SECONDS)


async def _check_namespace(client: Client, address: str) -> None:
    """See that the namespace is there: without it all calls fail, of a role that would look as if it were ready.

    Raises:
        EngineUnavailable: Temporal, or a proxy before it, takes calls and cannot answer them yet.
        RoleError: it has no such namespace for us.
    """
    request = DescribeNamespaceRequest(namespace=client.namespace)
    try:
        with engine_errors():
            await client.workflow_service.describe_namespace(request, timeout=_ANSWER_PATIENCE)
    except RPCError as error:
        what = f"The Temporal at {address} does not let us use the namespace {client.namespace!r}: {error.message}"
        if error.status is RPCStatusCode.NOT_FOUND:
            what = f"The Temporal at {address} has no namespace {client.namespace!r}"
        advice = "Set TEMPORAL_NAMESPACE to one of its namespaces; `steploom setup` then prepares it."
        raise RoleError(f"{what.removesuffix('.')}. {advice}") from error


@asynccontextmanager
async def running(workers: Sequence[Worker]) -> AsyncIterator[asyncio.Task[None]]:
    """Run workers until the block ends; the task is done before that only if one of them failed."""
    stopping = asyncio.Event()
    task = asyncio.create_task(run_workers(workers, stopping))
    try:
        yield task
    finally:
        stopping.set()
        await task
