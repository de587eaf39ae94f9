"""The engine without Temporal: executions in dictionaries, ended and answered by the test."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from api.service.gateway import (
    ActivityTask,
    AlreadyStarted,
    EngineUnavailable,
    ExecutionDescription,
    ExecutionFilter,
    ExecutionPage,
    ExecutionStatus,
    ExecutionSummary,
    MalformedToken,
    NoSuchExecution,
    NoSuchTask,
    RedriveRequest,
    RunSuperseded,
    Started,
)
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Execution:
    """One execution, as the test left it."""

    description: ExecutionDescription
    timeout_seconds: int
    events: list[dict[str, JsonValue]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def running(self) -> bool:
        return self.description.summary.status is ExecutionStatus.RUNNING


@dataclass
class MemoryRedrive:
    """A redrive that can be started."""

    gateway: InMemoryGateway
    key: tuple[str, str]
    request: RedriveRequest
    events: int

    async def start(self) -> datetime:
        await self.gateway.before_redrive()
        execution = self.gateway.executions[self.key]
        summary = execution.description.summary
        if summary.run_id != self.request.run_id:
            raise RunSuperseded
        self.gateway.past.append((self.key[0], summary))
        self.gateway.redriven.append(self.request)
        running = replace(
            summary,
            run_id=f"{summary.run_id}+",
            status=ExecutionStatus.RUNNING,
            stop_date=None,
            redrive_count=summary.redrive_count + 1,
            redrive_date=self.request.date,
        )
        execution.description = replace(execution.description, summary=running, output=None, error=None, cause=None)
        await self.gateway.after_redrive()
        return self.request.date


async def _nothing() -> None:
    """What happens before and after a redrive unless a test says so."""


class InMemoryGateway:
    """`ExecutionGateway` over dictionaries.

    Attributes:
        executions: by state machine name and execution name, in the order of their start.
        tasks: the answer that each known token got, or None while its task is open.
        task_owners: the state machine of each token that tells it.
        activity_tasks: the tasks that wait, by the ARN of their activity.
        polls: ARN and worker name of each poll for an activity's task, in order.
        poll_seconds: how long such a poll waits.
        poll_cancelled: set when one is cancelled.
        returned: tokens of tasks that were given back; `task_returned` is set with each.
        heartbeats: tokens in the order of their heartbeats.
        histories: how often a whole history was asked for.
        available: whether the engine answers at all.
        past: runs that were redriven, by state machine: lists show them as well.
        redriven: what each redrive asked for; `before_redrive` and `after_redrive` are called around each start.
        gate: cleared by a test that wants calls of `describe` to hang.
    """

    def __init__(self) -> None:
        self.executions: dict[tuple[str, str], Execution] = {}
        self.tasks: dict[str, JsonValue] = {}
        self.task_owners: dict[str, str] = {}
        self.activity_tasks: defaultdict[str, asyncio.Queue[ActivityTask]] = defaultdict(asyncio.Queue)
        self.polls: list[tuple[str, str | None]] = []
        self.poll_seconds = 0.01
        self.poll_cancelled = asyncio.Event()
        self.task_returned = asyncio.Event()
        self.returned: list[str] = []
        self.heartbeats: list[str] = []
        self.histories = 0
        self.available = True
        self.past: list[tuple[str, ExecutionSummary]] = []
        self.redriven: list[RedriveRequest] = []
        self.before_redrive: Callable[[], Awaitable[None]] = _nothing
        self.after_redrive: Callable[[], Awaitable[None]] = _nothing
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = asyncio.Event()

    async def start(
        self, state_machine_name: str, start: ExecutionStart, input_text: str, timeout_seconds: int
    ) -> Started | AlreadyStarted:
        self._check()
        existing = self.executions.get((state_machine_name, start.key))
        if existing is not None:
            summary = existing.description.summary
            return AlreadyStarted(summary.start_date, existing.running, existing.description.input == input_text)
        date = _EPOCH + timedelta(milliseconds=start.start_date)
        summary = ExecutionSummary(
            run_id=f"run {len(self.executions) + 1}",
            name=start.key,
            status=ExecutionStatus.RUNNING,
            start_date=date,
            stop_date=None,
            version_arn=start.version_arn,
            alias_arn=start.alias_arn,
        )
        description = ExecutionDescription(
            summary=summary, start=start, input=input_text, output=None, error=None, cause=None
        )
        self.executions[state_machine_name, start.key] = Execution(description, timeout_seconds)
        return Started(date)

    async def describe(self, state_machine_name: str, name: str) -> ExecutionDescription:
        self._check()
        self.waiting.set()
        await self.gate.wait()
        return self._find(state_machine_name, name).description

    async def list(self, filter_: ExecutionFilter, page_size: int, token: bytes | None) -> ExecutionPage:
        self._check()
        present = [
            (machine, execution.description.summary) for (machine, _), execution in reversed(self.executions.items())
        ]
        matching = [
            summary
            for machine, summary in [*present, *reversed(self.past)]
            if machine == filter_.state_machine_name and _matches(filter_, summary)
        ]
        start = int(token) if token else 0
        end = start + page_size
        return ExecutionPage(matching[start:end], str(end).encode() if end < len(matching) else None)

    async def history(
        self, state_machine_name: str, name: str, *, include_data: bool = True
    ) -> Sequence[dict[str, JsonValue]]:
        self._check()
        self.histories += 1
        events = self._find(state_machine_name, name).events
        return [event if include_data else {**event, "dataless": True} for event in events]

    async def watch(self, state_machine_name: str, name: str) -> AsyncIterator[dict[str, JsonValue]]:
        self._check()
        execution, shown = self._find(state_machine_name, name), 0
        while True:
            async with execution.changed:
                while execution.running and len(execution.events) == shown:
                    await execution.changed.wait()
            for event in execution.events[shown:]:
                yield event
            shown = len(execution.events)
            if not execution.running:
                return

    async def wait(self, state_machine_name: str, name: str) -> ExecutionDescription:
        self._check()
        execution = self._find(state_machine_name, name)
        async with execution.changed:
            await execution.changed.wait_for(lambda: not execution.running)
        return execution.description

    async def prepare_redrive(self, state_machine_name: str, name: str, request: RedriveRequest) -> MemoryRedrive:
        self._check()
        execution = self._find(state_machine_name, name)
        if execution.running or execution.description.summary.run_id != request.run_id:
            raise RunSuperseded
        return MemoryRedrive(self, (state_machine_name, name), request, len(execution.events))

    async def stop(self, state_machine_name: str, name: str, error: str | None, cause: str | None) -> datetime:
        self._check()
        execution = self._find(state_machine_name, name)
        if execution.running:
            await self.end(state_machine_name, name, ExecutionStatus.ABORTED, error=error, cause=cause)
        stop_date = execution.description.summary.stop_date
        assert stop_date is not None
        return stop_date

    def check_token(self, token: str) -> str | None:
        if token not in self.tasks:
            raise MalformedToken
        return self.task_owners.get(token)

    async def complete_task(self, token: str, output: JsonValue) -> None:
        self._answer(token, {"output": output})

    async def fail_task(self, token: str, error: str | None, cause: str | None) -> None:
        self._answer(token, {"error": error, "cause": cause})

    async def heartbeat_task(self, token: str) -> None:
        self._open_task(token)
        self.heartbeats.append(token)

    async def poll_activity(self, activity_arn: str, worker_name: str | None) -> ActivityTask | None:
        self._check()
        self.polls.append((activity_arn, worker_name))
        self.waiting.set()
        try:
            task = await asyncio.wait_for(self.activity_tasks[activity_arn].get(), self.poll_seconds)
        except TimeoutError:
            return None
        except asyncio.CancelledError:
            self.poll_cancelled.set()
            raise
        self.tasks[task.token] = None
        return task

    async def return_activity_task(self, token: str) -> None:
        self._check()
        if token not in self.tasks:
            raise MalformedToken
        self.returned.append(token)
        self.task_returned.set()

    async def end(
        self,
        state_machine_name: str,
        name: str,
        status: ExecutionStatus,
        *,
        output: str | None = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> None:
        """End an execution, a second after its start."""
        execution = self._find(state_machine_name, name)
        summary = execution.description.summary
        ended = replace(summary, status=status, stop_date=summary.start_date + timedelta(seconds=1))
        async with execution.changed:
            execution.description = replace(
                execution.description, summary=ended, output=output, error=error, cause=cause
            )
            execution.changed.notify_all()

    async def record(self, state_machine_name: str, name: str, number: int) -> None:
        """Add `number` events to a history."""
        execution = self._find(state_machine_name, name)
        async with execution.changed:
            for _ in range(number):
                id_ = len(execution.events) + 1
                event: dict[str, JsonValue] = {"timestamp": 1.5, "type": "PassStateEntered", "id": id_}
                execution.events.append(event | {"previousEventId": id_ - 1})
            execution.changed.notify_all()

    def _find(self, state_machine_name: str, name: str) -> Execution:
        try:
            return self.executions[state_machine_name, name]
        except KeyError:
            raise NoSuchExecution from None

    def _answer(self, token: str, answer: JsonValue) -> None:
        self._open_task(token)
        self.tasks[token] = answer

    def _open_task(self, token: str) -> None:
        self._check()
        if token not in self.tasks:
            raise MalformedToken
        if self.tasks[token] is not None:
            raise NoSuchTask

    def _check(self) -> None:
        if not self.available:
            raise EngineUnavailable("Temporal cannot be reached")


def _matches(filter_: ExecutionFilter, summary: ExecutionSummary) -> bool:
    return (
        filter_.status in (None, summary.status)
        and filter_.version_arn in (None, summary.version_arn)
        and filter_.alias_arn in (None, summary.alias_arn)
        and filter_.redriven in (None, summary.redrive_count > 0)
    )
