"""Commands of steploom as processes: the console script, or forks of a process that has loaded all modules already.

A fork begins in a tenth of a second, where the console script loads modules for seconds. It has a process id, an
environment, a folder and streams of its own, and is killed as any other process is.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Final, Protocol, Self, TextIO

from api.temporal_server import dying_with_us
from tests.support import fork_server

STEPLOOM: Final = str(Path(sys.executable).with_name("steploom"))
_PROJECT: Final = Path(__file__).parents[2]


class Command(Protocol):
    """A running command: what `subprocess.Popen` has of it. An error in its `with` block kills it."""

    @property
    def pid(self) -> int: ...
    @property
    def stdout(self) -> IO[str] | None: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, exc_type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class _Script(subprocess.Popen[str]):
    """A `Command` that is the console script."""

    def __exit__(
        self, exc_type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Wait for its end; kill it first where a test has failed, which may be for its going on."""
        if exc_type is not None:
            self.kill()
        super().__exit__(exc_type, value, traceback)


class Fork:
    """A `Command` that was forked."""

    def __init__(self, pid: int, stdout: TextIO, outcome: int) -> None:
        self.pid = pid
        self.stdout: IO[str] | None = stdout
        self.returncode: int | None = None
        self._outcome = outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Wait for its end, whatever it still prints; kill it first where a test has failed."""
        if exc_type is not None:
            self.send_signal(signal.SIGKILL)
        assert self.stdout is not None
        self.stdout.close()
        self.wait()

    def poll(self) -> int | None:
        """The exit code, or minus the signal that ended it; None while it runs."""
        return self.returncode if self.returncode is not None or not self._has_ended(0) else self._ended()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, `timeout` seconds at most.

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        if self.returncode is not None:
            return self.returncode
        if not self._has_ended(timeout):
            assert timeout is not None, "it has ended where we wait for ever"
            raise subprocess.TimeoutExpired("steploom", timeout)
        return self._ended()

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has ended meanwhile, or before we were told
                os.kill(self.pid, sig)

    def _has_ended(self, timeout: float | None) -> bool:
        return bool(select.select([self._outcome], [], [], timeout)[0])

    def _ended(self) -> int:
        told = os.read(self._outcome, 16)
        assert told, "the server that forked it has ended"
        os.close(self._outcome)
        self.returncode = int(told)
        return self.returncode


class _Server:
    """The process that forks, for as long as this process lives."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        self._environment = dict(os.environ)
        self._process = subprocess.Popen(
            [sys.executable, "-m", fork_server.__name__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            cwd=_PROJECT,
            env=self._environment,
            start_new_session=True,  # Ctrl-C is for the tests, which end what they have started
        )
        theirs.close()
        atexit.register(self.close)

    def fork(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], descriptors: Sequence[int]
    ) -> int:
        """The process id of a new process; the descriptors are its output, its errors, and where its end is told.

        Raises:
            ValueError: its environment differs from ours in what it has looked at already.
        """
        for name in {*environment, *self._environment}:
            if name.startswith(fork_server.READ_WHEN_LOADED) and environment.get(name) != self._environment.get(name):
                raise ValueError(f"{name} is looked at when modules are loaded: start the console script.")
        request = {"command": command, "environment": dict(environment), "folder": str(folder)}
        message = json.dumps(request).encode()
        assert len(message) <= fork_server.MOST_BYTES, "the environment is larger than one message"
        with self._lock:
            socket.send_fds(self._control, [message], descriptors)
            answer = self._control.recv(16)
        assert answer, f"the server that forks has ended with {self._process.wait(10)}"
        return int(answer)

    def close(self) -> None:
        self._control.close()
        self._process.wait()


@cache
def _server() -> _Server:
    return _Server()


def start_steploom(
    *arguments: str | Path,
    folder: Path,
    environment: Mapping[str, str],
    errors: IO[str] | None = None,
    script: bool = False,
) -> Command:
    """Start `steploom` with these arguments, its standard output a pipe; it dies with us.

    Args:
        folder: where it works.
        errors: its standard error, by default our own.
        script: start the console script, as users do.
    """
    command = [STEPLOOM, *map(str, arguments)]
    if script or sys.platform != "linux":
        return _Script(
            dying_with_us(command), stdout=subprocess.PIPE, stderr=errors, text=True, cwd=folder, env=dict(environment)
        )
    output, their_output = os.pipe()
    outcome, their_outcome = os.pipe()
    try:
        theirs = [their_output, 2 if errors is None else errors.fileno(), their_outcome]
        pid = _server().fork(command, folder, environment, theirs)
    except BaseException:  # raised again
        os.close(output)
        os.close(outcome)
        raise
    finally:
        os.close(their_output)
        os.close(their_outcome)
    return Fork(pid, os.fdopen(output, encoding="utf-8"), outcome)


def run_steploom(
    *arguments: str | Path,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float = 60,
    script: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run `steploom` to its end, which must come within `seconds`; see `start_steploom`."""
    with (
        TemporaryFile("w+", encoding="utf-8") as errors,
        start_steploom(*arguments, folder=folder, environment=environment, errors=errors, script=script) as command,
    ):
        limit = threading.Timer(seconds, command.send_signal, [signal.SIGKILL])
        limit.start()
        try:
            assert command.stdout is not None
            told = command.stdout.read()
            code = command.wait()
        finally:
            limit.cancel()
        errors.seek(0)
        return subprocess.CompletedProcess([STEPLOOM, *map(str, arguments)], code, told, errors.read())
