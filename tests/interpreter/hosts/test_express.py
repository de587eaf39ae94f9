"""EXPRESS executions on Temporal: short calls inside workflow tasks, replays and projections of them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from activities.worker import WorkerLimits, wiring
from api.service.gateway import ExecutionStatus
from api.temporal_server import TemporalServer
from interpreter.hosts.operations import LOCAL_CALLS
from interpreter.hosts.temporal.wiring import install
from interpreter.hosts.temporal.workflow import ExecutionWorkflow
from interpreter.values import JsonValue
from tests.support.express import (
    BRANCHES,
    CHAIN,
    FAILING_TOGETHER,
    FUNCTIONS,
    MACHINE,
    WIDE_MAP,
    ExpressLaboratory,
    call,
    express_laboratory,
    machine,
)
from tests.support.short_histories import compact

_MARKER: Final = EventType.EVENT_TYPE_MARKER_RECORDED
_SCHEDULED: Final = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
_TASK: Final = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED


@pytest_asyncio.fixture
async def laboratory(temporal_server: TemporalServer) -> AsyncIterator[ExpressLaboratory]:
    async with express_laboratory(temporal_server) as made:
        made.functions.update(FUNCTIONS)
        yield made


def counted(history: WorkflowHistory) -> Counter[int]:
    return Counter(event.event_type for event in history.events)


async def replay(laboratory: ExpressLaboratory, history: WorkflowHistory) -> None:
    install(wiring(laboratory.definitions))
    replayer = Replayer(
        workflows=[ExecutionWorkflow],
        data_converter=laboratory.client.data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    await replayer.replay_workflow(history)


async def test_short_calls_need_one_workflow_task(laboratory: ExpressLaboratory) -> None:
    described, events, history = await laboratory.run(json.dumps(CHAIN), {"a": 1})

    assert (described.summary.status, described.output) == (ExecutionStatus.SUCCEEDED, '{"a":1}')
    kinds = counted(history)
    assert (kinds[_MARKER], kinds[_SCHEDULED], kinds[_TASK]) == (2, 0, 1)
    assert compact(events)[1:5] == [
        "2<0 TaskStateEntered A",
        "3<2 LambdaFunctionScheduled",
        "4<3 LambdaFunctionStarted",
        "5<4 LambdaFunctionSucceeded",
    ]


@pytest.mark.parametrize(
    "state, functions", [(call("echo"), "temporal"), (call("echo", TimeoutSeconds=11), "lambda")], ids=["queue", "long"]
)
async def test_other_calls_are_activities(
    laboratory: ExpressLaboratory, state: dict[str, Any], functions: JsonValue
) -> None:
    key = await laboratory.start(json.dumps(machine(T=state)), {}, functions)
    async with asyncio.timeout(30):
        async for event in laboratory.gateway.watch(MACHINE, key):
            if event["type"] == "LambdaFunctionScheduled":
                break
    handle = laboratory.client.get_workflow_handle(f"{MACHINE}:{key}")
    kinds = counted(await handle.fetch_history())
    assert (kinds[_MARKER], kinds[_SCHEDULED]) == (0, 1)


async def test_branches_replay(laboratory: ExpressLaboratory) -> None:
    described, events, history = await laboratory.run(json.dumps(BRANCHES[0]), BRANCHES[1])

    assert described.output == '[{"a":1},{"a":1},{"Error":"Oops","Cause":"why"}]'
    assert compact(events)[-1].endswith("ExecutionSucceeded")
    await replay(laboratory, history)


async def test_without_a_cache(temporal_server: TemporalServer) -> None:
    """Every workflow task begins with a replay of those before it, as after the death of a worker."""
    async with express_laboratory(temporal_server, WorkerLimits(cached_workflows=0)) as made:
        made.functions.update(FUNCTIONS)
        described, _, history = await made.run(json.dumps(BRANCHES[0]), BRANCHES[1])

    assert described.summary.status is ExecutionStatus.SUCCEEDED
    assert counted(history)[EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED] == 0
    assert Counter(made.made) == {"slow": 1, "echo": 2, "fails": 2}


async def test_a_call_that_takes_too_long(laboratory: ExpressLaboratory) -> None:
    described, events, _ = await laboratory.run(json.dumps(machine(T=call("never", TimeoutSeconds=1))))

    assert (described.error, compact(events)[4]) == ("States.Timeout", "5<4 LambdaFunctionTimedOut E=States.Timeout")


async def test_a_failure_gives_the_other_calls_up(laboratory: ExpressLaboratory) -> None:
    branches = [machine(N=call("never")), machine(F=call("fails"))]
    definition = machine(P={"Type": "Parallel", "Branches": branches, "End": True})
    described, events, history = await laboratory.run(json.dumps(definition))

    assert (described.summary.status, described.error) == (ExecutionStatus.FAILED, "Oops")
    assert compact(events)[-1] == "14<13 ExecutionFailed E=Oops"
    await replay(laboratory, history)


@pytest.mark.filterwarnings("ignore:Cannot find activity to cancel:UserWarning")  # the SDK's, of calls just answered
async def test_calls_that_fail_together(laboratory: ExpressLaboratory) -> None:
    """Others are answered while the first failure ends the execution."""
    definition, items = FAILING_TOGETHER
    described, events, history = await laboratory.run(json.dumps(definition), items)

    assert (described.summary.status, described.error) == (ExecutionStatus.FAILED, "Oops")
    assert compact(events)[-1].endswith("ExecutionFailed E=Oops")
    assert counted(history)[_TASK] == 1
    await replay(laboratory, history)


async def test_one_workflow_task_begins_so_many(laboratory: ExpressLaboratory) -> None:
    definition, items = WIDE_MAP
    described, _, history = await laboratory.run(json.dumps(definition), items)

    assert described.output is not None
    assert json.loads(described.output) == items
    assert counted(history)[_MARKER] == LOCAL_CALLS + 1
    assert counted(history)[_TASK] == 2
    await replay(laboratory, history)


async def test_large_results_are_stored(laboratory: ExpressLaboratory) -> None:
    described, events, history = await laboratory.run(json.dumps(machine(T=call("large"))))

    assert described.output == json.dumps("x" * 100_000)
    assert history.to_json().count("xxxx") == 0
    assert compact(events)[-1].endswith("ExecutionSucceeded")
