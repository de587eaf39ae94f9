"""Heartbeats that our own activities send by themselves, so that a dead worker is noticed within seconds.

They also carry a cancellation to the activity: Temporal delivers it in the answer to a heartbeat.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

INTERVAL_SECONDS: Final = 3.0
"""Between two heartbeats, unless the activity's heartbeat timeout asks for more of them."""


@contextmanager
def heartbeating() -> Iterator[None]:
    """Send heartbeats for the running asynchronous activity until the block ends.

    A timer, not a task: an activity that ends before the first interval pays for nothing else.

    Raises:
        ApplicationError: the block was cancelled as Temporal knows the activity no more: its execution was stopped, or
            its time is over. That is no fault; as a cancellation Temporal's SDK would log it as one.
    """
    beats = _Beats(_interval_seconds())
    beats.schedule()
    try:
        yield
    except asyncio.CancelledError:
        details = activity.cancellation_details()
        if details is None or not details.not_found:
            raise
        raise ApplicationError("given up", non_retryable=True, category=ApplicationErrorCategory.BENIGN) from None
    finally:
        beats.stop()


def _interval_seconds() -> float:
    timeout = activity.info().heartbeat_timeout
    return min(INTERVAL_SECONDS, timeout.total_seconds() / 3) if timeout else INTERVAL_SECONDS


class _Beats:
    def __init__(self, interval_seconds: float) -> None:
        self._interval_seconds = interval_seconds
        self._timer: asyncio.TimerHandle | None = None

    def schedule(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._interval_seconds, self._beat)

    def _beat(self) -> None:
        activity.heartbeat()
        self.schedule()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
