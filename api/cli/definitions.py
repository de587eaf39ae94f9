"""Commands on definition files: validate, schema, and run one execution on an embedded server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli.diagnostics import (
    cannot_run,
    diagnostics_of,
    error_count,
    print_diagnostics,
    refuse_invalid,
    report,
    summary,
)
from api.cli.options import (
    ConfigOption,
    DefinitionArgument,
    DefinitionsArgument,
    FunctionsOption,
    InputOption,
    JsonOption,
    default_role,
    read_definition,
    read_input,
    settings_from,
    without_none,
)
from api.cli.output import INTERRUPTED, CommandError, error_console, print_error, print_json, print_line

if TYPE_CHECKING:
    from api.cli.progress import Progress
    from api.config import Settings
    from api.laptop import Laptop
    from api.service.shapes import DescribeExecutionResponse
    from interpreter.definition.diagnostics import Diagnostic
    from interpreter.values import JsonValue

_NAME: Final = "run"
_STANDARD_INPUT: Final = Path("-")
_LOOK_SECONDS: Final = 1.0


def validate(
    files: DefinitionsArgument,
    express: Annotated[bool, typer.Option("--express", help="By the rules of EXPRESS state machines.")] = False,
    native: Annotated[bool, typer.Option("--native", help="By the limits of the mode native.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check definitions and print all diagnostics, with line and column; exit code 1 if there are errors.

    A file that cannot be read keeps no other from being checked; the exit code is 2 then. With --json several files
    give an array, whose reports say their file.

    Example: steploom validate order.asl.json
    """
    if files.count(_STANDARD_INPUT) > 1:
        raise CommandError("Standard input (-) can be read only once.", exit_code=2)
    exit_code, several = 0, len(files) > 1
    reports: list[Mapping[str, object]] = []
    for file in files:
        try:
            text = read_definition(file)
        except CommandError as error:
            print_error(str(error))
            exit_code = max(exit_code, error.exit_code)
            continue
        found = diagnostics_of(text, express=express, mode="native" if native else "aws")
        exit_code = max(exit_code, 1 if error_count(found) else 0)
        if as_json:
            reports.append({"file": str(file), **report(found)} if several else report(found))
        else:
            _print_checked(file, found)
    if as_json and (reports or several):
        print_json(reports if several else reports[0])
    if exit_code:
        raise typer.Exit(exit_code)


def _print_checked(file: Path, found: Sequence[Diagnostic]) -> None:
    print_diagnostics(file, found)
    colour = "red" if error_count(found) else "yellow" if cannot_run(found) else "green"
    print_line(f"{file}: {summary(found)}", colour)


def schema(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", dir_okay=False, help="Write it to this file instead of printing it."),
    ] = None,
) -> None:
    """Print a JSON Schema of definitions, for completion, hovers and checks in editors.

    Example: steploom schema --output asl.schema.json
    """
    from interpreter.definition.json_schema import asl_json_schema

    text = json.dumps(asl_json_schema(), indent=2)
    if output is None:
        print(text)
        return
    try:
        output.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise CommandError(f"Cannot write {output}: {error.strerror}", exit_code=2) from error


