"""EXPRESS executions after their end, where the installation keeps them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from api.service.config import ServiceConfig
from api.service.errors import ServiceError
from api.service.gateway import ExecutionStatus
from interpreter.effects import ActivityFailure
from tests.api.service.installation import PASS, Installation, install, machine_arn
from tests.api.service.test_sync_executions import TASK

SECONDS: Final = 60


@pytest_asyncio.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[Installation]:
    config = ServiceConfig(deletion_settle_seconds=0, express_retention_seconds=SECONDS)
    async with install(tmp_path, config) as installed:
        yield installed


async def sync(installation: Installation, definition: str = PASS, **params: Any) -> dict[str, Any]:
    arn = await installation.create("x", definition, type="EXPRESS")
    return await installation.call("StartSyncExecution", stateMachineArn=arn, **params)


async def code_of(installation: Installation, operation: str, arn: str) -> tuple[str, str]:
    with pytest.raises(ServiceError) as raised:
        await installation.call(operation, executionArn=arn)
    return raised.value.code, raised.value.message


async def test_a_synchronous_run_is_described(keeping: Installation) -> None:
    answer = await sync(keeping, name="e", input='{"a": 1}', traceHeader="Root=1")
    described = await keeping.call("DescribeExecution", executionArn=answer["executionArn"])
    assert described == {
        "executionArn": answer["executionArn"],
        "stateMachineArn": machine_arn("x"),
        "name": "e",
        "status": "SUCCEEDED",
        "startDate": answer["startDate"],
        "stopDate": answer["stopDate"],
        "input": '{"a": 1}',
        "inputDetails": {"included": True},
        "output": '{"a":1}',
        "outputDetails": {"included": True},
        "traceHeader": "Root=1",
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Executions of EXPRESS state machines cannot be redriven",
    }


async def test_a_failure_is_described(keeping: Installation) -> None:
    keeping.calls.answers["f"] = ActivityFailure("application", "Again", "why", (), heartbeat_asked=False)
    answer = await sync(keeping, TASK)
    described = await keeping.call("DescribeExecution", executionArn=answer["executionArn"])
    assert (described["status"], described["error"], "output" in described) == ("FAILED", "Again", False)


async def test_metadata_only(keeping: Installation) -> None:
    answer = await sync(keeping)
    arn = {"executionArn": answer["executionArn"]}
    described = await keeping.call("DescribeExecution", **arn, includedData="METADATA_ONLY")
    assert not {"input", "output"} & set(described)
    events = (await keeping.call("GetExecutionHistory", **arn, includeExecutionData=False))["events"]
    assert events[1]["stateEnteredEventDetails"] == {"name": "A"}


async def test_its_history(keeping: Installation) -> None:
    answer = await sync(keeping, input='{"a": 1}')
    arn = {"executionArn": answer["executionArn"]}
    events = (await keeping.call("GetExecutionHistory", **arn))["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert events[1]["stateEnteredEventDetails"] == {
        "name": "A",
        "input": '{"a":1}',
        "inputDetails": {"truncated": False},
    }
    page = await keeping.call("GetExecutionHistory", **arn, maxResults=1, reverseOrder=True)
    assert [event["id"] for event in page["events"]] == [4]


async def test_runs_that_end_together(keeping: Installation) -> None:
    await keeping.create("x", type="EXPRESS")
    params = {"stateMachineArn": machine_arn("x")}
    answers = await asyncio.gather(*(keeping.call("StartSyncExecution", **params) for _ in range(20)))
    for answer in answers:
        described = await keeping.call("DescribeExecution", executionArn=answer["executionArn"])
        assert described["name"] == answer["name"]


async def test_they_go_after_their_time(keeping: Installation) -> None:
    answer = await sync(keeping)
    keeping.clock.move(seconds=SECONDS)
    await keeping.call("DescribeExecution", executionArn=answer["executionArn"])
    keeping.clock.move(seconds=1)
    for operation in ("DescribeExecution", "GetExecutionHistory"):
        assert (await code_of(keeping, operation, answer["executionArn"]))[0] == "ExecutionDoesNotExist"
    await keeping.call("StartSyncExecution", stateMachineArn=machine_arn("x"))
    assert await keeping.store.get_express_run(answer["executionArn"], 0) is None, "removed with the next run"


async def test_an_asynchronous_one(keeping: Installation) -> None:
    arn = await keeping.create("x", type="EXPRESS")
    started = await keeping.call("StartExecution", stateMachineArn=arn, name="e")
    execution = {"executionArn": started["executionArn"]}
    assert (await keeping.call("DescribeExecution", **execution))["status"] == "RUNNING"
    key = started["executionArn"].split(":", 7)[7]
    await keeping.gateway.end("x", key, ExecutionStatus.SUCCEEDED, output="1")
    await keeping.gateway.record("x", key, 3)
    described = await keeping.call("DescribeExecution", **execution)
    assert (described["name"], described["status"], described["output"]) == ("e", "SUCCEEDED", "1")
    assert len((await keeping.call("GetExecutionHistory", **execution))["events"]) == 3
    keeping.clock.move(seconds=SECONDS + 2)
    assert (await code_of(keeping, "DescribeExecution", started["executionArn"]))[0] == "ExecutionDoesNotExist"


@pytest.mark.parametrize("operation", ["DescribeExecution", "GetExecutionHistory", "StopExecution"])
async def test_by_default_it_is_refused_as_by_aws(installation: Installation, operation: str) -> None:
    answer = await sync(installation)
    assert await code_of(installation, operation, answer["executionArn"]) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )
    assert await installation.store.get_express_run(answer["executionArn"], 0) is None


async def test_stopping_is_refused_in_any_case(keeping: Installation) -> None:
    answer = await sync(keeping)
    assert (await code_of(keeping, "StopExecution", answer["executionArn"]))[0] == "InvalidArn"


async def test_of_others_there_is_none(keeping: Installation) -> None:
    answer = await sync(keeping, json.dumps(json.loads(PASS)))
    other = answer["executionArn"][:-1] + "x"
    assert (await code_of(keeping, "DescribeExecution", other))[0] == "ExecutionDoesNotExist"
