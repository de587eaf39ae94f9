"""Commands that serve: dev, api, worker, functions; setup, which prepares what they need; config, which shows it."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import ConfigOption, FunctionsOption, JsonOption, database_of, settings_from
from api.cli.output import INTERRUPTED, CommandError, console, counted, print_fields, print_json, print_line
from api.cli.signals import (
    ALL_PARTS_GRACE_SECONDS,
    DOORS_GRACE_SECONDS,
    WORKER_GRACE_SECONDS,
    run_role,
)

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig

    from activities.functions.host import FunctionHost
    from api.config import Settings
    from api.doors import Doors
    from api.laptop import Laptop

HttpPortOption = Annotated[
    int | None, typer.Option("--http-port", metavar="PORT", help="HTTP door (8083); 0: any free.")
]
GrpcPortOption = Annotated[
    int | None, typer.Option("--grpc-port", metavar="PORT", help="gRPC door (8084); 0: any free.")
]
UiPortOption = Annotated[int | None, typer.Option("--ui-port", metavar="PORT", help="Temporal UI (8233); 0: any free.")]
TemporalPortOption = Annotated[
    int | None, typer.Option("--temporal-port", metavar="PORT", help="Temporal server (7233); 0: any free.")
]


def dev(
    http_port: HttpPortOption = None,
    grpc_port: GrpcPortOption = None,
    ui_port: UiPortOption = None,
    temporal_port: TemporalPortOption = None,
    functions: FunctionsOption = None,
    ephemeral: Annotated[
        bool, typer.Option("--ephemeral", help="Keep nothing: all in memory and a temporary folder.")
    ] = False,
    db: Annotated[Path, typer.Option("--db", metavar="DIR", help="Folder that keeps the databases.")] = Path(
        ".steploom"
    ),
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run everything on this machine: Temporal server and UI, both doors, worker and functions.

    Ready within seconds; prints where the doors and the UI are. Ctrl-C ends it all.

    Example: steploom dev --functions examples/order-pipeline/functions
    """
    from api.cli.logs import set_up_logs

    begun = time.monotonic()
    settings = settings_from(config, http_port=http_port, grpc_port=grpc_port)
    set_up_logs(settings)
    from api.laptop import LaptopOptions, serve_dev

    options = LaptopOptions(
        folder=None if ephemeral else db,
        functions=functions,
        temporal_port=temporal_port,
        ui_port=ui_port,
    )

    def ready(laptop: Laptop, doors: Doors) -> None:
        addresses = {
            "http": doors.http_url,
            "grpc": doors.grpc_address,
            "ui": laptop.temporal.ui_address,
            "temporal": laptop.temporal.address,
        }
        if as_json:
            print_json(addresses | {"functions": list(laptop.function_names)})
            return
        console().print(f"[bold green]steploom is ready[/] after {time.monotonic() - begun:.1f} s")
        print_fields(
            {
                "HTTP (AWS JSON)": addresses["http"],
                "gRPC": addresses["grpc"],
                "Temporal UI": addresses["ui"],
                "Temporal": addresses["temporal"],
                "functions": ", ".join(laptop.function_names) or _no_functions(functions, laptop),
                "kept in": "memory only" if ephemeral else str(db),
                "callers": "need a key (steploom keys)" if settings.authentication == "required" else None,
            }
        )
        print_line("Ctrl-C ends it.", "dim")

    run_role(serve_dev(settings, options, ready), ALL_PARTS_GRACE_SECONDS)


