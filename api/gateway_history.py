"""Histories of executions out of Temporal's: each run is projected, and an execution's runs follow each other.

An execution has one run, unless it was redriven or grew too long for one. Projections of closed runs are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, cast, overload

from temporalio.api.common.v1 import WorkflowExecution as WorkflowExecutionIds
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent as TemporalEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.service import RPCError, RPCStatusCode

from activities.payloads import CompiledDefinitions
from activities.router import Router
from api.history_records import RecordReader
from interpreter.history import HistoryEvent, render
from interpreter.hosts.projection import Projection
from interpreter.hosts.tokens import TaskToken
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, parse_json, parse_kept

_CACHED_EVENTS: Final = 500_000
_PAGE_EVENTS: Final = 1_000


class RenderedHistory(Sequence[dict[str, JsonValue]]):
    """Projected events, shown in AWS's shape only where they are looked at."""

    def __init__(self, events: Sequence[HistoryEvent], *, include_data: bool) -> None:
        self._events = events
        self._include_data = include_data

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> dict[str, JsonValue]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, JsonValue]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, JsonValue] | list[dict[str, JsonValue]]:
        if isinstance(index, slice):
            return render(self._events[index], include_data=self._include_data)
        return render([self._events[index]], include_data=self._include_data)[0]


@dataclass(frozen=True, slots=True)
class FirstEvent:
    """What a run's first event says, but for the checkpoint of one that has earlier ones."""

    start: ExecutionStart
    input_text: str


@dataclass(frozen=True, slots=True)
class _Projected:
    """One run's part of an execution's history, and the runs that came before it."""

    earlier_runs: Sequence[str]
    events: Sequence[HistoryEvent]


class TemporalHistories:
    """Reads runs of workflows.

    Every method raises `temporalio.service.RPCError` where Temporal does not answer.
    """

    def __init__(self, client: Client, definitions: CompiledDefinitions) -> None:
        self._client = client
        self._definitions = definitions
        self._router = Router()
        self._closed: OrderedDict[tuple[str, str], _Projected] = OrderedDict()
        self._closed_events = 0

    async def first(self, workflow_id: str, run_id: str) -> FirstEvent:
        """What the first event of a run says."""
        request = self._request(workflow_id, run_id)
        request.maximum_page_size = 1
        response = await self._client.workflow_service.get_workflow_execution_history(request)
        return await self.read_first(response.history.events[0])

    async def read_first(self, event: TemporalEvent) -> FirstEvent:
        """What `event`, the first one of a run, says."""
        payloads = event.workflow_execution_started_event_attributes.input.payloads
        start, input_ = await self._client.data_converter.decode(list(payloads)[:2], [RawValue, RawValue])
        shown = cast("dict[str, JsonValue]", parse_json(start.payload.data))
        return FirstEvent(ExecutionStart.from_json(shown), input_.payload.data.decode("utf-8", "surrogatepass"))

    async def read(self, workflow_id: str, run_id: str, *, closed: bool) -> Sequence[HistoryEvent]:
        """The events of an execution up to now; `run_id` is that of its last run, and whether that has closed."""
        last = await self._projected(workflow_id, run_id, closed=closed)
        earlier = await self._earlier_events(workflow_id, last.earlier_runs)
        return [*earlier, *last.events] if earlier else last.events

    async def project(self, workflow_id: str, run_id: str) -> tuple[TemporalEvent, Projection]:
        """A run's first event, and its projection up to now."""
        events = [event async for event in self._events(workflow_id, run_id, wait=False)]
        projection = await self._projection(workflow_id, run_id, events[0])
        for record in await RecordReader(self._client.data_converter).read(events):
            projection.feed(record)
        return events[0], projection

    async def watch(self, workflow_id: str, run_id: str) -> AsyncIterator[dict[str, JsonValue]]:
        """Every event of an execution from the first on, as it happens; `run_id` is that of its last run for now."""
        first = await self.first(workflow_id, run_id)
        for rendered in render(await self._earlier_events(workflow_id, first.start.earlier_runs)):
            yield rendered
        run: str | None = run_id
        while run is not None:
            following: str | None = None
            reader, projection, shown = RecordReader(self._client.data_converter), None, 0
            async for event in self._events(workflow_id, run, wait=True):
                if projection is None:
                    projection = await self._projection(workflow_id, run, event)
                for record in await reader.read([event]):
                    projection.feed(record)
                fresh, shown = projection.events[shown:], len(projection.events)
                for rendered in render(fresh):
                    yield rendered
                if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
                    following = event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
                if projection.ended:
                    return
            run = following

    async def _earlier_events(self, workflow_id: str, runs: Sequence[str]) -> Sequence[HistoryEvent]:
        """The events of the runs before the last one; Temporal keeps a run for its retention only."""
        events: list[HistoryEvent] = []
        for run_id in runs:
            try:
                events += (await self._projected(workflow_id, run_id, closed=True)).events
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
        return events

    async def _projected(self, workflow_id: str, run_id: str, *, closed: bool) -> _Projected:
        key = (workflow_id, run_id)
        known = self._closed.get(key)
        if known is not None:
            self._closed.move_to_end(key)
            return known
        _, projection = await self.project(workflow_id, run_id)
        projected = _Projected(projection.earlier_runs, projection.events)
        if closed:
            self._keep(key, projected)
        return projected

    def _keep(self, key: tuple[str, str], projected: _Projected) -> None:
        if key in self._closed:  # another reader was quicker
            return
        self._closed[key] = projected
        self._closed_events += len(projected.events)
        while self._closed_events > _CACHED_EVENTS:
            _, oldest = self._closed.popitem(last=False)
            self._closed_events -= len(oldest.events)

    async def _events(self, workflow_id: str, run_id: str, *, wait: bool) -> AsyncIterator[TemporalEvent]:
        request = self._request(workflow_id, run_id)
        request.maximum_page_size = _PAGE_EVENTS
        request.wait_new_event = wait
        while True:
            response = await self._client.workflow_service.get_workflow_execution_history(request)
            for event in response.history.events:
                yield event
            if not response.next_page_token:
                return
            request.next_page_token = response.next_page_token

    def _request(self, workflow_id: str, run_id: str) -> GetWorkflowExecutionHistoryRequest:
        ids = WorkflowExecutionIds(workflow_id=workflow_id, run_id=run_id)
        return GetWorkflowExecutionHistoryRequest(namespace=self._client.namespace, execution=ids)

    async def _projection(self, workflow_id: str, run_id: str, event: TemporalEvent) -> Projection:
        first = await self.read_first(event)
        checkpoint = await self._checkpoint(event) if first.start.earlier_runs else None
        definition = await self._definitions.fetch(first.start.definition)
        namespace = self._client.namespace
        return Projection(
            definition,
            first.start,
            parse_json(first.input_text),
            first.input_text,
            self._router,
            lambda operation_id: TaskToken(namespace, workflow_id, run_id, operation_id).encode(),
            checkpoint,
        )

    async def _checkpoint(self, event: TemporalEvent) -> dict[str, JsonValue]:
        payload = event.workflow_execution_started_event_attributes.input.payloads[2]
        (checkpoint,) = await self._client.data_converter.decode([payload], [RawValue])
        return cast("dict[str, JsonValue]", parse_kept(checkpoint.payload.data))
