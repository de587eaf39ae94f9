"""Options and arguments that several commands share, and the reading of their values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from api.cli.output import CommandError
from api.cli.text_files import text_of

if TYPE_CHECKING:
    from api.config import Settings
    from interpreter.values import JsonValue

_T = TypeVar("_T")
_STANDARD_INPUT: Final = 0

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="TOML file (default: STEPLOOM_CONFIG, then ./steploom.toml)."),
]
EndpointOption = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="URL", help="HTTP door of the service (default: STEPLOOM_ENDPOINT)."),
]
FunctionsOption = Annotated[
    Path | None,
    typer.Option(
        "--functions",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Serve the Python Lambda handlers in this folder.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
DefinitionArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="State machine definition (Amazon States Language, JSON); - reads it from standard input."
    ),
]
DefinitionsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="State machine definitions (Amazon States Language, JSON); - reads one from standard input.",
    ),
]
InputOption = Annotated[
    str, typer.Option("--input", "-i", metavar="JSON|@FILE", help="Input: JSON, or @ and the name of a file with it.")
]
ExecutionArgument = Annotated[
    str, typer.Argument(metavar="EXECUTION", help="Execution ARN, or MACHINE:NAME of the execution.")
]


def settings_from(config: Path | None, **overrides: object) -> Settings:
    """The configuration, with what the command line says on top."""
    from api.config import ConfigurationError, load_settings

    try:
        return load_settings(config, **overrides)
    except ConfigurationError as error:
        raise CommandError(str(error), exit_code=2) from error


def database_of(settings: Settings) -> str:
    """The URL of the database in effect, as `shown_database` tells it to people."""
    from api.storage.engine import shown_database

    try:
        return shown_database(settings.database_url)
    except ValueError as error:
        raise CommandError(f"database_url (STEPLOOM_DATABASE_URL): {error}", exit_code=2) from error


def default_role(settings: Settings) -> str:
    """The ARN of the role of state machines for which none is named. Nothing here takes on roles."""
    return f"arn:aws:iam::{settings.account_id}:role/steploom"


def without_none(**members: _T | None) -> dict[str, _T]:
    """The members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def read_text(path: Path) -> str:
    """The text of a file that the command line names."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}", exit_code=2) from error
    return text_of(str(path), data)


def read_definition(path: Path) -> str:
    """The text of a definition that the command line names; `-` is standard input."""
    if path != Path("-"):
        return read_text(path)
    try:
        with open(_STANDARD_INPUT, "rb", closefd=False) as opened:
            data = opened.read()
    except OSError as error:
        raise CommandError(f"Standard input cannot be read: {error}", exit_code=2) from error
    return text_of("Standard input", data)


def meant_file(given: str) -> str:
    """What to add to the complaint about a text that is no JSON: a question if it is the name of a file."""
    return f"; did you mean @{given}?" if os.path.isfile(given) else ""


def read_json(option: str, given: str) -> JsonValue:
    """The value that an option gives as JSON, directly or as `@file`; numbers keep every digit."""
    return _parsed(option, given, given_text(given))


def read_json_text(option: str, given: str) -> str:
    """The JSON text that an option gives, directly or as `@file`, as it stands there."""
    text = given_text(given)
    _parsed(option, given, text)
    return text


def read_input(given: str) -> str:
    """The JSON text that `--input` gives, directly or as `@file`."""
    return read_json_text("--input", given)


def given_text(given: str) -> str:
    """What an option gives, directly or as `@file`."""
    return read_text(Path(given[1:])) if given.startswith("@") else given


def _parsed(option: str, given: str, text: str) -> JsonValue:
    from interpreter.definition.json_faults import BYTE_ORDER_MARK, BYTE_ORDER_MARK_HINT
    from interpreter.values import parse_json

    try:
        return parse_json(text)
    except ValueError as error:
        hint = f"; {BYTE_ORDER_MARK_HINT}" if text.startswith(BYTE_ORDER_MARK) else meant_file(given)
        raise CommandError(f"{option} is not JSON: {error}{hint}", exit_code=2) from error
