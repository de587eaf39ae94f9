"""Running workers together: all of them stop, or it is told in time that they do not."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from temporalio.worker import Worker

from activities.worker import WorkersHang, run_workers


class Played:
    """Stands for a Temporal worker without activities; `stuck` ones never stop."""

    _activity_worker = None

    def __init__(self, task_queue: str, *, stuck: bool = False, fails: bool = False) -> None:
        self.task_queue = task_queue
        self._stuck = stuck
        self._fails = fails
        self._stopping = asyncio.Event()
        self.stopped = asyncio.Event()

    async def run(self) -> None:
        if self._fails:
            self.stopped.set()
            raise RuntimeError("this worker has failed")
        await self._stopping.wait()
        if self._stuck:
            await asyncio.Event().wait()
        self.stopped.set()

    async def shutdown(self) -> None:
        self._stopping.set()
        await self.stopped.wait()


def workers(*played: Played) -> list[Worker]:
    return [cast(Any, each) for each in played]


def told_to_stop() -> asyncio.Event:
    stopping = asyncio.Event()
    stopping.set()
    return stopping


async def test_all_stop() -> None:
    one, other = Played("one"), Played("other")
    await run_workers(workers(one, other), told_to_stop())
    assert one.stopped.is_set()
    assert other.stopped.is_set()


async def test_the_others_stop_where_one_fails() -> None:
    other = Played("other")
    with pytest.raises(RuntimeError, match="this worker has failed"):
        await run_workers(workers(Played("failing", fails=True), other), asyncio.Event())
    assert other.stopped.is_set()


async def test_one_that_does_not_stop_is_told(caplog: pytest.LogCaptureFixture) -> None:
    fine = Played("fine")
    with pytest.raises(WorkersHang, match="The workers of stuck have not stopped"):
        await run_workers(workers(fine, Played("stuck", stuck=True)), told_to_stop(), patience_seconds=0.01)
    assert fine.stopped.is_set()
    assert "The workers of stuck have not stopped within 0.01 seconds" in caplog.text


async def test_a_failure_is_the_cause_where_another_does_not_stop() -> None:
    with pytest.raises(WorkersHang) as hang:
        await run_workers(
            workers(Played("failing", fails=True), Played("stuck", stuck=True)), asyncio.Event(), patience_seconds=0.01
        )
    assert str(hang.value.__cause__) == "this worker has failed"
