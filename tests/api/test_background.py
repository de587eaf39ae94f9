"""Work beside other work: it ends with the block, and its own fault ends nothing else."""

from __future__ import annotations

import asyncio
import logging

import pytest

from api.background import in_background

LOG = logging.getLogger(__name__)


async def test_work_ends_with_the_block() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fail_beside_it() -> None:
        async with in_background(work(), LOG, "works"):
            await begun.wait()
            assert not ended.is_set()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_beside_it()
    assert ended.is_set()


async def test_a_fault_is_told_and_ends_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    failed = asyncio.Event()

    async def work() -> None:
        failed.set()
        raise ZeroDivisionError

    async with in_background(work(), LOG, "works"):
        await failed.wait()
    (record,) = caplog.records
    assert (record.levelname, record.message) == ("ERROR", "this process no longer works")
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


async def test_the_end_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    async with in_background(asyncio.sleep(1_000), LOG, "works"):
        await asyncio.sleep(0)
    assert caplog.records == []
