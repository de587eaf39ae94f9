"""RedriveExecution on a real Temporal server: what runs again, what is shown of it, and that it happens once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from api.gateway_redrive import TemporalRedrive
from api.service.errors import ExecutionNotRedrivable, TaskTimedOut
from api.service.shapes import (
    CreateStateMachineAliasRequest,
    DescribeExecutionRequest,
    DescribeExecutionResponse,
    DescribeStateMachineForExecutionRequest,
    GetExecutionHistoryRequest,
    ListExecutionsRequest,
    PublishStateMachineVersionRequest,
    RedriveExecutionRequest,
    RoutingConfigurationListItem,
    SendTaskSuccessRequest,
    StartExecutionRequest,
    StopExecutionRequest,
    UpdateStateMachineRequest,
)
from api.temporal_server import TemporalServer
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, running_engine

_ARN: Final = "arn:aws:lambda:us-east-1:123456789012:function:"


class Functions:
    """Functions that fail as often as `failures` says, and count their calls; `tokens` gets what `ask` is given."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.tokens: asyncio.Queue[str] = asyncio.Queue()

    async def work(self, event: Any) -> JsonValue:
        name = event["name"]
        self.calls[name] += 1
        if self.failures[name] > 0:
            self.failures[name] -= 1
            raise RuntimeError("not yet")
        result: JsonValue = {"did": name, "size": "x" * event.get("size", 0)}
        return result

    async def ask(self, event: Any) -> JsonValue:
        await self.tokens.put(event)
        return None


class Setting:
    """An engine, its functions, and the calls of these tests."""

    def __init__(self, engine: TestEngine, functions: Functions) -> None:
        self.engine = engine
        self.service = engine.service
        self.functions = functions

    async def redrive(self, execution: str, client_token: str | None = None) -> Any:
        request = RedriveExecutionRequest(execution_arn=execution, client_token=client_token)
        return (await self.service.redrive_execution(request)).redrive_date

    async def describe(self, execution: str) -> DescribeExecutionResponse:
        return await self.service.describe_execution(DescribeExecutionRequest(execution_arn=execution))

    async def end(self, execution: str) -> DescribeExecutionResponse:
        async with asyncio.timeout(30):
            return await self.service.wait_for_execution(execution)

    async def submitted(self, execution: str, times: int) -> None:
        """Wait until history tells that the Task was submitted so often; its function has the token before that."""
        async with asyncio.timeout(30):
            while [event["type"] for event in await self.events(execution)].count("TaskSubmitted") < times:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def events(self, execution: str, **params: Any) -> list[dict[str, Any]]:
        """The whole history, page by page."""
        shown: list[dict[str, Any]] = []
        token: str | None = None
        while True:
            request = GetExecutionHistoryRequest(execution_arn=execution, next_token=token, **params)
            page = await self.service.get_execution_history(request)
            shown += [dict(event) for event in page.events]
            token = page.next_token
            if token is None:
                return shown

    async def alias(self, machine: str) -> str:
        """Publish a state machine and give it an alias; the alias' ARN."""
        await self.service.publish_state_machine_version(PublishStateMachineVersionRequest(state_machine_arn=machine))
        routes = (RoutingConfigurationListItem(state_machine_version_arn=f"{machine}:1", weight=100),)
        request = CreateStateMachineAliasRequest(name="live", routing_configuration=routes)
        return (await self.service.create_state_machine_alias(request)).state_machine_alias_arn

    async def listed(self, machine: str, expected: int, **params: Any) -> list[Any]:
        """What ListExecutions shows, page by page, once Temporal's list has `expected` of them."""
        async with asyncio.timeout(30):
            while True:
                shown: list[Any] = []
                token: str | None = None
                while True:
                    request = ListExecutionsRequest(state_machine_arn=machine, next_token=token, **params)
                    page = await self.service.list_executions(request)
                    shown += page.executions
                    token = page.next_token
                    if token is None:
                        break
                if len(shown) == expected:
                    return shown
                await asyncio.sleep(0.05)


