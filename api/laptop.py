"""All of steploom in one process, beside an embedded Temporal server: for laptops, demonstrations and tests."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from activities.address_guard import is_loopback
from api.access.sealing import new_encryption_key
from api.config import Settings
from api.doors import Doors, check_free, open_doors
from api.engine import Engine, RoleError, connected, running
from api.function_role import function_host, function_worker
from api.links import execution_link
from api.memory import settle_memory
from api.protection import check_exposure
from api.roles import application, execution_workers
from api.service.application import ApplicationService
from api.temporal_server import LOOPBACK, TemporalServer, TemporalServerError, port_in_use

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig

_TEMPORAL_PORT: Final = 7233
_UI_PORT: Final = 8233


@dataclass(frozen=True, slots=True, kw_only=True)
class LaptopOptions:
    """How everything is run in one process.

    Attributes:
        folder: keeps the databases; None keeps nothing.
        functions: the folder of functions to serve, None for none.
        temporal_port: port of the embedded Temporal server; 0 for any free one, None for 7233 or, if taken, a free one.
        ui_port: port of its UI; likewise, with 8233.
    """

    folder: Path | None
    functions: Path | None = None
    temporal_port: int | None = None
    ui_port: int | None = None


@dataclass(frozen=True, slots=True)
class Laptop:
    """Everything but the doors, running in this process beside its Temporal server."""

    settings: Settings
    temporal: TemporalServer
    engine: Engine
    service: ApplicationService
    function_names: Sequence[str]
    _tasks: tuple[asyncio.Task[None], ...]

    def execution_link(self, execution_arn: str) -> str | None:
        """Where the Temporal UI shows an execution."""
        return execution_link(self.temporal.ui_address, self.temporal.namespace, execution_arn)

    async def watch(self) -> None:
        """Return never; raise when a part has ended that should not. Being cancelled leaves the parts alone."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


@asynccontextmanager
async def laptop(settings: Settings, options: LaptopOptions) -> AsyncIterator[Laptop]:
    """Everything in this process: Temporal server, application service, workers and functions.

    Raises:
        RoleError: A part cannot start.
        ConfigurationError: See `connected`.
    """
    async with AsyncExitStack() as stack:
        folder = options.folder
        if folder is None:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="steploom-")))
        else:
            stack.enter_context(_locked(folder))
        if options.folder is None or "database_url" not in settings.model_fields_set:
            settings = settings.model_copy(update={"database_url": f"sqlite:///{folder / 'steploom.sqlite3'}"})
        if settings.encryption_key is None and settings.encryption_key_file is None:
            settings = settings.model_copy(update={"encryption_key_file": _own_key(folder)})
        temporal = await stack.enter_async_context(await _temporal(settings, options))
        settings = settings.model_copy(update={"ui_url": temporal.ui_address, "http_guard": _http_guard(settings)})
        connection: ClientConnectConfig = {"target_host": temporal.address, "namespace": temporal.namespace}
        engine = await stack.enter_async_context(connected(settings, connection))
        workers = await stack.enter_async_context(execution_workers(settings, engine))
        function_names: Sequence[str] = ()
        if options.functions is not None:
            host = await stack.enter_async_context(function_host(settings, options.functions))
            workers.append(function_worker(engine, host))
            function_names = host.names()
        working = await stack.enter_async_context(running(workers))
        service = await stack.enter_async_context(application(settings, engine))
        watching = asyncio.create_task(_server_ends(temporal))
        stack.callback(watching.cancel)
        yield Laptop(settings, temporal, engine, service, function_names, (working, watching))


def _own_key(folder: Path) -> Path:
    """The file with the encryption key of a folder, made where there is none, for its owner's eyes only."""
    file = folder / "encryption.key"
    with suppress(FileExistsError), open(file, "x", opener=_for_its_owner, encoding="ascii") as opened:
        opened.write(new_encryption_key() + "\n")
    return file


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _http_guard(settings: Settings) -> str:
    """`auto`, decided: who can start executions is on this machine already where all doors are on loopback."""
    if settings.http_guard != "auto":
        return settings.http_guard
    return "off" if all(is_loopback(host) for host in (settings.http_host, settings.grpc_host)) else "on"


async def _temporal(settings: Settings, options: LaptopOptions) -> TemporalServer:
    doors = (settings.http_port, settings.grpc_port)
    try:
        return await TemporalServer.start(
            port=_port(options.temporal_port, _TEMPORAL_PORT, "--temporal-port", doors),
            ui_port=_port(options.ui_port, _UI_PORT, "--ui-port", doors),
            db_filename=None if options.folder is None else options.folder / "temporal.sqlite3",
        )
    except TemporalServerError as error:
        raise RoleError(str(error)) from error


async def _server_ends(temporal: TemporalServer) -> None:
    code = await temporal.wait()
    raise RoleError(f"The Temporal server has ended by itself, with exit code {code}.")


def _port(wanted: int | None, usual: int, option: str, doors: Collection[int]) -> int | None:
    """The port to ask for; None lets the launcher find a free one. The usual one gives way to those of the doors."""
    if wanted is None:
        return None if usual in doors or port_in_use(usual) else usual
    if port_in_use(wanted):
        raise RoleError(f"Port {wanted} is in use; choose another with {option}.")
    return wanted or None


def _check_apart(settings: Settings, options: LaptopOptions) -> None:
    """Refuse an address that two parts are to have: the later one would tell that somebody else uses it."""
    parts = (
        ("--http-port", settings.http_host, settings.http_port),
        ("--grpc-port", settings.grpc_host, settings.grpc_port),
        ("--temporal-port", LOOPBACK, options.temporal_port),
        ("--ui-port", LOOPBACK, options.ui_port),
    )
    taken: dict[tuple[str, int], str] = {}
    for option, host, port in parts:
        if not port:
            continue
        if (host, port) in taken:
            raise RoleError(f"{taken[host, port]} and {option} are both {port}; choose another for one of them.")
        taken[host, port] = option


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep the folder to ourselves: two Temporal servers on one file would spoil it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise RoleError(f"The folder {folder} cannot be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RoleError(f"Another steploom uses the folder {folder}. Stop it, or name another folder.") from error
        yield


async def serve_dev(settings: Settings, options: LaptopOptions, ready: Callable[[Laptop, Doors], None]) -> None:
    """The role `dev`, until cancelled; `ready` is told when calls are answered.

    Raises:
        RoleError: A part cannot start, or has ended.
        ConfigurationError: See `check_exposure` and `connected`.
    """
    check_exposure(settings)
    _check_apart(settings, options)
    check_free(settings)  # before the Temporal server starts, so that it is told at once
    async with laptop(settings, options) as parts, open_doors(parts.settings, parts.engine, parts.service) as doors:
        settle_memory()
        ready(parts, doors)
        await parts.watch()
