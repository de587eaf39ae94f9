"""The look-up that precedes a Task on an activity: AWS fails an execution that reaches a deleted one."""

from __future__ import annotations

from typing import Any, Protocol

from temporalio import activity

from activities.names import ACTIVITY_EXISTS


class ActivityCatalog(Protocol):
    """Knows which activities exist."""

    async def exists(self, activity_arn: str) -> bool:
        """Whether there is an activity of that ARN."""
        ...


class ActivityLookUp:
    """Asks the catalogue on behalf of workflows, which may not."""

    def __init__(self, catalog: ActivityCatalog) -> None:
        self._catalog = catalog

    @activity.defn(name=ACTIVITY_EXISTS)
    async def exists(self, argument: dict[str, Any]) -> bool:
        """Whether the activity exists.

        Args:
            argument: `{"arn": str}`.
        """
        return await self._catalog.exists(argument["arn"])