@pytest.fixture
async def setting(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[Setting]:
    functions = Functions()
    served = {"work": functions.work, "ask": functions.ask}
    async with running_engine(temporal_server, tmp_path, served) as engine:
        yield Setting(engine, functions)


def _task(name: str, **fields: JsonValue) -> dict[str, JsonValue]:
    """A Task on the function `work`."""
    return {"Type": "Task", "Resource": f"{_ARN}work", "Parameters": {"name": name, "size": 40_000}, **fields}


def _machine(**states: JsonValue) -> dict[str, JsonValue]:
    return {"StartAt": next(iter(states)), "States": states}


def _two_branches() -> dict[str, JsonValue]:
    """Two branches: `left` that works, then `right` that may not, and a Task after them."""
    good = _machine(L=_task("left", End=True))
    bad = _machine(R=_task("right", Next="S"), S=_task("last", End=True))
    both: JsonValue = {"Type": "Parallel", "Branches": [good, bad], "ResultSelector": {"l.$": "$[0].did"}, "Next": "E"}
    count: JsonValue = {"Type": "Pass", "Parameters": {"n.$": "$$.Execution.RedriveCount"}, "End": True}
    return _machine(P=both, E=count)


async def test_what_had_ended_well_is_not_done_again(setting: Setting) -> None:
    setting.functions.failures.update(last=2)
    machine = await setting.engine.create("branches", _two_branches())
    execution = await setting.engine.start(machine, {"a": 1})
    failed = await setting.end(execution)
    assert (failed.status, failed.redrive_status, failed.redrive_count) == ("FAILED", "REDRIVABLE", 0)
    changed = UpdateStateMachineRequest(
        state_machine_arn=machine, definition='{"StartAt":"N","States":{"N":{"Type":"Fail"}}}'
    )
    await setting.service.update_state_machine(changed)

    first = await setting.redrive(execution)
    again = await setting.end(execution)
    second = await setting.redrive(execution)
    ended = await setting.end(execution)

    assert setting.functions.calls == {"left": 1, "right": 1, "last": 3}
    assert (again.status, again.redrive_count, again.redrive_date) == ("FAILED", 1, first)
    assert (ended.status, ended.output, ended.redrive_count) == ("SUCCEEDED", '{"n":2}', 2)
    assert (ended.start_date, ended.redrive_date, ended.input) == (failed.start_date, second, '{"a": 1}')
    assert ended.redrive_status_reason == "Execution is SUCCEEDED and cannot be redriven"
    events = await setting.events(execution, max_results=7)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert list(reversed(events)) == await setting.events(execution, max_results=7, reverse_order=True)
    redriven = [event["executionRedrivenEventDetails"] for event in events if event["type"] == "ExecutionRedriven"]
    assert redriven == [{"redriveCount": 1}, {"redriveCount": 2}]
    after = [
        event["type"] for event in events[events.index(next(e for e in events if e["type"] == "ExecutionRedriven")) :]
    ]
    assert after[:5] == [
        "ExecutionRedriven",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionFailed",
        "TaskStateAborted",
    ]
    watched = [dict(event) async for event in setting.service.watch_execution(execution)]
    assert watched == events
    shown = await setting.service.describe_state_machine_for_execution(
        DescribeStateMachineForExecutionRequest(execution_arn=execution)
    )
    assert "Parallel" in shown.definition, "what the execution began with"


async def test_lists_show_each_execution_once(setting: Setting) -> None:
    machine = await setting.engine.create("listed-once", _machine(T=_task("t", End=True)))
    alias = await setting.alias(machine)
    setting.functions.failures.update(t=9)
    executions = [await setting.engine.start(alias, name=f"e{number}") for number in range(5)]
    for execution in executions:
        await setting.end(execution)
    await setting.listed(machine, 5)
    redriven = executions[1::2]
    for execution in redriven:
        await setting.redrive(execution)
        await setting.end(execution)
    for size in (1, 2, 3, 100):
        shown = await setting.listed(machine, 5, max_results=size)
        assert sorted(each.execution_arn for each in shown) == executions
        counts = {each.execution_arn: each.redrive_count for each in shown}
        assert counts == {execution: int(execution in redriven) for execution in executions}
    by_alias = await setting.listed(alias, 5, max_results=2)
    assert {(each.state_machine_version_arn, each.state_machine_alias_arn) for each in by_alias} == {
        (f"{machine}:1", alias)
    }
    pages = ListExecutionsRequest(state_machine_arn=machine, max_results=4)
    assert len((await setting.service.list_executions(pages)).executions) == 4, "a page is full if there is more"


ASKING: JsonValue = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {"FunctionName": "ask", "Payload.$": "$$.Task.Token"},
    "End": True,
}


