"""What an execution costs in process, through Temporal, and by Temporal's own client: the same calls, taken in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks import definitions
from benchmarks.express.caller import boto3_client
from benchmarks.express.installation import Calls, Installation
from benchmarks.samples import Spread, spread

LANES: Final = 8
"""Threads of the callers, or coroutines, on every side."""

PROCESSES: Final = 2
"""In so many processes, for boto3 alone fills a core."""

PASS_STATES: Final = 10
ROLE: Final = "arn:aws:iam::123456789012:role/benchmark"
_SYNC: Final = "in-process"
_DURABLE: Final = "durable"
_UNTOUCHED: Final = "started-only"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same number of calls on two sides, one right after the other."""

    ours: Calls
    reference: Calls


async def sync_pairs(installation: Installation, pairs: int, sync_calls: int, durable_calls: int) -> Sequence[Pair]:
    """StartSyncExecution of ten Pass states, against StartExecution and DescribeExecution until there is an output."""
    door = boto3_client(installation.url, 1)
    definition = definitions.passes(PASS_STATES)
    sync = await _create(door, _SYNC, definition, "EXPRESS")
    durable = await _create(door, _DURABLE, definition, "STANDARD")

    async def one(call: str) -> Calls:
        if call == _SYNC:
            return await installation.calls(
                "StartSyncExecution", sync, lanes=LANES, number=sync_calls, processes=PROCESSES
            )
        return await installation.calls(
            "StartExecution to its output", durable, lanes=LANES, number=durable_calls, processes=PROCESSES
        )

    async with installation.worker():
        taken = [{call: await one(call) for call in order} for order in _orders(pairs, _SYNC, _DURABLE)]
    return [Pair(each[_SYNC], each[_DURABLE]) for each in taken]


async def start_pairs(installation: Installation, pairs: int, calls: int) -> Sequence[Pair]:
    """StartExecution through HTTP, against `client.start_workflow`; nobody runs what was started."""
    door = boto3_client(installation.url, 1)
    machine = await _create(door, _UNTOUCHED, definitions.passes(PASS_STATES), "STANDARD")

    async def one(call: str) -> Calls:
        if call == _UNTOUCHED:
            return await installation.calls("StartExecution", machine, lanes=LANES, number=calls)
        return await installation.calls("start_workflow", "by-hand", lanes=LANES, number=calls)

    taken = [{call: await one(call) for call in order} for order in _orders(pairs, _UNTOUCHED, "by-hand")]
    return [Pair(each[_UNTOUCHED], each["by-hand"]) for each in taken]


def _orders(pairs: int, first: str, second: str) -> Sequence[tuple[str, str]]:
    return [(first, second) if number % 2 == 0 else (second, first) for number in range(pairs)]


async def _create(door: Any, name: str, definition: str, kind: str) -> str:
    answer = await asyncio.to_thread(
        door.create_state_machine, name=name, definition=definition, roleArn=ROLE, type=kind
    )
    arn: str = answer["stateMachineArn"]
    return arn


def rate_ratio(pairs: Sequence[Pair]) -> Spread:
    """Executions per second, ours divided by the reference's."""
    return spread([pair.ours.rate / pair.reference.rate for pair in pairs])


def latency_ratio(pairs: Sequence[Pair]) -> Spread:
    """Of our latencies, the 99th percentile divided by the median."""
    return spread([pair.ours.percentile(0.99) / pair.ours.percentile(0.5) for pair in pairs])


def start_cost_ratio(pairs: Sequence[Pair], *, with_caller: bool) -> Spread:
    """CPU of a start, ours divided by the reference's.

    The reference is Temporal's server and the process that calls `start_workflow`. Ours is Temporal's server and
    `steploom api`, which calls it in the same way; the caller's own CPU is that of boto3, and counted apart.
    """

    def ours(calls: Calls) -> float:
        return (calls.server + calls.api + (calls.callers if with_caller else 0)) / calls.number

    def reference(calls: Calls) -> float:
        return (calls.server + calls.callers) / calls.number

    return spread([ours(pair.ours) / reference(pair.reference) for pair in pairs])


def cpu_ratio(pairs: Sequence[Pair]) -> Spread:
    """CPU of an execution in all processes, the reference's divided by ours."""
    return spread([_all_cpu(pair.reference) / _all_cpu(pair.ours) for pair in pairs])


def _all_cpu(calls: Calls) -> float:
    return (calls.server + calls.worker + calls.api + calls.callers) / calls.number
