"""StartSyncExecution: an EXPRESS state machine run to its end inside the call, at most once.

Nothing is stored: the interpreter runs in process, and a call that is given up gives its execution up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from api.service.clock import Clock
from api.service.config import ServiceConfig
from api.service.local_engine import LocalEngine
from api.service.shapes import (
    BillingDetails,
    CloudWatchEventsExecutionDataDetails,
    StartSyncExecutionRequest,
    StartSyncExecutionResponse,
)
from api.service.starting import Starting
from interpreter.event_log import ExecutionLog
from interpreter.execution import FailedWith, Succeeded
from interpreter.hosts.inprocess import Ended, InProcessHost
from interpreter.limits import EXPRESS_SECONDS
from interpreter.values import json_text, parse_json

_BILLED_MILLISECONDS: Final = 100
_BILLED_MEGABYTES: Final = 64
"""Durations are billed in steps of the one, memory in steps of the other (recorded)."""


class SyncExecutions:
    """Runs EXPRESS executions in process.

    Args:
        starting: resolves what is to be started.
        clock: the time.
        local: runs them.
        config: knows the log groups.
    """

    def __init__(self, starting: Starting, clock: Clock, local: LocalEngine, config: ServiceConfig) -> None:
        self._log_groups = config.log_groups
        self._starting = starting
        self._clock = clock
        self._local = local

    async def start(self, request: StartSyncExecutionRequest) -> StartSyncExecutionResponse:
        """StartSyncExecution: answers when the execution has ended, however it ended."""
        prepared = await self._starting.prepare(
            request.state_machine_arn, request.name, request.input, request.trace_header, only="EXPRESS"
        )
        start, begun = prepared.start, self._clock()
        log = None if start.logging is None else ExecutionLog(start, self._log_groups)
        host = InProcessHost(
            await self._local.definitions.fetch(start.definition),
            start,
            parse_json(prepared.input),
            self._local.router,
            self._local.invoke,
            time_limit_seconds=EXPRESS_SECONDS,
            children=self._local.children,
            tell=None if log is None else log.add,
        )
        ended = await host.run(input_text=prepared.input)
        if log is not None:
            log.flush()
        stopped = self._clock()
        included = request.included_data != "METADATA_ONLY"
        details = CloudWatchEventsExecutionDataDetails(included=included)
        result = ended.result
        return StartSyncExecutionResponse(
            execution_arn=start.execution_arn,
            state_machine_arn=start.state_machine_arn,
            name=start.name,
            start_date=begun,
            stop_date=stopped,
            status=_status(ended),
            error=result.error.name if included and isinstance(result, FailedWith) else None,
            cause=result.error.cause if included and isinstance(result, FailedWith) else None,
            input=prepared.input if included else None,
            input_details=details,
            output=json_text(result.output) if included and isinstance(result, Succeeded) else None,
            output_details=details,
            trace_header=start.trace_header,
            billing_details=_billing(begun, stopped),
        )


def _status(ended: Ended) -> Literal["SUCCEEDED", "FAILED", "TIMED_OUT"]:
    match ended.status:
        case "ABORTED":
            raise TypeError("nothing stops an execution in process")
        case status:
            return status


def _billing(begun: datetime, stopped: datetime) -> BillingDetails:
    milliseconds = max(1, round((stopped - begun).total_seconds() * 1000))
    steps = -(-milliseconds // _BILLED_MILLISECONDS)
    return BillingDetails(
        billed_memory_used_in_mb=_BILLED_MEGABYTES, billed_duration_in_milliseconds=steps * _BILLED_MILLISECONDS
    )
