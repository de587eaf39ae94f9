"""steploom as separate processes, each of which can be killed and started again: what runs in production."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Literal

import boto3
from botocore.config import Config

from api.temporal_server import TemporalServer, free_ports
from tests.support.forks import Command, start_steploom

Role = Literal["api", "worker", "functions"]
ROLES: Final[tuple[Role, ...]] = ("api", "worker", "functions")
_READY_SECONDS: Final = 120


class Installation:
    """A Temporal server on a file, an API, a worker and, if there are functions, their host."""

    def __init__(self, folder: Path, functions: Path | None, environment: Mapping[str, str], script: bool) -> None:
        self._folder = folder
        self._functions = functions
        self._script = script
        self._http_port, self._grpc_port = free_ports(2)
        self._environment = {
            **os.environ,
            **environment,
            "STEPLOOM_DATABASE_URL": f"sqlite:///{folder / 'steploom.sqlite3'}",
            "STEPLOOM_HTTP_PORT": str(self._http_port),
            "STEPLOOM_GRPC_PORT": str(self._grpc_port),
            "STEPLOOM_LOG_LEVEL": "error",
        }
        self._processes: dict[Role, Command] = {}
        self._server: TemporalServer | None = None

    @property
    def server(self) -> TemporalServer:
        """The Temporal server."""
        assert self._server is not None, "started"
        return self._server

    def client(self, *, read_seconds: float = 30) -> Any:
        """A boto3 client of the HTTP door that leaves retrying to the test, and waits so long for an answer."""
        return boto3.client(
            "stepfunctions",
            endpoint_url=f"http://127.0.0.1:{self._http_port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                retries={"total_max_attempts": 1},
                read_timeout=read_seconds,
                max_pool_connections=50,
                inject_host_prefix=False,
            ),
        )

    def pid(self, role: Role) -> int:
        """The process id of a running role."""
        return self._processes[role].pid

    async def open(self) -> None:
        """Start everything."""
        self._server = await TemporalServer.start(db_filename=self._folder / "temporal.sqlite3")
        self._environment["TEMPORAL_ADDRESS"] = self._server.address
        roles = [role for role in ROLES if role != "functions" or self._functions]
        await asyncio.gather(*(self.start(role, script=self._script) for role in roles))

    async def close(self) -> None:
        """End everything, as `kill -9` does: what it kept goes with the test's folder."""
        for role in list(self._processes):
            await self.kill(role)
        self.server.kill()

    async def start(self, role: Role, *, script: bool = False) -> None:
        """Start a role and wait until it says that it is ready, and with which database; see `start_steploom`."""
        arguments = [role, *([self._functions] if role == "functions" and self._functions else [])]
        process = start_steploom(*arguments, folder=self._folder, environment=self._environment, script=script)
        self._processes[role] = process
        assert process.stdout is not None
        async with asyncio.timeout(_READY_SECONDS):
            while line := await asyncio.to_thread(process.stdout.readline):
                if "ready" in line:
                    assert line.endswith(f"database {self._environment['STEPLOOM_DATABASE_URL']}\n"), line
                    return
        raise AssertionError(f"the role {role} ended with {process.wait(10)} before it was ready")

    async def kill(self, role: Role) -> None:
        """End a role as `kill -9` does."""
        with self._processes.pop(role) as process:
            process.send_signal(signal.SIGKILL)

    async def restart(self, role: Role) -> None:
        """Kill a role and start it again."""
        await self.kill(role)
        await self.start(role)

    async def restart_temporal(self) -> None:
        """Kill the Temporal server and start it again on the same file."""
        self.server.kill()
        await self.server.wait()
        await self.server.restart()


@asynccontextmanager
async def installed(
    folder: Path, functions: Path | None, environment: Mapping[str, str], *, script: bool = False
) -> AsyncIterator[Installation]:
    """A running installation whose data is in `folder`; for `script`, of the first processes, see `start_steploom`."""
    installation = Installation(folder, functions, environment, script)
    try:
        await installation.open()
        yield installation
    finally:
        await installation.close()
