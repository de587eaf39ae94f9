"""What would hang or terminate a careless workflow, each as a test (docs/architecture.md, contracts with Temporal)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from api.service.errors import TaskTimedOut
from api.service.gateway import NoSuchTask
from api.service.shapes import (
    DescribeExecutionRequest,
    SendTaskHeartbeatRequest,
    SendTaskSuccessRequest,
    StopExecutionRequest,
)
from api.temporal_server import TemporalServer
from interpreter.hosts.tokens import TaskToken
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, function_activity_of, running_engine

BIG = 200_000
BIGGER = 250_000


class Functions:
    """The functions of these tests, and the task tokens that they were handed."""

    def __init__(self) -> None:
        self.tokens: asyncio.Queue[str] = asyncio.Queue()

    async def size(self, event: Any) -> JsonValue:
        return len(event["text"])

    async def large(self, event: Any) -> JsonValue:
        return {"text": "x" * BIGGER, "item": event}

    async def ask(self, event: Any) -> JsonValue:
        await self.tokens.put(event["token"])
        return None

    async def fail(self, event: Any) -> JsonValue:
        raise ValueError(f"failing, as told: {event}")

    def by_name(self) -> dict[str, Any]:
        return {"size": self.size, "large": self.large, "ask": self.ask, "fail": self.fail}


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
async def engine(server: TemporalServer, functions: Functions, tmp_path: Path) -> AsyncIterator[TestEngine]:
    async with running_engine(server, tmp_path, functions.by_name()) as running:
        yield running


def task(function: str, payload: Any, **more: Any) -> dict[str, Any]:
    """A Task that invokes a function."""
    resource = f"arn:aws:lambda:us-east-1:123456789012:function:{function}"
    return {"Type": "Task", "Resource": resource, "Parameters": payload, "End": True, **more}


def callback(**more: Any) -> dict[str, Any]:
    """A Task that hands its token to the function `ask` and waits."""
    parameters = {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}}
    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}


def machine(**states: Any) -> dict[str, Any]:
    """A machine that starts with the first of these states."""
    return {"StartAt": next(iter(states)), "States": states}


def map_over(path: str, state: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An inline Map over `path` whose iterations run one state."""
    return {"Type": "Map", "ItemsPath": path, "ItemProcessor": machine(Work=state), "End": True, **more}


LARGE_ARGUMENTS = machine(
    Each=map_over(
        "$.items",
        task("size", {"text.$": "$.text"}),
        ItemSelector={"text.$": "$.text", "item.$": "$$.Map.Item.Value"},
    )
)


async def test_forty_tasks_with_large_arguments_at_once(engine: TestEngine) -> None:
    arn = await engine.create("large-arguments", LARGE_ARGUMENTS)
    ended = await engine.run(arn, {"text": "x" * BIG, "items": list(range(40))})
    assert (ended.status, ended.output) == ("SUCCEEDED", str([BIG] * 40).replace(" ", ""))


async def test_forty_tasks_with_large_arguments_for_a_plain_worker(
    server: TemporalServer, functions: Functions, tmp_path: Path
) -> None:
    """A plain worker cannot fetch from the payload store, so that the arguments are inline, a few in each task."""
    plain = await Client.connect(server.address)
    worker = Worker(plain, task_queue="plain", activities=[function_activity_of(functions.by_name())])
    choice: JsonValue = {"*": {"task_queue": "plain", "worker": "foreign"}}
    async with running_engine(server, tmp_path, {}, choice=choice, more_workers=[worker]) as engine:
        arn = await engine.create("plain-arguments", LARGE_ARGUMENTS)
        ended = await engine.run(arn, {"text": "x" * BIG, "items": list(range(40))})
        assert (ended.status, ended.output) == ("SUCCEEDED", str([BIG] * 40).replace(" ", ""))
        events = await engine.event_types(ended.execution_arn)
        assert events.count("LambdaFunctionSucceeded") == 40


async def test_three_hundred_large_results(engine: TestEngine) -> None:
    """75 MB of results: more than a Temporal history may hold."""
    arn = await engine.create(
        "large-results", machine(Each=map_over("$", task("large", {"n.$": "$"}, ResultPath=None)))
    )
    ended = await engine.run(arn, list(range(300)))
    assert (ended.status, ended.output) == ("SUCCEEDED", str(list(range(300))).replace(" ", ""))
    events = await engine.event_types(ended.execution_arn)
    assert events.count("LambdaFunctionSucceeded") == 300


