"""The engine over Temporal: this module, the `gateway_*` beside it and `api.activity_tasks` hold the doors' client.

Executions are looked up by workflow id `<state machine>:<execution>`; Temporal is their one source of truth, and
histories are projected from Temporal's own (interpreter.hosts.projection), for which no worker is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from temporalio.api.common.v1 import WorkflowExecution as WorkflowExecutionIds
from temporalio.api.enums.v1 import HistoryEventFilterType
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryRequest,
    RequestCancelWorkflowExecutionRequest,
)
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.execution_workflows import input_hash, keyword_attributes, task_queue, workflow_id, workflow_memo
from activities.names import ALIAS_ATTRIBUTE, REDRIVE_ATTRIBUTE, VERSION_ATTRIBUTE
from activities.payloads import CompiledDefinitions
from api.activity_tasks import ActivityTasks, UnansweredPoll
from api.gateway_descriptions import end_of, start_date_of, summary_of
from api.gateway_errors import EngineContact
from api.gateway_history import RenderedHistory, TemporalHistories
from api.gateway_lists import ExecutionLists
from api.gateway_pages import TemporalPages
from api.gateway_redrive import TemporalRedrive, redriven_start
from api.gateway_tasks import TokenTasks
from api.service.clock import of_epoch_milliseconds
from api.service.gateway import (
    ActivityTask,
    AlreadyStarted,
    ExecutionDescription,
    ExecutionFilter,
    ExecutionPage,
    ExecutionStatus,
    NoSuchExecution,
    PreparedRedrive,
    RedriveRequest,
    RunSuperseded,
    Started,
)
from interpreter.hosts.stop_reasons import stop_reason_text
from interpreter.hosts.temporal.commands import raw_json
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue

_TEMPORAL_STATUS: Final = {
    ExecutionStatus.RUNNING: '("Running")',
    ExecutionStatus.SUCCEEDED: '("Completed")',
    ExecutionStatus.FAILED: '("Failed")',
    ExecutionStatus.TIMED_OUT: '("TimedOut")',
    ExecutionStatus.ABORTED: '("Canceled", "Terminated")',
}
_STOP_PATIENCE: Final = timedelta(seconds=5)
"""How long a stopped execution has to close by itself before it is terminated."""


class TemporalGateway:
    """`ExecutionGateway` over a Temporal client.

    The client's data converter must be that of `activities.payloads` with the same `definitions`.
    """

    def __init__(self, client: Client, definitions: CompiledDefinitions) -> None:
        self._client = client
        self._histories = TemporalHistories(client, definitions)
        self._contact = EngineContact(client)
        self._tasks = TokenTasks(client, self._contact)
        self._activity_tasks = ActivityTasks(client)
        self._lists = ExecutionLists(TemporalPages(client, self._contact).ask)

    # ------------------------------------------------------------------ start and stop

    async def start(
        self, state_machine_name: str, start: ExecutionStart, input_text: str, timeout_seconds: int
    ) -> Started | AlreadyStarted:
        """Start the workflow; the name stays taken for as long as the namespace retains it."""
        attributes = keyword_attributes(start).items()
        pairs = [SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in attributes]
        memo = workflow_memo(start, input_text, timeout_seconds)
        with self._contact.calling():
            try:
                await self._client.start_workflow(
                    state_machine_name,
                    args=[start, raw_json(input_text.encode("utf-8", "surrogatepass"))],
                    id=workflow_id(state_machine_name, start.key),
                    task_queue=task_queue(start),
                    execution_timeout=timedelta(seconds=timeout_seconds),
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    memo=memo,
                    search_attributes=TypedSearchAttributes(pairs),
                    static_summary=start.name,
                    static_details=start.execution_arn,
                )
            except WorkflowAlreadyStartedError:
                return await self._already_started(state_machine_name, start.key, input_hash(input_text))
        return Started(of_epoch_milliseconds(start.start_date))

    async def _already_started(self, state_machine_name: str, name: str, hash_: str) -> AlreadyStarted:
        described = await self._handle(state_machine_name, name).describe()
        return AlreadyStarted(
            start_date=await start_date_of(described),
            running=described.status is WorkflowExecutionStatus.RUNNING,
            same_input=await described.memo_value("input", "", type_hint=str) == hash_,
        )

    async def stop(self, state_machine_name: str, name: str, error: str | None, cause: str | None) -> datetime:
        """Request cancellation, and terminate an execution whose workers do not answer."""
        reason = stop_reason_text(error, cause)
        handle = self._handle(state_machine_name, name)
        with self._contact.calling():
            described = await _describe(handle)
            while described.close_time is None:
                await self._stop_run(handle, described, reason)
                described = await _describe(handle)  # whose run may have gone on in a new one meanwhile
            stop_date = (await summary_of(described, name)).stop_date
        assert stop_date is not None, "it has ended"
        return stop_date

    async def _stop_run(
        self, handle: WorkflowHandle[object, object], described: WorkflowExecutionDescription, reason: str
    ) -> None:
        ids = WorkflowExecutionIds(workflow_id=described.id, run_id=described.run_id)
        try:
            await self._client.workflow_service.request_cancel_workflow_execution(
                RequestCancelWorkflowExecutionRequest(
                    namespace=self._client.namespace, workflow_execution=ids, reason=reason
                )
            )
            if not await self._closes(ids):
                await handle.terminate(reason=reason)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:  # it has closed in the meantime
                raise

    async def _closes(self, ids: WorkflowExecutionIds) -> bool:
        request = GetWorkflowExecutionHistoryRequest(
            namespace=self._client.namespace,
            execution=ids,
            wait_new_event=True,
            history_event_filter_type=HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
        )
        try:
            async with asyncio.timeout(_STOP_PATIENCE.total_seconds()):
                while True:
                    response = await self._client.workflow_service.get_workflow_execution_history(request)
                    if response.history.events:
                        return True
                    request.next_page_token = response.next_page_token
        except TimeoutError:
            return False

    async def prepare_redrive(self, state_machine_name: str, name: str, request: RedriveRequest) -> PreparedRedrive:
        """Project the last run, whose end says where the next one begins."""
        with self._contact.calling():
            described = await _describe(self._handle(state_machine_name, name))
            if described.run_id != request.run_id or described.close_time is None:
                raise RunSuperseded
            first_event, projection = await self._histories.project(described.id, request.run_id)
            start = redriven_start((await self._histories.read_first(first_event)).start, request)
        assert start.redrive is not None
        return _Redrive(
            TemporalRedrive(
                client=self._client,
                workflow_id=described.id,
                first_event=first_event,
                start_argument=start,
                checkpoint=projection.redrive_checkpoint(start.redrive.date),
                events=projection.last_event_id,
                request=request,
            ),
            self._contact,
        )

    # ------------------------------------------------------------------ describe and list

    async def describe(self, state_machine_name: str, name: str) -> ExecutionDescription:
        """One execution, from Temporal's description, its first event and its last."""
        handle = self._handle(state_machine_name, name)
        with self._contact.calling():
            described = await _describe(handle)
            first = await self._histories.first(described.id, described.run_id)
            end = await end_of(self._client, described)
        return ExecutionDescription(
            summary=await summary_of(described, name),
            start=first.start,
            input=first.input_text,
            output=end.output,
            error=end.error,
            cause=end.cause,
        )

    async def wait(self, state_machine_name: str, name: str) -> ExecutionDescription:
        """Return once the execution has ended."""
        with self._contact.calling():
            described = await _describe(self._handle(state_machine_name, name))
            while described.close_time is None:
                if await self._closes(WorkflowExecutionIds(workflow_id=described.id, run_id=described.run_id)):
                    described = await _describe(self._handle(state_machine_name, name))
        return await self.describe(state_machine_name, name)

    async def list(self, filter_: ExecutionFilter, page_size: int, token: bytes | None) -> ExecutionPage:
        """One page of Temporal's own list: running executions first, then by closing time, newest first."""
        clauses = [f'WorkflowType = "{filter_.state_machine_name}"', 'ExecutionStatus != "ContinuedAsNew"']
        if filter_.status is not None:
            clauses.append(f"ExecutionStatus IN {_TEMPORAL_STATUS[filter_.status]}")
        if filter_.version_arn is not None:
            clauses.append(f'{VERSION_ATTRIBUTE} = "{filter_.version_arn}"')
        if filter_.alias_arn is not None:
            clauses.append(f'{ALIAS_ATTRIBUTE} = "{filter_.alias_arn}"')
        if filter_.redriven is not None:
            clauses.append(f"{REDRIVE_ATTRIBUTE} IS {'NOT ' if filter_.redriven else ''}NULL")
        executions, following = await self._lists.page(" AND ".join(clauses), page_size, token)
        skip = len(filter_.state_machine_name) + 1
        summaries = [await summary_of(execution, execution.id[skip:]) for execution in executions]
        return ExecutionPage(summaries, following)

    # ------------------------------------------------------------------ history

    async def history(
        self, state_machine_name: str, name: str, *, include_data: bool = True
    ) -> Sequence[dict[str, JsonValue]]:
        """The projected history of all runs; that of closed ones is kept."""
        with self._contact.calling():
            described = await _describe(self._handle(state_machine_name, name))
            closed = described.close_time is not None
            events = await self._histories.read(described.id, described.run_id, closed=closed)
        return RenderedHistory(events, include_data=include_data)

    async def watch(self, state_machine_name: str, name: str) -> AsyncIterator[dict[str, JsonValue]]:
        """Follow Temporal's history by long poll and project it as it grows."""
        with self._contact.calling():
            described = await _describe(self._handle(state_machine_name, name))
            async for event in self._histories.watch(described.id, described.run_id):
                yield event

    # ------------------------------------------------------------------ task tokens

    def check_token(self, token: str) -> str | None:
        """Refuse what is no token of this installation; a callback's names its workflow, `<machine>:<execution>`."""
        return self._tasks.state_machine(token)

    async def complete_task(self, token: str, output: JsonValue) -> None:
        """Complete the wait, or the activity's task, with `{"output": ...}`."""
        await self._tasks.complete(token, {"output": output})

    async def fail_task(self, token: str, error: str | None, cause: str | None) -> None:
        """Complete it with what of error and cause was given."""
        given: dict[str, JsonValue] = {"error": error, "cause": cause}
        await self._tasks.complete(token, {name: value for name, value in given.items() if value is not None})

    async def heartbeat_task(self, token: str) -> None:
        """Heartbeat the wait; one that was never started needs none and only has to be there still."""
        await self._tasks.heartbeat(token)

    async def poll_activity(self, activity_arn: str, worker_name: str | None) -> ActivityTask | None:
        """Poll the task queue of the activity's ARN."""
        with suppress(UnansweredPoll), self._contact.calling():
            return await self._activity_tasks.poll(activity_arn, worker_name)
        return None

    async def return_activity_task(self, token: str) -> None:
        """Have Temporal offer the task again."""
        task = self._tasks.task(token)
        with self._contact.calling():
            await self._activity_tasks.give_back(task)

    async def close(self) -> None:
        """End the polls whose callers are gone."""
        await self._activity_tasks.close()

    def _handle(self, state_machine_name: str, name: str) -> WorkflowHandle[object, object]:
        return self._client.get_workflow_handle(workflow_id(state_machine_name, name))


async def _describe(handle: WorkflowHandle[object, object]) -> WorkflowExecutionDescription:
    try:
        return await handle.describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoSuchExecution(handle.id) from error
        raise


@dataclass(frozen=True, slots=True)
class _Redrive:
    """`PreparedRedrive` with this module's errors."""

    prepared: TemporalRedrive
    contact: EngineContact

    @property
    def events(self) -> int:
        return self.prepared.events

    async def start(self) -> datetime:
        with self.contact.calling():
            return await self.prepared.start()
