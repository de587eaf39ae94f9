"""Open callback waits on a real server: left open, completed by id, and refused once they are closed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import ActivityInboundInterceptor, Interceptor, UnsandboxedWorkflowRunner, Worker

from activities.integrations.callback_wait import WaitCloser, open_callback_wait
from activities.names import CALLBACK_WAIT, CLOSE_WAIT

WAIT_ID = "Task-1"


@workflow.defn(sandboxed=False)
class Waiting:
    """Waits for a callback until it is told to give it up; then closes the wait, twice."""

    def __init__(self) -> None:
        self._give_up = False

    @workflow.signal
    def give_up(self) -> None:
        self._give_up = True

    @workflow.run
    async def run(self) -> Any:
        wait = workflow.start_activity(
            CALLBACK_WAIT,
            activity_id=WAIT_ID,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=30),
            cancellation_type=workflow.ActivityCancellationType.TRY_CANCEL,
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        await workflow.wait_condition(lambda: self._give_up or wait.done())
        if wait.done():
            return await wait
        wait.cancel()
        for _ in range(2):
            await workflow.execute_activity(
                CLOSE_WAIT,
                {"activity_id": WAIT_ID},
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        await workflow.wait_condition(lambda: False, timeout=timedelta(seconds=60))
        return None


class Started(Interceptor):
    """Tells that a worker has started an activity, which no event of the history does."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        self.event.set()
        return next


@pytest.fixture
async def waiting(temporal_client: Client) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    queue, started = f"waits-{uuid.uuid4()}", Started()
    worker = Worker(
        temporal_client,
        task_queue=queue,
        workflows=[Waiting],
        activities=[open_callback_wait, WaitCloser(temporal_client).close_wait],
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[started],
    )
    async with worker:
        handle = await temporal_client.start_workflow(Waiting.run, id=queue, task_queue=queue)
        await started.event.wait()
        yield handle


async def reached(handle: WorkflowHandle[Any, Any], event: EventType.ValueType, times: int) -> None:
    """Returns once the history, which is followed as it grows, has `times` events of this type."""
    seen = 0
    async for entry in handle.fetch_history_events(wait_new_event=True):
        seen += entry.event_type == event
        if seen == times:
            return


async def test_completed_by_id(temporal_client: Client, waiting: WorkflowHandle[Any, Any]) -> None:
    wait = temporal_client.get_async_activity_handle(workflow_id=waiting.id, run_id=None, activity_id=WAIT_ID)
    await wait.heartbeat()
    await wait.complete({"output": 1})
    assert await waiting.result() == {"output": 1}


async def test_refused_once_closed(temporal_client: Client, waiting: WorkflowHandle[Any, Any]) -> None:
    wait = temporal_client.get_async_activity_handle(workflow_id=waiting.id, run_id=None, activity_id=WAIT_ID)
    await wait.heartbeat()
    await waiting.signal(Waiting.give_up)
    await reached(waiting, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, 2)
    with pytest.raises(RPCError) as raised:
        await wait.complete({"output": 1})
    assert raised.value.status is RPCStatusCode.NOT_FOUND
    await waiting.terminate()
