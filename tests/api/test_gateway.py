"""The engine over a real Temporal server: stopped executions, a server that dies, concurrent readers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from activities.payloads import CompiledDefinitions, data_converter
from api import gateway as gateway_module
from api import gateway_history
from api.gateway import TemporalGateway
from api.service.errors import InvalidToken
from api.service.gateway import EngineUnavailable
from api.service.shapes import DescribeExecutionRequest, StopExecutionRequest
from api.temporal_server import TemporalServer
from interpreter.hosts.tokens import AttemptToken, TaskToken
from interpreter.values import JsonValue
from tests.support.engine import running_engine
from tests.support.executions import MACHINE, Case, execution_start
from tests.support.temporal import MemoryStore

CALLS_ON_TOKENS: Mapping[str, Mapping[str, JsonValue]] = {
    "SendTaskSuccess": {"output": "1"},
    "SendTaskFailure": {},
    "SendTaskHeartbeat": {},
}
WAIT = Case(
    name="wait",
    definition={"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}},
    source="ours",
    status="SUCCEEDED",
    history=(),
    time="real",
)


async def test_what_stop_was_told_is_shown_however_much_came_after_it(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty callbacks are answered between the request and the end, which waits for a worker."""
    monkeypatch.setattr(gateway_module, "_STOP_PATIENCE", timedelta(seconds=60))
    tokens: asyncio.Queue[str] = asyncio.Queue()

    async def ask(event: Any) -> JsonValue:
        await tokens.put(event)
        return None

    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    parameters = {"FunctionName": "ask", "Payload.$": "$$.Task.Token"}
    call = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    each = {"Type": "Map", "ItemProcessor": {"StartAt": "Ask", "States": {"Ask": call}}, "End": True}
    async with running_engine(temporal_server, tmp_path, {"ask": ask}) as engine:
        arn = await engine.create("stopped", {"StartAt": "Each", "States": {"Each": each}})
        execution = await engine.start(arn, list(range(40)))
        given = [await tokens.get() for _ in range(40)]
        await engine.stop_workers()
        request = StopExecutionRequest(execution_arn=execution, error="E", cause="why")
        stopping = asyncio.create_task(engine.service.stop_execution(request))
        handle = engine.client.get_workflow_handle(execution.split(":", 6)[6])
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
                break
        for token in given:
            await engine.gateway.complete_task(token, 1)
        async with running_engine(temporal_server, tmp_path, {}):
            await stopping
        ended = await engine.service.describe_execution(DescribeExecutionRequest(execution_arn=execution))
        history = [event.event_type async for event in handle.fetch_history_events()]
    assert (ended.status, ended.error, ended.cause) == ("ABORTED", "E", "why")
    requested = history.index(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)
    assert history[-1] == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED
    assert len(history) - requested > 40


async def until_refused(call: Callable[[], Awaitable[object]]) -> None:
    """Call again and again; ends with whatever the call raises."""
    while True:
        await call()


@pytest.mark.timeout(120)
async def test_a_server_that_dies_during_a_call_makes_the_engine_unavailable() -> None:
    store = MemoryStore()
    definitions = CompiledDefinitions(store)
    async with await TemporalServer.start() as server:
        client = await Client.connect(server.address, data_converter=data_converter(definitions, store))
        gateway = TemporalGateway(client, definitions)
        start = execution_start(WAIT, store.add(WAIT.text))
        await gateway.start(MACHINE, start, "{}", 3600)
        watched = asyncio.Event()

        async def watch() -> None:
            async with aclosing(gateway.watch(MACHINE, start.key)) as events:  # type: ignore[type-var]  # a generator
                async for _ in events:
                    watched.set()

        calls = {
            "wait": asyncio.create_task(until_refused(lambda: gateway.wait(MACHINE, start.key))),
            "watch": asyncio.create_task(until_refused(watch)),
            "describe": asyncio.create_task(until_refused(lambda: gateway.describe(MACHINE, start.key))),
            "history": asyncio.create_task(until_refused(lambda: gateway.history(MACHINE, start.key))),
            "poll": asyncio.create_task(until_refused(lambda: gateway.poll_activity("arn:activity", None))),
        }
        await watched.wait()
        server.kill()
        ended = await asyncio.gather(*calls.values(), return_exceptions=True)
        await gateway.close()
    assert dict(zip(calls, map(type, ended), strict=True)) == dict.fromkeys(calls, EngineUnavailable)


async def test_concurrent_readers_keep_a_history_once(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty readers of one history do not push it out of a cache that has room for it."""
    async with running_engine(temporal_server, tmp_path, {}) as engine:
        arn = await engine.create("read", {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
        ended = await engine.run(arn)
        _, _, machine, name = ended.execution_arn.rsplit(":", 3)
        projected = 0
        histories = engine.gateway._histories
        project = histories.project

        async def counted(workflow_id: str, run_id: str) -> Any:
            nonlocal projected
            projected += 1
            return await project(workflow_id, run_id)

        monkeypatch.setattr(gateway_history, "_CACHED_EVENTS", 10)
        monkeypatch.setattr(histories, "project", counted)
        read = await asyncio.gather(*(engine.gateway.history(machine, name) for _ in range(50)))
        assert {len(history) for history in read} == {4}
        at_once, projected = projected, 0
        assert at_once > 2  # which together are more than the cache holds
        await engine.gateway.history(machine, name)
        assert projected == 0


async def test_task_tokens_made_by_hand(temporal_server: TemporalServer, tmp_path: Path) -> None:
    """They have our check at their end, and a content that Temporal takes for no task's."""
    async with running_engine(temporal_server, tmp_path, {}) as engine:
        namespace = engine.client.namespace
        for token in (
            AttemptToken(namespace, b"garbage"),
            AttemptToken(namespace, b""),
            TaskToken(namespace, "m:e", "no run", "a"),
            TaskToken(namespace, "", "", ""),
        ):
            for operation, params in CALLS_ON_TOKENS.items():
                with pytest.raises(InvalidToken):
                    await engine.service.invoke(operation, {"taskToken": token.encode(), **params})
