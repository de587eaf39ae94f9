"""A folder of handlers made by each test, and a host over it that is gone at its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Protocol

import pytest

from activities.functions.host import FunctionHost

Write = Callable[[str, str], Path]


class MakeHost(Protocol):
    """Makes a host over the folder."""

    def __call__(self, max_concurrency: int = 4) -> FunctionHost: ...


Output = asyncio.Queue[str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of the folder of functions."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write_file


@pytest.fixture
async def make_host(tmp_path: Path) -> AsyncIterator[MakeHost]:
    """Makes hosts over the folder."""
    hosts: list[FunctionHost] = []

    def make(max_concurrency: int = 4) -> FunctionHost:
        hosts.append(FunctionHost(tmp_path, max_concurrency=max_concurrency))
        return hosts[-1]

    yield make
    for host in hosts:
        await host.close()


@pytest.fixture
def output() -> Iterator[Output]:
    """What handlers print, line by line, as the host logs it."""
    lines: Output = asyncio.Queue()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.put_nowait(record.getMessage().split(" ", 2)[2])

    logger = logging.getLogger("steploom.functions")
    collector, level = Collector(), logger.level
    logger.addHandler(collector)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(collector)
    logger.setLevel(level)
