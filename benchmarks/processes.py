"""The processes whose CPU is measured, and how they are started and ended."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psutil

from benchmarks.worker_process import Converter, Role

_ROOT: Final = Path(__file__).parent.parent
_STOP_SECONDS: Final = 15.0


class WorkerProcessError(Exception):
    """A worker process did not become ready."""


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used so far; the kernel counts it in hundredths of a second."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


class WorkerProcess:
    """One side's worker process; see `benchmarks.worker_process`. Use `async with await WorkerProcess.start(...)`."""

    def __init__(self, role: Role, process: Process) -> None:
        """Private: use `start`."""
        self.role = role
        self._process = process

    @classmethod
    async def start(cls, role: Role, address: str, database: str, converter: Converter) -> Self:
        """Start a process and return once it is ready.

        Raises:
            WorkerProcessError: It ended instead.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "benchmarks.worker_process", role),
            *("--address", address, "--database", database, "--converter", converter),
            stdin=PIPE,
            stdout=PIPE,
            cwd=_ROOT,
        )
        worker = cls(role, process)
        assert process.stdout is not None
        if await process.stdout.readline() != b"ready\n":
            await worker.stop()
            raise WorkerProcessError(f"the {role} worker ended with code {process.returncode}")
        return worker

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def stop(self) -> None:
        """End the process by closing its standard input; by force after some seconds."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def __aenter__(self) -> Self:
        """The running worker."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop it."""
        await self.stop()
