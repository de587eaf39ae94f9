"""The command tree of `steploom` and its help."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any, Final

import typer

from api.cli import connections, definitions, executions, expressions, keys, machines, serving, tasks, testing

_SERVE: Final = "Run a service"
_DEFINITIONS: Final = "Definitions"
_EXECUTIONS: Final = "Work with a running service"

app = typer.Typer(
    name="steploom",
    help="AWS Step Functions state machines on Temporal.",
    epilog="Start with: steploom dev --functions DIR, then aim any AWS client at http://127.0.0.1:8083.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"steploom {version('steploom')}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """AWS Step Functions state machines on Temporal."""


app.command("dev", rich_help_panel=_SERVE)(serving.dev)
app.command("api", rich_help_panel=_SERVE)(serving.api)
app.command("worker", rich_help_panel=_SERVE)(serving.worker)
app.command("functions", rich_help_panel=_SERVE)(serving.functions)
app.command("setup", rich_help_panel=_SERVE)(serving.setup)
app.command("config", rich_help_panel=_SERVE)(serving.config)
app.add_typer(
    keys.app,
    name="keys",
    rich_help_panel=_SERVE,
    help="Access keys: who may call, and what.\n\nExample: steploom keys create --policy read-only",
)
app.command("validate", rich_help_panel=_DEFINITIONS)(definitions.validate)
app.command("schema", rich_help_panel=_DEFINITIONS)(definitions.schema)
app.command("run", rich_help_panel=_DEFINITIONS)(definitions.run)
app.command("test", rich_help_panel=_DEFINITIONS)(testing.run_tests)
app.command("test-expression", rich_help_panel=_DEFINITIONS)(expressions.evaluate_expression)
app.command("deploy", rich_help_panel=_EXECUTIONS)(machines.deploy)
app.command("start", rich_help_panel=_EXECUTIONS)(executions.start)
app.command("describe", rich_help_panel=_EXECUTIONS)(executions.describe)
app.command("history", rich_help_panel=_EXECUTIONS)(executions.history)
app.command("list", rich_help_panel=_EXECUTIONS)(executions.list_)
app.command("stop", rich_help_panel=_EXECUTIONS)(executions.stop)
app.command("redrive", rich_help_panel=_EXECUTIONS)(executions.redrive)
app.command("delete", rich_help_panel=_EXECUTIONS)(machines.delete)
app.command("send-task-success", rich_help_panel=_EXECUTIONS)(tasks.send_task_success)
app.command("send-task-failure", rich_help_panel=_EXECUTIONS)(tasks.send_task_failure)
app.command("send-task-heartbeat", rich_help_panel=_EXECUTIONS)(tasks.send_task_heartbeat)
app.add_typer(connections.app, name="connections", rich_help_panel=_EXECUTIONS)


@cache
def command() -> Callable[..., Any]:
    """What runs a command line. Typer's own call makes the tree of all commands anew each time, which takes 0.07 s."""
    return typer.main.get_command(app)
