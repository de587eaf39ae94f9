"""The Temporal activity of all connectors, and what it needs from its worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from temporalio import activity

from activities.connectors import ConnectorCall
from activities.failures import reported_failures
from activities.heartbeats import heartbeating
from activities.names import CONNECTOR_CALL
from interpreter.values import JsonValue

Runner: TypeAlias = Callable[[ConnectorCall, str], Awaitable[JsonValue]]
"""Makes one call; the second argument is the operation's id, its idempotency key. Raises `StatesError`."""


class ConnectorCalls:
    """Runs `steploom:connector-call`; register its `invoke` in a worker.

    Args:
        runners: what makes the calls, by connector.
    """

    def __init__(self, runners: Mapping[tuple[str, str], Runner]) -> None:
        self._runners = runners

    @activity.defn(name=CONNECTOR_CALL)
    async def invoke(self, argument: dict[str, Any]) -> Any:
        """Make the call once; `argument` is a `ConnectorCall` as JSON."""
        with reported_failures(), heartbeating():
            return await self.call(ConnectorCall.from_json(argument), activity.info().activity_id)

    async def call(self, call: ConnectorCall, operation_id: str) -> JsonValue:
        """Make the call once, whether in an activity or not.

        Raises:
            StatesError: it failed.
        """
        return await self._runners[call.service, call.action](call, operation_id)