@pytest.mark.timeout(450)  # some ten thousand calls of the server
async def test_thousands_of_callbacks_in_nested_maps(engine: TestEngine, functions: Functions) -> None:
    """2,500, of which 200 are open at once, as each is answered as soon as its token is there."""
    row = {"Type": "Map", "ItemProcessor": machine(Ask=callback()), "MaxConcurrency": 20, "End": True}
    arn = await engine.create("callbacks", machine(Each=map_over("$", row, MaxConcurrency=10)))
    execution = await engine.start(arn, [[*range(50)] for _ in range(50)])
    at_once = asyncio.Semaphore(40)

    async def answer(token: str) -> None:
        async with at_once:
            await engine.service.send_task_success(SendTaskSuccessRequest(task_token=token, output="1"))

    async with asyncio.TaskGroup() as answers:
        for _ in range(2_500):
            answers.create_task(answer(await functions.tokens.get()))
    ended = await engine.service.wait_for_execution(execution)
    assert (ended.status, ended.output) == ("SUCCEEDED", str([[1] * 50] * 50).replace(" ", ""))


@pytest.mark.timeout(450)  # the more activities are pending, the longer takes each call of the server
async def test_more_callbacks_at_once_than_temporal_keeps_pending(engine: TestEngine, functions: Functions) -> None:
    """1,040 (26 times 40) with their calls are 2,080 activities, 80 more than one workflow may have.

    All of them are begun, and the execution goes on: the answers to the first and to the last are told to their states.
    """
    row = {"Type": "Map", "ItemProcessor": machine(Ask=callback()), "End": True}
    arn = await engine.create("open", machine(Each=map_over("$", row)))
    execution = await engine.start(arn, [[*range(40)] for _ in range(26)])
    tokens = [await functions.tokens.get() for _ in range(26 * 40)]
    assert len(set(tokens)) == 26 * 40
    for token in (tokens[0], tokens[-1]):
        await engine.service.send_task_success(SendTaskSuccessRequest(task_token=token, output="1"))
    succeeded = 0
    async for event in engine.service.watch_execution(execution):
        succeeded += event["type"] == "TaskSucceeded"
        if succeeded == 2:
            break
    assert succeeded == 2
    described = await engine.service.describe_execution(DescribeExecutionRequest(execution_arn=execution))
    assert described.status == "RUNNING"
    await engine.service.stop_execution(StopExecutionRequest(execution_arn=execution))


PASS_LOOP = machine(
    Count={"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Pass1"},
    **{f"Pass{number}": {"Type": "Pass", "Next": f"Pass{number + 1}"} for number in range(1, 99)},
    Pass99={"Type": "Pass", "Next": "More"},
    More={
        "Type": "Choice",
        "Choices": [{"Variable": "$.n", "NumericLessThan": 200, "Next": "Count"}],
        "Default": "Done",
    },
    Done={"Type": "Succeed"},
)


async def test_twenty_thousand_pass_states_in_a_row_end_with_the_quota(engine: TestEngine) -> None:
    ended = await engine.run(await engine.create("loop", PASS_LOOP), {"n": 0})
    assert (ended.status, ended.error) == ("FAILED", "States.Runtime")
    assert ended.cause == "The execution reached the maximum number of history events (25000)."
    events = await engine.event_types(ended.execution_arn)
    assert (len(events), events[-1]) == (25_000, "ExecutionFailed")


async def test_twenty_thousand_pass_states_in_a_row_without_quota(server: TemporalServer, tmp_path: Path) -> None:
    async with running_engine(server, tmp_path, {}, mode="native") as engine:
        ended = await engine.run(await engine.create("native-loop", PASS_LOOP), {"n": 0})
        assert (ended.status, ended.output) == ("SUCCEEDED", '{"n":200}')
        assert len(await engine.event_types(ended.execution_arn)) == 2 * (20_000 + 200) + 4


async def test_a_native_state_machine_in_an_installation_that_keeps_to_aws(engine: TestEngine) -> None:
    arn = await engine.create(
        "tagged",
        machine(Double={"Type": "Pass", "Parameters": {"s.$": "$.s", "t.$": "$.s"}, "End": True}),
        tags={"steploom:mode": "native"},
    )
    ended = await engine.run(arn, {"s": "x" * 600_000})
    assert (ended.status, len(ended.output or "")) == ("SUCCEEDED", 1_200_000 + len('{"s":"","t":""}'))


