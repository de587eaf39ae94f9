"""What commands print: tables and colour on a terminal, aligned plain text elsewhere, JSON where asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

INTERRUPTED: Final = 130
"""The exit code of a command that Ctrl-C or SIGTERM ended before it was done."""

UNANSWERED: Final = 3
"""The exit code of a command that was to see the end of an execution, and cannot: no service answers, or it refuses."""

STATUS_STYLES: Final = {
    "RUNNING": "cyan",
    "SUCCEEDED": "green",
    "FAILED": "red",
    "TIMED_OUT": "yellow",
    "ABORTED": "magenta",
    "ACTIVE": "green",
    "DELETING": "yellow",
}


class CommandError(Exception):
    """Ends the command with a message for the person who gave it."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def console() -> Console:
    """Standard output. Made anew for each use, since tests and pipes replace the stream."""
    return Console(highlight=False, soft_wrap=True)


def error_console() -> Console:
    """Standard error, likewise."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_error(message: str) -> None:
    """Print `error: message` to standard error, red on a terminal."""
    error_console().print(f"[bold red]error:[/] {escape(message)}")


def print_line(text: str, style: str | None = None) -> None:
    """Print one line; `style` is used on a terminal only."""
    console().print(text, style=style, markup=False)


def print_aside(text: str) -> None:
    """Print what is for people only: where no terminal reads standard output, to standard error."""
    if sys.stdout.isatty():
        print_line(text, "dim")
    else:
        error_console().print(text, markup=False)


def print_made(done: str, arn: str, note: str | None = None) -> None:
    """Say what was done to which resource; where no terminal reads it, standard output gets the bare ARN."""
    told = "" if note is None else f" ({note})"
    if sys.stdout.isatty():
        print_line(f"{done} {arn}{told}")
    else:
        error_console().print(f"{done}{told}", markup=False)
        print(arn)


def print_json(value: object) -> None:
    """Print JSON: indented on a terminal, on one line elsewhere. Dates become ISO 8601 texts."""
    indent = 2 if sys.stdout.isatty() else None
    print(json.dumps(value, indent=indent, default=_json_default, ensure_ascii=False))


def print_fields(fields: Mapping[str, str | None]) -> None:
    """Print names and values, one a line, without what files end with; those that are None are left out."""
    shown = {name: value for name, value in fields.items() if value is not None}
    width = max(map(len, shown), default=0)
    out = console()
    for name, value in shown.items():
        text = f"[{STATUS_STYLES[value]}]{value}[/]" if value in STATUS_STYLES else escape(value.rstrip())
        out.print(f"[bold]{name.ljust(width)}[/]  {text}")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """Print rows under their columns, or `empty` if there are none."""
    kept = [tuple(row) for row in rows]
    out = console()
    if not kept:
        out.print(empty, style="dim", markup=False)
    elif out.is_terminal:
        out.print(_rich_table(columns, kept), soft_wrap=False)
    else:
        widths = [max(len(row[i]) for row in (columns, *kept)) for i in range(len(columns))]
        for row in (columns, *kept):
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def counted(count: float, noun: str) -> str:
    """`1 day`, `2 days`, `0.5 days`."""
    return f"{count:.10g} {noun}{'' if count == 1 else 's'}"


def date_text(value: datetime | float | None) -> str:
    """A date in UTC to the millisecond, and `Z`; empty for None. Numbers are seconds since the epoch."""
    if value is None:
        return ""
    date = value if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)
    return date.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "Z"


def _rich_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(f"[{STATUS_STYLES[cell]}]{cell}[/]" if cell in STATUS_STYLES else escape(cell) for cell in row))
    return table


def _json_default(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")
