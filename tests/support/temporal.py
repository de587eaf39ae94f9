"""Execution cases on a real Temporal server: its workers, the functions they serve, and what became of each case."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from unittest.mock import patch

from temporalio import activity
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WorkflowHistory
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import TimeSkipper

from activities.heartbeats import heartbeating
from activities.integrations.callback_wait import WaitCloser, open_callback_wait
from activities.integrations.nested_start import NestedStarter
from activities.names import AWS_CALL, FUNCTIONS_QUEUE, JOB, OPEN_WAITS_QUEUE, WATCH_JOB
from activities.payloads import CompiledDefinitions, data_converter
from activities.worker import WorkerLimits, activity_worker, job_worker, workflow_worker
from api.engine import compression_to
from api.gateway import TemporalGateway
from api.service.gateway import ExecutionDescription, ExecutionStatus, RedriveRequest
from api.temporal_server import TemporalServer
from interpreter.hosts.temporal import commands
from interpreter.hosts.tokens import MalformedTokenError, TaskToken
from interpreter.values import MISSING, JsonValue, Missing, json_text, parse_json
from tests.support.executions import (
    MACHINE,
    Behaviour,
    Case,
    Event,
    Run,
    Script,
    execution_start,
    slug,
    token_in,
)
from tests.support.nesting import Nesting

_YEAR_SECONDS: Final = 31_536_000
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{80,}")
_PATIENCE_SECONDS: Final = 60
_AT_ONCE: Final = 25


class MemoryStore:
    """Definitions and large payloads by content hash, as a worker's store keeps them."""

    def __init__(self) -> None:
        self._definitions: dict[str, str] = {}
        self._payloads: dict[str, bytes] = {}

    @property
    def place(self) -> str:
        """See `PayloadStore`."""
        return "memory"

    def add(self, definition: str) -> str:
        """Keep a definition and return its hash."""
        hash_ = hashlib.sha256(definition.encode("utf-8", "surrogatepass")).hexdigest()
        self._definitions[hash_] = definition
        return hash_

    async def get_definition(self, hash_: str) -> str | None:
        """The definition's text, or None."""
        return self._definitions.get(hash_)

    async def put_payloads(self, payloads: Sequence[bytes]) -> Sequence[str]:
        """Keep payloads and return their hashes."""
        hashes = [hashlib.sha256(payload).hexdigest() for payload in payloads]
        self._payloads.update(zip(hashes, payloads, strict=True))
        return hashes

    async def get_payloads(self, hashes: Sequence[str]) -> Sequence[bytes]:
        """The payloads with these hashes."""
        return [self._payloads[hash_] for hash_ in hashes]


@dataclass(frozen=True, slots=True)
class TemporalRun:
    """How a case ended on Temporal.

    Attributes:
        run: by the projected history.
        history: Temporal's own.
        store: what the history refers to.
    """

    run: Run
    history: WorkflowHistory = field(repr=False)
    store: MemoryStore = field(repr=False)


