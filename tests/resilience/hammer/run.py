"""The hammer itself: clients in threads, an API that is killed and started again, and what came of it."""

from __future__ import annotations

import asyncio
import statistics
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from tests.resilience.hammer.caller import Findings
from tests.resilience.hammer.client import HammerClient
from tests.resilience.hammer.verdict import lost
from tests.support.installation import Installation, installed

MOST_GROWTH: Final = 0.1
_SAMPLE_SECONDS: Final = 0.25
_POLL_SECONDS: Final = 3
_FEW: Final = 4
_WARM_CALLS: Final = 15
"""Calls that a client makes, on average, until the API has all that it keeps in memory from then on."""

_PATIENCE_SECONDS: Final = 120
_SETTINGS: Final = {"STEPLOOM_EXPRESS_RETENTION": "3600"}
"""EXPRESS executions are kept, so that a lost one is missed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it.

    Attributes:
        calls: answered calls by operation.
        errors: how often which error code or exception came.
        violations: answers that must not be.
        lost: acknowledged writes that are not there.
        checked: how many executions, state machines and deletions were looked for.
        memory: resident megabytes of the API over the last and longest of its lives, once it is warm.
        worker_memory: of the worker, over the same time.
    """

    calls: Mapping[str, int]
    errors: Mapping[str, int]
    violations: Sequence[str]
    lost: Sequence[str]
    checked: int
    memory: Sequence[float]
    worker_memory: Sequence[float]

    def problems(self) -> list[str]:
        """All that is not as it must be."""
        grown = [
            f"memory of the {role}: grew by {growth(samples):.1%} to {samples[-1]:.0f} MB"
            for role, samples in (("API", self.memory), ("worker", self.worker_memory))
            if growth(samples) > MOST_GROWTH
        ]
        return [*self.violations, *(f"lost: {loss}" for loss in self.lost), *grown]


async def hammer(folder: Path, *, clients: int, seconds: float, kills: int) -> Report:
    """Have clients make calls for a time, during which the API is killed `kills` times.

    The kills are in the first half, so that the last life is long enough to tell whether memory grows: it lasts for the
    second half of the time from when the API is warm.
    """
    async with installed(folder, None, _SETTINGS) as installation:
        findings = Findings()
        made = [
            HammerClient(number, installation.client(), installation.client(read_seconds=_POLL_SECONDS), findings)
            for number in range(clients)
        ]
        memory, worker_memory = await _run(installation, made, findings, seconds, kills)
        ledgers = [client.ledger for client in made]
        found = await asyncio.to_thread(lost, installation.client(), ledgers)
    checked = sum(len(each.executions) + len(each.machines) + len(each.deleted) for each in ledgers)
    return Report(findings.calls, findings.errors, findings.violations, found, checked, memory, worker_memory)


async def _run(
    installation: Installation, clients: Sequence[HammerClient], findings: Findings, seconds: float, kills: int
) -> tuple[list[float], list[float]]:
    stop = threading.Event()
    with ThreadPoolExecutor(len(clients)) as threads:
        runs = [threads.submit(client.run, stop) for client in clients]
        try:
            for _ in range(kills):
                await asyncio.sleep(seconds / 2 / kills)
                await installation.restart("api")
            await _warm(findings, _WARM_CALLS * len(clients))
            return await _watched(installation, seconds / 2)
        finally:
            stop.set()
            for run in runs:  # one that has failed tells why
                await asyncio.wrap_future(run)


async def _warm(findings: Findings, calls: int) -> None:
    wanted, until = findings.calls.total() + calls, time.monotonic() + _PATIENCE_SECONDS
    while findings.calls.total() < wanted and time.monotonic() < until:
        await asyncio.sleep(_SAMPLE_SECONDS)


async def _watched(installation: Installation, seconds: float) -> tuple[list[float], list[float]]:
    """Resident megabytes of the API and of the worker while time goes by."""
    roles = [psutil.Process(installation.pid(role)) for role in ("api", "worker")]
    samples: list[list[float]] = [[], []]
    for _ in range(max(2 * _FEW, round(seconds / _SAMPLE_SECONDS))):
        await asyncio.sleep(_SAMPLE_SECONDS)
        for process, taken in zip(roles, samples, strict=True):
            taken.append(process.memory_info().rss / 2**20)
    api, worker = samples
    return api, worker


def growth(samples: Sequence[float]) -> float:
    """How much more there is at the end than at the beginning, as a share of that; of a few samples each."""
    return statistics.median(samples[-_FEW:]) / statistics.median(samples[:_FEW]) - 1
