"""Whether anybody still waits for what a running activity of ours will return.

Temporal tells it with the answer to a heartbeat only, some seconds later: too late for what must be taken back.
"""

from __future__ import annotations

from temporalio.activity import Info
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode


class OpenActivities:
    """Asks Temporal about running activities."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def awaits(self, info: Info) -> bool:
        """Whether the workflow runs and has not given the activity up; True where Temporal does not answer."""
        if info.workflow_id is None:
            return True
        workflow = self._client.get_workflow_handle(info.workflow_id, run_id=info.workflow_run_id)
        try:
            described = await workflow.describe()
        except RPCError as error:
            return error.status is not RPCStatusCode.NOT_FOUND
        if described.status is not WorkflowExecutionStatus.RUNNING:
            return False
        given_up = PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
        pending = described.raw_description.pending_activities
        return any(each.activity_id == info.activity_id and each.state != given_up for each in pending)
