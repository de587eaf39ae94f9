"""What each kind of process is made of: the doors, the workers, the function host; `api.laptop` has all in one.

Each part is a context manager that starts on entry and ends in an orderly way on exit, so that a role is a nest of
them, ended from the inside out.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext
from typing import TYPE_CHECKING, Final

from aiohttp import web
from temporalio.client import Client
from temporalio.service import RetryConfig, RPCError
from temporalio.worker import Worker

from activities.direct_calls import direct_calls
from activities.functions.host import FunctionHost, function_activity
from activities.integrations.activity_look_up import ActivityLookUp
from activities.integrations.aws_service import AwsService
from activities.integrations.callback_wait import WaitCloser, open_callback_wait
from activities.integrations.job_watch import JobWatch
from activities.integrations.nested_start import NestedStarter
from activities.local_activity import LocalActivity
from activities.local_calls import LocalCalls
from activities.names import FUNCTIONS_QUEUE, OPEN_WAITS_QUEUE
from activities.open_activities import OpenActivities
from activities.payloads import CompiledDefinitions, data_converter
from activities.registry import Registry
from activities.router import Router
from activities.worker import WorkerLimits, activity_worker, express_worker, job_worker, run_workers, workflow_worker
from api.access.guard import Guard
from api.access.tasks import PermittedStarter, TaskPermissions, parse_task_policy
from api.aws_json.application import create_app
from api.aws_json.in_process import InProcessDoor
from api.aws_json.server import DoorRunner
from api.closing_log import ClosingLog
from api.config import ConfigurationError, Settings
from api.gateway import TemporalGateway
from api.gateway_history import TemporalHistories
from api.grpc.server import create_server
from api.links import execution_link
from api.means import Means, means_of
from api.protection import check_exposure, find_sealer, grpc_tls, guard_of, http_tls
from api.service.activities import KnownActivities
from api.service.application import ApplicationService
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.local_engine import LocalEngine
from api.service.slots import Slots
from api.storage.migration import migrate
from api.storage.sql import open_store
from api.storage.store import Store, StoreUnavailable
from api.temporal_server import port_in_use
from api.tracing import Tracing, UnknownExporter, tracing

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig

_LOG: Final = logging.getLogger(__name__)
_CONNECT_PATIENCE_SECONDS: Final = 60.0
_CONNECT_PAUSE_SECONDS: Final = 0.5
_API_RETRY: Final = RetryConfig(max_elapsed_time_millis=3_000)
"""People and programs wait for the answer, and can ask again."""

_GRACE_SECONDS: Final = 10.0
"""How long calls that are being answered may still take when a door closes."""


class RoleError(Exception):
    """A process cannot start or go on; the message is for the person who runs it."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What every process holds: the database, Temporal, the definitions compiled here, and tracing where it is on."""

    store: Store
    client: Client
    definitions: CompiledDefinitions
    tracing: Tracing | None = None


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the doors are found."""

    http_url: str
    grpc_address: str


@asynccontextmanager
async def connected(
    settings: Settings, connection: ClientConnectConfig, *, retry: RetryConfig | None = None
) -> AsyncIterator[Engine]:
    """The database, its schema up to date, and a Temporal client; waits a minute for a Temporal that is starting too.

    Args:
        settings: the installation's.
        connection: where Temporal is.
        retry: how long its calls are repeated when it goes away later; ten seconds by default.

    Raises:
        ConfigurationError: The database URL cannot be used, or spans go somewhere unknown.
        RoleError: Temporal does not answer.
    """
    try:
        await migrate(settings.database_url)
    except ValueError as error:
        raise ConfigurationError(f"database_url (STEPLOOM_DATABASE_URL): {error}") from error
    with _told_of_tracing(), tracing() as traced:
        async with open_store(settings.database_url) as store:
            definitions = CompiledDefinitions(store)
            yield Engine(store, await _connect(connection, definitions, store, traced, retry), definitions, traced)


def settle_memory() -> None:
    """Have Python's collector leave alone what was made until now, and lives as long as the process.

    Measured: a full collection otherwise stops every call for 170 ms, with 150,000 objects, of which hardly any is
    of a call.
    """
    gc.collect()
    gc.freeze()


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
    retry: RetryConfig | None,
) -> Client:
    interceptors = [] if traced is None else [traced.interceptor]
    address = connection["target_host"]
    deadline: float | None = None
    while True:
        try:
            return await Client.connect(
                **connection,
                data_converter=data_converter(definitions, store),
                interceptors=interceptors,
                retry_config=retry,
            )
        except RuntimeError as error:  # what the SDK raises when nobody answers
            now = asyncio.get_running_loop().time()
            if deadline is None:
                deadline = now + _CONNECT_PATIENCE_SECONDS
                _LOG.warning("Temporal does not answer at %s yet; trying again for a minute.", address)
            elif now > deadline:
                raise RoleError(f"Temporal does not answer at {address}: {error}") from error
        await asyncio.sleep(_CONNECT_PAUSE_SECONDS)


@asynccontextmanager
async def application(settings: Settings, engine: Engine) -> AsyncIterator[ApplicationService]:
    """The application service, ready to answer."""
    async with means_of(settings, engine.store) as means, _application(settings, engine, means) as service:
        yield service


@asynccontextmanager
async def _application(settings: Settings, engine: Engine, means: Means) -> AsyncIterator[ApplicationService]:
    config = ServiceConfig(
        account_id=settings.account_id,
        region=settings.region,
        mode=settings.mode,
        functions=settings.functions,
        log_groups=means.log_groups,
        express_retention_seconds=settings.express_retention,
        traced="none" if engine.tracing is None else settings.trace_executions,
    )
    gateway = TemporalGateway(engine.client, engine.definitions)
    calls = LocalCalls(engine.client, direct_calls(means.lambdas, means.urls, means.connectors.calls))
    slots = Slots(settings.max_sync_executions)
    local = LocalEngine(engine.definitions, Router(), calls.run, calls.run_child, slots)
    async with ApplicationService(
        engine.store, gateway, config, Registry(), local=local, sealer=find_sealer(settings)
    ) as service:
        yield service
    await gateway.close()


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
    with guard_of(settings, engine.store) as guard:
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
            yield Doors(
                f"{scheme}://{_host(settings.http_host)}:{http_port}", f"{_host(settings.grpc_host)}:{grpc_port}"
            )


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
        raise RoleError(f"The gRPC door cannot listen on {settings.grpc_host}:{settings.grpc_port}: {error}") from error
    await server.start()
    try:
        yield port
    finally:
        service.stop_polls()
        await server.stop(_GRACE_SECONDS)


@asynccontextmanager
async def _http_door(settings: Settings, app: web.Application, tls: SSLContext | None) -> AsyncIterator[int]:
    runner = DoorRunner(app, handle_signals=False, access_log=None, shutdown_timeout=_GRACE_SECONDS)
    await runner.setup()
    try:
        await _listen(web.TCPSite(runner, settings.http_host, settings.http_port, ssl_context=tls))
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _listen(site: web.TCPSite) -> None:
    try:
        await site.start()
    except OSError as error:
        raise RoleError(f"The HTTP door cannot listen on {site.name}: {error.strerror}") from error


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
        raise RoleError(f"The {door} door cannot listen on {_host(host)}:{port}: {told}")


def _host(host: str) -> str:
    """How a host is written in an address."""
    return f"[{host}]" if ":" in host else host


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


@asynccontextmanager
async def execution_workers(settings: Settings, engine: Engine) -> AsyncIterator[list[Worker]]:
    """The workers that host executions, call integrations and open callback waits.

    They have an application service of their own, which answers Tasks that call Step Functions itself.
    """
    limits = WorkerLimits(
        cached_workflows=settings.worker_max_cached_workflows,
        concurrent_workflow_tasks=settings.worker_max_concurrent_workflow_tasks,
        concurrent_activities=settings.worker_max_concurrent_activities,
        concurrent_express_tasks=settings.worker_max_concurrent_express_tasks,
        concurrent_local_calls=settings.worker_max_concurrent_local_calls,
    )
    arns = Arns(ServiceConfig(account_id=settings.account_id, region=settings.region))
    open_activities = OpenActivities(engine.client)
    permissions = TaskPermissions(parse_task_policy(settings.task_policy), arns)
    histories = TemporalHistories(engine.client, engine.definitions)
    async with (
        means_of(settings, engine.store, open_activities) as means,
        _application(settings, engine, means) as service,
        ClosingLog(engine.client, histories, engine.store, means.log_groups).running(),
    ):
        aws = AwsService(
            settings.region,
            own=InProcessDoor(service, permissions),
            own_resources=arns.of_workflow,
            open_activities=open_activities,
        )
        local = LocalActivity(direct_calls(means.lambdas, means.urls, means.connectors.calls, aws))
        watch = JobWatch(aws, others=means.connectors.jobs)
        nested = NestedStarter(PermittedStarter(service.nested_executions, permissions))
        calls = [
            means.lambdas.invoke,
            means.urls.invoke,
            aws.invoke,
            means.connectors.calls.invoke,
            watch.watch,  # of what was begun on this queue by earlier releases, and of what is only to be stopped
            watch.stop,
            nested.prepare,
            nested.start,
            WaitCloser(engine.client).close_wait,
            ActivityLookUp(KnownActivities(engine.store, arns)).exists,
        ]
        yield [
            workflow_worker(engine.client, engine.definitions, calls, limits, event_log=means.log_groups),
            express_worker(engine.client, engine.definitions, local.call, limits, event_log=means.log_groups),
            job_worker(engine.client, [watch.watch, watch.stop], limits),
            activity_worker(engine.client, OPEN_WAITS_QUEUE, [open_callback_wait], limits),
        ]


def function_host(settings: Settings, folder: Path) -> FunctionHost:
    """The host of the functions in a folder; a context manager, see there.

    Raises:
        RoleError: The folder or its settings cannot be used.
    """
    try:
        return FunctionHost(
            folder,
            account_id=settings.account_id,
            region=settings.region,
            max_concurrency=settings.function_concurrency,
        )
    except ValueError as error:
        raise RoleError(f"The functions in {folder} cannot be served: {error}") from error


def function_worker(engine: Engine, host: FunctionHost) -> Worker:
    """The worker that serves the functions of `host`."""
    limits = WorkerLimits(concurrent_activities=host.max_concurrency)
    return activity_worker(engine.client, FUNCTIONS_QUEUE, [function_activity(host)], limits)


async def serve_api(settings: Settings, connection: ClientConnectConfig, ready: Callable[[Doors], None]) -> None:
    """The role `api`, until cancelled; `ready` is told when calls are answered.

    Raises as `check_exposure`, `connected`, `open_doors`.
    """
    check_exposure(settings)
    async with (
        connected(settings, connection, retry=_API_RETRY) as engine,
        application(settings, engine) as service,
        open_doors(settings, engine, service) as doors,
    ):
        settle_memory()
        ready(doors)
        await asyncio.Event().wait()


async def serve_executions(settings: Settings, connection: ClientConnectConfig, ready: Callable[[], None]) -> None:
    """The role `worker`, until cancelled. Raises as `connected`, or what a worker failed with."""
    async with (
        connected(settings, connection) as engine,
        execution_workers(settings, engine) as workers,
        running(workers) as task,
    ):
        settle_memory()
        ready()
        await asyncio.wait([task])


async def serve_functions(
    settings: Settings, connection: ClientConnectConfig, folder: Path, ready: Callable[[FunctionHost], None]
) -> None:
    """The role `functions`, until cancelled. Raises as `connected`, `function_host`, or what the worker failed with."""
    async with (
        function_host(settings, folder) as host,
        connected(settings, connection) as engine,
        running([function_worker(engine, host)]) as task,
    ):
        ready(host)
        await asyncio.wait([task])
