"""The command line, `steploom`. Command modules import what is slow inside their functions, so that help is quick."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

_YOUNG_OBJECTS: Final = 20_000
"""After so many new objects Python looks for garbage among them. Its own 700 are too few for what is loaded."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 failed, 2 misused, 130 interrupted."""
    # Before gRPC is imported: its handlers are for forks that go on in Python, ours execute programs, and it logs
    # each time that it leaves them out.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
    gc.set_threshold(_YOUNG_OBJECTS)
    atexit.register(gc.freeze)  # else all objects are looked at once more when the process ends
    from api.cli.app import command
    from api.cli.output import CommandError, print_error

    try:
        command()(None if arguments is None else list(arguments), prog_name="steploom")
    except CommandError as error:
        print_error(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)
