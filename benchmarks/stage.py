"""Where the comparison takes place: one tuned Temporal server, a database, and a worker process for each side.

Both workers are connected all the time, since starting one costs more CPU than it idles away: what the server and a
worker need while nothing runs is measured (`Stage.idle`) and printed. Only the measured side's worker counts.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle

from activities.payloads import CompiledDefinitions, data_converter
from api.gateway import TemporalGateway
from api.storage.migration import migrate
from api.storage.sql import open_store
from api.storage.store import Store
from api.temporal_server import TemporalServer
from benchmarks import hand_written
from benchmarks.cases import Case, Reference, Side, Steploom
from benchmarks.processes import WorkerProcess, cpu_seconds
from benchmarks.samples import Pair, Sample, abba
from benchmarks.samples import Side as SideName
from benchmarks.worker_process import Converter, reference_converter

_SETTLING_SECONDS: Final = 0.25
"""After an execution is over the server still has its visibility record and its workers' polls to see to."""


_DISTURBED: Final = 4
"""How often in a row the same may be disturbed before the benchmark fails."""

T = TypeVar("T")


class UnequalWork(Exception):
    """The two sides did not do the same work."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What `open_stage` has set up.

    Attributes:
        client: with the data converter of steploom's own processes.
        definitions: what that converter has compiled.
    """

    server: TemporalServer
    store: Store
    client: Client
    definitions: CompiledDefinitions
    sides: dict[SideName, Side]
    workers: dict[SideName, WorkerProcess]

    async def run(self, side: SideName, case: Case, executions: int) -> list[WorkflowHandle[Any, Any]]:
        """Run executions to their end, `case.in_flight` at once.

        Raises:
            WorkflowFailureError: one failed. The others have ended then: what goes on would be measured with the next.
        """
        handles: list[WorkflowHandle[Any, Any]] = []
        numbers = iter(range(executions))

        async def lane(numbers: Iterator[int]) -> None:
            for _ in numbers:
                handle = await self.sides[side].start(case)
                await handle.result()
                handles.append(handle)

        ended = await asyncio.gather(*(lane(numbers) for _ in range(case.in_flight)), return_exceptions=True)
        for failure in filter(None, ended):
            raise failure
        return handles

    async def sample(self, side: SideName, case: Case) -> Sample:
        """Run one block of a case. Raises: WorkflowFailureError."""
        before, began = self._cpu(side), time.perf_counter()
        await self.run(side, case, case.executions)
        elapsed = time.perf_counter() - began
        await asyncio.sleep(_SETTLING_SECONDS)
        server, worker, client = (now - then for now, then in zip(self._cpu(side), before, strict=True))
        return Sample(executions=case.executions, server=server, worker=worker, client=client, elapsed=elapsed)

    async def pair(self, case: Case, *, reference_first: bool) -> Pair:
        """Run the case's blocks on both sides in turn; each side's blocks are one sample."""
        samples: dict[SideName, Sample] = {}
        for side in abba(case.blocks, reference_first=reference_first):
            taken = await undisturbed(f"a block of {case.title}", partial(self.sample, side, case))
            samples[side] = samples[side] + taken if side in samples else taken
        return Pair(samples["reference"], samples["steploom"])

    async def idle(self, seconds: float) -> dict[str, float]:
        """CPU per second of the server and of each worker while nothing runs."""
        pids: dict[str, int] = {name: worker.pid for name, worker in self.workers.items()}
        pids["server"] = self.server.pid
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        await asyncio.sleep(seconds)
        return {name: (cpu_seconds(pid) - before[name]) / seconds for name, pid in pids.items()}

    async def warm_up(self, case: Case) -> None:
        """Fill caches and pools on both sides, and make sure that both do the same.

        Raises:
            UnequalWork: outputs or the numbers of activities differ.
        """
        done = []
        for side in self.sides:
            handles = await undisturbed(case.title, partial(self.run, side, case, case.in_flight))
            done.append((await handles[0].result(), await _scheduled_activities(handles[0])))
        if done[0] != done[1]:
            raise UnequalWork(f"{case.title}: {[activities for _, activities in done]} activities, or other outputs")

    def _cpu(self, side: SideName) -> tuple[float, float, float]:
        return tuple(cpu_seconds(pid) for pid in (self.server.pid, self.workers[side].pid, os.getpid()))  # type: ignore[return-value]  # three


async def undisturbed(what: str, take: Callable[[], Awaitable[T]]) -> T:
    """What `take` gives, taken again where an execution failed, which is told on standard error.

    A server that is short of CPU may hand out a task that its worker never hears of. Its time runs out, about once in
    some thousand tasks where ten processes want each core.

    Raises:
        WorkflowFailureError: it fails again and again.
    """
    for _ in range(_DISTURBED):
        try:
            return await take()
        except WorkflowFailureError as error:
            print(f"{what} is taken again, as an execution failed: {error.cause}", file=sys.stderr, flush=True)
    return await take()


@asynccontextmanager
async def open_stage(*, eager: bool, converter: Converter) -> AsyncIterator[Stage]:
    """Start everything, and end it again.

    Args:
        eager: whether the hand-written side has its activities on its workflows' task queue.
        converter: of the hand-written side.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="steploom-benchmark-"))
        database = f"sqlite:///{Path(folder) / 'steploom.db'}"
        await migrate(database)
        store = await stack.enter_async_context(open_store(database))
        server = await stack.enter_async_context(await TemporalServer.start())
        workers: dict[SideName, WorkerProcess] = {
            "reference": await WorkerProcess.start(
                "hand-written-eager" if eager else "hand-written", server.address, database, converter
            ),
        }
        await stack.enter_async_context(workers["reference"])
        workers["steploom"] = await WorkerProcess.start("steploom", server.address, database, converter)
        await stack.enter_async_context(workers["steploom"])
        definitions = CompiledDefinitions(store)
        client = await Client.connect(server.address, data_converter=data_converter(definitions, store))
        plain = await Client.connect(server.address, data_converter=reference_converter(converter, store))
        sides: dict[SideName, Side] = {
            "reference": Reference(plain, hand_written.EAGER_QUEUE if eager else hand_written.QUEUE),
            "steploom": Steploom(client, TemporalGateway(client, definitions), store),
        }
        yield Stage(server, store, client, definitions, sides, workers)


async def _scheduled_activities(handle: WorkflowHandle[Any, Any]) -> int:
    history = await handle.fetch_history()
    return sum(event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED for event in history.events)
