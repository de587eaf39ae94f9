"""Lists, page by page: whether the last pages cost what the first ones cost."""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from temporalio.client import Client

from benchmarks import definitions
from benchmarks.cases import EXECUTION_TIMEOUT_SECONDS
from benchmarks.express.caller import boto3_client
from benchmarks.express.installation import Installation
from benchmarks.express.ratios import ROLE

_LISTED: Final = "listed"
_PAGE: Final = 100
_PASSES: Final = 3
_COMPARED_PAGES: Final = 0.25
_LANES: Final = 32
_THREADS: Final = 8
_PATIENCE_SECONDS: Final = 120
_POLL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Listing:
    """How long each page of a list took at best, in seconds and in order."""

    items: int
    pages: Sequence[float]

    @property
    def growth(self) -> float:
        """The median of the last quarter of the pages, divided by that of the first."""
        compared = max(1, round(len(self.pages) * _COMPARED_PAGES))
        return statistics.median(self.pages[-compared:]) / statistics.median(self.pages[:compared])


async def list_machines(installation: Installation, number: int) -> Listing:
    """Make state machines until there are `number` of this benchmark's, and list all there are."""
    door = boto3_client(installation.url, _THREADS)

    def create(index: int) -> None:
        door.create_state_machine(
            name=f"machine-{index:05}", definition=definitions.passes(1), roleArn=ROLE, type="STANDARD"
        )

    def create_all() -> None:
        with ThreadPoolExecutor(_THREADS) as threads:
            list(threads.map(create, range(number)))

    await asyncio.to_thread(create_all)
    return await asyncio.to_thread(_listed, door.list_state_machines, "stateMachines", {})


async def list_executions(installation: Installation, number: int) -> Listing:
    """Start executions of one state machine, which nobody runs, and list them."""
    door = boto3_client(installation.url, 1)
    machine = await asyncio.to_thread(
        door.create_state_machine, name=_LISTED, definition=definitions.passes(1), roleArn=ROLE
    )
    client = await Client.connect(installation.server.address)

    async def lane(numbers: Iterator[int]) -> None:
        for _ in numbers:
            await client.start_workflow(
                _LISTED,
                definitions.ORDER,
                id=f"{_LISTED}:{uuid.uuid4()}",
                task_queue="nobody",
                execution_timeout=timedelta(seconds=EXECUTION_TIMEOUT_SECONDS),
            )

    numbers = iter(range(number))
    await asyncio.gather(*(lane(numbers) for _ in range(_LANES)))
    await _in_sight(client, number)
    arn = machine["stateMachineArn"]
    listing = await asyncio.to_thread(_listed, door.list_executions, "executions", {"stateMachineArn": arn})
    if listing.items != number:
        raise RuntimeError(f"{listing.items} executions were listed, and {number} started")
    return listing


async def _in_sight(client: Client, number: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while (await client.count_workflows(f'WorkflowType = "{_LISTED}"')).count < number:
        if time.monotonic() > until:
            raise TimeoutError(f"{number} executions are not in sight after {_PATIENCE_SECONDS} seconds")
        await asyncio.sleep(_POLL_SECONDS)


def _listed(list_page: Any, member: str, arguments: dict[str, Any]) -> Listing:
    """List everything some times; of each page the best time counts, for others use the machine too."""
    # Any: boto3's clients are made at run time.
    passes = [_pass(list_page, member, arguments) for _ in range(_PASSES)]
    pages = [min(times) for times in zip(*(each.pages for each in passes), strict=True)]
    return Listing(passes[-1].items, pages)


def _pass(list_page: Any, member: str, arguments: dict[str, Any]) -> Listing:
    pages, items, token = list[float](), 0, None
    while True:
        given = arguments if token is None else arguments | {"nextToken": token}
        began = time.perf_counter()
        answer = list_page(maxResults=_PAGE, **given)
        pages.append(time.perf_counter() - began)
        items += len(answer[member])
        token = answer.get("nextToken")
        if token is None:
            return Listing(items, pages)
