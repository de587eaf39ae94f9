"""Executions that outgrow a Temporal run go on in a new one, and end with a clear cause where they cannot."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from api.service.shapes import (
    DescribeExecutionRequest,
    GetExecutionHistoryRequest,
    ListExecutionsRequest,
    RedriveExecutionRequest,
    SendTaskSuccessRequest,
    StopExecutionRequest,
)
from api.temporal_server import TemporalServer
from interpreter.hosts import room
from interpreter.hosts.temporal.workflow import ExecutionWorkflow
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, running_engine
from tests.support.server import running_server

_SUGGESTED_AT: Final = 25
"""Events after which this server suggests a new run, in place of some thousands."""


class Functions:
    """The functions of these tests."""

    def __init__(self) -> None:
        self.tokens: asyncio.Queue[str] = asyncio.Queue()
        self.broken = False

    async def add(self, event: Any) -> JsonValue:
        return int(event["n"]) + 1

    async def ask(self, event: Any) -> JsonValue:
        await self.tokens.put(event["token"])
        return None

    async def check(self, event: Any) -> JsonValue:
        if self.broken:
            raise ValueError("broken")
        return None

    def by_name(self) -> dict[str, Any]:
        return {"add": self.add, "ask": self.ask, "check": self.check}


def _invoke(function: str, payload: JsonValue, *, pattern: str = "", **fields: JsonValue) -> dict[str, JsonValue]:
    parameters: dict[str, JsonValue] = {"FunctionName": function, **({} if payload is None else {"Payload": payload})}
    resource = f"arn:aws:states:::lambda:invoke{pattern}"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, **fields}


def _loop(times: int, after: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Counts to `times`, a call and a Parallel of two calls in each turn; then the states `after`."""
    branch: JsonValue = {"StartAt": "A", "States": {"A": _invoke("add", {"n.$": "$.n"}, End=True)}}
    other: JsonValue = {"StartAt": "B", "States": {"B": _invoke("add", {"n.$": "$.n"}, End=True)}}
    result: JsonValue = {"n.$": "$.Payload"}
    return {
        "StartAt": "Add",
        "States": {
            "Add": _invoke("add", {"n.$": "$.n"}, ResultSelector=result, Assign={"last.$": "$.n"}, Next="Both"),
            "Both": {"Type": "Parallel", "Branches": [branch, other], "ResultPath": None, "Next": "More"},
            "More": {
                "Type": "Choice",
                "Choices": [{"Variable": "$last", "NumericLessThan": times, "Next": "Add"}],
                "Default": next(iter(after)),
            },
            **after,
        },
    }


_DONE: Final[Mapping[str, JsonValue]] = {"Done": {"Type": "Pass", "Parameters": {"last.$": "$last"}, "End": True}}


@pytest.fixture(scope="module")
def server() -> Iterator[TemporalServer]:
    suggestion = f"limit.historyCount.suggestContinueAsNew={_SUGGESTED_AT}"
    with running_server(dynamic_config=[suggestion]) as started:
        yield started


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
async def engine(server: TemporalServer, tmp_path: Path, functions: Functions) -> AsyncIterator[TestEngine]:
    async with running_engine(server, tmp_path, functions.by_name(), mode="native") as started:
        yield started


async def test_a_long_execution_goes_on_in_new_runs(engine: TestEngine) -> None:
    definition = _loop(8, _DONE)
    long, whole = await asyncio.gather(
        engine.run(await engine.create("long", definition), {"n": 0}),
        engine.run(await engine.create("whole", definition, tags={"steploom:mode": "aws"}), {"n": 0}),
    )

    assert (long.status, long.output) == (whole.status, whole.output) == ("SUCCEEDED", '{"last":8}')
    assert await _runs(engine, "whole") == [WorkflowExecutionStatus.COMPLETED]
    runs = await _runs(engine, "long")
    assert len(runs) > 2
    assert set(runs[1:]) == {WorkflowExecutionStatus.CONTINUED_AS_NEW}

    events, expected = await _events(engine, long.execution_arn), await _events(engine, whole.execution_arn)
    assert Counter(event["type"] for event in events) == Counter(event["type"] for event in expected)
    assert [event["id"] for event in events] == [*range(1, len(events) + 1)]
    watched = [event async for event in engine.service.watch_execution(long.execution_arn)]
    assert watched == events

    listed = await engine.service.list_executions(ListExecutionsRequest(state_machine_arn=long.state_machine_arn))
    assert [(each.execution_arn, each.start_date) for each in listed.executions] == [
        (long.execution_arn, long.start_date)
    ]
    assert long.input == '{"n": 0}'
    await _replay(engine, "long")


async def test_a_callback_and_a_stop_in_a_later_run(engine: TestEngine, functions: Functions) -> None:
    ask = _invoke("ask", {"token.$": "$$.Task.Token"}, pattern=".waitForTaskToken", Next="Again")
    again = _invoke("ask", {"token.$": "$$.Task.Token"}, pattern=".waitForTaskToken", End=True)
    arn = await engine.start(await engine.create("asks", _loop(4, {"Ask": ask, "Again": again})), {"n": 0})
    waiting = asyncio.create_task(engine.service.wait_for_execution(arn))

    answer = SendTaskSuccessRequest(task_token=await functions.tokens.get(), output="1")
    await engine.service.send_task_success(answer)
    await functions.tokens.get()
    await engine.service.stop_execution(StopExecutionRequest(execution_arn=arn, error="E", cause="enough"))

    ended = await waiting
    assert (ended.status, ended.error, ended.cause) == ("ABORTED", "E", "enough")
    assert len(await _runs(engine, "asks")) > 1


