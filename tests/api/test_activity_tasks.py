"""Activities on a real Temporal server: what workers get, what executions see, and that no task is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from api.service.errors import InvalidToken, TaskTimedOut
from api.service.shapes import (
    CreateActivityRequest,
    DeleteActivityRequest,
    GetActivityTaskRequest,
    GetActivityTaskResponse,
    GetExecutionHistoryRequest,
    SendTaskFailureRequest,
    SendTaskHeartbeatRequest,
    SendTaskSuccessRequest,
)
from api.temporal_server import TemporalServer
from interpreter.values import JsonValue
from tests.support.engine import TestEngine, running_engine


class Setting:
    """An engine with two activities of its own, and the calls of their workers."""

    def __init__(self, engine: TestEngine, arn: str, other: str) -> None:
        self.engine = engine
        self.service = engine.service
        self.arn = arn
        self.other = other

    async def start(self, input_: JsonValue = None, **fields: Any) -> str:
        """Start an execution of one Task on the activity; its ARN."""
        task = {"Type": "Task", "Resource": self.arn, "End": True} | fields
        machine = await self.engine.create("m", {"StartAt": "T", "States": {"T": task}})
        return await self.engine.start(machine, input_)

    async def poll(self, worker_name: str | None = None, arn: str | None = None) -> GetActivityTaskResponse:
        request = GetActivityTaskRequest(activity_arn=arn or self.arn, worker_name=worker_name)
        return await self.service.get_activity_task(request)

    async def polling(self, number: int) -> None:
        """Return once Temporal knows of so many polls of the activity."""
        request = DescribeTaskQueueRequest(
            namespace=self.engine.client.namespace,
            task_queue=TaskQueue(name=self.arn),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
        async with asyncio.timeout(20):
            while True:
                described = await self.engine.client.workflow_service.describe_task_queue(request)
                if len(described.pollers) >= number:
                    return

    async def taken(self, worker_name: str | None = None, arn: str | None = None) -> str:
        """The token of the next task."""
        async with asyncio.timeout(20):
            token = (await self.poll(worker_name, arn)).task_token
        assert token is not None
        return token

    async def succeed(self, token: str, output: str = "1") -> None:
        await self.service.send_task_success(SendTaskSuccessRequest(task_token=token, output=output))

    async def fail(self, token: str, error: str | None = None, cause: str | None = None) -> None:
        await self.service.send_task_failure(SendTaskFailureRequest(task_token=token, error=error, cause=cause))

    async def heartbeat(self, token: str) -> None:
        await self.service.send_task_heartbeat(SendTaskHeartbeatRequest(task_token=token))

    async def abandoned(self, execution_arn: str) -> None:
        """Return once Temporal has no open activity of the execution."""
        workflow = self.engine.client.get_workflow_handle(execution_arn.split(":", 6)[6])
        async with asyncio.timeout(20):
            while (await workflow.describe()).raw_description.pending_activities:
                pass

    async def events(self, execution_arn: str) -> list[dict[str, Any]]:
        """The events once the execution has ended, without times."""
        async with asyncio.timeout(20):
            await self.service.wait_for_execution(execution_arn)
        request = GetExecutionHistoryRequest(execution_arn=execution_arn)
        history = await self.service.get_execution_history(request)
        return [{name: value for name, value in event.items() if name != "timestamp"} for event in history.events]

    async def types(self, execution_arn: str) -> list[str]:
        return [event["type"] for event in await self.events(execution_arn)]


@pytest.fixture
async def work(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[Setting]:
    async with running_engine(temporal_server, tmp_path, {}) as engine:
        names = [str(uuid4()) for _ in range(2)]  # of this test: the server's queues are shared
        made = [await engine.service.create_activity(CreateActivityRequest(name=name)) for name in names]
        yield Setting(engine, *(activity.activity_arn for activity in made))


async def test_a_worker_gets_the_input_and_its_answer_is_the_result(work: Setting) -> None:
    execution = await work.start({"x": [1.0, "é"]})
    task = await work.poll("w")
    assert task.input == '{"x":[1.0,"é"]}'
    assert task.task_token is not None
    await work.heartbeat(task.task_token)
    await work.succeed(task.task_token, '{"y": 2}')
    events = await work.events(execution)
    assert [(event["id"], event["previousEventId"], event["type"]) for event in events] == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "TaskStateEntered"),
        (3, 2, "ActivityScheduled"),
        (4, 3, "ActivityStarted"),
        (5, 4, "ActivitySucceeded"),
        (6, 5, "TaskStateExited"),
        (7, 6, "ExecutionSucceeded"),
    ]
    details = {"input": '{"x":[1.0,"é"]}', "inputDetails": {"truncated": False}, "resource": work.arn}
    assert events[2]["activityScheduledEventDetails"] == details
    assert events[3]["activityStartedEventDetails"] == {"workerName": "w"}
    assert events[4]["activitySucceededEventDetails"] == {"output": '{"y":2}', "outputDetails": {"truncated": False}}


async def test_a_large_input_and_result_pass(work: Setting) -> None:
    text = "x" * 200_000
    execution = await work.start({"text": text})
    task = await work.poll()
    assert task.input == json.dumps({"text": text}, separators=(",", ":"))
    assert task.task_token is not None
    await work.succeed(task.task_token, json.dumps(text))
    ended = await work.service.wait_for_execution(execution)
    assert ended.output == json.dumps(text)


async def test_a_failure_without_a_word(work: Setting) -> None:
    execution = await work.start()
    await work.fail(await work.taken())
    events = await work.events(execution)
    assert events[3]["activityStartedEventDetails"] == {}
    assert (events[4]["type"], events[4]["activityFailedEventDetails"]) == ("ActivityFailed", {})


async def test_a_failure_is_retried_with_a_new_token_and_caught(work: Setting) -> None:
    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    execution = await work.start({}, Retry=retry, Catch=[{"ErrorEquals": ["E"], "Next": "T"}])
    first = await work.taken()
    await work.fail(first, "E", "C")
    second = await work.taken()
    assert second != first
    with pytest.raises(TaskTimedOut):
        await work.succeed(first)
    await work.fail(second, "E")
    task = await work.poll()
    assert task.input == '{"Error":"E","Cause":null}'
    assert task.task_token is not None
    await work.succeed(task.task_token)
    assert (await work.types(execution))[-3:] == ["ActivitySucceeded", "TaskStateExited", "ExecutionSucceeded"]


async def test_nobody_takes_it_in_time(work: Setting) -> None:
    execution = await work.start(TimeoutSeconds=1)
    events = await work.events(execution)
    assert [event["type"] for event in events[2:]] == ["ActivityScheduled", "ActivityTimedOut", "ExecutionFailed"]
    assert events[2]["activityScheduledEventDetails"]["timeoutInSeconds"] == 1
    assert events[3]["activityTimedOutEventDetails"] == {"error": "States.Timeout"}


async def test_a_worker_is_too_slow(work: Setting) -> None:
    execution = await work.start(TimeoutSeconds=1)
    token = await work.taken("w")
    assert (await work.types(execution))[2:] == [
        "ActivityScheduled",
        "ActivityStarted",
        "ActivityTimedOut",
        "ExecutionFailed",
    ]
    for call in (work.succeed, work.fail, work.heartbeat):
        with pytest.raises(TaskTimedOut):
            await call(token)


async def test_a_worker_falls_silent(work: Setting) -> None:
    execution = await work.start(HeartbeatSeconds=1)
    await work.taken()
    events = await work.events(execution)
    assert events[4]["type"] == "ActivityTimedOut"
    assert events[4]["activityTimedOutEventDetails"] == {"error": "States.Timeout"}


async def test_a_deleted_activity_fails_what_reaches_it(work: Setting) -> None:
    await work.service.delete_activity(DeleteActivityRequest(activity_arn=work.arn))
    execution = await work.start(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "T"}])
    events = await work.events(execution)
    assert [(event["id"], event["previousEventId"], event["type"]) for event in events] == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "TaskStateEntered"),
        (3, 2, "ExecutionFailed"),
    ]
    assert events[2]["executionFailedEventDetails"] == {
        "error": "States.Runtime",
        "cause": (
            "An error occurred while executing the state 'T' (entered at the event id #2)."
            f" The activity {work.arn} does not exist."
        ),
    }


async def test_a_caller_that_goes_away_loses_no_task(work: Setting) -> None:
    gone = [asyncio.create_task(work.poll(f"gone{number}")) for number in range(3)]
    await work.polling(3)
    for poll in gone:
        poll.cancel()
    ends = await asyncio.gather(*gone, return_exceptions=True)
    assert [type(end) for end in ends] == [asyncio.CancelledError] * 3
    execution = await work.start(TimeoutSeconds=50)
    await work.succeed(await work.taken("here"))
    events = await work.events(execution)
    assert [event["type"] for event in events[2:5]] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    assert events[3]["activityStartedEventDetails"] == {"workerName": "here"}


async def test_a_task_that_is_given_back_goes_to_the_next(work: Setting) -> None:
    execution = await work.start(TimeoutSeconds=50, HeartbeatSeconds=40)
    first = await work.taken()
    await work.service.return_activity_task(first)
    await work.service.return_activity_task(first)
    second = await work.taken()
    with pytest.raises(TaskTimedOut):
        await work.succeed(first, '"late"')
    await work.succeed(second, '"in time"')
    assert (await work.service.wait_for_execution(execution)).output == '"in time"'


async def test_a_task_that_is_given_back_still_times_out(work: Setting) -> None:
    execution = await work.start(TimeoutSeconds=2)
    await work.service.return_activity_task(await work.taken())
    assert (await work.types(execution))[2:] == ["ActivityScheduled", "ActivityTimedOut", "ExecutionFailed"]


async def test_an_abandoned_task_refuses_its_token(work: Setting) -> None:
    tasks = {name: {"Type": "Task", "Resource": arn, "End": True} for name, arn in (("T", work.arn), ("U", work.other))}
    parallel = {
        "Type": "Parallel",
        "Branches": [{"StartAt": name, "States": {name: task}} for name, task in tasks.items()],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "W"}],
        "End": True,
    }
    wait = {"Type": "Wait", "Seconds": 30, "End": True}
    machine = await work.engine.create("m", {"StartAt": "P", "States": {"P": parallel, "W": wait}})
    execution = await work.engine.start(machine)
    token = await work.taken()
    await work.fail(await work.taken(arn=work.other), "E")
    await work.abandoned(execution)
    for call in (work.heartbeat, work.succeed, work.fail):
        with pytest.raises(TaskTimedOut):
            await call(token)


async def test_callers_are_answered_when_the_service_ends(work: Setting) -> None:
    waiting = asyncio.create_task(work.poll())
    await work.polling(1)
    work.service.stop_polls()
    assert await waiting == GetActivityTaskResponse()
    assert await work.poll() == GetActivityTaskResponse()


async def test_a_damaged_token_is_none(work: Setting) -> None:
    await work.start()
    token = await work.taken()
    for damaged in (token[:-3], "B" + token[1:], token + "AAAA"):
        with pytest.raises(InvalidToken):
            await work.succeed(damaged)
    await work.succeed(token)
