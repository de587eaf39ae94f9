"""Tests of `tests.support.forks`: a fork is a process like any other."""

from __future__ import annotations

import json
import os
import signal
import time
from contextlib import ExitStack, suppress
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from tests.support.dev_service import clean_environment
from tests.support.forks import Command, Fork, run_steploom, start_steploom


def test_it_ends_as_the_console_script_does(tmp_path: Path) -> None:
    ended = run_steploom("--version", folder=tmp_path, environment=clean_environment())
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"steploom {version('steploom')}\n", "")
    misused = run_steploom("validate", "nowhere.json", folder=tmp_path, environment=clean_environment())
    assert (misused.returncode, misused.stdout) == (2, "")
    assert "nowhere.json" in misused.stderr


def test_it_has_its_own_environment_and_folder(tmp_path: Path) -> None:
    (tmp_path / "steploom.toml").write_text("http_port = 4711\n")
    environment = clean_environment(STEPLOOM_GRPC_PORT="4712")
    for _ in range(2):
        told = json.loads(run_steploom("config", "--json", folder=tmp_path, environment=environment).stdout)
        assert (told["http_port"], told["grpc_port"]) == (4711, 4712)
    told = json.loads(run_steploom("config", "--json", folder=tmp_path.parent, environment=clean_environment()).stdout)
    assert (told["http_port"], told["grpc_port"]) == (8083, 8084)


def test_it_can_be_killed(tmp_path: Path) -> None:
    environment = clean_environment(TEMPORAL_ADDRESS="127.0.0.1:1")  # it goes on trying for a minute
    with start_steploom("functions", tmp_path, folder=tmp_path, environment=environment) as process:
        assert isinstance(process, Fork)
        begun(process, tmp_path)
        process.send_signal(signal.SIGKILL)
        assert process.wait(60) == -signal.SIGKILL
        process.send_signal(signal.SIGKILL)  # as nothing, since somebody else may have its id now
    assert not psutil.pid_exists(process.pid)


@pytest.mark.parametrize("script", [False, True], ids=["fork", "script"])
def test_a_failed_test_leaves_none_running(tmp_path: Path, script: bool) -> None:
    environment = clean_environment(TEMPORAL_ADDRESS="127.0.0.1:1")  # it goes on trying for a minute
    with (
        pytest.raises(AssertionError, match="failed"),
        start_steploom("functions", tmp_path, folder=tmp_path, environment=environment, script=script) as process,
    ):
        raise AssertionError("failed")
    assert process.returncode == -signal.SIGKILL


def test_it_holds_no_pipe_but_its_own(tmp_path: Path) -> None:
    """Else the end of another's output would not be seen."""
    first, second = tmp_path / "first", tmp_path / "second"
    environment = clean_environment(TEMPORAL_ADDRESS="127.0.0.1:1")
    with ExitStack() as stack:
        processes = []
        for folder in (first, second):
            folder.mkdir()
            process = start_steploom("functions", folder, folder=folder, environment=environment)
            stack.enter_context(process)
            stack.callback(process.send_signal, signal.SIGKILL)
            begun(process, folder)
            processes.append(process)
        for process, other in (processes, reversed(processes)):
            assert other.stdout is not None
            assert os.readlink(f"/proc/self/fd/{other.stdout.fileno()}") not in opened(process.pid)


def begun(process: Command, folder: Path) -> None:
    """Wait until it has made its database, and tries to connect."""
    while not (folder / ".steploom" / "steploom.sqlite3").exists():
        assert process.poll() is None
        time.sleep(0.01)


def opened(process: int) -> set[str]:
    """What a process has open, as far as it has when we look."""
    found = set()
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(os.readlink(descriptor))
    return found


@pytest.mark.parametrize("name", ["OTEL_PROPAGATORS", "PYTHONHASHSEED", "TZ"])
def test_variables_that_it_would_miss_are_refused(tmp_path: Path, name: str) -> None:
    environment = clean_environment(**{name: "7"})
    with pytest.raises(ValueError, match=f"{name} is looked at when modules are loaded"):
        start_steploom("--version", folder=tmp_path, environment=environment)
