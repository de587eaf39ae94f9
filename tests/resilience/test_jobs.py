"""Jobs and nested executions on a real Temporal server: they end with what waits for them, however that ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from activities.integrations.aws_service import AwsService
from activities.integrations.job_watch import JobWatch
from activities.job_workflow import JobWorkflow
from activities.jobs import WatchedJob
from activities.names import JOB
from api.service.errors import ExecutionDoesNotExist
from api.service.shapes import (
    DescribeExecutionRequest,
    DescribeExecutionResponse,
    StartSyncExecutionRequest,
    StopExecutionRequest,
)
from api.temporal_server import TemporalServer
from tests.support.engine import TestEngine, running_engine
from tests.support.fake_glue_api import FakeGlueApi, fake_glue_api

WAITING = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 300, "End": True}}}


def _task(resource: str, parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, "End": True}
    return {"StartAt": "T", "States": {"T": task | fields}}


GLUE = _task("glue:startJobRun.sync", {"JobName": "etl"})


@pytest.fixture
async def glue(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeGlueApi]:
    async with fake_glue_api() as api:
        monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", api.endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        yield api


@pytest.fixture
async def engine(server: TemporalServer, tmp_path: Path, glue: FakeGlueApi) -> AsyncIterator[TestEngine]:
    async with running_engine(server, tmp_path, {}) as made:
        yield made


async def _described(engine: TestEngine, arn: str) -> DescribeExecutionResponse:
    return await engine.service.describe_execution(DescribeExecutionRequest(execution_arn=arn))


async def _until(engine: TestEngine, arn: str, status: str) -> None:
    """Wait for an execution to be there and have a status; it is asked as often as it takes."""
    workflow_id = ":".join(arn.split(":")[6:8])
    handle = engine.client.get_workflow_handle(workflow_id)
    async with asyncio.timeout(30):
        while True:
            described = await _described_or_none(engine, arn)
            if described is not None and described.status == status:
                return
            if described is not None and status != "RUNNING":
                await asyncio.wait([asyncio.ensure_future(handle.result())])


async def _described_or_none(engine: TestEngine, arn: str) -> DescribeExecutionResponse | None:
    try:
        return await _described(engine, arn)
    except ExecutionDoesNotExist:
        return None


async def test_a_job_that_ends(engine: TestEngine, glue: FakeGlueApi) -> None:
    execution = await engine.start(await engine.create("ends", GLUE))
    await glue.until("GetJobRun")
    glue.states["jr_0"] = "SUCCEEDED"

    described = await engine.service.wait_for_execution(execution)

    assert described.output is not None
    assert json.loads(described.output) == {"Id": "jr_0", "JobName": "etl", "JobRunState": "SUCCEEDED"}
    assert (await engine.event_types(execution))[3:6] == ["TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    assert glue.calls["BatchStopJobRun"] == 0


async def test_a_job_needs_no_heartbeat(engine: TestEngine, glue: FakeGlueApi) -> None:
    definition = _task("glue:startJobRun.sync", {"JobName": "etl"}, HeartbeatSeconds=1)
    execution = await engine.start(await engine.create("silent", definition))
    await glue.until("GetJobRun", 4)  # three seconds at least
    glue.states["jr_0"] = "SUCCEEDED"

    assert (await engine.service.wait_for_execution(execution)).status == "SUCCEEDED"


async def test_a_job_that_fails(engine: TestEngine, glue: FakeGlueApi) -> None:
    execution = await engine.start(await engine.create("fails", GLUE))
    await glue.until("StartJobRun")
    glue.states["jr_0"] = "TIMEOUT"

    described = await engine.service.wait_for_execution(execution)

    assert (described.status, described.error) == ("FAILED", "States.TaskFailed")
    assert json.loads(described.cause or "")["JobRunState"] == "TIMEOUT"


async def test_trouble_of_the_watch_is_no_failure(engine: TestEngine, glue: FakeGlueApi) -> None:
    glue.refusals["GetJobRun"] = [(400, "ThrottlingException"), (500, "InternalServiceException")]
    execution = await engine.start(await engine.create("troubled", GLUE))
    await glue.until("GetJobRun", 2)
    glue.states["jr_0"] = "SUCCEEDED"

    assert (await engine.service.wait_for_execution(execution)).status == "SUCCEEDED"


async def test_a_refused_submission_begins_no_watch(engine: TestEngine, glue: FakeGlueApi) -> None:
    glue.refusals["StartJobRun"] = [(400, "EntityNotFoundException")]

    described = await engine.run(await engine.create("refused", GLUE))

    assert described.error == "Glue.EntityNotFoundException"
    assert glue.calls["GetJobRun"] == 0


async def test_stopping_stops_the_job(engine: TestEngine, glue: FakeGlueApi) -> None:
    execution = await engine.start(await engine.create("stopped", GLUE))
    await glue.until("GetJobRun")
    await engine.service.stop_execution(StopExecutionRequest(execution_arn=execution))

    await glue.until("BatchStopJobRun")

    assert (await _described(engine, execution)).status == "ABORTED"


async def test_a_job_that_is_submitted_too_late_is_stopped(engine: TestEngine, glue: FakeGlueApi) -> None:
    """The submitting call is still under way when the execution ends; its worker is told by Temporal."""
    glue.answering.clear()
    execution = await engine.start(await engine.create("late", GLUE))
    await glue.until("StartJobRun")
    await engine.service.stop_execution(StopExecutionRequest(execution_arn=execution))
    await asyncio.wait([asyncio.create_task(engine.service.wait_for_execution(execution))])
    glue.answering.set()

    await glue.until("BatchStopJobRun")

    assert glue.states == {"jr_0": "STOPPED"}


async def test_a_watch_that_is_cancelled_before_it_begins_stops_its_job(engine: TestEngine, glue: FakeGlueApi) -> None:
    """Its parent ended while no worker was there."""
    glue.states["jr_0"] = "RUNNING"
    job = WatchedJob(service="glue", action="startJobRun", key={"JobName": "etl", "RunId": "jr_0"})
    handle = await engine.client.start_workflow(JOB, job.to_json(), id="job:early", task_queue="early-jobs")
    await handle.cancel()
    watch = JobWatch(AwsService("us-east-1"))
    worker = Worker(
        engine.client, task_queue="early-jobs", workflows=[JobWorkflow], activities=[watch.watch, watch.stop]
    )

    async with worker:  # until the workflow has ended: a worker that stops during its last activity may hang
        with pytest.raises(WorkflowFailureError) as ended:
            await handle.result()

    assert isinstance(ended.value.cause, CancelledError)
    assert glue.states == {"jr_0": "STOPPED"}


async def test_a_timeout_of_the_machine_stops_the_job(engine: TestEngine, glue: FakeGlueApi) -> None:
    execution = await engine.start(await engine.create("machine-timeout", GLUE | {"TimeoutSeconds": 3}))

    await glue.until("BatchStopJobRun")

    assert (await engine.service.wait_for_execution(execution)).status == "TIMED_OUT"


async def test_a_timeout_of_the_state_stops_the_job(engine: TestEngine, glue: FakeGlueApi) -> None:
    definition = _task("glue:startJobRun.sync", {"JobName": "etl"}, TimeoutSeconds=2)
    described = await engine.run(await engine.create("state-timeout", definition))

    await glue.until("BatchStopJobRun")

    assert described.error == "States.Timeout"


async def test_a_failure_beside_it_stops_the_job(engine: TestEngine, glue: FakeGlueApi) -> None:
    failing = {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 2, "Next": "F"}, "F": {"Type": "Fail"}}}
    parallel = {"Type": "Parallel", "Branches": [GLUE, failing], "End": True}
    described = await engine.run(await engine.create("beside", {"StartAt": "P", "States": {"P": parallel}}))

    await glue.until("BatchStopJobRun")

    assert described.status == "FAILED"


@pytest.mark.parametrize("end", ["stop", "terminate"])
async def test_children_end_with_their_parent(engine: TestEngine, end: str) -> None:
    child = await engine.create(f"child-{end}", WAITING)
    definition = _task("states:startExecution.sync:2", {"StateMachineArn": child, "Name": "c"})
    parent = await engine.start(await engine.create(f"parent-{end}", definition), name="p")
    nested = child.replace(":stateMachine:", ":execution:") + ":c"
    await _until(engine, nested, "RUNNING")

    if end == "stop":
        await engine.service.stop_execution(StopExecutionRequest(execution_arn=parent, error="E", cause="why"))
    else:
        await engine.client.get_workflow_handle(f"parent-{end}:p").terminate()

    await _until(engine, nested, "ABORTED")
    described = await _described(engine, nested)
    assert (described.error, described.cause) == (None, None)


async def test_a_child_with_a_token_is_stopped_with_its_parent(engine: TestEngine) -> None:
    child = await engine.create("child-token", WAITING)
    parameters = {"StateMachineArn": child, "Name": "c", "Input": {"token.$": "$$.Task.Token"}}
    parent = await engine.start(await engine.create("parent-token", _task("states:startExecution.sync", parameters)))
    nested = child.replace(":stateMachine:", ":execution:") + ":c"
    await _until(engine, nested, "RUNNING")
    while "TaskSubmitted" not in await engine.event_types(parent):
        pass

    await engine.service.stop_execution(StopExecutionRequest(execution_arn=parent))

    await _until(engine, nested, "ABORTED")


async def test_a_child_with_a_token_is_stopped_when_its_parent_fails(engine: TestEngine) -> None:
    child = await engine.create("child-failing", WAITING)
    parameters = {"StateMachineArn": child, "Name": "c", "Input": {"token.$": "$$.Task.Token"}}
    nested = child.replace(":stateMachine:", ":execution:") + ":c"
    sync = _task("states:startExecution.sync", parameters)
    failing = {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 2, "Next": "F"}, "F": {"Type": "Fail"}}}
    parallel = {"Type": "Parallel", "Branches": [sync, failing], "End": True}
    parent = await engine.start(await engine.create("parent-failing", {"StartAt": "P", "States": {"P": parallel}}))
    await _until(engine, nested, "RUNNING")

    assert (await engine.service.wait_for_execution(parent)).status == "FAILED"

    await _until(engine, nested, "ABORTED")
    assert (await engine.event_types(parent))[-1] == "ExecutionFailed"


async def test_a_child_goes_on_behind_its_token(engine: TestEngine) -> None:
    states: dict[str, Any] = {
        "Send": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
            "Parameters": {"TaskToken.$": "$.token", "Output": {"early": True}},
            "Next": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": 2, "Next": "Done"},
        "Done": {"Type": "Succeed"},
    }
    child = await engine.create("child-early", {"StartAt": "Send", "States": states})
    parameters = {"StateMachineArn": child, "Name": "c", "Input": {"token.$": "$$.Task.Token"}}

    described = await engine.run(await engine.create("parent-early", _task("states:startExecution.sync", parameters)))

    assert (described.status, described.output) == ("SUCCEEDED", '{"early":true}')
    nested = child.replace(":stateMachine:", ":execution:") + ":c"
    assert (await engine.service.wait_for_execution(nested)).status == "SUCCEEDED"


async def test_a_synchronous_execution_of_this_installation(engine: TestEngine) -> None:
    """`aws-sdk:sfn:startSyncExecution` answers with how it ended, and does not fail itself."""
    failing = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "c"}}}
    child = await engine.create("sync-child", failing, express=True)
    definition = _task("aws-sdk:sfn:startSyncExecution", {"StateMachineArn": child, "Input": {"a": 1}})

    described = await engine.run(await engine.create("sync-parent", definition))

    shown = json.loads(described.output or "")
    assert (shown["Status"], shown["Error"], shown["Cause"], shown["Input"]) == ("FAILED", "E", "c", '{"a":1}')
    assert shown["BillingDetails"]["BilledMemoryUsedInMB"] == 64


async def test_the_same_execution_twice(engine: TestEngine) -> None:
    """Name and input are those of an execution that runs: it is the one that is meant, and waited for."""
    child = await engine.create(
        "child-same", {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "End": True}}}
    )
    started = await engine.start(child, {"x": 1}, name="same")
    definition = _task("states:startExecution.sync:2", {"StateMachineArn": child, "Name": "same", "Input": {"x": 1}})

    described = await engine.run(await engine.create("parent-same", definition))

    shown = json.loads(described.output or "")
    assert (shown["ExecutionArn"], shown["Output"], shown["Status"]) == (started, {"x": 1}, "SUCCEEDED")
    assert "RedriveStatus" not in shown


async def test_express_executions_are_not_waited_for(engine: TestEngine) -> None:
    passing = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    child = await engine.create("express-child", passing, express=True)

    described = await engine.run(
        await engine.create("waiting", _task("states:startExecution.sync", {"StateMachineArn": child}))
    )
    started = await engine.run(
        await engine.create("starting", _task("states:startExecution", {"StateMachineArn": child}))
    )

    assert described.error == "StepFunctions.StateMachineTypeNotSupportedException"
    assert ":express:express-child:" in json.loads(started.output or "")["ExecutionArn"]


async def test_a_synchronous_execution_starts_others(engine: TestEngine) -> None:
    child = await engine.create("child-express", {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
    definition = _task("states:startExecution", {"StateMachineArn": child, "Name": "c"})
    parent = await engine.create("parent-express", definition, express=True)

    answer = await engine.service.start_sync_execution(StartSyncExecutionRequest(state_machine_arn=parent))

    assert answer.status == "SUCCEEDED"
    nested = json.loads(answer.output or "")["ExecutionArn"]
    assert (await engine.service.wait_for_execution(nested)).status == "SUCCEEDED"
