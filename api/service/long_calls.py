"""Calls that wait for something to happen, for up to a year, and their end when the server shuts down.

Draining a server lets its calls finish, which would take a year for one that waits for an execution. So waiting stops
at once when draining begins; the client calls again, and finds another server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.service.errors import ServiceUnavailable


class LongCalls:
    """Everything that waits on this server."""

    def __init__(self) -> None:
        self._waits: set[asyncio.Timeout] = set()
        self._draining = False

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """A block that is cancelled when draining begins, or at its first await if it has begun.

        Raises:
            ServiceUnavailable: in place of what the block would have done.
        """
        wait = asyncio.timeout(0 if self._draining else None)
        try:
            async with wait:
                self._waits.add(wait)
                yield
        except TimeoutError:
            if wait.expired():
                raise ServiceUnavailable("This server is shutting down; call again.") from None
            raise
        finally:
            self._waits.discard(wait)

    def drain(self) -> None:
        """End all waiting, now and from now on."""
        self._draining = True
        now = asyncio.get_running_loop().time()
        for wait in self._waits:
            wait.reschedule(now)
