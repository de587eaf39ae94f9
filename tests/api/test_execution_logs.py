"""Logs of executions on Temporal: what the worker writes is what the history says, and ends that it does not see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import pytest

from activities.log_groups import LogGroups
from activities.worker import WorkerLimits
from api.closing_log import ClosingLog
from api.gateway_history import TemporalHistories
from api.service.gateway import ExecutionStatus
from api.storage.sql import open_store
from api.temporal_server import TemporalServer
from interpreter.values import JsonValue
from tests.support.databases import new_database
from tests.support.express import BRANCHES, FUNCTIONS, MACHINE, ExpressLaboratory, express_laboratory, machine

Kind = Literal["express", "execution"]

LOGGING: Final[JsonValue] = {"level": "ALL", "data": True, "group": "g"}
WAIT: Final = machine(W={"Type": "Wait", "Seconds": 600, "End": True})


@asynccontextmanager
async def logged(
    server: TemporalServer, folder: Path, limits: WorkerLimits | None = None
) -> AsyncIterator[ExpressLaboratory]:
    groups = LogGroups({"*": {"folder": str(folder)}})
    async with express_laboratory(server, limits, groups) as made:
        made.functions.update(FUNCTIONS)
        yield made
    groups.close()


def records(folder: Path) -> list[dict[str, Any]]:
    path = folder / "g.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def as_record(event: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The record of an event of GetExecutionHistory, but for its execution."""
    details = [value for name, value in event.items() if name.endswith("Details")]
    timestamp = event["timestamp"]
    assert isinstance(timestamp, float)
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": details[0] if details else {},
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(round(timestamp * 1000)),
        "redrive_count": "0",
    }


def without_execution(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in record.items() if name != "execution_arn"} for record in found]


@pytest.mark.parametrize("kind", ["express", "execution"])
@pytest.mark.parametrize("cached", [2_000, 0], ids=["cached", "replayed"])
async def test_the_log_is_the_history(temporal_server: TemporalServer, tmp_path: Path, kind: Kind, cached: int) -> None:
    """Also where every workflow task begins with a replay, and where calls are local activities."""
    functions: JsonValue = "lambda" if kind == "express" else "temporal"
    definition = json.dumps(BRANCHES[0])
    if kind == "execution":  # whose functions are on a queue, where none fails
        definition = definition.replace("function:fails", "function:echo")
    async with logged(temporal_server, tmp_path, WorkerLimits(cached_workflows=cached)) as made:
        key = await made.start(definition, BRANCHES[1], functions, logging=LOGGING, kind=kind)
        described, events, _ = await made.ended(key)
    assert described.summary.status is ExecutionStatus.SUCCEEDED
    assert without_execution(records(tmp_path)) == [as_record(event) for event in events]
    assert {record["execution_arn"] for record in records(tmp_path)} == {described.start.execution_arn}


async def test_nothing_is_logged_without_configuration(temporal_server: TemporalServer, tmp_path: Path) -> None:
    async with logged(temporal_server, tmp_path) as made:
        await made.run(json.dumps(machine(P={"Type": "Pass", "End": True})))
    assert records(tmp_path) == []


async def test_a_stop_is_logged(temporal_server: TemporalServer, tmp_path: Path) -> None:
    async with logged(temporal_server, tmp_path) as made:
        key = await made.start(json.dumps(WAIT), {}, logging=LOGGING, kind="execution")
        await _waits(made, key)
        await made.gateway.stop(MACHINE, key, "E", "why")
        _, events, _ = await made.ended(key)
    last = records(tmp_path)[-1]
    assert (last["id"], last["type"], last["details"]) == ("3", "ExecutionAborted", {"error": "E", "cause": "why"})
    assert [record["type"] for record in records(tmp_path)] == [event["type"] for event in events]


async def _waits(made: ExpressLaboratory, key: str) -> None:
    async with asyncio.timeout(30):
        async for event in made.gateway.watch(MACHINE, key):
            if event["type"] == "WaitStateEntered":
                return


async def test_ends_that_no_worker_sees(temporal_server: TemporalServer, tmp_path: Path) -> None:
    groups = LogGroups({"*": {"folder": str(tmp_path)}})
    async with open_store(await new_database(tmp_path / "x.db")) as store, logged(temporal_server, tmp_path) as made:
        histories = TemporalHistories(made.client, made.definitions)
        looking, other = (ClosingLog(made.client, histories, store, groups) for _ in range(2))
        await looking.look()
        unseen = await made.start(json.dumps(WAIT), {}, kind="execution")
        late = await made.start(json.dumps(WAIT), {}, logging=LOGGING, kind="execution", timeout_seconds=1)
        ended = await made.start(json.dumps(WAIT), {}, logging=LOGGING, kind="execution")
        for key in (unseen, ended):
            await _waits(made, key)
            await made.client.get_workflow_handle(f"{MACHINE}:{key}").terminate(reason="enough")
        await made.gateway.wait(MACHINE, late)
        async with asyncio.timeout(30):  # Temporal's visibility lags a little
            while len(_ends(tmp_path)) < 2:
                await other.look()
                await looking.look()
        await looking.look()
    assert _ends(tmp_path) == {
        late: ("ExecutionTimedOut", {"error": "States.Timeout"}),
        ended: ("ExecutionAborted", {"cause": "enough"}),
    }
    assert len([record for record in records(tmp_path) if record["type"] in _ENDS]) == 2, "each is logged once"


_ENDS: Final = ("ExecutionTimedOut", "ExecutionAborted")


def _ends(folder: Path) -> dict[str, tuple[str, Any]]:
    ends = [record for record in records(folder) if record["type"] in _ENDS]
    return {record["execution_arn"].rpartition(":")[2]: (record["type"], record["details"]) for record in ends}


async def test_another_goes_on_where_one_stopped(tmp_path: Path) -> None:
    url = await new_database(tmp_path / "x.db")
    now = round(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)
    later = now + timedelta(seconds=31) // timedelta(milliseconds=1)
    async with open_store(url) as store:
        assert await store.hold_lease("work", "a", now, 30) == now
        assert await store.hold_lease("work", "b", now + 1, 30) is None
        assert await store.move_lease("work", "a", now + 5)
        assert await store.hold_lease("work", "a", now + 6, 30) == now + 5
        assert await store.hold_lease("work", "b", later + 6, 30) == now + 5
        assert not await store.move_lease("work", "a", now + 9)
