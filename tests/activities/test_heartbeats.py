"""How an activity that beats ends where it is cancelled: as no fault, where nobody waits for it any more."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import ActivityEnvironment

from activities.heartbeats import heartbeating


async def _cancelled(details: ActivityCancellationDetails) -> BaseException:
    """How an activity ends that is cancelled in the middle."""
    environment, reached = ActivityEnvironment(), asyncio.Event()

    async def run() -> None:
        with heartbeating():
            reached.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(environment.run(run))
    await reached.wait()
    environment.cancel(details)
    with pytest.raises((asyncio.CancelledError, ApplicationError)) as raised:
        await running
    return raised.value


async def test_an_activity_that_temporal_knows_no_more_fails_quietly() -> None:
    error = await _cancelled(ActivityCancellationDetails(not_found=True))
    assert isinstance(error, ApplicationError)
    assert (error.category, error.non_retryable) == (ApplicationErrorCategory.BENIGN, True)


@pytest.mark.parametrize(
    "details",
    [ActivityCancellationDetails(cancel_requested=True), ActivityCancellationDetails(worker_shutdown=True)],
    ids=["by request", "at the worker's stop"],
)
async def test_any_other_cancellation_is_one(details: ActivityCancellationDetails) -> None:
    assert isinstance(await _cancelled(details), asyncio.CancelledError)
