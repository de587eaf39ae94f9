"""An HTTP server that answers every request with the same trouble, and counts the requests."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

HUGE_BYTES = 6 * 1024 * 1024
_DRIP_SECONDS = 0.05


class Fault(StrEnum):
    """What becomes of a request. `ANSWER` is a whole answer, which may be a refusal or an error of the server."""

    ANSWER = "answer"
    SILENCE = "silence"
    CLOSED = "closed"
    RESET = "reset"
    HALF_HEADERS = "half the headers"
    HALF_BODY = "half the body"
    SLOW_BODY = "slow body"
    DRIPPING_BODY = "dripping body"
    HUGE_BODY = "huge body"


@dataclass(slots=True)
class FaultyServer:
    """What the server does, and what it has seen.

    Attributes:
        url: where it listens.
        fault: what becomes of requests.
        status: the status line's number and words, where there is one.
        headers: headers of answers.
        body: the body of answers.
        requests: the request lines, in order.
    """

    url: str = ""
    fault: Fault = Fault.ANSWER
    status: str = "200 OK"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    body: bytes = b"{}"
    requests: list[str] = field(default_factory=list)
    seen_headers: list[dict[str, str]] = field(default_factory=list)
    seen_bodies: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._request(reader) and await self._answer(reader, writer):
                    pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.rstrip("\r\n").split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        self.requests.append(lines[0])
        self.seen_headers.append(headers)
        self.seen_bodies.append(await reader.readexactly(int(headers.get("content-length", 0))))
        return True

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may be used again."""
        huge = self.fault in (Fault.HUGE_BODY, Fault.DRIPPING_BODY)
        body = b"0" * HUGE_BYTES if huge else self.body
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.headers.items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1")
        match self.fault:
            case Fault.ANSWER | Fault.HUGE_BODY:
                writer.write(head + body)
                await writer.drain()
                return True
            case Fault.SILENCE:
                await reader.read()  # until the caller gives up
            case Fault.CLOSED:
                pass
            case Fault.RESET:
                reset(writer)
            case Fault.HALF_HEADERS:
                await _half_close(reader, writer, head[: len(head) // 2])
            case Fault.HALF_BODY:
                await _half_close(reader, writer, head + body[: len(body) // 2])
            case Fault.DRIPPING_BODY:
                writer.write(head)
                while True:  # never so slow that a single wait takes too long; until the connection is closed
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(_DRIP_SECONDS)
            case Fault.SLOW_BODY:
                writer.write(head + body[:1])
                await writer.drain()
                await reader.read()
        return False


async def _half_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, part: bytes) -> None:
    """Send a part of the answer and close our half only, as a server that dies behind a proxy."""
    writer.write(part)
    writer.write_eof()
    await reader.read()


def reset(writer: asyncio.StreamWriter) -> None:
    """Have the connection end with a reset when it is closed."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@asynccontextmanager
async def faulty_server() -> AsyncIterator[FaultyServer]:
    """A server on a free port of the loopback interface, whose fault a test sets."""
    faulty = FaultyServer()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        with contextlib.suppress(asyncio.CancelledError):  # the end of the test; asyncio would report it as a fault
            await faulty.serve(reader, writer)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    faulty.url = f"http://{host}:{port}"
    try:
        yield faulty
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # closed transports close their sockets in the loop's next step
