"""Polls for the tasks of activities: GetActivityTask's part of the engine over Temporal.

Temporal hands a task to the poll that waits for it and regards it as begun. Its caller may be gone by then, so a poll
is never taken back: it goes on without its caller, and a task that it still gets is given back, whereupon Temporal
offers it to the next poll. What remains is a process that dies in the moment in which Temporal answers it: such a task
ends by its timeouts, as does that of a worker which dies.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from datetime import timedelta
from typing import Final

from temporalio.api.enums.v1 import TaskQueueKind
from temporalio.api.failure.v1 import Failure
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollActivityTaskQueueRequest,
    PollActivityTaskQueueResponse,
    RespondActivityTaskFailedByIdRequest,
    RespondActivityTaskFailedRequest,
)
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.service import RPCError, RPCStatusCode

from activities.names import ACTIVITY_WORKER_IDENTITY
from api.service.gateway import ActivityTask
from interpreter.hosts.tokens import AttemptToken, TaskToken, decode_token
from interpreter.hosts.wire import GIVEN_BACK

_LOG: Final = logging.getLogger(__name__)
_IDENTITY: Final = "steploom-api"
_POLL: Final = timedelta(seconds=58)
"""AWS holds a call for 60 s, which is also when AWS's SDKs give up waiting for an answer."""

_LONGEST_TOKEN: Final = 2_048
_CLOSING_SECONDS: Final = 5.0
_NO_ANSWER: Final = frozenset((RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED))


class UnansweredPoll(Exception):
    """A poll ended and Temporal had said nothing: there was no task, or nothing gets through to it."""


class ActivityTasks:
    """Polls Temporal's task queues, each named by its activity's ARN."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._polls: set[asyncio.Task[ActivityTask | None]] = set()
        self._returns: set[asyncio.Task[None]] = set()

    async def poll(self, activity_arn: str, worker_name: str | None) -> ActivityTask | None:
        """Wait for a task; None if Temporal says that none came.

        Raises:
            UnansweredPoll: it said nothing for as long as a poll lasts.
            RPCError: it cannot answer.
        """
        poll = asyncio.create_task(self._poll(activity_arn, worker_name))
        self._polls.add(poll)
        poll.add_done_callback(self._polls.discard)
        try:
            return await asyncio.shield(poll)
        except asyncio.CancelledError:
            self._in_background(self._return_what_comes(poll))
            raise

    async def give_back(self, token: AttemptToken | TaskToken) -> None:
        """Have a task offered again; one that is over stays so.

        Raises:
            RPCError: Temporal does not answer.
        """
        failure = Failure(message="the task reached no worker")
        failure.application_failure_info.type = GIVEN_BACK
        service = self._client.workflow_service
        try:
            if isinstance(token, AttemptToken):
                await service.respond_activity_task_failed(
                    RespondActivityTaskFailedRequest(
                        namespace=token.namespace, task_token=token.token, failure=failure, identity=_IDENTITY
                    ),
                    retry=True,
                )
            else:
                await service.respond_activity_task_failed_by_id(
                    RespondActivityTaskFailedByIdRequest(
                        namespace=token.namespace,
                        workflow_id=token.workflow_id,
                        run_id=token.run_id,
                        activity_id=token.activity_id,
                        failure=failure,
                        identity=_IDENTITY,
                    ),
                    retry=True,
                )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def close(self) -> None:
        """End the polls that nobody waits for, and give back what they got."""
        for poll in list(self._polls):
            poll.cancel()
        if self._returns:
            await asyncio.wait(self._returns, timeout=_CLOSING_SECONDS)

    async def _poll(self, activity_arn: str, worker_name: str | None) -> ActivityTask | None:
        identity = _IDENTITY if worker_name is None else f"{ACTIVITY_WORKER_IDENTITY}{worker_name}"
        request = PollActivityTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=activity_arn, kind=TaskQueueKind.TASK_QUEUE_KIND_NORMAL),
            identity=identity,
        )
        try:
            response = await self._client.workflow_service.poll_activity_task_queue(request, timeout=_POLL)
        except RPCError as error:
            if error.status in _NO_ANSWER:
                raise UnansweredPoll from error
            raise
        return await self._read(response) if response.task_token else None

    async def _read(self, response: PollActivityTaskQueueResponse) -> ActivityTask:
        """The task in an answer; one whose input cannot be fetched is given back."""
        token = self._token(response)
        given = False
        try:
            (value,) = await self._client.data_converter.decode(list(response.input.payloads), [RawValue])
            given = True
        finally:
            if not given:
                self._in_background(self._return(token))
        return ActivityTask(token.encode(), value.payload.data.decode("utf-8", "surrogatepass"))

    def _token(self, response: PollActivityTaskQueueResponse) -> AttemptToken | TaskToken:
        token = AttemptToken(self._client.namespace, response.task_token)
        if len(token.encode()) <= _LONGEST_TOKEN:
            return token
        ids = response.workflow_execution  # very long names, which Temporal's token holds more often than needed
        return TaskToken(self._client.namespace, ids.workflow_id, ids.run_id, response.activity_id)

    async def _return_what_comes(self, poll: asyncio.Task[ActivityTask | None]) -> None:
        try:
            task = await poll
        except (RPCError, UnansweredPoll, asyncio.CancelledError):
            return
        if task is not None:
            await self._return(decode_token(task.token))

    async def _return(self, token: AttemptToken | TaskToken) -> None:
        try:
            await self.give_back(token)
        except RPCError as error:
            _LOG.warning("a task that reached no worker could not be given back: %s", error)

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._returns.add(task)
        task.add_done_callback(self._returns.discard)
