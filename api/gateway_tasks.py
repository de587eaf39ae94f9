"""Tasks that are ended or kept alive by their tokens: callbacks, and tasks of activities."""

from __future__ import annotations

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import AsyncActivityHandle, Client, WorkflowExecutionStatus

from api.gateway_errors import EngineContact, task_errors
from api.service.gateway import MalformedToken, NoSuchTask
from interpreter.hosts.tokens import AttemptToken, MalformedTokenError, TaskToken, decode_token
from interpreter.values import JsonValue


class TokenTasks:
    """The tasks of one namespace.

    Every method raises MalformedToken, and those that ask Temporal raise NoSuchTask and EngineUnavailable.
    """

    def __init__(self, client: Client, contact: EngineContact) -> None:
        self._client = client
        self._contact = contact

    def task(self, token: str) -> TaskToken | AttemptToken:
        """What a token of this namespace names."""
        try:
            task = decode_token(token)
        except MalformedTokenError as error:
            raise MalformedToken(str(error)) from error
        if task.namespace != self._client.namespace:
            raise MalformedToken(f"the token is of namespace {task.namespace!r}")
        return task

    def state_machine(self, token: str) -> str | None:
        """The name of the state machine that a callback belongs to; None for a task of an activity."""
        task = self.task(token)
        return task.workflow_id.partition(":")[0] if isinstance(task, TaskToken) else None

    async def complete(self, token: str, envelope: JsonValue) -> None:
        """End the task with `{"output"}` or `{"error"?, "cause"?}`."""
        handle = self._handle(self.task(token))
        with self._contact.calling(), task_errors():
            await handle.complete(envelope)

    async def heartbeat(self, token: str) -> None:
        """Keep the task alive."""
        task = self.task(token)
        handle = self._handle(task)
        with self._contact.calling():
            try:
                with task_errors():
                    await handle.heartbeat()
            except NoSuchTask:
                if isinstance(task, AttemptToken) or not await self._is_unstarted(task):
                    raise

    def _handle(self, task: TaskToken | AttemptToken) -> AsyncActivityHandle:
        if isinstance(task, AttemptToken):
            return self._client.get_async_activity_handle(task_token=task.token)
        return self._client.get_async_activity_handle(
            workflow_id=task.workflow_id, run_id=task.run_id, activity_id=task.activity_id
        )

    async def _is_unstarted(self, wait: TaskToken) -> bool:
        handle = self._client.get_workflow_handle(wait.workflow_id, run_id=wait.run_id)
        with task_errors():
            described = await handle.describe()
        if described.status is not WorkflowExecutionStatus.RUNNING:
            return False
        return any(
            pending.activity_id == wait.activity_id
            and pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
            for pending in described.raw_description.pending_activities
        )
