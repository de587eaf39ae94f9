"""The HTTP door over an application service, on a free port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.access.guard import Guard
from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.service.application import ApplicationService


@asynccontextmanager
async def http_door(service: ApplicationService, guard: Guard | None = None) -> AsyncIterator[str]:
    """Open it, and give its URL. It says that all behind it can be reached."""

    async def ready() -> bool:
        return True

    async with serve(create_app(service, ready=ready, guard=guard), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"
