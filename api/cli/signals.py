"""The event loop of a command; Ctrl-C and SIGTERM end what it runs in an orderly way, by cancelling it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, NoReturn

import uvloop

from api.cli.output import CommandError

WORKER_GRACE_SECONDS: Final = 25.0
DOORS_GRACE_SECONDS: Final = 40.0
ALL_PARTS_GRACE_SECONDS: Final = 60.0
"""How long a role may take to end, its parts one after the other; docker/kubernetes gives a few seconds more."""

_KERNEL_SECONDS: Final = 1.0

_LOG: Final = logging.getLogger(__name__)


def run_role(role: Coroutine[Any, Any, None], grace_seconds: float) -> bool:
    """Run all or a part of steploom as `run_until_signal` does.

    Raises:
        CommandError: it cannot start, or cannot go on.
    """
    from activities.worker import WorkersHang
    from api.config import ConfigurationError
    from api.engine import RoleError

    try:
        return run_until_signal(role, grace_seconds)
    except ConfigurationError as error:
        raise CommandError(str(error), exit_code=2) from error
    except RoleError as error:
        raise CommandError(str(error)) from error
    except WorkersHang as error:
        end_at_once(str(error))


def run_until_signal(work: Coroutine[Any, Any, None], grace_seconds: float) -> bool:
    """Run `work` as `until_signal` does, on an event loop that needs less CPU than asyncio's own.

    From the first signal on the process has `grace_seconds` to end in an orderly way, Python's own cleaning up
    included. Then it ends, whatever still runs: a thread that computes, or a task that cannot be cancelled, would keep
    it. Without a signal nothing is bounded, as the process need not be about to end.
    """
    return uvloop.run(until_signal(work, _Deadline(grace_seconds).start))


async def until_signal(work: Coroutine[Any, Any, None], ending: Callable[[], None] = lambda: None) -> bool:
    """Run `work` to its end, or cancel it at the first signal and wait until it has cleaned up.

    A second signal cancels the cleaning up too. `ending` is called at each signal.

    Returns:
        Whether it ended by itself.
    """
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()

    def end() -> None:
        ending()
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    await asyncio.wait([task])
    if task.cancelled():
        return False
    task.result()
    return True


def end_at_once(reason: str) -> NoReturn:
    """End the process with exit code 1, without waiting for any thread or task."""
    _LOG.error("%s. This process ends without waiting any longer.", reason)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads it any more, or it is closed: no reason to stay
            stream.flush()
    os._exit(1)


class _Deadline:
    """Ends the process in a while; in a thread of its own, as the event loop may be what hangs.

    No thread runs any more once the interpreter cleans up, but what it deletes may run: that is left to the kernel.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._started = False

    def start(self) -> None:
        """Begin to count, once; for the main thread."""
        if self._started:
            return
        self._started = True
        reason = f"Not everything has ended within {self._seconds:g} seconds"
        timer = threading.Timer(self._seconds, end_at_once, [reason])
        timer.daemon = True
        timer.start()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, self._seconds + _KERNEL_SECONDS)
