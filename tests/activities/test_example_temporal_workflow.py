"""examples/temporal-workflow: a worker of the plain Temporal SDK, in a process of its own, runs what is asked for."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from api.service.shapes import StopExecutionRequest
from api.temporal_server import TemporalServer
from tests.support.engine import TestEngine, running_engine

EXAMPLE = Path(__file__).parents[2] / "examples" / "temporal-workflow"


def read(name: str) -> Any:
    return json.loads((EXAMPLE / name).read_text())


@pytest.fixture
async def engine(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[TestEngine]:
    environment = os.environ | {"TEMPORAL_ADDRESS": temporal_server.address}
    worker = await asyncio.create_subprocess_exec(sys.executable, EXAMPLE / "worker.py", env=environment)
    async with running_engine(temporal_server, tmp_path, {}) as made:
        yield made
    worker.terminate()
    await worker.wait()


async def test_workflows(engine: TestEngine, temporal_client: Client) -> None:
    machine = await engine.create("delivery", read("definition.asl.json"))
    ended = await engine.run(machine, read("input.json"))
    assert json.loads(ended.output or "") == read("output.json")
    assert await engine.event_types(ended.execution_arn) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    refused = await engine.run(machine, {"parcel": "P-2", "stops": []})
    assert (refused.error, refused.cause) == ("NowhereToGo", "the parcel P-2 has no stops")
    lost = await engine.run(machine, {"parcel": "P-3", "stops": [""]})
    assert (lost.error, lost.cause) == ("NoSuchPlace", "there is no such place")
    assert "TaskFailed" in await engine.event_types(lost.execution_arn)

    definition = read("definition.asl.json")
    parameters = definition["States"]["Deliver"]["Parameters"] | {"WorkflowId": "moon"}
    definition["States"]["Deliver"]["Parameters"] = parameters
    far = await engine.create("far", definition)
    arn = await engine.start(far, {"parcel": "P-4", "stops": ["Moon"]})
    await until(temporal_client, WorkflowExecutionStatus.RUNNING)
    taken = await engine.run(far, {"parcel": "P-5", "stops": ["Moon"]})
    assert taken.error == "Temporal.WorkflowAlreadyStarted"
    await engine.service.stop_execution(StopExecutionRequest(execution_arn=arn))
    await until(temporal_client, WorkflowExecutionStatus.CANCELED)


async def until(client: Client, status: WorkflowExecutionStatus) -> None:
    """Wait until the workflow `moon` has a status."""
    async with asyncio.timeout(60):
        while True:
            found = [each async for each in client.list_workflows("WorkflowId = 'moon'")]
            if found and found[0].status is status:
                return
            await asyncio.sleep(0.1)
