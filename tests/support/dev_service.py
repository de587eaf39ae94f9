"""A whole steploom for tests, as a process of its own: `steploom dev --ephemeral` on free ports."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.forks import start_steploom


@dataclass(frozen=True, slots=True)
class DevService:
    """A running `steploom dev`: its addresses and its process id."""

    http: str
    grpc: str
    ui: str
    temporal: str
    pid: int


def clean_environment(**variables: str) -> dict[str, str]:
    """Our environment without the settings of whoever runs the tests, and with these variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith("STEPLOOM_")} | variables


@contextmanager
def dev_service(
    folder: Path,
    *options: str | Path,
    environment: Mapping[str, str] | None = None,
    exit_code: int = 0,
    script: bool = False,
) -> Iterator[DevService]:
    """Run it in `folder` until the block ends; it must then end with `exit_code`. For `script` see `start_steploom`."""
    environment = clean_environment() if environment is None else environment
    process = start_steploom(*dev_arguments(options), folder=folder, environment=environment, script=script)
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, f"steploom dev did not start: exit code {process.wait(10)}"
            told = json.loads(line)
            yield DevService(told["http"], told["grpc"], told["ui"], told["temporal"], process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    assert code == exit_code, f"steploom dev ended with {code}"


def dev_arguments(options: Sequence[str | Path]) -> list[str]:
    """The command line: free ports, nothing kept unless `--db` is among the options, addresses as JSON."""
    arguments = ["dev", "--json"]
    for port in ("--http-port", "--grpc-port", "--ui-port", "--temporal-port"):
        arguments += [port, "0"]
    if "--db" not in options:
        arguments.append("--ephemeral")
    return arguments + [str(option) for option in options]
