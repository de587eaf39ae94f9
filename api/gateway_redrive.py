"""How a redrive begins in Temporal: a new run of the same workflow, whose input holds the checkpoint to go on from.

The request's id names the run that ended. Temporal takes such a request once: repeated, by whomever, it is answered
with the run that the first one started, also when that has ended (probed on server 1.32), so that an execution never
goes on twice from one end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from temporalio.api.enums.v1 import WorkflowIdConflictPolicy, WorkflowIdReusePolicy
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import StartWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecution
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.converter import encode_search_attributes
from temporalio.service import RPCError, RPCStatusCode

from activities.names import REDRIVE_ATTRIBUTE, WORKFLOW_QUEUE
from api.service.clock import epoch_milliseconds, of_epoch_milliseconds
from api.service.gateway import RedriveRequest, RunSuperseded
from interpreter.frames import JsonObject
from interpreter.hosts.temporal.commands import raw_json
from interpreter.start import ENGINE, ExecutionStart, Redrive
from interpreter.values import JsonValue, print_kept

_COUNT: Final = "redriveCount"
_DATE: Final = "redriveDate"
_ATTRIBUTE: Final = SearchAttributeKey.for_keyword(REDRIVE_ATTRIBUTE)


async def redrive_of(execution: WorkflowExecution) -> tuple[int, datetime | None]:
    """How often an execution was redriven, and when the last time, as its memo says."""
    count = await execution.memo_value(_COUNT, 0, type_hint=int)
    date = await execution.memo_value(_DATE, None, type_hint=int)
    return count, None if date is None else of_epoch_milliseconds(date)


def redriven_start(start: ExecutionStart, request: RedriveRequest) -> ExecutionStart:
    """The start of the run that goes on: that of the run before, with the redrive and today's settings."""
    redrive = Redrive(start.redrive_count + 1, epoch_milliseconds(request.date), (*start.earlier_runs, request.run_id))
    return replace(start, engine=ENGINE, functions=request.functions, redrive=redrive, continued=())


@dataclass(frozen=True, slots=True)
class TemporalRedrive:
    """`PreparedRedrive` over Temporal.

    Attributes:
        workflow_id: the execution's.
        first_event: that of the run that ended; the new run gets its type, input, memo and search attributes.
        start_argument: what the new run starts with.
        checkpoint: from where it goes on.
        events: how many history events the execution has.
        request: what was asked for.
    """

    client: Client
    workflow_id: str
    first_event: HistoryEvent
    start_argument: ExecutionStart
    checkpoint: JsonObject
    events: int
    request: RedriveRequest

    async def start(self) -> datetime:
        """See `PreparedRedrive`.

        Raises:
            RunSuperseded: another run goes on already.
            temporalio.service.RPCError: Temporal does not answer.
        """
        described = await self.client.get_workflow_handle(self.workflow_id).describe()
        if described.run_id != self.request.run_id:
            raise RunSuperseded
        try:
            answer = await self.client.workflow_service.start_workflow_execution(await self._message(), retry=True)
        except RPCError as error:
            if error.status is RPCStatusCode.ALREADY_EXISTS:
                raise RunSuperseded from error
            raise
        started = await self.client.get_workflow_handle(self.workflow_id, run_id=answer.run_id).describe()
        _, date = await redrive_of(started)
        return self.request.date if date is None else date

    async def _message(self) -> StartWorkflowExecutionRequest:
        first = self.first_event.workflow_execution_started_event_attributes
        encode = self.client.data_converter.encode
        redrive = self.start_argument.redrive
        assert redrive is not None
        message = StartWorkflowExecutionRequest(
            namespace=self.client.namespace,
            workflow_id=self.workflow_id,
            workflow_type=first.workflow_type,
            request_id=f"redrive-{self.request.run_id}",
            identity=self.client.identity,
            workflow_id_reuse_policy=WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
            workflow_id_conflict_policy=WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
            memo=first.memo,
            search_attributes=first.search_attributes,
            user_metadata=self.first_event.user_metadata,
        )
        message.task_queue.name = WORKFLOW_QUEUE
        message.workflow_execution_timeout.FromTimedelta(timedelta(seconds=self.request.timeout_seconds))
        start, checkpoint = await encode([self.start_argument, raw_json(print_kept(self.checkpoint))])
        message.input.payloads.extend([start, first.input.payloads[1], checkpoint])
        memo: Mapping[str, JsonValue] = {
            _COUNT: redrive.count,
            _DATE: redrive.date,
            "startDate": self.start_argument.start_date,
            "timeoutSeconds": self.request.timeout_seconds,
        }
        for name, payload in zip(memo, await encode(list(memo.values())), strict=True):
            message.memo.fields[name].CopyFrom(payload)
        pair = SearchAttributePair(_ATTRIBUTE, str(redrive.count))
        encode_search_attributes(TypedSearchAttributes([pair]), message.search_attributes)
        return message
