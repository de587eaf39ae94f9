"""StartSyncExecution: an EXPRESS state machine run to its end inside the call, at most once.

The interpreter runs in process, and a call that is given up gives its execution up. Nothing is stored of it, unless the
installation keeps runs for a while (`api.service.express_runs`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Literal, cast

from api.service.clock import Clock, of_epoch_milliseconds
from api.service.config import ServiceConfig
from api.service.express_runs import ExpressRuns, Recorder
from api.service.gateway import ExecutionDescription, ExecutionStatus, ExecutionSummary
from api.service.local_engine import LocalEngine
from api.service.shapes import (
    BillingDetails,
    CloudWatchEventsExecutionDataDetails,
    StartSyncExecutionRequest,
    StartSyncExecutionResponse,
)
from api.service.starting import Prepared, Starting
from api.service.traces import begun_in_trace
from interpreter.event_log import ExecutionLog
from interpreter.execution import FailedWith, Succeeded
from interpreter.history import HistoryEvent
from interpreter.hosts.inprocess import Ended, InProcessHost
from interpreter.limits import EXPRESS_SECONDS
from interpreter.values import json_text

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
        express: keeps runs, where the installation does.
    """

    def __init__(
        self,
        starting: Starting,
        clock: Clock,
        local: LocalEngine,
        config: ServiceConfig,
        express: ExpressRuns | None,
    ) -> None:
        self._express = express
        self._log_groups = config.log_groups
        self._traced = config.traced
        self._starting = starting
        self._clock = clock
        self._local = local

    async def start(self, request: StartSyncExecutionRequest) -> StartSyncExecutionResponse:
        """StartSyncExecution: answers when the execution has ended, however it ended.

        Raises:
            ThrottlingException: as many run here as may.
            ServiceError: as `Starting.prepare`.
        """
        prepared = await self._starting.prepare(
            request.state_machine_arn, request.name, request.input, request.trace_header, only="EXPRESS"
        )
        with self._local.slots.taken():
            description = await self._ended(prepared)
        return _response(description, included=request.included_data != "METADATA_ONLY")

    async def _ended(self, prepared: Prepared) -> ExecutionDescription:
        begun = of_epoch_milliseconds(prepared.start.start_date)  # which the context object and the logs show, too
        log = None if prepared.start.logging is None else ExecutionLog(prepared.start, self._log_groups)
        recorder = None if self._express is None else Recorder()
        ended = await self._run(prepared, [listener.add for listener in (log, recorder) if listener is not None])
        if log is not None:
            log.flush()
        description = _description(prepared, ended, begun, self._clock())
        if self._express is not None and recorder is not None:
            await self._express.keep(description, recorder)
        return description

    async def _run(self, prepared: Prepared, listeners: Sequence[Callable[[HistoryEvent], None]]) -> Ended:
        def tell(event: HistoryEvent) -> None:
            for listener in listeners:
                listener(event)

        host = InProcessHost(
            await self._local.definitions.fetch(prepared.start.definition),
            prepared.start,
            prepared.document,
            self._local.router,
            self._local.invoke,
            time_limit_seconds=EXPRESS_SECONDS,
            children=self._local.children,
            tell=tell if listeners else None,
        )
        with begun_in_trace(prepared.target.revision, self._traced):
            return await host.run(input_text=prepared.input)


def _description(prepared: Prepared, ended: Ended, begun: datetime, stopped: datetime) -> ExecutionDescription:
    start, result = prepared.start, ended.result
    return ExecutionDescription(
        summary=ExecutionSummary(
            run_id="",  # there is no run but this one
            name=start.key,
            status=ExecutionStatus(_status(ended)),
            start_date=begun,
            stop_date=stopped,
            version_arn=start.version_arn,
            alias_arn=start.alias_arn,
        ),
        start=start,
        input=prepared.input,
        output=json_text(result.output) if isinstance(result, Succeeded) else None,
        error=result.error.name if isinstance(result, FailedWith) else None,
        cause=result.error.cause if isinstance(result, FailedWith) else None,
    )


def _response(description: ExecutionDescription, *, included: bool) -> StartSyncExecutionResponse:
    start, summary = description.start, description.summary
    assert summary.stop_date is not None
    details = CloudWatchEventsExecutionDataDetails(included=included)
    return StartSyncExecutionResponse(
        execution_arn=start.execution_arn,
        state_machine_arn=start.state_machine_arn,
        name=start.name,
        start_date=summary.start_date,
        stop_date=summary.stop_date,
        status=cast("Literal['SUCCEEDED', 'FAILED', 'TIMED_OUT']", summary.status),
        error=description.error if included else None,
        cause=description.cause if included else None,
        input=description.input if included else None,
        input_details=details,
        output=description.output if included else None,
        output_details=details,
        trace_header=start.trace_header,
        billing_details=_billing(summary.start_date, summary.stop_date),
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
