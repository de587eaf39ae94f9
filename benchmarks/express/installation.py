"""steploom as it is installed, to be measured: a Temporal server, `steploom api`, `steploom worker`, each a process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from api.temporal_server import TemporalServer
from benchmarks.express.caller import Call
from benchmarks.processes import cpu_seconds

Environment: TypeAlias = Mapping[str, str]

_ROOT: Final = Path(__file__).parents[2]
_STEPLOOM: Final = str(Path(sys.executable).with_name("steploom"))
_STOP_SECONDS: Final = 20.0
_SETTLING_SECONDS: Final = 0.25
"""After an execution was started the server still has its visibility record to see to."""


class ProcessEnded(Exception):
    """A process of the benchmark ended before its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What a number of calls took. Times in seconds; CPU is user and system time.

    Attributes:
        number: how many there were.
        elapsed: wall clock, from the first call to the last answer.
        server: CPU of the Temporal server.
        worker: CPU of `steploom worker`.
        api: CPU of `steploom api`.
        callers: CPU of the calling processes.
        latencies: of each call, ascending.
    """

    number: int
    elapsed: float
    server: float
    worker: float
    api: float
    callers: float
    latencies: Sequence[float]

    @property
    def rate(self) -> float:
        """Calls for each second."""
        return self.number / self.elapsed

    def percentile(self, share: float) -> float:
        """The latency that so large a share of the calls stays below."""
        return self.latencies[min(self.number - 1, round(share * self.number))]


class Installation:
    """What is measured; see `installed`.

    Attributes:
        server: the Temporal server.
        url: the HTTP door's.
    """

    def __init__(self, server: TemporalServer, url: str, api: Process, folder: Path, environment: Environment) -> None:
        self.server = server
        self.url = url
        self._api = api
        self._folder = folder
        self._environment = environment
        self._worker: Process | None = None

    async def calls(
        self,
        call: Call,
        machine: str,
        *,
        lanes: int,
        number: int,
        processes: int = 1,
    ) -> Calls:
        """Make calls from processes of their own; `machine` is an ARN, for `start_workflow` a workflow type.

        `lanes` and `number` are of all processes together.
        """
        at = self.server.address if call == "start_workflow" else self.url
        shares = ("--lanes", str(lanes // processes), "--calls", str(number // processes))
        words = (sys.executable, "-m", "benchmarks.express.caller", call, "--at", at, "--machine", machine, *shares)
        callers = [
            await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, cwd=_ROOT) for _ in range(processes)
        ]
        for caller in callers:
            if await _line(caller) != b"ready\n":
                raise ProcessEnded(f"a caller of {call} ended with code {await caller.wait()}")
        before, began = self._cpu(), time.perf_counter()
        told = await asyncio.gather(*(_told(caller) for caller in callers))
        elapsed = time.perf_counter() - began
        await asyncio.sleep(_SETTLING_SECONDS)
        server, worker, api = (now - then for now, then in zip(self._cpu(), before, strict=True))
        return Calls(
            number=number // processes * processes,
            elapsed=elapsed,
            server=server,
            worker=worker,
            api=api,
            callers=sum(each["cpu"] for each in told),
            latencies=sorted(latency for each in told for latency in each["latencies"]),
        )

    def _cpu(self) -> tuple[float, float, float]:
        worker = 0.0 if self._worker is None else cpu_seconds(self._worker.pid)
        return cpu_seconds(self.server.pid), worker, cpu_seconds(self._api.pid)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[int]:
        """Run `steploom worker` until the block ends; its process id."""
        process, _ = await _started(self._folder, self._environment, "worker")
        self._worker = process
        try:
            yield process.pid
        finally:
            self._worker = None
            await _stop(process)


@asynccontextmanager
async def installed() -> AsyncIterator[Installation]:
    """Start a Temporal server and `steploom api` with a new database, and end them again."""
    with tempfile.TemporaryDirectory(prefix="steploom-benchmark-") as name:
        folder = Path(name)
        async with await TemporalServer.start() as server:
            environment = {name: value for name, value in os.environ.items() if not name.startswith("STEPLOOM_")}
            environment |= {
                "STEPLOOM_DATABASE_URL": f"sqlite:///{folder / 'steploom.sqlite3'}",
                "STEPLOOM_LOG_LEVEL": "warning",
                "TEMPORAL_ADDRESS": server.address,
            }
            api, line = await _started(folder, environment, "api", "--json", "--http-port", "0", "--grpc-port", "0")
            try:
                yield Installation(server, json.loads(line)["http"], api, folder, environment)
            finally:
                await _stop(api)


async def _started(folder: Path, environment: Environment, *words: str) -> tuple[Process, bytes]:
    process = await asyncio.create_subprocess_exec(_STEPLOOM, *words, env=environment, cwd=folder, stdout=PIPE)
    line = await _line(process)
    if not line:
        raise ProcessEnded(f"steploom {words[0]} ended with code {await process.wait()}")
    return process, line


async def _line(process: Process) -> bytes:
    assert process.stdout is not None
    return await process.stdout.readline()


async def _told(caller: Process) -> dict[str, Any]:  # any JSON
    """Let a caller begin, and wait for what it tells."""
    told, _ = await caller.communicate(b"go\n")
    if caller.returncode != 0:
        raise ProcessEnded(f"a caller ended with code {caller.returncode}")
    return cast("dict[str, Any]", json.loads(told))


async def _stop(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
