"""`kill -9` of each process at the worst moment: what StartExecution acknowledged ends as it should."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from tests.resilience.noted_calls import (
    DEAD_WORKER,
    FUNCTIONS,
    RESOURCE,
    ask,
    calls,
    create,
    ended,
    history,
    insist,
    step,
)
from tests.support.installation import Installation, installed

pytestmark = pytest.mark.timeout(420)


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    """Its roles are started as users start them, so that those that follow the killed ones hash otherwise, too."""
    (tmp_path / "tokens").mkdir()
    async with installed(tmp_path, FUNCTIONS, {"TEST_FOLDER": str(tmp_path)}, script=True) as running:
        yield running


async def there(path: Path) -> None:
    """Wait for a file."""
    while not path.exists():
        await asyncio.sleep(0.02)


async def tokens_of(folder: Path, execution: str) -> list[Path]:
    """Wait for a task token of an execution."""
    while not (found := list((folder / "tokens").glob(f"{execution}.*"))):
        await asyncio.sleep(0.02)
    return found


async def noticed(installation: Installation, execution: str) -> datetime:
    """When Temporal gave an execution's only call up; how long a new worker takes to start does not count."""
    server = installation.server
    client = await Client.connect(server.address, namespace=server.namespace)
    history = await client.get_workflow_handle(":".join(execution.split(":")[6:8])).fetch_history()
    (timed_out,) = (e for e in history.events if e.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT)
    return timed_out.event_time.ToDatetime(UTC)


async def test_each_process_killed_at_the_worst_moment(installation: Installation, tmp_path: Path) -> None:
    """One execution after the other meets the deaths that this test names."""
    client = installation.client()

    # A task runs on the function host while the worker dies: the call goes on and is made once.
    task = create(client, "task", {"Step": step("Step", release="release-task")})
    execution = client.start_execution(stateMachineArn=task, name="task", input="{}")["executionArn"]
    await there(tmp_path / "calls")
    await installation.kill("worker")
    (tmp_path / "release-task").touch()
    await installation.start("worker")
    assert (await ended(client, execution))["status"] == "SUCCEEDED"
    assert calls(tmp_path) == {"task|Step": 1}

    # A timer becomes due while no worker lives, and the Temporal server dies too.
    timer = create(client, "timer", {"Pause": {"Type": "Wait", "Seconds": 2, "End": True}})
    execution = client.start_execution(stateMachineArn=timer, input="{}")["executionArn"]
    await installation.kill("worker")
    await installation.restart_temporal()
    await installation.start("worker")
    assert (await ended(client, execution))["status"] == "SUCCEEDED"

    # A callback is answered while every worker is down, by an API that was killed after the token was handed out.
    callback = create(client, "callback", {"Ask": ask()})
    execution = client.start_execution(stateMachineArn=callback, name="callback", input="{}")["executionArn"]
    (token,) = await tokens_of(tmp_path, "callback")
    await installation.kill("worker")
    await installation.kill("functions")
    await installation.restart("api")
    await insist(client.send_task_success, taskToken=token.read_text(), output='"yes"')
    await installation.start("worker")
    described = await ended(client, execution)
    assert (described["status"], described["output"]) == ("SUCCEEDED", '"yes"')

    # The function host dies in the middle of a call: noticed within 15 seconds, as the error that Retry blocks cover.
    await installation.start("functions")
    lost = create(client, "lost", {"Step": step("Step", retry=False, release="never")})
    execution = client.start_execution(stateMachineArn=lost, name="lost", input="{}")["executionArn"]
    while not calls(tmp_path)["lost|Step"]:
        await asyncio.sleep(0.02)
    killed = datetime.now(UTC)
    await installation.kill("functions")
    described = await ended(client, execution)
    assert (described["status"], described["error"]) == ("FAILED", DEAD_WORKER)
    assert await noticed(installation, execution) - killed < timedelta(seconds=15)

    # It is redriven while no worker lives, by an API that dies right after its answer; so does the Temporal server.
    (tmp_path / "never").touch()
    await installation.kill("worker")
    redriven = await insist(client.redrive_execution, executionArn=execution)
    await asyncio.gather(installation.restart("api"), installation.restart_temporal())
    await asyncio.gather(installation.start("worker"), installation.start("functions"))
    described = await ended(client, execution)
    assert (described["status"], described["redriveCount"]) == ("SUCCEEDED", 1)
    assert described["redriveDate"] == redriven["redriveDate"]
    assert [event["type"] for event in await history(client, execution)].count("ExecutionRedriven") == 1
    assert calls(tmp_path)["lost|Step"] == 2


@asynccontextmanager
async def silent_server() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A URL that takes calls and never answers, and the event of the first one."""
    called = asyncio.Event()

    async def hold(request: web.Request) -> web.Response:
        called.set()
        return await asyncio.Future[web.Response]()

    application = web.Application()
    application.router.add_post("/", hold)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/", called
    finally:
        await runner.cleanup()


async def test_the_worker_that_makes_the_call_is_killed(tmp_path: Path) -> None:
    """A function behind a URL is called by the worker itself, whose death is noticed within 15 seconds."""
    (tmp_path / "tokens").mkdir()
    async with silent_server() as (url, called):
        environment = {"TEST_FOLDER": str(tmp_path), "STEPLOOM_FUNCTIONS": json.dumps({"silent": {"url": url}})}
        async with installed(tmp_path, FUNCTIONS, environment) as installation:
            client = installation.client()
            task = {"Type": "Task", "Resource": f"{RESOURCE}silent", "End": True}
            machine = create(client, "silent", {"Call": task})
            execution = client.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
            await called.wait()
            killed = datetime.now(UTC)
            await installation.restart("worker")
            described = await ended(client, execution)
            assert (described["status"], described["error"]) == ("FAILED", DEAD_WORKER)
            assert await noticed(installation, execution) - killed < timedelta(seconds=15)
