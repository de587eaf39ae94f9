"""Work that a process does beside what it is asked for, for as long as it lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None], log: logging.Logger, missed: str) -> AsyncIterator[None]:
    """Work until the block ends.

    A fault of ours ends the work, and nothing else: somebody must learn of it.

    Args:
        work: goes on until it is cancelled.
        log: learns of a fault.
        missed: what this process no longer does then.
    """

    def tell_of_failure(task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("this process no longer %s", missed, exc_info=error)

    task = asyncio.create_task(work)
    task.add_done_callback(tell_of_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