async def test_an_aborted_execution(setting: Setting) -> None:
    machine = await setting.engine.create("asking", _machine(A=ASKING))
    execution = await setting.engine.start(machine, name="asked")
    tokens = [await setting.functions.tokens.get()]
    began = (await setting.describe(execution)).start_date
    await setting.submitted(execution, 1)
    stop = StopExecutionRequest(execution_arn=execution, error="Stop", cause="why")
    stop_date = (await setting.service.stop_execution(stop)).stop_date
    assert (await setting.describe(execution)).stop_date == stop_date

    await setting.redrive(execution)
    running = await setting.describe(execution)
    assert (running.status, running.stop_date, running.error) == ("RUNNING", None, None)
    again = StartExecutionRequest(state_machine_arn=machine, name="asked", input="{ }")
    assert (await setting.service.start_execution(again)).start_date == began, "it is that execution, and it runs"
    tokens.append(await setting.functions.tokens.get())
    await setting.submitted(execution, 2)
    await setting.service.stop_execution(stop)
    assert (await setting.describe(execution)).status == "ABORTED"

    await setting.redrive(execution)
    tokens.append(await setting.functions.tokens.get())
    for stale in tokens[:2]:
        with pytest.raises(TaskTimedOut):
            await setting.service.send_task_success(SendTaskSuccessRequest(task_token=stale, output="0"))
    await setting.service.send_task_success(SendTaskSuccessRequest(task_token=tokens[2], output="7"))
    ended = await setting.end(execution)
    assert (ended.status, ended.output, ended.redrive_count) == ("SUCCEEDED", "7", 2)
    types = [event["type"] for event in await setting.events(execution)]
    asked = ["TaskScheduled", "TaskStarted", "TaskSubmitted"]
    assert types == [
        "ExecutionStarted",
        "TaskStateEntered",
        *asked,
        "ExecutionAborted",
        "ExecutionRedriven",
        *asked,
        "ExecutionAborted",
        "ExecutionRedriven",
        *asked,
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]


async def test_a_timed_out_execution(setting: Setting) -> None:
    machine = await setting.engine.create("hurried", {**_machine(A=ASKING), "TimeoutSeconds": 1})
    execution = await setting.engine.start(machine)
    stop = StopExecutionRequest(execution_arn=execution)
    for redrives in range(2):
        timed_out = await setting.end(execution)
        began = timed_out.redrive_date if redrives else timed_out.start_date
        assert (timed_out.status, timed_out.redrive_count) == ("TIMED_OUT", redrives)
        assert began is not None
        assert timed_out.stop_date is not None
        assert (timed_out.stop_date - began).total_seconds() == 1, "TimeoutSeconds counts from the redrive"
        assert (await setting.service.stop_execution(stop)).stop_date == timed_out.stop_date, "it has ended"
        await setting.redrive(execution)
    await setting.end(execution)
    ends = [event["type"] for event in await setting.events(execution) if event["type"].startswith("Execution")]
    redriven = ["ExecutionTimedOut", "ExecutionRedriven"]
    assert ends == ["ExecutionStarted", *redriven, *redriven, "ExecutionTimedOut"]


async def test_many_calls_redrive_once(setting: Setting) -> None:
    machine = await setting.engine.create("once", _machine(T=_task("t", End=True)))
    setting.functions.failures.update(t=1)
    execution = await setting.engine.start(machine)
    await setting.end(execution)

    calls = (setting.redrive(execution, f"token-{number % 3}") for number in range(12))
    answers = await asyncio.gather(*calls, return_exceptions=True)

    dates = {answer for answer in answers if not isinstance(answer, BaseException)}
    refusals = [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(dates) == 1, "one redrive, one date"
    assert {type(refusal) for refusal in refusals} <= {ExecutionNotRedrivable}
    assert (await setting.end(execution)).redrive_count == 1
    assert setting.functions.calls["t"] == 2


class Killed(Exception):
    """The process is gone."""


def _dies_before(monkeypatch: pytest.MonkeyPatch) -> None:
    async def start(self: TemporalRedrive) -> Any:
        raise Killed

    monkeypatch.setattr(TemporalRedrive, "start", start)


def _dies_after(monkeypatch: pytest.MonkeyPatch) -> None:
    original = TemporalRedrive.start

    async def start(self: TemporalRedrive) -> Any:
        await original(self)
        raise Killed

    monkeypatch.setattr(TemporalRedrive, "start", start)


@pytest.mark.parametrize("die", [_dies_before, _dies_after])
async def test_a_call_that_was_cut_off_can_be_repeated(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, die: Callable[[pytest.MonkeyPatch], None]
) -> None:
    machine = await setting.engine.create(f"cut{die.__name__}", _machine(T=_task("t", End=True)))
    setting.functions.failures.update(t=1)
    execution = await setting.engine.start(machine)
    await setting.end(execution)
    with monkeypatch.context() as patch:
        die(patch)
        with pytest.raises(Killed):
            await setting.redrive(execution, "token")
    assert len(await setting.listed(machine, 1)) == 1

    date = await setting.redrive(execution, "token")

    ended = await setting.end(execution)
    assert (ended.status, ended.redrive_count, ended.redrive_date) == ("SUCCEEDED", 1, date)
    assert setting.functions.calls["t"] == 2
    assert await setting.redrive(execution, "token") == date, "answered as before"
    with pytest.raises(ExecutionNotRedrivable, match="Execution is SUCCEEDED and cannot be redriven"):
        await setting.redrive(execution, "another")
    assert [each.status for each in await setting.listed(machine, 1)] == ["SUCCEEDED"]
