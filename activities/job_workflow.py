"""The watch over a job as a workflow of its own, a child of the execution that waits for it.

As a workflow it outlives its parent by the moment that it takes to stop the job, however the parent ended: stopped,
timed out, terminated, failed elsewhere (docs/decisions, "Watching jobs").
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.names import JOB, STOP_JOB, WATCH_JOB

_ATTEMPT: Final = timedelta(seconds=60)
_HEARTBEAT: Final = timedelta(seconds=10)
_UNTIL_ENDED: Final = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=60))
_SOME_TIMES: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=60), maximum_attempts=20
)
"""A job that cannot be stopped for a quarter of an hour is left alone."""


@workflow.defn(name=JOB, sandboxed=False)
class JobWorkflow:
    """Watches a job until it has ended; stops it when the watch is cancelled."""

    @workflow.run
    async def run(self, job: dict[str, Any]) -> Any:  # the envelope that the watching activity returned
        """`job` is an `activities.jobs.WatchedJob` as JSON."""
        if job.get("stop"):
            await _stop(job)
            return None
        try:
            return await workflow.execute_activity(
                WATCH_JOB,
                job,
                start_to_close_timeout=_ATTEMPT,
                heartbeat_timeout=_HEARTBEAT,
                retry_policy=_UNTIL_ENDED,
                result_type=RawValue,
                summary=f"watch {job['service']}:{job['action']}",
            )
        except (ActivityError, asyncio.CancelledError) as error:  # the latter where the activity had not begun
            if is_cancelled_exception(error) and workflow.cancellation_reason() is not None:
                await _stop(job)
            raise


async def _stop(job: dict[str, Any]) -> None:
    await workflow.execute_activity(
        STOP_JOB,
        job,
        start_to_close_timeout=_ATTEMPT,
        heartbeat_timeout=_HEARTBEAT,
        retry_policy=_SOME_TIMES,
        summary=f"stop {job['service']}:{job['action']}",
    )
