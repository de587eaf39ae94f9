"""A whole steploom in the test's process: store, service, workers, and functions that are Python callables."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from temporalio import activity
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker

from activities.heartbeats import heartbeating
from activities.integrations.activity_look_up import ActivityLookUp
from activities.integrations.aws_service import AwsService
from activities.integrations.callback_wait import WaitCloser, open_callback_wait
from activities.integrations.job_watch import JobWatch
from activities.integrations.lambda_ import LambdaInvoker
from activities.integrations.nested_start import NestedStarter
from activities.local_calls import LocalCalls
from activities.names import FUNCTIONS_QUEUE, OPEN_WAITS_QUEUE
from activities.open_activities import OpenActivities
from activities.payloads import CompiledDefinitions, data_converter
from activities.registry import Registry
from activities.router import Router
from activities.worker import WorkerLimits, WorkersHang, activity_worker, job_worker, run_workers, workflow_worker
from api.aws_json.in_process import InProcessDoor
from api.engine import compression_to
from api.gateway import TemporalGateway
from api.service.activities import KnownActivities
from api.service.application import ApplicationService
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.local_engine import LocalEngine
from api.service.shapes import (
    CreateStateMachineRequest,
    DescribeExecutionResponse,
    GetExecutionHistoryRequest,
    StartExecutionRequest,
    Tag,
)
from api.storage.sql import open_store
from api.storage.store import Store
from api.temporal_server import TemporalServer
from interpreter.values import JsonValue, parse_json
from tests.support.databases import new_database

ROLE = "arn:aws:iam::123456789012:role/test"
LIMITS = WorkerLimits()

Function = Callable[[Any], Awaitable[JsonValue]]


@dataclass(frozen=True, slots=True)
class TestEngine:
    """The parts, and the few calls that tests make again and again."""

    __test__ = False

    service: ApplicationService
    gateway: TemporalGateway
    client: Client
    stop_workers: Callable[[], Awaitable[None]]

    async def create(
        self,
        name: str,
        definition: Mapping[str, Any],
        *,
        express: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Create a state machine and return its ARN."""
        request = CreateStateMachineRequest(
            name=name,
            type="EXPRESS" if express else "STANDARD",
            definition=json.dumps(definition),
            role_arn=ROLE,
            tags=tuple(Tag(key=key, value=value) for key, value in (tags or {}).items()),
        )
        return (await self.service.create_state_machine(request)).state_machine_arn

    async def start(self, machine_arn: str, input_: JsonValue = None, name: str | None = None) -> str:
        """Start an execution and return its ARN."""
        text = "{}" if input_ is None else json.dumps(input_)
        request = StartExecutionRequest(state_machine_arn=machine_arn, input=text, name=name)
        return (await self.service.start_execution(request)).execution_arn

    async def run(self, machine_arn: str, input_: JsonValue = None) -> DescribeExecutionResponse:
        """Start an execution and wait for its end."""
        return await self.service.wait_for_execution(await self.start(machine_arn, input_))

    async def event_types(self, execution_arn: str) -> list[str]:
        """The types of all history events, in order."""
        types: list[str] = []
        token: str | None = None
        while True:
            page = await self.service.get_execution_history(
                GetExecutionHistoryRequest(execution_arn=execution_arn, max_results=1000, next_token=token)
            )
            types += [str(event["type"]) for event in page.events]
            token = page.next_token
            if token is None:
                return types


@asynccontextmanager
async def running_engine(
    server: TemporalServer,
    folder: Path,
    functions: Mapping[str, Function],
    *,
    mode: Literal["aws", "native"] = "aws",
    choice: JsonValue = "temporal",
    more_workers: Sequence[Worker] = (),
    skip_time: bool = False,
) -> AsyncIterator[TestEngine]:
    """Run everything against `server`; `choice` is how functions are reached.

    With `skip_time`, which needs a server that was started for it, each execution's clock jumps to its next timer.
    """
    url = await new_database(folder / "steploom.sqlite3")
    async with open_store(url) as store:
        definitions = CompiledDefinitions(store)
        client = await Client.connect(
            server.address,
            data_converter=data_converter(definitions, store),
            grpc_compression=compression_to(server.address),
        )
        if skip_time:
            client = TimeSkipper(client).client
        gateway = TemporalGateway(client, definitions)
        config = ServiceConfig(mode=mode, functions=choice)
        calls = LocalCalls(client, {})
        local = LocalEngine(definitions, Router(), calls.run, calls.run_child)
        async with ApplicationService(store, gateway, config, Registry(), local=local) as service:
            aws = AwsService("us-east-1", own=InProcessDoor(service), open_activities=OpenActivities(client))
            watch = JobWatch(aws)
            workers = [
                workflow_worker(client, definitions, _activities(service, store, client, aws, watch), LIMITS),
                job_worker(client, [watch.watch, watch.stop], LIMITS),
                activity_worker(client, OPEN_WAITS_QUEUE, [open_callback_wait], LIMITS),
                activity_worker(client, FUNCTIONS_QUEUE, [function_activity_of(functions)], LIMITS),
                *more_workers,
            ]
            stopping = asyncio.Event()
            before = asyncio.all_tasks()
            working = asyncio.create_task(run_workers(workers, stopping))

            async def stop_workers() -> None:
                stopping.set()
                await asyncio.shield(working)

            try:
                yield TestEngine(service, gateway, client, stop_workers)
            finally:
                await gateway.close()
                try:
                    await stop_workers()
                except WorkersHang:
                    await _give_up(before)
                    raise


async def _give_up(before: set[asyncio.Task[Any]]) -> None:
    """End the tasks that workers leave behind, so that the test fails instead of hanging as its event loop is closed.

    The SDK swallows a cancellation while it tries to evict a workflow, but not one while it pauses between two tries.
    """
    for _ in range(100):
        left = asyncio.all_tasks() - before - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if not left:
            break
        await asyncio.sleep(0.1)


def _activities(
    service: ApplicationService, store: Store, client: Client, aws: AwsService, watch: JobWatch
) -> list[Callable[..., Any]]:
    """What Tasks need besides functions; AWS is where boto3 is directed."""
    nested = NestedStarter(service.nested_executions)
    return [
        aws.invoke,
        LambdaInvoker("us-east-1").invoke,
        watch.watch,
        watch.stop,
        nested.prepare,
        nested.start,
        WaitCloser(client).close_wait,
        ActivityLookUp(KnownActivities(store, Arns(ServiceConfig()))).exists,
    ]


def function_activity_of(functions: Mapping[str, Function]) -> Callable[..., Any]:
    """One dynamic activity that calls the function named by its activity type."""

    @activity.defn(dynamic=True)
    async def call(args: Sequence[RawValue]) -> Any:
        with heartbeating():  # as our own workers do: else a pause of this process would look like its death
            return await functions[activity.info().activity_type](parse_json(args[0].payload.data))

    return call