async def test_names_as_long_as_native_mode_has_them(engine: TestEngine, functions: Functions) -> None:
    """Temporal bounds ids and summaries, in bytes: beyond that it would refuse the workflow task for ever."""
    waits, calls = "🦀" * 119 + "w", "🦀" * 120
    wait = {"Type": "Wait", "Seconds": 0, "Next": calls}
    arn = await engine.create(
        "long-names", machine(**{waits: wait, calls: callback()}), tags={"steploom:mode": "native"}
    )
    execution = await engine.start(arn)
    token = await functions.tokens.get()
    assert len(token) <= 2048
    await engine.service.send_task_success(SendTaskSuccessRequest(task_token=token, output="1"))
    assert (await engine.service.wait_for_execution(execution)).output == "1"


@pytest.mark.parametrize("heartbeat", [{}, {"HeartbeatSeconds": 60}], ids=["never-started", "started"])
async def test_late_token_after_a_sibling_failed(
    engine: TestEngine, functions: Functions, heartbeat: dict[str, int]
) -> None:
    """The execution goes on, yet the token of the branch that was given up is refused."""
    both = {
        "Type": "Parallel",
        "Branches": [machine(Ask=callback(**heartbeat)), machine(Ask2=callback())],
        "Catch": [{"ErrorEquals": ["Rejected"], "Next": "Rest"}],
        "End": True,
    }
    rest = {"Type": "Wait", "Seconds": 3600, "End": True}
    arn = await engine.create(f"late-{len(heartbeat)}", machine(Both=both, Rest=rest))
    execution = await engine.start(arn)
    tokens = [await functions.tokens.get(), await functions.tokens.get()]
    given_up, rejected = await _by_state(engine, execution, tokens)
    await engine.gateway.fail_task(rejected, "Rejected", None)
    await _until_entered(engine, execution, "WaitStateEntered")
    with pytest.raises(TaskTimedOut):
        await _refused(engine, given_up)
    described = await engine.service.describe_execution(DescribeExecutionRequest(execution_arn=execution))
    assert described.status == "RUNNING"
    await engine.service.stop_execution(StopExecutionRequest(execution_arn=execution))


async def test_many_open_callbacks_given_up(engine: TestEngine, functions: Functions) -> None:
    """Started waits stay pending until they are closed: closing them must not outrun what Temporal keeps pending."""
    row = {"Type": "Map", "ItemProcessor": machine(Ask=callback(HeartbeatSeconds=3600)), "End": True}
    every = map_over("$", row, Catch=[{"ErrorEquals": ["Rejected"], "Next": "Rest"}])
    rest = {"Type": "Wait", "Seconds": 3600, "End": True}
    arn = await engine.create("given-up", machine(Each=every, Rest=rest))
    execution = await engine.start(arn, [[*range(40)] for _ in range(8)])
    tokens = [await functions.tokens.get() for _ in range(8 * 40)]
    async with asyncio.timeout(60):
        while True:  # a token is good as soon as a worker has started its wait
            try:
                await engine.gateway.fail_task(tokens[0], "Rejected", None)
            except NoSuchTask:
                await asyncio.sleep(0.05)
            else:
                break
    await _until_entered(engine, execution, "WaitStateEntered")
    with pytest.raises(TaskTimedOut):
        await _refused(engine, tokens[-1])
    await engine.service.stop_execution(StopExecutionRequest(execution_arn=execution))


async def _by_state(engine: TestEngine, execution: str, tokens: list[str]) -> tuple[str, str]:
    """The tokens of the states Ask and Ask2."""
    by_state = {TaskToken.decode(token).activity_id.split("-")[0]: token for token in tokens}
    return by_state["Ask"], by_state["Ask2"]


async def _until_entered(engine: TestEngine, execution: str, type_: str) -> None:
    async for event in engine.service.watch_execution(execution):
        if event["type"] == type_:
            return
    raise AssertionError(f"no {type_} in the history")


async def _refused(engine: TestEngine, token: str) -> None:
    """Heartbeat until the token is refused: a started wait is closed by an activity of its own, soon after."""
    async with asyncio.timeout(20):
        while True:
            await engine.service.send_task_heartbeat(SendTaskHeartbeatRequest(task_token=token))
            await asyncio.sleep(0.02)
