"""Builds the Temporal workers of steploom: executions with their integrations, and functions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Any, Final

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.job_workflow import JobWorkflow
from activities.names import (
    CALLBACK_WAIT,
    CLOSE_WAIT,
    EXPRESS_QUEUE,
    JOB,
    JOBS_QUEUE,
    LOCAL_CALL,
    OPEN_WAITS_QUEUE,
    WAITS_QUEUE,
    WORKFLOW_QUEUE,
)
from activities.payload_visits import spare_visits
from activities.payloads import CompiledDefinitions
from activities.router import Router
from interpreter.event_log import EventLog
from interpreter.hosts.temporal.wiring import Wiring, install
from interpreter.hosts.temporal.workflow import ExecutionWorkflow

_LOG: Final = logging.getLogger(__name__)

_HEARTBEAT_THROTTLE: Final = timedelta(seconds=3)
"""The SDK's own throttle, 80 % of the heartbeat timeout, would leave a heartbeat of 10 s only one try."""


_DEADLOCK_SECONDS: Final = 8

_CACHED_WATCHES: Final = 20

_STICKY_PATIENCE: Final = timedelta(seconds=5)
"""How long an execution waits for the worker that has it in its cache before any other may take it over."""

_BUILD_ID: Final = f"steploom-{version('steploom')}"
"""What Temporal notes beside each workflow task. Without one the SDK reads and hashes the code of every loaded module,
a third of the time that a worker takes to start. Workers are not versioned, so that it is a note and nothing else."""


_CALLS_GRACE: Final = timedelta(seconds=5)
"""How long calls under way go on once their worker stops."""

_STOPPING_SECONDS: Final = 15.0
"""How long workers may take to stop: what calls under way have is a part of it."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How much one worker process takes on.

    Attributes:
        cached_workflows: executions kept in memory; fewer than are running doubles the worker's CPU.
        concurrent_workflow_tasks: workflow tasks at once. They share one CPU, and each must be done within seconds.
        concurrent_activities: activities at once, for each task queue.
        eager_activities: activities that a workflow task may start without a round trip.
        concurrent_express_tasks: workflow tasks of EXPRESS executions at once. One takes as long as the short calls in
            it, so that this bounds the executions that make some.
        concurrent_local_calls: such calls at once. Too many for the CPU, and no workflow task is answered in its time:
            then all of its calls are made again, for ever.
    """

    cached_workflows: int = 2_000
    concurrent_workflow_tasks: int = 20
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
    event_log: EventLog | None = None,
) -> Worker:
    """The worker that hosts executions and runs the activities of our integrations.

    `client` must have the data converter of `activities.payloads` with the same `definitions`. The workflow runs
    unsandboxed.
    """
    install(wiring(definitions, event_log))
    spare_visits()
    worker = Worker(
        client,
        build_id=_BUILD_ID,
        task_queue=WORKFLOW_QUEUE,
        workflows=[ExecutionWorkflow, JobWorkflow],
        activities=activities,
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=limits.cached_workflows,
        sticky_queue_schedule_to_start_timeout=_STICKY_PATIENCE,
        max_concurrent_workflow_tasks=limits.concurrent_workflow_tasks,
        max_concurrent_activities=limits.concurrent_activities,
        max_eager_activity_reservations_per_workflow_task=limits.eager_activities,
        activity_executor=ThreadPoolExecutor(limits.concurrent_activities, thread_name_prefix="integration"),
        max_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        graceful_shutdown_timeout=_CALLS_GRACE,
    )
    _be_patient(worker)
    return worker


def express_worker(
    client: Client,
    definitions: CompiledDefinitions,
    local_call: Callable[..., Any],
    limits: WorkerLimits,
    *,
    event_log: EventLog | None = None,
) -> Worker:
    """The worker that hosts EXPRESS executions; arguments as of `workflow_worker`, `local_call` makes short calls.

    A worker of its own, as its workflow tasks last as long as the calls in them: those of STANDARD executions do not
    wait for one.
    """
    install(wiring(definitions, event_log))
    spare_visits()
    worker = Worker(
        client,
        build_id=_BUILD_ID,
        task_queue=EXPRESS_QUEUE,
        workflows=[ExecutionWorkflow],
        activities=[local_call],
        workflow_runner=UnsandboxedWorkflowRunner(),
        no_remote_activities=True,
        max_cached_workflows=limits.cached_workflows,
        sticky_queue_schedule_to_start_timeout=_STICKY_PATIENCE,
        max_concurrent_workflow_tasks=limits.concurrent_express_tasks,
        max_concurrent_local_activities=limits.concurrent_local_calls,
        graceful_shutdown_timeout=_CALLS_GRACE,
    )
    _be_patient(worker)
    return worker


