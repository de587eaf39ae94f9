"""One handler's process as its host sees it: start, one call at a time, and an end that is certain."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, TypeAlias

from activities.functions import child
from interpreter.values import JsonValue, json_bytes, parse_json

_LOGGER: Final = logging.getLogger("steploom.functions")
_LOG_LINE_BYTES: Final = 16_384
_EXIT_GRACE_SECONDS: Final = 1.0
_FIRST: Final = asyncio.FIRST_COMPLETED
_ANSWERS: Final = (child.RESULT, child.ERROR, child.LOAD_ERROR, child.SOURCES)


@dataclass(frozen=True, slots=True)
class Answered:
    """The handler returned `body`: JSON, unless it returned bytes of its own."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Raised:
    """The handler failed; `body` is the error in Lambda's shape, as JSON."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended in the middle of the call; `status` as in `subprocess.Popen.returncode`."""

    status: int


class Lost(Enum):
    """Why there is no answer, though the process had not ended; it was killed.

    Attributes:
        OVERDUE: the deadline passed.
        STRAY: the process answered another call than the one it was asked, or what it sent is no answer.
    """

    OVERDUE = "overdue"
    STRAY = "stray"


CallOutcome: TypeAlias = Answered | Raised | Exited | Lost


class FunctionProcess:
    """A running child process of one function; made by `start`."""

    def __init__(
        self,
        name: str,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        output: int,
    ) -> None:
        self._name = name
        self._process = process
        self._reader = reader
        self._writer = writer
        self._number = 0  # of the call that runs, or ran last
        self._answer: asyncio.Future[Answered | Raised] | None = None
        self._is_astray = False
        self._sources: dict[str, JsonValue] = {}
        self._logging: deque[str] = deque()
        self._log_task = asyncio.create_task(self._log_output(output))
        self._exit_task = asyncio.create_task(self._watch_exit())
        self._answers_task = asyncio.create_task(self._read_answers())

    @classmethod
    async def start(
        cls, name: str, boot: Mapping[str, JsonValue], directory: Path, environment: Mapping[str, str]
    ) -> FunctionProcess:
        """Start a process for the function `name`, working in `directory`; `boot` says what it loads.

        Not to be cancelled but with its event loop: nobody would wait for the end of a process that is there already.

        Raises:
            OSError: no process or file is left.
            ValueError: variables that no process can have.
        """
        ours, theirs = socket.socketpair()
        # A pipe of our own: asyncio's would put off the news of the process's end until all its heirs had closed it.
        output, printed = os.pipe()
        try:
            with theirs, os.fdopen(printed, "wb") as prints:
                process = await _spawn(theirs.fileno(), prints.fileno(), directory, environment)
            reader, writer = await asyncio.open_unix_connection(sock=ours)
        except BaseException:  # a cancellation, too, must leave neither end open
            ours.close()  # a child that runs already sees the end of the line and goes
            os.close(output)
            raise
        started = cls(name, process, reader, writer, output)
        started._send(child.BOOT, dict(boot))
        return started

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs, listens, and has said nothing that it was not asked."""
        return self._process.returncode is None and not self._answers_task.done()

    @property
    def is_current(self) -> bool:
        """Whether every file that the process has loaded is as it was then."""
        return all(_modified(file) == time for file, time in self._sources.items())

    async def call(self, event: JsonValue, request_id: str, remaining_seconds: float) -> CallOutcome:
        """Run the handler once. After any outcome but `Answered` and `Raised`, or when cancelled, it is dead."""
        self._logging.append(request_id)
        self._number += 1
        self._answer = answer = asyncio.get_running_loop().create_future()
        self._send(
            child.EVENT,
            {"request_id": request_id, "remaining_ms": int(remaining_seconds * 1000), "event": event},
        )
        outcome: Answered | Raised | None = None
        try:
            ends = {answer, self._answers_task}
            await asyncio.wait({*ends, self._exit_task}, timeout=remaining_seconds, return_when=_FIRST)
            if not any(end.done() for end in (*ends, self._exit_task)):
                return Lost.OVERDUE
            # One that got away may hold the socket.
            await asyncio.wait(ends, timeout=_EXIT_GRACE_SECONDS, return_when=_FIRST)
            if answer.done():
                outcome = answer.result()
                return outcome
            return Lost.STRAY if self._is_astray else Exited(await self._exit_status())
        finally:
            answer.cancel()
            if outcome is None:
                self.kill()

    def kill(self) -> None:
        """End the process and all that it has started, at once."""
        if self._process.returncode is None:
            self._kill_group()

    async def close(self) -> None:
        """Kill the process and wait until it is gone and its log is written."""
        self.kill()
        await self._ended()
        self._writer.close()
        self._answers_task.cancel()
        await asyncio.wait({self._log_task}, timeout=_EXIT_GRACE_SECONDS)  # one that got away may hold the pipe
        self._log_task.cancel()
        await asyncio.wait({self._answers_task, self._log_task})

    def _kill_group(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    async def _watch_exit(self) -> int:
        """The exit status; what the process has started, and may hold its socket open, ends with it."""
        status = await self._process.wait()
        self._kill_group()  # only now: later the number may be another's
        return status

    async def _exit_status(self) -> int:
        """The status of a process that has hung up: it is ending by itself, or is made to."""
        await asyncio.wait({self._exit_task}, timeout=_EXIT_GRACE_SECONDS)
        self.kill()
        return await self._ended()

    async def _ended(self) -> int:
        await asyncio.wait({self._exit_task})  # which cancels nobody else's wait for it, when cancelled
        return self._exit_task.result()

    def _send(self, kind: bytes, body: JsonValue) -> None:
        text = json_bytes(body)
        self._writer.write(child.HEADER.pack(kind, self._number, len(text)) + text)

    async def _read_answers(self) -> None:
        """Hand each answer to the call that waits for it, until the process hangs up or answers what was not asked."""
        try:
            while True:
                kind, number, length = child.HEADER.unpack(await self._reader.readexactly(child.HEADER.size))
                if kind not in _ANSWERS:
                    break
                body = await self._reader.readexactly(length)
                if kind == child.SOURCES:
                    sources = parse_json(body)
                    self._sources = sources if isinstance(sources, dict) else {}
                elif number != self._number or self._answer is None:
                    break
                elif self._answer.cancelled():
                    return  # too late: the process is being ended
                elif self._answer.done():
                    break
                elif kind == child.RESULT:
                    self._answer.set_result(Answered(body))
                else:
                    parse_json(body)
                    self._answer.set_result(Raised(body))
                    if kind == child.LOAD_ERROR:
                        return  # the process ends
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        except ValueError:  # a handler wrote it: what the child sends is JSON
            pass
        _LOGGER.warning(
            "%s: a process answered a call that it was not asked, or twice, or wrote among its answers: it is ended.",
            self._name,
        )
        self._is_astray = True
        self.kill()

    async def _log_output(self, output: int) -> None:
        """Log what the process prints, line by line, each under the request that printed it."""
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(output, "rb")
        )
        try:
            await self._log_lines(stream)
        finally:
            transport.close()

    async def _log_lines(self, stream: asyncio.StreamReader) -> None:
        pending = b""
        while chunk := await stream.read(65_536):
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                self._log_line(line)
            if len(pending) > _LOG_LINE_BYTES:
                self._log_line(pending)
                pending = b""
        if pending:
            self._log_line(pending)

    def _log_line(self, line: bytes) -> None:
        ended = line.endswith(child.LOG_MARK[:-1])
        text = line[: len(line) - ended].decode("utf-8", "replace")
        request_id = self._logging[0] if self._logging else ""
        if text:
            extra = {"function": self._name, "request_id": request_id}
            _LOGGER.info("%s %s %s", self._name, request_id, text, extra=extra)
        if ended and self._logging:
            self._logging.popleft()


async def _spawn(
    channel: int, output: int, directory: Path, environment: Mapping[str, str]
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # the child's own folder is no place to import from
        child.__file__,
        str(channel),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=asyncio.subprocess.STDOUT,
        pass_fds=(channel,),
        cwd=directory,
        env=dict(environment),
        start_new_session=True,  # what the handler starts dies with it, and Ctrl-C is the host's affair
    )


def _modified(file: str) -> int | None:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return None
