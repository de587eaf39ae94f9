"""The role `functions` as it is stopped: what it says, and how calls fail that it does not wait for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import ActivityFailureError, Client
from temporalio.exceptions import ApplicationError

from activities.functions.host import FunctionHost
from activities.names import FUNCTIONS_QUEUE
from api.config import load_settings
from api.function_role import serve_functions
from api.temporal_server import TemporalServer
from tests.support.databases import new_database

STOPPING = "Stopping: 1 call under way may take up to 5 seconds more. A second signal does not wait for that."
LONG = "import time\ndef handler(event, context):\n    print('it runs')\n    time.sleep(600)\n"

Serve = Callable[[], Awaitable[asyncio.Task[None]]]


@pytest.fixture
def serve(temporal_server: TemporalServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Serve:
    """Starts the role over a function `long`; it is ready then."""
    caplog.set_level(logging.INFO)

    async def start() -> asyncio.Task[None]:
        (tmp_path / "functions").mkdir()
        (tmp_path / "functions" / "long.py").write_text(LONG)
        settings = load_settings(database_url=await new_database(tmp_path / "steploom.db"))
        ready = asyncio.Queue[FunctionHost]()
        role = asyncio.create_task(
            serve_functions(
                settings,
                {"target_host": temporal_server.address, "namespace": temporal_server.namespace},
                tmp_path / "functions",
                ready.put_nowait,
            )
        )
        assert (await ready.get()).names() == ["long"]
        return role

    return start


@pytest.fixture
def lines() -> Iterator[asyncio.Queue[str]]:
    """What handlers print, and what the role says as it stops."""
    logged = asyncio.Queue[str]()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.put_nowait(record.getMessage())

    collector, loggers = Collector(), [logging.getLogger(name) for name in ("steploom.functions", "activities.worker")]
    for logger in loggers:
        logger.addHandler(collector)
    yield logged
    for logger in loggers:
        logger.removeHandler(collector)


async def told(text: str, lines: asyncio.Queue[str]) -> None:
    async with asyncio.timeout(60):
        while text not in await lines.get():
            pass


async def test_a_call_that_a_second_signal_does_not_wait_for(
    serve: Serve, temporal_client: Client, lines: asyncio.Queue[str]
) -> None:
    """It fails as where the host dies, which the Retry that AWS recommends covers, and not as if it had exited."""
    role = await serve()
    call = asyncio.create_task(
        temporal_client.execute_activity(
            "long", id="long", task_queue=FUNCTIONS_QUEUE, start_to_close_timeout=timedelta(seconds=600)
        )
    )
    await told("it runs", lines)
    role.cancel()
    await told(STOPPING, lines)
    role.cancel()
    with pytest.raises(asyncio.CancelledError):
        await role
    with pytest.raises(ActivityFailureError) as failed:
        await call
    assert isinstance(failed.value.cause, ApplicationError)
    assert (failed.value.cause.type, failed.value.cause.message) == (
        "Lambda.SdkClientException",
        "Unable to execute HTTP request: function 'long': the function host stopped in the middle of the call",
    )


async def test_nothing_is_said_where_no_call_runs(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    role = await serve()
    role.cancel()
    with pytest.raises(asyncio.CancelledError):
        await role
    assert "Stopping" not in caplog.text
