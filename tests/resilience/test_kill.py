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
from tests.support.served import served

pytestmark = pytest.mark.timeout(420)


async def tokens_of(folder: Path, execution: str) -> list[Path]:
    """Wait for a task token of an execution."""
    while not (found := list((folder / "tokens").glob(f"{execution}.*"))):
        await asyncio.sleep(0.02)
    return found


async def until_told(installation: Installation, execution: str, type_: EventType.ValueType) -> datetime:
    """Wait until Temporal notes an event of this type in an execution, with no worker to hear of it; when it did."""
    server = installation.server
    client = await Client.connect(server.address, namespace=server.namespace)
    workflow = client.get_workflow_handle(":".join(execution.split(":")[6:8]))
    while True:
        for event in (await workflow.fetch_history()).events:
            if event.event_type == type_:
                return event.event_time.ToDatetime(UTC)
        await asyncio.sleep(0.1)


@asynccontextmanager
async def silent_server() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A URL that takes calls and never answers, and the event of the first one."""
    called = asyncio.Event()

    async def hold(request: web.Request) -> web.Response:
        called.set()
        return await asyncio.Future[web.Response]()

    async with served("/", hold) as url:
        yield f"{url}/", called


async def test_each_process_killed_at_the_worst_moment(tmp_path: Path) -> None:
    """Executions in all that they can wait for meet the deaths that this test names."""
    (tmp_path / "tokens").mkdir()
    async with silent_server() as (url, called):
        functions = json.dumps({"*": "temporal", "silent": {"url": url}})
        environment = {"TEST_FOLDER": str(tmp_path), "STEPLOOM_FUNCTIONS": functions}
        async with installed(tmp_path, FUNCTIONS, environment, script=True) as installation:
            await while_no_worker_lives(installation, tmp_path)
            lost = await in_the_middle_of_calls(installation, tmp_path, called)
            await while_it_is_redriven(installation, tmp_path, lost)


async def while_no_worker_lives(installation: Installation, folder: Path) -> None:
    """A task is running, a timer will be due, and a callback is open, as the worker dies."""
    client = installation.client()
    task = create(client, "task", {"Step": step("Step", release="release-task")})
    timer = create(client, "timer", {"Pause": {"Type": "Wait", "Seconds": 2, "End": True}})
    callback = create(client, "callback", {"Ask": ask()})
    running = client.start_execution(stateMachineArn=task, name="task", input="{}")["executionArn"]
    waiting = client.start_execution(stateMachineArn=callback, name="callback", input="{}")["executionArn"]
    (token,) = await tokens_of(folder, "callback")
    while not calls(folder)["task|Step"]:
        await asyncio.sleep(0.02)
    pausing = client.start_execution(stateMachineArn=timer, input="{}")["executionArn"]
    await until_told(installation, pausing, EventType.EVENT_TYPE_TIMER_STARTED)
    await installation.kill("worker")

    # The call goes on, on the function host, and its result is taken with no worker alive.
    (folder / "release-task").touch()
    await until_told(installation, running, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
    # The Temporal server dies too, and the timer is due by then or while it is away.
    await installation.restart_temporal()
    # The callback is answered by an API that was killed after the token was handed out.
    await installation.kill("functions")
    await installation.restart("api")
    await insist(client.send_task_success, taskToken=token.read_text(), output='"yes"')

    await installation.start("worker")
    assert (await ended(client, running))["status"] == "SUCCEEDED"
    assert calls(folder)["task|Step"] == 1
    assert (await ended(client, pausing))["status"] == "SUCCEEDED"
    described = await ended(client, waiting)
    assert (described["status"], described["output"]) == ("SUCCEEDED", '"yes"')


async def in_the_middle_of_calls(installation: Installation, folder: Path, called: asyncio.Event) -> str:
    """The function host dies, and the worker, which calls a function behind a URL itself; the call that the host made.

    Both deaths are noticed within 15 seconds, as the error that Retry blocks cover.
    """
    client = installation.client()
    await installation.start("functions")
    on_host = create(client, "lost", {"Step": step("Step", retry=False, release="never")})
    by_worker = create(client, "silent", {"Call": {"Type": "Task", "Resource": f"{RESOURCE}silent", "End": True}})
    lost = client.start_execution(stateMachineArn=on_host, name="lost", input="{}")["executionArn"]
    silent = client.start_execution(stateMachineArn=by_worker, input="{}")["executionArn"]
    while not calls(folder)["lost|Step"]:
        await asyncio.sleep(0.02)
    await called.wait()
    killed = datetime.now(UTC)
    await asyncio.gather(installation.kill("functions"), installation.restart("worker"))
    for execution in (lost, silent):
        noticed = await until_told(installation, execution, EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT)
        assert noticed - killed < timedelta(seconds=15)
        described = await ended(client, execution)
        assert (described["status"], described["error"]) == ("FAILED", DEAD_WORKER)
    return str(lost)


async def while_it_is_redriven(installation: Installation, folder: Path, lost: str) -> None:
    """No worker lives, the API dies right after its answer, and so does the Temporal server."""
    client = installation.client()
    (folder / "never").touch()
    await installation.kill("worker")
    redriven = await insist(client.redrive_execution, executionArn=lost)
    await asyncio.gather(installation.restart("api"), installation.restart_temporal())
    await asyncio.gather(installation.start("worker"), installation.start("functions"))
    described = await ended(client, lost)
    assert (described["status"], described["redriveCount"]) == ("SUCCEEDED", 1)
    assert described["redriveDate"] == redriven["redriveDate"]
    assert [event["type"] for event in await history(client, lost)].count("ExecutionRedriven") == 1
    assert calls(folder)["lost|Step"] == 2