async def test_redrive_of_an_execution_of_several_runs(engine: TestEngine, functions: Functions) -> None:
    functions.broken = True
    arn = await engine.create("redriven", _loop(4, {"Check": _invoke("check", {"last.$": "$last"}, End=True)}))
    ended = await engine.run(arn, {"n": 0})
    assert (ended.status, ended.error) == ("FAILED", "ValueError")
    before = await _events(engine, ended.execution_arn)

    functions.broken = False
    await engine.service.redrive_execution(RedriveExecutionRequest(execution_arn=ended.execution_arn))
    redriven = await engine.service.wait_for_execution(ended.execution_arn)

    assert (redriven.status, redriven.redrive_count) == ("SUCCEEDED", 1)
    events = await _events(engine, ended.execution_arn)
    assert events[: len(before)] == before
    assert [event["type"] for event in events[len(before) :]] == [
        "ExecutionRedriven", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded",
    ]  # fmt: skip
    listed = await engine.service.list_executions(ListExecutionsRequest(state_machine_arn=arn))
    assert [each.status for each in listed.executions] == ["SUCCEEDED"]


async def test_data_as_deep_as_it_may_be_is_carried_on(engine: TestEngine, functions: Functions) -> None:
    """A checkpoint has the frames around its data: both are let into the next run, and into a redriven one."""
    wrapped: JsonValue = _nested("$", 50)
    checks = {f"C{number}": _invoke("check", None, ResultPath=None, Next=f"C{number + 1}") for number in range(9)}
    branch: JsonValue = {"StartAt": "C0", "States": {**checks, "C9": {"Type": "Pass", "End": True}}}
    definition = {
        "StartAt": "Wrap",
        "States": {
            "Wrap": {"Type": "Pass", "Parameters": wrapped, "Next": "Both"},
            "Both": {"Type": "Parallel", "Branches": [branch], "Next": "Done"},
            "Done": {"Type": "Pass", "Result": "done", "End": True},
        },
    }
    arn = await engine.create("deep", definition)
    functions.broken = True
    ended = await engine.run(arn, _nested(None, 200))
    assert (ended.status, ended.error) == ("FAILED", "ValueError")

    functions.broken = False
    await engine.service.redrive_execution(RedriveExecutionRequest(execution_arn=ended.execution_arn))
    redriven = await engine.service.wait_for_execution(ended.execution_arn)
    assert (redriven.status, redriven.output) == ("SUCCEEDED", '"done"'), redriven.cause
    assert WorkflowExecutionStatus.CONTINUED_AS_NEW in await _runs(engine, "deep")
    await _replay(engine, "deep")


def _nested(value: JsonValue, levels: int) -> JsonValue:
    """A value inside so many objects; as a template, a path inside them."""
    name = "a.$" if isinstance(value, str) else "a"
    nested: JsonValue = {name: value}
    for _ in range(levels - 1):
        nested = {"a": nested}
    return nested


async def test_what_cannot_go_on_in_a_new_run_fails_before_temporal_ends_it(
    engine: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_TOO_MANY_EVENTS", 60)
    chain = {
        "StartAt": "A",
        "States": {"A": _invoke("add", {"n": 1}, Next="B"), "B": _invoke("add", {"n": 1}, End=True)},
    }
    definition = {
        "StartAt": "Each",
        "States": {"Each": {"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": chain, "End": True}},
    }
    ended = await engine.run(await engine.create("wide", definition), [*range(100)])
    assert (ended.status, ended.error) == ("FAILED", "States.Runtime")
    assert ended.cause is not None
    assert "the number of events or bytes that one Temporal workflow run may have" in ended.cause
    described = await engine.service.describe_execution(DescribeExecutionRequest(execution_arn=ended.execution_arn))
    assert described.status == "FAILED"
    assert (await _events(engine, ended.execution_arn))[-1]["type"] == "ExecutionFailed"


async def _replay(engine: TestEngine, machine: str) -> None:
    """Replay each run, as a worker does that has none of them in its cache."""
    replayer = Replayer(
        workflows=[ExecutionWorkflow],
        data_converter=engine.client.data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async for run in engine.client.list_workflows(f'WorkflowType = "{machine}"'):
        history = await engine.client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        await replayer.replay_workflow(history)


async def _runs(engine: TestEngine, machine: str) -> list[WorkflowExecutionStatus | None]:
    """The status of each run, the last one first."""
    found = [each async for each in engine.client.list_workflows(f'WorkflowType = "{machine}"')]
    return [each.status for each in sorted(found, key=lambda each: each.start_time, reverse=True)]


async def _events(engine: TestEngine, arn: str) -> list[Mapping[str, Any]]:
    request = GetExecutionHistoryRequest(execution_arn=arn, max_results=1000)
    return list((await engine.service.get_execution_history(request)).events)
