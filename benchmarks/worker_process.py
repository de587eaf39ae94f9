"""One side's worker in a process of its own, so that its CPU is counted apart: `python -m benchmarks.worker_process`.

It says `ready` on its standard output, and ends when its standard input does, also when the benchmark dies.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Literal, assert_never, get_args

import uvloop
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.integrations.callback_wait import WaitCloser, open_callback_wait
from activities.names import OPEN_WAITS_QUEUE
from activities.payloads import CompiledDefinitions, data_converter
from activities.worker import WorkerLimits, activity_worker, run_workers, workflow_worker
from api.memory import collect_rarely, settle_memory
from api.storage.sql import open_store
from api.storage.store import Store
from benchmarks import definitions, hand_written

Role = Literal["steploom", "hand-written", "hand-written-eager"]
Converter = Literal["steploom", "sdk"]


def reference_converter(converter: Converter, store: Store) -> DataConverter:
    """The data converter of the hand-written workflows, and of the activities of both sides.

    It is ours without definitions, as in every process of steploom that hosts no executions, or the SDK's default.
    """
    return data_converter(None, store) if converter == "steploom" else DataConverter.default


async def serve(role: Role, address: str, database: str, converter: Converter) -> None:
    """Run the workers of `role` until standard input ends.

    That of steploom has Python look for garbage as `steploom worker` does; the others as Python does by itself.
    """
    if role == "steploom":
        collect_rarely()
    async with open_store(database) as store:
        workers = await _workers(role, address, store, converter)
        stopping = asyncio.Event()
        run = asyncio.create_task(run_workers(workers, stopping))
        if role == "steploom":
            settle_memory()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        stopping.set()
        await run


async def _workers(role: Role, address: str, store: Store, converter: Converter) -> Sequence[Worker]:
    limits = WorkerLimits()
    plain = await Client.connect(address, data_converter=reference_converter(converter, store))
    match role:
        case "steploom":
            known = CompiledDefinitions(store)
            client = await Client.connect(address, data_converter=data_converter(known, store))
            return (
                workflow_worker(client, known, [WaitCloser(client).close_wait], limits),
                activity_worker(client, OPEN_WAITS_QUEUE, [open_callback_wait], limits),
                activity_worker(plain, definitions.TASKS_QUEUE, [hand_written.echo], limits),
            )
        case "hand-written":
            return (
                _reference_worker(plain, hand_written.QUEUE, limits, eager=False),
                activity_worker(plain, hand_written.TASKS_QUEUE, [hand_written.echo], limits),
            )
        case "hand-written-eager":
            return (_reference_worker(plain, hand_written.EAGER_QUEUE, limits, eager=True),)
        case _:
            assert_never(role)


def _reference_worker(client: Client, queue: str, limits: WorkerLimits, *, eager: bool) -> Worker:
    """The options of `activities.worker.workflow_worker`."""
    return Worker(
        client,
        task_queue=queue,
        workflows=hand_written.WORKFLOWS,
        activities=[hand_written.echo] if eager else [],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=limits.cached_workflows,
        max_concurrent_workflow_tasks=limits.concurrent_workflow_tasks,
        max_concurrent_activities=limits.concurrent_activities,
        max_eager_activity_reservations_per_workflow_task=limits.eager_activities,
    )


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker_process", description=__doc__)
    parser.add_argument("role", choices=get_args(Role))
    parser.add_argument("--address", required=True, help="of the Temporal server")
    parser.add_argument("--database", required=True, help="URL of the store")
    parser.add_argument("--converter", choices=get_args(Converter), default="steploom")
    given = parser.parse_args()
    uvloop.run(serve(given.role, given.address, given.database, given.converter))


if __name__ == "__main__":
    _main()
