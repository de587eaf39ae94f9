"""`kill -9` of every process at any moment: what StartExecution acknowledged ends as it should."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.engine import ROLE
from tests.support.installation import Installation, Role, installed

FUNCTIONS = Path(__file__).parent / "functions"
RESOURCE = "arn:aws:lambda:us-east-1:123456789012:function:"
DEAD_WORKER = "Lambda.SdkClientException"
MOST_RETRIES = 8
RETRY = [{"ErrorEquals": [DEAD_WORKER], "IntervalSeconds": 1, "BackoffRate": 1.0, "MaxAttempts": MOST_RETRIES}]

pytestmark = pytest.mark.timeout(420)


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    (tmp_path / "tokens").mkdir()
    async with installed(tmp_path, FUNCTIONS, {"TEST_FOLDER": str(tmp_path)}) as running:
        yield running


def step(state: str, *, retry: bool = True, **more: Any) -> dict[str, Any]:
    """A Task that calls the function `step`."""
    parameters = {"execution.$": "$$.Execution.Name", "state": state, **more}
    task: dict[str, Any] = {"Type": "Task", "Resource": f"{RESOURCE}step", "Parameters": parameters, "ResultPath": None}
    return {**task, "Retry": RETRY, "End": True} if retry else {**task, "End": True}


def ask() -> dict[str, Any]:
    """A Task that waits for its token's answer."""
    payload = {"token.$": "$$.Task.Token", "execution.$": "$$.Execution.Name"}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "ask", "Payload": payload},
        "Retry": RETRY,
        "End": True,
    }


def create(client: Any, name: str, states: dict[str, Any]) -> str:
    """Create a machine that starts with the first state."""
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    arn: str = client.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
    return arn


async def insist(call: Callable[..., Any], **parameters: Any) -> Any:
    """Repeat a call until it is answered, as a careful client does while processes are being killed."""
    while True:
        try:
            return await asyncio.to_thread(call, **parameters)
        except BotoCoreError:
            await asyncio.sleep(0.2)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                raise
            await asyncio.sleep(0.2)


async def ended(client: Any, arn: str) -> dict[str, Any]:
    """The description of an execution when it has ended."""
    while True:
        described: dict[str, Any] = await insist(client.describe_execution, executionArn=arn)
        if described["status"] != "RUNNING":
            return described
        await asyncio.sleep(0.2)


async def there(path: Path) -> None:
    """Wait for a file."""
    while not path.exists():
        await asyncio.sleep(0.02)


async def tokens_of(folder: Path, execution: str) -> list[Path]:
    """Wait for a task token of an execution."""
    while not (found := list((folder / "tokens").glob(f"{execution}.*"))):
        await asyncio.sleep(0.02)
    return found


def calls(folder: Path) -> Counter[str]:
    """How often the functions `step` and `ask` were called, by execution and state."""
    file = folder / "calls"
    return Counter(file.read_text().splitlines()) if file.exists() else Counter()


async def history(client: Any, arn: str) -> list[dict[str, Any]]:
    """All events of an execution."""
    answer = await insist(client.get_execution_history, executionArn=arn, maxResults=1000)
    events: list[dict[str, Any]] = answer["events"]
    return events


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
    await installation.kill("functions")
    described = await ended(client, execution)
    assert (described["status"], described["error"]) == ("FAILED", DEAD_WORKER)
    assert (described["stopDate"] - described["startDate"]).total_seconds() < 15

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
            await installation.restart("worker")
            described = await ended(client, execution)
    assert (described["status"], described["error"]) == ("FAILED", DEAD_WORKER)
    assert (described["stopDate"] - described["startDate"]).total_seconds() < 15


