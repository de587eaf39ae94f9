"""The Temporal activity of all connectors, and what it needs from its worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from temporalio import activity

from activities.connectors import ConnectorCall
from activities.heartbeats import heartbeating
from activities.integrations.kubernetes_api import JobSource, LookAgain
from activities.kubernetes_keys import watched
from activities.names import CONNECTOR_CALL
from activities.open_activities import OpenActivities
from activities.reported_failures import reported_failures
from interpreter.errors import StatesError
from interpreter.values import JsonValue

Runner: TypeAlias = Callable[[ConnectorCall, str], Awaitable[JsonValue]]
"""Makes one call; the second argument is the operation's id, its idempotency key. Raises `StatesError`."""


class ConnectorCalls:
    """Runs `steploom:connector-call`; register its `invoke` in a worker.

    Args:
        runners: what makes the calls, by connector.
        jobs: knows what they began that is waited for, by connector.
        open_activities: knows whether it is still waited for when it has begun.
    """

    def __init__(
        self,
        runners: Mapping[tuple[str, str], Runner],
        jobs: Mapping[tuple[str, str], JobSource] | None = None,
        open_activities: OpenActivities | None = None,
    ) -> None:
        self._runners = runners
        self._jobs = jobs or {}
        self._open = open_activities

    @activity.defn(name=CONNECTOR_CALL)
    async def invoke(self, argument: dict[str, Any]) -> Any:
        """Make the call once; `argument` is a `ConnectorCall` as JSON."""
        call, info = ConnectorCall.from_json(argument), activity.info()
        with reported_failures(), heartbeating():
            if not call.waits:
                return await self.call(call, info.activity_id)
            answer = await self._begun(call, info.activity_id)
            if self._open is not None and not await self._open.awaits(info):
                await self._take_back(call, answer)
            return answer

    async def call(self, call: ConnectorCall, operation_id: str) -> JsonValue:
        """Make the call once, whether in an activity or not.

        Raises:
            StatesError: it failed.
        """
        return await self._runners[call.service, call.action](call, operation_id)

    async def _begun(self, call: ConnectorCall, operation_id: str) -> JsonValue:
        """Begin a job; one that nobody waits for any more when it has begun is stopped."""
        made = asyncio.create_task(self.call(call, operation_id))
        try:
            return await asyncio.shield(made)
        except asyncio.CancelledError:
            with suppress(StatesError):  # it has not begun
                await self._take_back(call, await made)
            raise

    async def _take_back(self, call: ConnectorCall, answer: JsonValue) -> None:
        """Stop a job that has only just begun, as well as that can be done."""
        source = self._jobs.get((call.service, call.action))
        if source is not None:
            with suppress(LookAgain):
                await source.stop(watched(call.service, call.action, call.arguments, answer))
