"""`steploom:local-call`: the short calls of EXPRESS executions, made inside the workflow task that begins them.

A local activity leaves one event in the history instead of three, and needs no round trip. If the worker dies, or the
workflow task is not answered in time, all calls of that task are made again: EXPRESS executions promise at least once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, cast

from temporalio import activity

from activities.direct_calls import Direct, DirectCall, reported_failure
from activities.names import LOCAL_CALL
from interpreter.effects import ActivityFailure, Done, Failed, Outcome
from interpreter.errors import StatesError
from interpreter.hosts.wire import LocalAnswer, answer_to_json
from interpreter.values import JsonValue


class LocalActivity:
    """Makes calls by activity type; register its `call` in the worker of EXPRESS executions."""

    def __init__(self, direct: Mapping[str, Direct]) -> None:
        self._direct = direct

    @activity.defn(name=LOCAL_CALL)
    async def call(self, argument: dict[str, Any]) -> Any:
        """Make the call once. `argument`: `{"activityType", "argument", "timeoutSeconds"}`.

        Returns:
            An answer as of `interpreter.hosts.wire.answer_to_json`, whether the call succeeded or failed.
        """
        info = activity.info()
        call = DirectCall(
            argument=cast(JsonValue, argument["argument"]),
            operation_id=info.activity_id,
            limit_seconds=argument["timeoutSeconds"],
            workflow_id=info.workflow_id,
        )
        outcome = await _outcome(self._direct[argument["activityType"]], call)
        return answer_to_json(LocalAnswer(outcome, time.time_ns() // 1_000_000))


async def _outcome(direct: Direct, call: DirectCall) -> Outcome:
    try:
        async with asyncio.timeout(call.limit_seconds):
            return Done(await direct(call))
    except TimeoutError:
        message = f"the call took more than {call.limit_seconds} seconds"
        return Failed(ActivityFailure("timeout", None, message, (), heartbeat_asked=False))
    except StatesError as error:
        return Failed(reported_failure(error))