CHAOS_STATES: dict[str, Any] = {
    "Begin": {"Type": "Pass", "Next": "First"},
    "First": {**step("First"), "End": None, "Next": "Pause"},
    "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Both"},
    "Both": {
        "Type": "Parallel",
        "Branches": [
            {"StartAt": "Ask", "States": {"Ask": ask()}},
            {"StartAt": "Second", "States": {"Second": step("Second")}},
        ],
        "Next": "Each",
    },
    "Each": {
        "Type": "Map",
        "ItemsPath": "$$.Execution.Input.items",
        "ItemProcessor": {"StartAt": "Third", "States": {"Third": step("Third")}},
        "End": True,
    },
}
CHAOS_STATES["First"].pop("End")
ENTERED = {"Begin": 1, "First": 1, "Pause": 1, "Both": 1, "Ask": 1, "Second": 1, "Each": 1, "Third": 2}
EXECUTIONS = 200


async def test_two_hundred_executions_and_random_deaths(installation: Installation, tmp_path: Path) -> None:
    """Every process is killed again and again while 200 executions are started, answered and run to their end."""
    client = installation.client()
    machine = create(client, "chaos", CHAOS_STATES)
    done = asyncio.Event()
    chaos = asyncio.create_task(kill_at_random(installation))
    answers = asyncio.create_task(answer_all(client, tmp_path, done))
    slots = asyncio.Semaphore(8)

    async def start(name: str) -> str:
        async with slots:
            try:
                started = await insist(
                    client.start_execution, stateMachineArn=machine, name=name, input='{"items": [1, 2]}'
                )
            except client.exceptions.ExecutionAlreadyExists:  # acknowledged by an API that died before we heard
                return machine.replace(":stateMachine:", ":execution:") + f":{name}"
        arn: str = started["executionArn"]
        return arn

    async with asyncio.TaskGroup() as group:
        starts = [group.create_task(start(f"e{number}")) for number in range(EXECUTIONS)]
    arns = [task.result() for task in starts]
    await asyncio.wait([chaos])
    chaos.result()
    outcomes = [await ended(client, arn) for arn in arns]
    done.set()
    await answers
    assert Counter(outcome["status"] for outcome in outcomes) == {"SUCCEEDED": EXECUTIONS}, first_failure(outcomes)
    observed = calls(tmp_path)
    for arn in arns:
        await check_history(client, arn, observed)


async def check_history(client: Any, arn: str, observed: Counter[str]) -> None:
    """No transition was done twice, and no task attempted more often than its history and its Retry say."""
    name = arn.rsplit(":", 1)[1]
    events = await history(client, arn)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    entered = Counter(
        event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event
    )
    assert entered == ENTERED, name
    scheduled = Counter(
        json.loads(event["lambdaFunctionScheduledEventDetails"]["input"])["state"]
        for event in events
        if event["type"] == "LambdaFunctionScheduled"
    )
    scheduled["Ask"] = sum(event["type"] == "TaskScheduled" for event in events)
    for state in ("First", "Ask", "Second", "Third"):
        most = ENTERED[state] * (1 + MOST_RETRIES)
        assert ENTERED[state] <= observed[f"{name}|{state}"] <= scheduled[state] <= most, (name, state)


def first_failure(outcomes: list[dict[str, Any]]) -> str:
    """What went wrong first, for the report of a failing test."""
    failed = [outcome for outcome in outcomes if outcome["status"] != "SUCCEEDED"]
    return f"{failed[0]}" if failed else ""


async def kill_at_random(installation: Installation) -> None:
    """Fourteen deaths at random moments; the seed only makes the choice of victims repeatable."""
    chance = random.Random(11)
    victims: list[Role | None] = ["worker", "worker", "functions", "api", None, "worker", "api"] * 2
    chance.shuffle(victims)
    for victim in victims:
        await asyncio.sleep(chance.uniform(0.1, 1.5))
        if victim is None:
            await installation.restart_temporal()
        else:
            await installation.restart(victim)


async def answer_all(client: Any, folder: Path, done: asyncio.Event) -> None:
    """Answer every task token that appears; one whose attempt was given up is refused, which is right."""
    while not done.is_set():
        for file in (folder / "tokens").iterdir():
            with contextlib.suppress(client.exceptions.TaskTimedOut):
                await insist(client.send_task_success, taskToken=file.read_text(), output='"yes"')
            file.unlink()
        await asyncio.sleep(0.05)
