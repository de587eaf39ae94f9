"""Builds the Temporal workers of steploom: executions with their integrations, and functions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from activities.job_workflow import JobWorkflow
from activities.names import (
    CALLBACK_WAIT,
    CLOSE_WAIT,
    EXPRESS_QUEUE,
    JOB,
    LOCAL_CALL,
    OPEN_WAITS_QUEUE,
    WAITS_QUEUE,
    WORKFLOW_QUEUE,
)
from activities.payloads import CompiledDefinitions
from activities.router import Router
from interpreter.event_log import EventLog
from interpreter.hosts.temporal.wiring import Wiring, install
from interpreter.hosts.temporal.workflow import ExecutionWorkflow

_HEARTBEAT_THROTTLE: Final = timedelta(seconds=3)
"""The SDK's own throttle, 80 % of the heartbeat timeout, would leave a heartbeat of 10 s only one try."""


_STICKY_PATIENCE: Final = timedelta(seconds=5)
"""How long an execution waits for the worker that has it in its cache before any other may take it over."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How much one worker process takes on.

    Attributes:
        cached_workflows: executions kept in memory; fewer than are running doubles the worker's CPU.
        concurrent_workflow_tasks: workflow tasks at once.
        concurrent_activities: activities at once, for each task queue.
        eager_activities: activities that a workflow task may start without a round trip.
        concurrent_express_tasks: workflow tasks of EXPRESS executions at once. One takes as long as the short calls in
            it, so that this bounds the executions that make some.
        concurrent_local_calls: such calls at once. Too many for the CPU, and no workflow task is answered in its time:
            then all of its calls are made again, for ever.
    """

    cached_workflows: int = 2_000
    concurrent_workflow_tasks: int = 100
    concurrent_activities: int = 300
    eager_activities: int = 20
    concurrent_express_tasks: int = 20
    concurrent_local_calls: int = 100


def workflow_worker(
    client: Client,
    definitions: CompiledDefinitions,
    activities: Sequence[Callable[..., Any]],
    limits: WorkerLimits,
    *,
    runner: WorkflowRunner | None = None,
    event_log: EventLog | None = None,
) -> Worker:
    """The worker that hosts executions and runs the activities of our integrations.

    `client` must have the data converter of `activities.payloads` with the same `definitions`. The workflow runs
    unsandboxed unless a test gives another `runner`.
    """
    install(wiring(definitions, event_log))
    return Worker(
        client,
        task_queue=WORKFLOW_QUEUE,
        workflows=[ExecutionWorkflow, JobWorkflow],
        activities=activities,
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
        max_cached_workflows=limits.cached_workflows,
        sticky_queue_schedule_to_start_timeout=_STICKY_PATIENCE,
        max_concurrent_workflow_tasks=limits.concurrent_workflow_tasks,
        max_concurrent_activities=limits.concurrent_activities,
        max_eager_activity_reservations_per_workflow_task=limits.eager_activities,
        activity_executor=ThreadPoolExecutor(limits.concurrent_activities, thread_name_prefix="integration"),
        max_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


def express_worker(
    client: Client,
    definitions: CompiledDefinitions,
    local_call: Callable[..., Any],
    limits: WorkerLimits,
    *,
    runner: WorkflowRunner | None = None,
    event_log: EventLog | None = None,
) -> Worker:
    """The worker that hosts EXPRESS executions; arguments as of `workflow_worker`, `local_call` makes short calls.

    A worker of its own, as its workflow tasks last as long as the calls in them: those of STANDARD executions do not
    wait for one.
    """
    install(wiring(definitions, event_log))
    return Worker(
        client,
        task_queue=EXPRESS_QUEUE,
        workflows=[ExecutionWorkflow],
        activities=[local_call],
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
        no_remote_activities=True,
        max_cached_workflows=limits.cached_workflows,
        sticky_queue_schedule_to_start_timeout=_STICKY_PATIENCE,
        max_concurrent_workflow_tasks=limits.concurrent_express_tasks,
        max_concurrent_local_activities=limits.concurrent_local_calls,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


def wiring(definitions: CompiledDefinitions, event_log: EventLog | None = None) -> Wiring:
    """What every host of executions is given."""
    return Wiring(
        router=Router(),
        definitions=definitions,
        waits_queue=WAITS_QUEUE,
        open_waits_queue=OPEN_WAITS_QUEUE,
        workflow_queue=WORKFLOW_QUEUE,
        callback_wait=CALLBACK_WAIT,
        close_wait=CLOSE_WAIT,
        local_call=LOCAL_CALL,
        event_log=event_log,
        job=JOB,
    )


def activity_worker(
    client: Client, task_queue: str, activities: Sequence[Callable[..., Any]], limits: WorkerLimits
) -> Worker:
    """A worker that only runs activities, on a queue of its own: open callback waits, or functions."""
    return Worker(
        client,
        task_queue=task_queue,
        activities=activities,
        max_concurrent_activities=limits.concurrent_activities,
        max_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


async def run_workers(workers: Sequence[Worker], stopping: asyncio.Event) -> None:
    """Run workers until `stopping` is set or one of them fails; all of them have stopped when this returns."""
    runs = [asyncio.create_task(worker.run()) for worker in workers]
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([stop, *runs], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        await asyncio.gather(*(worker.shutdown() for worker in workers))
        await asyncio.gather(*runs)