def api(
    http_port: HttpPortOption = None,
    grpc_port: GrpcPortOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the HTTP and the gRPC door, against the Temporal server that TEMPORAL_ADDRESS names.

    Example: TEMPORAL_ADDRESS=temporal:7233 steploom api
    """
    settings, connection, database = _begun(config, http_port=http_port, grpc_port=grpc_port)
    from api.doors import serve_api

    def ready(doors: Doors) -> None:
        if as_json:
            print_json({"http": doors.http_url, "grpc": doors.grpc_address, "database": database_of(settings)})
        else:
            _tell_ready(settings, f"api is ready: HTTP {doors.http_url}, gRPC {doors.grpc_address}, {database}")

    run_role(serve_api(settings, connection, ready), DOORS_GRACE_SECONDS)


def worker(config: ConfigOption = None) -> None:
    """Run a worker: it interprets executions and calls what their Task states name.

    Example: TEMPORAL_ADDRESS=temporal:7233 steploom worker
    """
    settings, connection, database = _begun(config)
    from api.roles import serve_executions

    def ready() -> None:
        _tell_ready(settings, f"worker is ready: {database}")

    run_role(serve_executions(settings, connection, ready), WORKER_GRACE_SECONDS)


def functions(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="Folder of Python Lambda handlers.")
    ],
    config: ConfigOption = None,
) -> None:
    """Serve a folder of Python Lambda handlers, each call in a process of its own.

    A file charge_card.py with handler(event, context) is the function charge-card.

    Example: steploom functions examples/order-pipeline/functions
    """
    settings, connection, database = _begun(config)
    from api.function_role import serve_functions

    def ready(host: FunctionHost) -> None:
        names = ", ".join(host.names()) or "none yet"
        _tell_ready(settings, f"functions are ready: {names}; {database}")

    run_role(serve_functions(settings, connection, folder, ready), WORKER_GRACE_SECONDS)


def setup(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Prepare a Temporal namespace and the database; safe to repeat.

    Registers the search attributes, raises the retention to 90 days, and makes or upgrades the tables.

    Example: TEMPORAL_ADDRESS=temporal:7233 steploom setup
    """
    settings = settings_from(config)
    connection = _connection()
    database = database_of(settings)
    from temporalio.service import RPCError

    from api.engine import connected
    from api.namespace import prepare_namespace

    async def prepare() -> None:
        async with connected(settings, connection) as engine:
            done = await prepare_namespace(engine.client)
        retention = done.raised_retention_from
        days = None if retention is None else retention.total_seconds() / 86_400
        if as_json:
            print_json(
                {
                    "database": database,
                    "addedSearchAttributes": done.added_attributes,
                    "raisedRetentionFromDays": days,
                }
            )
            return
        print_line(f"database: the tables in {database} are up to date")
        print_line(f"search attributes: {', '.join(done.added_attributes) or 'all there'}")
        print_line("retention: " + ("long enough" if days is None else f"raised from {counted(days, 'day')} to 90"))

    try:
        finished = run_role(prepare(), WORKER_GRACE_SECONDS)
    except RPCError as error:
        raise CommandError(f"Temporal refused to prepare {connection['namespace']!r}: {error.message}") from error
    if not finished:
        raise CommandError("interrupted", exit_code=INTERRUPTED)


def config(
    config: ConfigOption = None,
    markdown: Annotated[bool, typer.Option("--markdown", hidden=True)] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the settings in effect, from the environment, the TOML file and the defaults.

    Example: STEPLOOM_MODE=native steploom config
    """
    from api.config_page import configuration_page, shown_settings

    if markdown:
        print(configuration_page(), end="")
        return
    settings = shown_settings(settings_from(config))
    if as_json:
        print_json(settings)
    else:
        print_fields({name: str(value) for name, value in settings.items()})


def _tell_ready(settings: Settings, text: str) -> None:
    """Print that a role is ready; where collectors read, log it: standard output is for logs of executions only."""
    if settings.log_format == "json":
        logger = logging.getLogger(__name__)
        logger.setLevel(logging.INFO)  # whatever the level of all else: the printed line has none
        logger.info(text)
    else:
        print_line(text)


def _no_functions(folder: Path | None, laptop: Laptop) -> str:
    if folder is not None:
        return f"none yet in {folder}"
    variables = [("STEPLOOM_DATABASE_URL", database_of(laptop.settings)), ("TEMPORAL_ADDRESS", laptop.temporal.address)]
    given = " ".join(f"{name}={quote(value)}" for name, value in variables)
    return f"none (serve some with --functions DIR, or: {given} steploom functions DIR)"


def _begun(config: Path | None, **overrides: object) -> tuple[Settings, ClientConnectConfig, str]:
    """What a role has from the beginning: its settings, where Temporal is, and the database as it is told to people.

    From here on it logs as the settings say.
    """
    from api.cli.logs import set_up_logs
    from api.storage.engine import missing_file

    settings = settings_from(config, **overrides)
    set_up_logs(settings)
    connection = _connection()
    database = f"database {database_of(settings)}"
    return settings, connection, f"new {database}" if missing_file(settings.database_url) else database


def _connection() -> ClientConnectConfig:
    from api.config import ConfigurationError, temporal_connection

    try:
        return temporal_connection()
    except ConfigurationError as error:
        raise CommandError(str(error), exit_code=2) from error
