"""The reference: the Temporal workflows that one would write by hand for the work of `benchmarks.definitions`.

What is equal on both sides, so that only the interpretation differs:

- The tasks are `arn:aws:states:::temporal:activity` in the definitions. Such a state hands its `Input` to an activity
  of any Temporal worker and takes its result as it is, so both sides schedule the same activity type with the same
  argument and get the same result; `echo` below serves both. (A Lambda function's ARN would give the same argument and
  result too, but with a heartbeat timeout that watches our own workers, which nobody writes by hand for an activity
  this short. With `temporal:activity` one is set only where the state asks for it: here neither side has any.)
- The start-to-close timeout, one attempt per activity (Retry is the interpreter's work), the execution timeout.
- Workflows and activities stand on task queues of their own, as functions do in steploom, in one process. On one queue
  Temporal starts activities eagerly, without a round trip: that variant is `EAGER_QUEUE` (`--eager`).
- The activity worker: it is the same on both sides, with the data converter of a process that hosts no executions.
- Worker options, the unsandboxed runner, and the data converter: JSON by orjson, large payloads in the payload store.
  Only the codec that fetches definitions is left out, for which a hand-written workflow has no use.

What steploom does in its own worker processes is no part of the reference, which runs on Python and the SDK as they
are: Python's collector runs rarely (`api/memory.py`), and the SDK visits few payloads (`activities/payload_visits.py`).

Summaries, details and the memo that steploom sets are not copied: they are its price for being readable in Temporal's
UI, and count against it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final, TypeAlias

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from benchmarks.definitions import CHAIN_LENGTH, MAP_WIDTH, PARALLEL_WIDTH, TASK_TIMEOUT_SECONDS

Document: TypeAlias = dict[str, Any]

QUEUE: Final = "hand-written"
TASKS_QUEUE: Final = "hand-written-tasks"
EAGER_QUEUE: Final = "hand-written-eager"

_TASKS_QUEUES: Final = {QUEUE: TASKS_QUEUE, EAGER_QUEUE: EAGER_QUEUE}


@activity.defn(name="echo")
async def echo(document: Document) -> Document:
    """The activity of both sides: no work at all, so that everything measured is the way to it and back."""
    return document


async def _call_echo(document: Document) -> Document:
    return await workflow.execute_activity(
        echo,
        document,
        task_queue=_TASKS_QUEUES[workflow.info().task_queue],
        start_to_close_timeout=timedelta(seconds=TASK_TIMEOUT_SECONDS),
        retry_policy=RetryPolicy(maximum_attempts=1),
    )


@workflow.defn(name="sequential")
class SequentialTasks:
    """Ten activities, each given what the one before returned."""

    @workflow.run
    async def run(self, order: Document) -> Document:
        """The last activity's result."""
        for _ in range(CHAIN_LENGTH):
            order = await _call_echo(order)
        return order


@workflow.defn(name="parallel")
class ParallelTasks:
    """A hundred activities at once, each given the workflow's input."""

    @workflow.run
    async def run(self, order: Document) -> list[Document]:
        """All results, in order."""
        return await asyncio.gather(*(_call_echo(order) for _ in range(PARALLEL_WIDTH)))


@workflow.defn(name="map")
class MappedTasks:
    """One activity for each item, forty at once."""

    @workflow.run
    async def run(self, order: Document) -> list[Document]:
        """All results, in order."""
        window = asyncio.Semaphore(MAP_WIDTH)

        async def process(item: Document) -> Document:
            async with window:
                return await _call_echo(item)

        return await asyncio.gather(*(process(item) for item in order["items"]))


@workflow.defn(name="empty")
class Empty:
    """Nothing: what an execution costs before it does anything."""

    @workflow.run
    async def run(self, order: Document) -> Document:
        """The input."""
        return order


WORKFLOWS: Final = (SequentialTasks, ParallelTasks, MappedTasks, Empty)
