"""Small HTTP servers that answer as a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LARGEST_REQUEST = 8 << 20


@asynccontextmanager
async def served(path: str, handle: Handler) -> AsyncIterator[str]:
    """A server on a free port of the loopback interface that takes POST at `path`; its URL, without the path."""
    application = web.Application(client_max_size=_LARGEST_REQUEST)
    application.router.add_post(path, handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