def _be_patient(worker: Worker) -> None:
    """Have the SDK take an execution for deadlocked after eight seconds of real time in one activation, not two.

    The core bounds an activation in CPU time (decision 4). In real time it lasts many times as long where the machine
    is busy, or where many executions go on at once in this process: Python runs one of them at a time. Those that the
    SDK interrupts begin again from nothing, which makes the machine busier still. Eight seconds are less than the ten
    that the server gives a workflow task. The SDK (1.35) has no setting for this: a test notices if the attribute goes.
    """
    hosted = worker._workflow_worker
    if hosted is not None and hosted._deadlock_timeout_seconds is not None:
        hosted._deadlock_timeout_seconds = _DEADLOCK_SECONDS


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


def job_worker(client: Client, activities: Sequence[Callable[..., Any]], limits: WorkerLimits) -> Worker:
    """The worker of the watches over jobs; `activities` look at them and stop them.

    A watch sleeps for as long as its job lasts, and then does one thing more: its short history is read again for it.
    """
    worker = Worker(
        client,
        build_id=_BUILD_ID,
        task_queue=JOBS_QUEUE,
        workflows=[JobWorkflow],
        activities=activities,
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=_CACHED_WATCHES,
        max_concurrent_workflow_tasks=_CACHED_WATCHES,
        max_concurrent_activities=limits.concurrent_activities,
        max_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        graceful_shutdown_timeout=_CALLS_GRACE,
    )
    _be_patient(worker)
    return worker


def activity_worker(
    client: Client, task_queue: str, activities: Sequence[Callable[..., Any]], limits: WorkerLimits
) -> Worker:
    """A worker that only runs activities, on a queue of its own: open callback waits, or functions."""
    return Worker(
        client,
        build_id=_BUILD_ID,
        task_queue=task_queue,
        activities=activities,
        max_concurrent_activities=limits.concurrent_activities,
        max_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=_HEARTBEAT_THROTTLE,
        graceful_shutdown_timeout=_CALLS_GRACE,
    )


class WorkersHang(Exception):
    """Workers have not stopped in their time. What they still do cannot be ended but with the process."""


async def run_workers(
    workers: Sequence[Worker], stopping: asyncio.Event, *, patience_seconds: float = _STOPPING_SECONDS
) -> None:
    """Run workers until `stopping` is set or one of them fails; all of them have stopped when this returns.

    Raises:
        WorkersHang: they have not within `patience_seconds`: the SDK waits for ever for an execution that it cannot
            remove from its memory.
    """
    runs = [asyncio.create_task(worker.run()) for worker in workers]
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([stop, *runs], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        await _stop(workers, runs, patience_seconds)
        await asyncio.gather(*runs)


async def _stop(workers: Sequence[Worker], runs: Sequence[asyncio.Task[None]], patience_seconds: float) -> None:
    if calls := sum(map(_calls_under_way, workers)):
        told = "Stopping: %d call%s under way may take up to %d seconds more. A second signal does not wait for that."
        _LOG.info(told, calls, "" if calls == 1 else "s", _CALLS_GRACE.total_seconds())
    stops = [asyncio.create_task(worker.shutdown()) for worker in workers]
    _, hanging = await asyncio.wait([*stops, *runs], timeout=patience_seconds)
    if not hanging:
        return
    for task in hanging:
        task.cancel()
    queues = ", ".join(worker.task_queue for worker, run in zip(workers, runs, strict=True) if run in hanging)
    told = f"The workers of {queues} have not stopped within {patience_seconds:g} seconds"
    _LOG.error("%s. They are left as they are; their executions go on with other workers.", told)
    failures = (run.exception() for run in runs if run.done() and not run.cancelled())
    raise WorkersHang(told) from next((failure for failure in failures if failure is not None), None)


def _calls_under_way(worker: Worker) -> int:
    """The activities that a worker runs. The SDK (1.35) does not tell: a test notices if the attribute goes."""
    hosted = worker._activity_worker
    return 0 if hosted is None else len(hosted._running_activities)
