"""The hammer itself: clients in threads, an API that is killed and started again, and what came of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from tests.resilience.hammer.client import Findings, HammerClient
from tests.resilience.hammer.verdict import lost
from tests.support.installation import Installation, installed

_SAMPLE_SECONDS: Final = 0.5
_FUNCTION: Final = "def handler(event, context):\n    return event\n"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it.

    Attributes:
        calls: answered calls by operation.
        errors: how often which error code or exception came.
        violations: answers that must not be.
        lost: acknowledged writes that are not there.
        memory: of each life of the API, resident megabytes over time; the last is the longest.
        worker_memory: of the worker, over the whole time.
    """

    calls: Mapping[str, int]
    errors: Mapping[str, int]
    violations: Sequence[str]
    lost: Sequence[str]
    memory: Sequence[Sequence[float]]
    worker_memory: Sequence[float]


async def hammer(folder: Path, *, clients: int, seconds: float, kills: int) -> Report:
    """Have clients make calls for a time, during which the API is killed `kills` times.

    The kills are in the first half, so that the last life is long enough to tell whether memory grows.
    """
    functions = folder / "functions"
    functions.mkdir()
    (functions / "echo.py").write_text(_FUNCTION, "utf-8")
    async with installed(folder, functions, {}) as installation:
        findings = Findings()
        made = [HammerClient(number, installation.client(), findings) for number in range(clients)]
        memory, worker_memory = await _run(installation, made, seconds, kills)
        found = await asyncio.to_thread(lost, installation.client(), made)
    return Report(findings.calls, findings.errors, findings.violations, found, memory, worker_memory)


async def _run(
    installation: Installation, clients: Sequence[HammerClient], seconds: float, kills: int
) -> tuple[list[list[float]], list[float]]:
    stop = threading.Event()
    lives, worker = list[list[float]](), list[float]()
    with ThreadPoolExecutor(len(clients)) as threads:
        runs = [threads.submit(client.run, stop) for client in clients]
        try:
            for _ in range(kills):
                lives.append(await _watched(installation, seconds / 2 / kills, worker))
                await installation.restart("api")
            lives.append(await _watched(installation, seconds / 2, worker))
        finally:
            stop.set()
            for run in runs:  # one that has failed tells why
                await asyncio.wrap_future(run)
    return lives, worker


async def _watched(installation: Installation, seconds: float, worker: list[float]) -> list[float]:
    """Resident megabytes of the API while time goes by; those of the worker are added to `worker`."""
    api, samples = psutil.Process(installation.pid("api")), list[float]()
    working = psutil.Process(installation.pid("worker"))
    for _ in range(max(1, round(seconds / _SAMPLE_SECONDS))):
        await asyncio.sleep(_SAMPLE_SECONDS)
        samples.append(api.memory_info().rss / 2**20)
        worker.append(working.memory_info().rss / 2**20)
    return samples


def growth(samples: Sequence[float]) -> float:
    """How much more there is at the end than after the first half, as a share of that."""
    half = samples[len(samples) // 2]
    return samples[-1] / half - 1
