"""Jobs that connectors begin are stopped where nobody waits for them any more when they have begun."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

import pytest
from temporalio.activity import Info
from temporalio.testing import ActivityEnvironment

from activities.connectors import ConnectorCall
from activities.integrations.connector_calls import ConnectorCalls
from activities.integrations.kubernetes_api import LookAgain
from activities.jobs import JsonObject, WatchedJob
from activities.open_activities import OpenActivities
from interpreter.errors import StatesError
from interpreter.values import JsonValue

CREATED: JsonValue = {"metadata": {"name": "n", "namespace": "s", "uid": "u"}}
KEY: JsonObject = {"cluster": "default", "namespace": "s", "name": "n", "uid": "u", "logs": False}


@dataclass
class Cluster:
    """Creates a Job when it is let, and stops it, or fails at either."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    refuses: bool = False
    is_away: bool = False
    stopped: list[WatchedJob] = field(default_factory=list)

    async def create(self, _call: ConnectorCall, _operation_id: str) -> JsonValue:
        self.begun.set()
        await self.answering.wait()
        if self.refuses:
            raise StatesError("Kubernetes.Invalid", "no")
        return CREATED

    async def look(self, _watched: WatchedJob) -> JsonObject:
        raise AssertionError("nobody looks")

    async def stop(self, watched: WatchedJob) -> None:
        self.stopped.append(watched)
        if self.is_away:
            raise LookAgain("away")


@dataclass
class Waiting:
    """Says whether the activity is still waited for (`OpenActivities`)."""

    answer: bool

    async def awaits(self, _info: Info) -> bool:
        return self.answer


def calls(cluster: Cluster, *, awaited: bool = True) -> ConnectorCalls:
    resource = ("kubernetes", "job")
    return ConnectorCalls({resource: cluster.create}, {resource: cluster}, cast(OpenActivities, Waiting(awaited)))


def argument(*, waits: bool) -> dict[str, JsonValue]:
    return ConnectorCall(service="kubernetes", action="job", state="Run", arguments={}, waits=waits).to_json()


@pytest.mark.parametrize(
    "waits, awaited, stopped",
    [(True, True, False), (True, False, True), (False, False, False)],
    ids=["waited for", "given up", "on its own"],
)
async def test_the_answer(waits: bool, awaited: bool, stopped: bool) -> None:
    cluster = Cluster()
    cluster.answering.set()
    made = calls(cluster, awaited=awaited)
    assert await ActivityEnvironment().run(made.invoke, argument(waits=waits)) == CREATED
    wanted = [WatchedJob(service="kubernetes", action="job", key=KEY)] if stopped else []
    assert cluster.stopped == wanted


@pytest.mark.parametrize(
    "refuses, is_away, stops", [(False, False, 1), (False, True, 1), (True, False, 0)], ids=["", "away", "refused"]
)
async def test_a_call_that_is_given_up_in_its_middle(refuses: bool, is_away: bool, stops: int) -> None:
    cluster, environment = Cluster(refuses=refuses, is_away=is_away), ActivityEnvironment()
    running = asyncio.create_task(environment.run(calls(cluster).invoke, argument(waits=True)))
    await cluster.begun.wait()
    environment.cancel()
    await asyncio.sleep(0)
    cluster.answering.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(cluster.stopped) == stops