def run(
    file: DefinitionArgument,
    input_: InputOption = "{}",
    functions: FunctionsOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run one execution of FILE on an embedded Temporal server, show its progress, and exit.

    The exit code is 0 if the execution succeeds. Nothing is kept, and nobody can answer callbacks.

    Example: steploom run order.asl.json --input @input.json --functions functions
    """
    from api.cli.logs import set_up_logs

    definition, input_text = read_definition(file), read_input(input_)
    settings = settings_from(config)
    refuse_invalid(file, definition, mode=settings.mode)
    if functions is None:
        _refuse_unserved(definition, settings)
    _warn_of_callbacks(definition)
    set_up_logs(settings)
    ended = _run_embedded(settings, functions, definition, input_text, quiet=as_json)
    _print_ended(ended, as_json=as_json)
    if ended.status != "SUCCEEDED":
        raise typer.Exit(1)


def _refuse_unserved(definition: str, settings: Settings) -> None:
    """Nobody else can serve functions to a server that nobody else knows: their Tasks would wait for ever."""
    from api.cli.hosted_functions import hosted_functions

    if names := hosted_functions(definition, settings.functions):
        raise CommandError(
            f"The definition calls functions that nothing serves: {', '.join(names)}. Name the folder of their "
            "handlers with --functions DIR.",
            exit_code=2,
        )


def _warn_of_callbacks(definition: str) -> None:
    """Nobody can call a service that opens no door; but a state may mean to be timed out."""
    from api.cli.callbacks import states_without_answer

    if names := states_without_answer(definition):
        error_console().print(
            f"warning: nobody can answer callbacks of `steploom run`, which opens no door: {', '.join(names)} would "
            "wait until timed out. To answer: steploom dev, and there steploom deploy and steploom start.",
            style="yellow",
            markup=False,
        )


def _run_embedded(
    settings: Settings, functions: Path | None, definition: str, input_text: str, *, quiet: bool
) -> DescribeExecutionResponse:
    from temporalio.service import RPCError

    from api.cli.signals import ALL_PARTS_GRACE_SECONDS, run_role
    from api.laptop import LaptopOptions, laptop

    ends: list[DescribeExecutionResponse] = []

    async def work() -> None:
        options = LaptopOptions(folder=None, functions=functions, temporal_port=0, ui_port=0)
        async with laptop(settings, options) as parts:
            ends.append(await _execute(parts, definition, input_text, quiet=quiet))

    try:
        finished = run_role(work(), ALL_PARTS_GRACE_SECONDS)
    except RPCError as error:
        raise CommandError(f"The embedded Temporal server no longer answers: {error.message}") from error
    if not finished:
        raise CommandError("interrupted", exit_code=INTERRUPTED)
    return ends[0]


async def _execute(parts: Laptop, definition: str, input_text: str, *, quiet: bool) -> DescribeExecutionResponse:
    """Create the state machine, start an execution, print its events as they happen, and return how it ended."""
    from api.cli.progress import Progress
    from api.service.errors import ServiceError, ServiceUnavailable
    from api.service.shapes import CreateStateMachineRequest, StartExecutionRequest

    try:
        machine = await parts.service.create_state_machine(
            CreateStateMachineRequest(name=_NAME, definition=definition, role_arn=default_role(parts.settings))
        )
        started = await parts.service.start_execution(
            StartExecutionRequest(state_machine_arn=machine.state_machine_arn, input=input_text)
        )
        if not quiet:
            print_line(f"{parts.execution_link(started.execution_arn)} (while this runs)", "dim")
            progress = Progress(advise=False)  # what this command serves, it serves already
            await _show(parts.service.watch_execution(started.execution_arn), progress)
        return await parts.service.wait_for_execution(started.execution_arn)
    except ServiceUnavailable as error:
        raise CommandError(f"The embedded Temporal server no longer answers: {error}") from error
    except ServiceError as error:
        raise CommandError(str(error)) from error


async def _show(events: AsyncIterator[Mapping[str, JsonValue]], progress: Progress) -> None:
    """Print events as they come, and what is awaited where none come."""
    looking = asyncio.create_task(_look(progress))
    try:
        async for event in events:
            progress.show([event])
    finally:
        looking.cancel()


async def _look(progress: Progress) -> None:
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        progress.show([])


def _print_ended(ended: DescribeExecutionResponse, *, as_json: bool) -> None:
    from api.cli.progress import print_outcome

    if as_json:
        print_json(without_none(status=ended.status, output=ended.output, error=ended.error, cause=ended.cause))
    else:
        print_outcome(ended.status, ended.output, ended.error, ended.cause)
