"""The audit log: one line of JSON for each call at the doors, about who did what, to what, from where, and the result.

It never holds parameters, payloads, tokens or signatures. A line that cannot be written is told on standard error; the
call that it is about has happened.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Final

STANDARD_OUTPUT: Final = "-"
_LONGEST: Final = 2_048  # AWS's longest ARN; a caller may send anything in the place of one


class AuditLog:
    """Writes the lines to a file, which may be moved away at any time, or to standard output.

    Args:
        target: the file's path, or `-` for standard output.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(self, target: str) -> None:
        self._handler: logging.Handler = (
            logging.StreamHandler(sys.stdout)
            if target == STANDARD_OUTPUT
            else WatchedFileHandler(Path(target), encoding="utf-8")
        )

    def write(self, line: Mapping[str, str | None]) -> None:
        """Write one line; members that are None are left out, long ones cut."""
        text = json.dumps({name: value[:_LONGEST] for name, value in line.items() if value is not None})
        self._handler.handle(logging.LogRecord("audit", logging.INFO, "", 0, text, None, None))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()