@dataclass(slots=True)
class Laboratory:
    """A Temporal namespace with every worker that executions need, serving scripted functions."""

    client: Client
    store: MemoryStore
    definitions: CompiledDefinitions
    scripts: dict[str, Script] = field(default_factory=dict)
    nesting: Nesting = field(default_factory=Nesting)
    answers: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, case: Case) -> TemporalRun:
        """Run one case from its start to its end."""
        name = slug(case.name)
        definition = self.store.add(case.text)
        gateway = self.gateway(case.time == "skipped")
        machine = await self.definitions.fetch(definition)
        self.scripts[name] = Script(case)
        self.nesting.add(case.machines)
        for nested in case.machines:
            self.store.add(self.nesting.definition(nested))
            self.scripts[nested] = self.scripts[name]
        start = execution_start(case, definition)
        await gateway.start(MACHINE, start, case.input_text, machine.timeout_seconds or _YEAR_SECONDS)
        return await self._ended(gateway, name)

    async def redrive(self, case: Case) -> TemporalRun:
        """Redrive a case that `run` has run without success; the history is that of the run that goes on."""
        name = slug(case.name)
        gateway = self.gateway(skipping=False)
        run_id = (await gateway.describe(MACHINE, name)).summary.run_id
        request = RedriveRequest(
            run_id=run_id, date=datetime.now(UTC), timeout_seconds=_YEAR_SECONDS, functions="temporal"
        )
        await (await gateway.prepare_redrive(MACHINE, name, request)).start()
        return await self._ended(gateway, name)

    async def _ended(self, gateway: TemporalGateway, name: str) -> TemporalRun:
        """Wait for the end of an execution."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            described = await gateway.wait(MACHINE, name)
        events = await gateway.history(MACHINE, name)
        history = await self.client.get_workflow_handle(f"{MACHINE}:{name}").fetch_history()
        return TemporalRun(_run(described, list(events)), history, self.store)

    def gateway(self, skipping: bool) -> TemporalGateway:
        """The engine as the doors see it; with `skipping`, the time of what it starts is skipped."""
        client = TimeSkipper(self.client).client if skipping else self.client
        return TemporalGateway(client, self.definitions)

    def function(self) -> Any:  # what the decorator makes
        """The activity that plays every function."""

        @activity.defn(dynamic=True)
        async def play(arguments: Sequence[RawValue]) -> Any:  # any JSON
            info = activity.info()
            assert info.workflow_id is not None
            machine, name = info.workflow_id.split(":", 1)
            if machine != MACHINE:
                name = machine  # nested: functions are played by the script of the case
            event = parse_json(arguments[0].payload.data)
            behaviour = self.scripts[name].next(info.activity_type)
            with heartbeating():  # as our own workers do: else a pause of this process would look like its death
                await self._call_back(name, behaviour, event)
            if behaviour.hangs:
                activity.raise_complete_async()
            failure = behaviour.failure
            if failure is not None:
                raise ApplicationError(
                    failure.message,
                    *failure.details,
                    type=failure.type,
                    non_retryable=True,
                    category=ApplicationErrorCategory.BENIGN,
                )
            return event if behaviour.result is MISSING else behaviour.result

        return play

    def aws(self) -> list[Any]:  # what the decorator makes
        """The activities that play calls of AWS and watches over jobs, by their activity types."""

        @activity.defn(name=AWS_CALL)
        async def call(_argument: dict[str, Any]) -> Any:
            return self._scripted(AWS_CALL, 1)

        @activity.defn(name=WATCH_JOB)
        async def watch(_argument: dict[str, Any]) -> Any:
            return self._scripted(JOB, 2)

        return [call, watch]

    def _scripted(self, function: str, part: int) -> JsonValue:
        workflow_id = activity.info().workflow_id
        assert workflow_id is not None
        result = self.scripts[workflow_id.split(":")[part]].next(function).result
        assert not isinstance(result, Missing)
        return result

    async def _call_back(self, name: str, behaviour: Behaviour, event: JsonValue) -> None:
        callback = behaviour.callback
        if callback is None:
            return
        if callback.before:
            await self._send(token_in(event), callback.envelope)
        else:
            answer = asyncio.create_task(self._send_after_submission(name, token_in(event), callback.envelope))
            self.answers.add(answer)
            answer.add_done_callback(self.answers.discard)

    async def _send(self, token: str, envelope: JsonValue) -> None:
        gateway = self.gateway(skipping=False)
        shown = cast("dict[str, JsonValue]", envelope)
        if "output" in shown:
            await gateway.complete_task(token, shown["output"])
        else:
            await gateway.fail_task(
                token, cast("str | None", shown.get("error")), cast("str | None", shown.get("cause"))
            )

    async def _send_after_submission(self, name: str, token: str, envelope: JsonValue) -> None:
        async for event in self.gateway(skipping=False).watch(MACHINE, name):
            if event["type"] == "TaskSubmitted":
                break
        await self._send(token, envelope)


@asynccontextmanager
async def laboratory(server: TemporalServer, *, namespace: str | None = None) -> AsyncIterator[Laboratory]:
    """Run every worker against `server`, in a namespace of their own where one is named."""
    if namespace is not None:
        await _register(server, namespace)
    store = MemoryStore()
    definitions = CompiledDefinitions(store)
    client = await Client.connect(
        server.address,
        namespace=server.namespace if namespace is None else namespace,
        data_converter=data_converter(definitions, store),
        grpc_compression=compression_to(server.address),
    )
    made = Laboratory(client, store, definitions)
    limits = WorkerLimits()
    starter = NestedStarter(made.nesting)
    calls = [WaitCloser(client).close_wait, starter.prepare, starter.start, *made.aws()]
    workers = [
        workflow_worker(client, definitions, calls, limits),
        job_worker(client, made.aws(), limits),
        activity_worker(client, OPEN_WAITS_QUEUE, [open_callback_wait], limits),
        activity_worker(client, FUNCTIONS_QUEUE, [made.function()], limits),
    ]
    async with AsyncExitStack() as stack:
        # Nobody dies here, and a machine that stands still for seconds is not to look like a death.
        stack.enter_context(patch.object(commands, "_WORKER_HEARTBEAT", timedelta(seconds=_PATIENCE_SECONDS)))
        for worker in workers:
            await stack.enter_async_context(worker)
        yield made


async def _register(server: TemporalServer, namespace: str) -> None:
    client = await Client.connect(server.address)
    request = RegisterNamespaceRequest(namespace=namespace)
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    await client.workflow_service.register_namespace(request)


async def run_cases(cases: Sequence[Case]) -> Mapping[str, TemporalRun | BaseException]:
    """Run cases, many at once and each to its end, on a server of their own; by name.

    Those with times that must be kept come before the others, which would delay them, but for one with which what all
    need is loaded.
    """
    runs: dict[str, TemporalRun | BaseException] = {}
    places = asyncio.Semaphore(_AT_ONCE)
    hurried = [case for case in cases if case.time == "real"]
    others = [case for case in cases if case.time != "real"]
    async with await TemporalServer.start(time_skipping=True) as server, laboratory(server) as made:
        for batch in (others[:1], hurried, others[1:]):
            ended = await asyncio.gather(*(_run_in(places, made, case) for case in batch), return_exceptions=True)
            runs.update(zip((case.name for case in batch), ended, strict=True))
    return runs


async def _run_in(places: asyncio.Semaphore, made: Laboratory, case: Case) -> TemporalRun:
    async with places:
        return await made.run(case)


def _run(described: ExecutionDescription, events: Sequence[Event]) -> Run:
    status = described.summary.status
    assert status is not ExecutionStatus.RUNNING
    return Run(
        status.value,
        MISSING if described.output is None else parse_json(described.output),
        described.error,
        described.cause,
        [_comparable(event) for event in events],
    )


def _comparable(event: Event) -> Event:
    """The event without its time, and with the operation ids that the in-process host uses as task tokens."""
    timeless = {name: value for name, value in event.items() if name != "timestamp"}
    return cast(Event, parse_json(_TOKEN.sub(_operation_id, json_text(timeless))))


def _operation_id(found: re.Match[str]) -> str:
    try:
        return TaskToken.decode(found.group()).activity_id
    except MalformedTokenError:
        return found.group()
