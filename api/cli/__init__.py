"""The command line, `steploom`. Command modules import what is slow inside their functions, so that help is quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from api.memory import collect_rarely


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 failed, 2 misused, 3 waited without an answer, 130 interrupted."""
    # Before gRPC is imported: its handlers are for forks that go on in Python, ours execute programs, and it logs
    # each time that it leaves them out.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
    collect_rarely()
    from api.cli.app import command
    from api.cli.output import INTERRUPTED, CommandError, print_error

    try:
        command()(None if arguments is None else list(arguments), prog_name="steploom")
    except CommandError as error:
        print_error(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    sys.exit(0)
