"""A test on the loop of our roles ends at its time limit, whatever it does meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from threading import Timer
from typing import Any

import pytest

from tests.support.event_loops import new_event_loop


@pytest.fixture(autouse=True)
def _failing_signal() -> Iterator[None]:
    """A signal whose handler fails the test, as pytest-timeout does it."""

    def fail(*_: object) -> None:
        pytest.fail("Timeout (>0.3s)")

    before = signal.signal(signal.SIGUSR1, fail)
    yield
    signal.signal(signal.SIGUSR1, before)


async def limited(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Work that gets the signal after a moment."""
    timer = Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        await work()
    finally:
        timer.cancel()
        timer.join()


async def wait() -> None:
    await asyncio.sleep(60)


async def wait_in_tasks() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(wait())
        group.create_task(wait())


async def be_busy() -> None:
    for _ in range(10_000_000):
        await asyncio.sleep(0)


@pytest.mark.parametrize("work", [wait, wait_in_tasks, be_busy])
def test_the_time_limit_ends_it(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """What waits is stopped; what runs may get the exception itself."""
    runner = asyncio.Runner(loop_factory=new_event_loop)
    with pytest.raises((RuntimeError, pytest.fail.Exception), match=r"Event loop stopped|Timeout"), runner:
        runner.run(limited(work))
