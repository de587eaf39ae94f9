"""What a role tells when it is ready: on standard output for people, in the log where collectors read."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.temporal_server import TemporalServer
from tests.support.dev_service import clean_environment
from tests.support.forks import Command, start_steploom


def start(folder: Path, errors: Path, environment: Mapping[str, str]) -> Command:
    with errors.open("w") as stream:
        return start_steploom("functions", folder, folder=folder, environment=environment, errors=stream)


def logged(process: Command, errors: Path) -> dict[str, Any]:
    """Wait for the line of the log that says that it is ready."""
    while not (lines := [line for line in errors.read_text().splitlines(keepends=True) if "ready" in line]):
        assert process.poll() is None
        time.sleep(0.01)
    told: dict[str, Any] = json.loads(lines[0])
    return told


def test_functions_are_ready(temporal_server: TemporalServer, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/.steploom/steploom.sqlite3"
    environment = clean_environment(TEMPORAL_ADDRESS=temporal_server.address)
    with start(tmp_path, tmp_path / "errors", environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"functions are ready: none yet; new database {database}\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    logs = {"STEPLOOM_LOG_FORMAT": "json", "STEPLOOM_LOG_LEVEL": "error"}  # the level does not hide this line
    with start(tmp_path, tmp_path / "errors", environment | logs) as process:
        told = logged(process, tmp_path / "errors")
        assert (told["level"], told["message"]) == ("info", f"functions are ready: none yet; database {database}")
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert (process.wait(60), process.stdout.read()) == (0, "")
