"""Callback waits that a worker starts: left open for whoever has the task token, and closed when they are given up.

An activity with a heartbeat timeout must be started before its heartbeats count; a worker starts it, leaves it open and
holds nothing for it. Cancelling such a wait reaches no code, so that it is reported as cancelled by a second activity.
"""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.names import CALLBACK_WAIT, CLOSE_WAIT


@activity.defn(name=CALLBACK_WAIT)
async def open_callback_wait(_argument: Any = None) -> None:
    """Start the wait and leave it to be completed by id."""
    activity.raise_complete_async()


class WaitCloser:
    """Reports abandoned callback waits of a workflow as cancelled, on its behalf."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn(name=CLOSE_WAIT)
    async def close_wait(self, argument: dict[str, Any]) -> None:
        """Refuse the token of a wait from now on; one that is closed already, or gone, is none of our business.

        Args:
            argument: `{"activity_id": str}` or `{"activity_ids": [str, ...]}`, started waits of the same workflow
                whose cancellation was requested.
        """
        info = activity.info()
        if info.workflow_id is None:
            raise ValueError(f"{CLOSE_WAIT} runs in workflows only")
        ids = argument["activity_ids"] if "activity_ids" in argument else [argument["activity_id"]]
        await asyncio.gather(*(self._close(info.workflow_id, info.workflow_run_id, id_) for id_ in ids))

    async def _close(self, workflow_id: str, run_id: str | None, activity_id: str) -> None:
        wait = self._client.get_async_activity_handle(workflow_id=workflow_id, run_id=run_id, activity_id=activity_id)
        try:
            await wait.report_cancellation()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
