"""The text of what the command line names, which has to be UTF-8; if it is not, what it seems to be is said."""

from __future__ import annotations

from json import detect_encoding
from typing import Final

from api.cli.output import CommandError

_SAVE: Final = "save it as UTF-8 without a byte order mark"
_WIDE: Final = {
    "utf-16": "UTF-16, as Windows PowerShell writes it",
    "utf-32": "UTF-32",
}
"""By the first letters of what Python names the encoding, which may say the order of bytes behind them."""


def text_of(name: str, data: bytes) -> str:
    """The text of a file or stream, `name` to people; its lines end with a newline alone.

    Raises:
        CommandError: it is not UTF-8. Says which encoding it seems to be, or where the first byte is that does not fit.
    """
    wide = _WIDE.get(detect_encoding(data)[:6])  # told by a byte order mark, or by NULs where JSON begins
    if wide is not None:
        raise CommandError(f"{name} cannot be read: it seems to be {wide}; {_SAVE}", exit_code=2)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(f"{name} cannot be read: {_fault(data, error.start)}; {_SAVE}", exit_code=2) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _fault(data: bytes, at: int) -> str:
    """Where the byte at an offset stands, up to which `data` is UTF-8; line and column from 1."""
    before = data[:at].decode("utf-8")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"the byte 0x{data[at]:02x} at {line}:{column} is not UTF-8"
