"""The role `functions`: a host of Python handlers and its worker. It loads neither doors nor what calls AWS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio.worker import Worker

from activities.functions.host import FunctionHost, function_activity
from activities.names import FUNCTIONS_QUEUE
from activities.worker import WorkerLimits, activity_worker
from api.config import Settings
from api.engine import Engine, RoleError, connected, running

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig


def function_host(settings: Settings, folder: Path) -> FunctionHost:
    """The host of the functions in a folder; a context manager, see there.

    Raises:
        RoleError: The folder or its settings cannot be used.
    """
    try:
        return FunctionHost(
            folder,
            account_id=settings.account_id,
            region=settings.region,
            max_concurrency=settings.function_concurrency,
        )
    except ValueError as error:
        raise RoleError(f"The functions in {folder} cannot be served: {error}") from error


def function_worker(engine: Engine, host: FunctionHost) -> Worker:
    """The worker that serves the functions of `host`."""
    limits = WorkerLimits(concurrent_activities=host.max_concurrency)
    return activity_worker(engine.client, FUNCTIONS_QUEUE, [function_activity(host)], limits)


async def serve_functions(
    settings: Settings, connection: ClientConnectConfig, folder: Path, ready: Callable[[FunctionHost], None]
) -> None:
    """The role `functions`, until cancelled. Raises as `connected`, `function_host`, or what the worker failed with."""
    async with (
        function_host(settings, folder) as host,
        connected(settings, connection) as engine,
        running([function_worker(engine, host)]) as task,
    ):
        ready(host)
        await asyncio.wait([task])
