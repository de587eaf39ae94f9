"""Listens with the HTTP door's application, and stops so that no call is cut off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def serve(app: web.Application, host: str, port: int, *, grace_seconds: float = 30.0) -> AsyncIterator[int]:
    """Serve `app` and yield the port (a free one for 0); at the end, calls under way have `grace_seconds` to finish.

    Raises:
        OSError: the address cannot be used.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=grace_seconds)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound: int = runner.addresses[0][1]
        yield bound
    finally:
        await runner.cleanup()
