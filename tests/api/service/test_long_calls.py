from __future__ import annotations

import asyncio

import pytest

from api.service.errors import ServiceUnavailable
from api.service.long_calls import LongCalls


async def _wait_for(long_calls: LongCalls, event: asyncio.Event) -> str:
    async with long_calls.waiting():
        await event.wait()
        return "waited"


async def test_what_is_waited_for_comes() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(_wait_for(LongCalls(), event))
    event.set()
    assert await waiting == "waited"


async def test_draining_ends_all_waits() -> None:
    long_calls = LongCalls()
    waits = [asyncio.create_task(_wait_for(long_calls, asyncio.Event())) for _ in range(3)]
    await asyncio.sleep(0)  # all of them wait now
    long_calls.drain()
    results = await asyncio.gather(*waits, return_exceptions=True)
    assert [type(result) for result in results] == [ServiceUnavailable] * 3


async def test_nothing_waits_after_draining() -> None:
    long_calls = LongCalls()
    long_calls.drain()
    with pytest.raises(ServiceUnavailable, match="call again"):
        await _wait_for(long_calls, asyncio.Event())


async def test_a_timeout_of_the_call_itself_is_its_own() -> None:
    with pytest.raises(TimeoutError, match="mine"):
        async with LongCalls().waiting():
            raise TimeoutError("mine")


async def test_a_cancelled_wait_stays_cancelled() -> None:
    long_calls = LongCalls()
    waiting = asyncio.create_task(_wait_for(long_calls, asyncio.Event()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    long_calls.drain()  # finds no wait that is over
