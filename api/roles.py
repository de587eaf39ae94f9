"""What stands behind the doors, and the workers that host executions; `api.laptop` has all in one process.

Each part is a context manager that starts on entry and ends in an orderly way on exit, so that a role is a nest of
them, ended from the inside out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from temporalio.worker import Worker

from activities.direct_calls import direct_calls
from activities.integrations.activity_look_up import ActivityLookUp
from activities.integrations.aws_service import AwsService
from activities.integrations.callback_wait import WaitCloser, open_callback_wait
from activities.integrations.job_watch import JobWatch
from activities.integrations.nested_start import NestedStarter
from activities.local_activity import LocalActivity
from activities.local_calls import LocalCalls
from activities.names import OPEN_WAITS_QUEUE
from activities.open_activities import OpenActivities
from activities.registry import Registry
from activities.router import Router
from activities.worker import WorkerLimits, activity_worker, express_worker, job_worker, workflow_worker
from api.access.tasks import PermittedStarter, TaskPermissions, parse_task_policy
from api.aws_json.in_process import InProcessDoor
from api.closing_log import ClosingLog
from api.config import Settings
from api.engine import Engine, connected, running
from api.gateway import TemporalGateway
from api.gateway_history import TemporalHistories
from api.means import Means, means_of
from api.memory import settle_memory
from api.protection import find_sealer
from api.service.activities import KnownActivities
from api.service.application import ApplicationService
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.local_engine import LocalEngine
from api.service.slots import Slots

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig


@asynccontextmanager
async def application(settings: Settings, engine: Engine) -> AsyncIterator[ApplicationService]:
    """The application service, ready to answer."""
    async with means_of(settings, engine.store) as means, _application(settings, engine, means) as service:
        yield service


@asynccontextmanager
async def _application(settings: Settings, engine: Engine, means: Means) -> AsyncIterator[ApplicationService]:
    config = ServiceConfig(
        account_id=settings.account_id,
        region=settings.region,
        mode=settings.mode,
        functions=settings.functions,
        log_groups=means.log_groups,
        express_retention_seconds=settings.express_retention,
        traced="none" if engine.tracing is None else settings.trace_executions,
    )
    gateway = TemporalGateway(engine.answering, engine.definitions)
    calls = LocalCalls(engine.client, direct_calls(means.lambdas, means.urls, means.connectors.calls))
    slots = Slots(settings.max_sync_executions)
    local = LocalEngine(engine.definitions, Router(), calls.run, calls.run_child, slots)
    async with ApplicationService(
        engine.store, gateway, config, Registry(), local=local, sealer=find_sealer(settings)
    ) as service:
        yield service
    await gateway.close()


@asynccontextmanager
async def execution_workers(settings: Settings, engine: Engine) -> AsyncIterator[list[Worker]]:
    """The workers that host executions, call integrations and open callback waits.

    They have an application service of their own, which answers Tasks that call Step Functions itself.
    """
    limits = WorkerLimits(
        cached_workflows=settings.worker_max_cached_workflows,
        concurrent_workflow_tasks=settings.worker_max_concurrent_workflow_tasks,
        concurrent_activities=settings.worker_max_concurrent_activities,
        concurrent_express_tasks=settings.worker_max_concurrent_express_tasks,
        concurrent_local_calls=settings.worker_max_concurrent_local_calls,
    )
    arns = Arns(ServiceConfig(account_id=settings.account_id, region=settings.region))
    open_activities = OpenActivities(engine.client)
    permissions = TaskPermissions(parse_task_policy(settings.task_policy), arns)
    histories = TemporalHistories(engine.client, engine.definitions)
    async with (
        means_of(settings, engine.store, open_activities) as means,
        _application(settings, engine, means) as service,
        ClosingLog(engine.client, histories, engine.store, means.log_groups).running(),
    ):
        aws = AwsService(
            settings.region,
            own=InProcessDoor(service, permissions),
            own_resources=arns.of_workflow,
            open_activities=open_activities,
        )
        local = LocalActivity(direct_calls(means.lambdas, means.urls, means.connectors.calls, aws))
        watch = JobWatch(aws, others=means.connectors.jobs)
        nested = NestedStarter(PermittedStarter(service.nested_executions, permissions))
        calls = [
            means.lambdas.invoke,
            means.urls.invoke,
            aws.invoke,
            means.connectors.calls.invoke,
            watch.watch,  # of what was begun on this queue by earlier releases, and of what is only to be stopped
            watch.stop,
            nested.prepare,
            nested.start,
            WaitCloser(engine.client).close_wait,
            ActivityLookUp(KnownActivities(engine.store, arns)).exists,
        ]
        yield [
            workflow_worker(engine.client, engine.definitions, calls, limits, event_log=means.log_groups),
            express_worker(engine.client, engine.definitions, local.call, limits, event_log=means.log_groups),
            job_worker(engine.client, [watch.watch, watch.stop], limits),
            activity_worker(engine.client, OPEN_WAITS_QUEUE, [open_callback_wait], limits),
        ]


async def serve_executions(settings: Settings, connection: ClientConnectConfig, ready: Callable[[], None]) -> None:
    """The role `worker`, until cancelled. Raises as `connected`, or what a worker failed with."""
    async with (
        connected(settings, connection) as engine,
        execution_workers(settings, engine) as workers,
        running(workers) as task,
    ):
        settle_memory()
        ready()
        await asyncio.wait([task])
