"""One installation for tests: the service over a new SQLite database and an engine in memory, with a clock to set."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from activities.payloads import CompiledDefinitions
from activities.router import Router
from api.service.application import ApplicationService
from api.service.config import ServiceConfig
from api.service.local_engine import LocalEngine
from api.storage.sql import open_store
from api.storage.store import Store
from interpreter.definition.arguments import ArgumentFault, Known
from interpreter.definition.model import TaskResource
from interpreter.effects import ActivityFailure, TaskCall
from interpreter.hosts.inprocess import CallFailed
from interpreter.values import JsonValue
from tests.support.databases import new_database
from tests.support.in_memory_gateway import InMemoryGateway
from tests.support.sealing import SEALER

ROLE: Final = "arn:aws:iam::123456789012:role/r"
PASS: Final = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
OTHER: Final = '{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}'
DISTRIBUTED: Final = json.dumps(
    {
        "StartAt": "A",
        "States": {
            "A": {
                "Type": "Map",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "B",
                    "States": {"B": {"Type": "Succeed"}},
                },
                "End": True,
            }
        },
    }
)


def machine_arn(name: str) -> str:
    return f"arn:aws:states:us-east-1:123456789012:stateMachine:{name}"


def execution_arn(machine: str, name: str) -> str:
    return f"arn:aws:states:us-east-1:123456789012:execution:{machine}:{name}"


class EveryResource:
    """A catalogue in which everything can run."""

    def has(self, resource: TaskResource) -> bool:
        return True

    def requires_arguments(self, resource: TaskResource) -> bool:
        return False

    def check_arguments(self, resource: TaskResource, arguments: Known) -> Iterable[ArgumentFault]:
        return ()

    def candidates(self, name: str) -> tuple[str, Collection[str]]:
        return "", ()


class SettableClock:
    """A clock that stands still unless it is moved, or moves on by `step` whenever it is looked at."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 21, 30, 0, 123_000, tzinfo=UTC)
        self.step = timedelta()

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now

    def move(self, **amount: float) -> None:
        self.now += timedelta(**amount)


class ScriptedCalls:
    """Calls of tasks in process: each function answers as `answers` says; `made` keeps what was called."""

    def __init__(self) -> None:
        self.answers: dict[str, JsonValue | ActivityFailure] = {}
        self.made: list[tuple[str, JsonValue]] = []

    async def run(self, call: TaskCall) -> JsonValue:
        activity = call.call
        self.made.append((activity.activity_type, activity.argument))
        answer = self.answers[activity.activity_type]
        if isinstance(answer, ActivityFailure):
            raise CallFailed(answer)
        return answer


def local_engine(store: Store, calls: ScriptedCalls) -> LocalEngine:
    """What runs executions in process, with scripted calls."""
    return LocalEngine(CompiledDefinitions(store), Router(), calls.run)


@dataclass
class Installation:
    """Everything a test can get hold of."""

    service: ApplicationService
    gateway: InMemoryGateway
    store: Store
    clock: SettableClock
    url: str
    calls: ScriptedCalls

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call an operation with its JSON parameters."""
        return await self.service.invoke(operation, params)

    async def create(self, name: str, definition: str = PASS, **params: Any) -> str:
        """Create a state machine; its ARN."""
        answer = await self.call("CreateStateMachine", name=name, definition=definition, roleArn=ROLE, **params)
        arn: str = answer["stateMachineArn"]
        return arn

    async def start(self, machine: str, name: str, input_: str = "{}") -> str:
        """Start an execution; its ARN."""
        answer = await self.call("StartExecution", stateMachineArn=machine_arn(machine), name=name, input=input_)
        arn: str = answer["executionArn"]
        return arn


@asynccontextmanager
async def install(
    folder: Path,
    config: ServiceConfig | None = None,
    *,
    local: Callable[[Store, ScriptedCalls], LocalEngine] = local_engine,
    url: str | None = None,
) -> AsyncIterator[Installation]:
    """Set up an installation with its files in `folder`, or on the database at `url`; deletions settle at once."""
    url = url or await new_database(folder / "steploom.db")
    gateway, clock, calls = InMemoryGateway(), SettableClock(), ScriptedCalls()
    async with open_store(url) as store:
        service = ApplicationService(
            store,
            gateway,
            config or ServiceConfig(deletion_settle_seconds=0),
            EveryResource(),
            local=local(store, calls),
            clock=clock,
            sealer=SEALER,
        )
        async with service:
            yield Installation(service, gateway, store, clock, url, calls)


def definition(members: dict[str, Any]) -> str:
    """A definition with one Pass state, and further members at the top."""
    return json.dumps(members | json.loads(PASS))
