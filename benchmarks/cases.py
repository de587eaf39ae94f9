"""What is measured, and how each side starts one execution of it.

Both sides await an execution in the same way, by Temporal's own result call, so that only starting one differs.
"""

from __future__ import annotations

import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from temporalio.client import Client, WorkflowHandle

from api.gateway import TemporalGateway
from api.service.gateway import Started
from api.storage.store import Store
from benchmarks import definitions
from benchmarks.definitions import JsonObject
from interpreter.start import ExecutionStart
from interpreter.values import json_text

EXECUTION_TIMEOUT_SECONDS: Final = 3_600
_ACCOUNT: Final = "us-east-1:123456789012"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One thing to measure; equal only to itself.

    Attributes:
        name: the state machine, and the hand-written workflow's type.
        title: for people.
        definition: the ASL text.
        input: of both sides.
        executions: how many make one block.
        in_flight: how many of them run at once.
        blocks: how many blocks of each side make one sample. Few and small ones, in turn: what the machine does
            meanwhile moves a long block by a tenth, which is more than the two sides differ.
        reference: the hand-written workflow's type, where it is not `name`.
        goal: the ratio of CPU, hand-written by steploom, that is to be reached; None where another figure decides.
    """

    name: str
    title: str
    definition: str
    input: JsonObject
    executions: int
    in_flight: int
    blocks: int = 1
    reference: str | None = None
    goal: float | None = 0.95


CASES: Final = (
    Case(
        name="sequential",
        title="(a) 10 sequential tasks",
        definition=definitions.sequential(),
        input=definitions.ORDER,
        executions=20,
        in_flight=20,
    ),
    Case(
        name="parallel",
        title="(b) Parallel of 100",
        definition=definitions.parallel(),
        input=definitions.ORDER,
        executions=4,
        in_flight=4,
    ),
    Case(
        name="map",
        title="(c) Map of 400, 40 at once",
        definition=definitions.inline_map(),
        input=definitions.ITEMS,
        executions=2,
        in_flight=2,
    ),
    Case(
        name="pass",
        title="(d) 100 Pass states",
        definition=definitions.passes(),
        input=definitions.ORDER,
        executions=40,
        in_flight=20,
        blocks=2,
        reference="empty",
        goal=None,
    ),
    Case(
        name="jsonata_sequential",
        title="(e) 10 sequential tasks, JSONata in every state",
        definition=definitions.jsonata_sequential(),
        input=definitions.ORDER,
        executions=20,
        in_flight=20,
        reference="sequential",
        goal=0.9,
    ),
)


class Side(Protocol):
    """One of the two that are compared."""

    async def start(self, case: Case) -> WorkflowHandle[Any, Any]:
        """Start one execution."""
        ...


class Reference:
    """Starts hand-written workflows."""

    def __init__(self, client: Client, queue: str) -> None:
        self._client = client
        self._queue = queue

    async def start(self, case: Case) -> WorkflowHandle[Any, Any]:
        """See `Side`."""
        return await self._client.start_workflow(
            case.reference or case.name,
            case.input,
            id=f"hand-written:{uuid.uuid4()}",
            task_queue=self._queue,
            execution_timeout=timedelta(seconds=EXECUTION_TIMEOUT_SECONDS),
        )


class Steploom:
    """Starts executions through the gateway, as StartExecution does."""

    def __init__(self, client: Client, gateway: TemporalGateway, store: Store) -> None:
        self._client = client
        self._gateway = gateway
        self._store = store
        self._hashes: dict[str, str] = {}

    async def start(self, case: Case) -> WorkflowHandle[Any, Any]:
        """See `Side`."""
        start = execution_start(case.name, await self._hash(case.definition))
        started = await self._gateway.start(case.name, start, json_text(case.input), EXECUTION_TIMEOUT_SECONDS)
        assert isinstance(started, Started)
        return self._client.get_workflow_handle(f"{case.name}:{start.name}")

    async def _hash(self, definition: str) -> str:
        if definition not in self._hashes:
            self._hashes[definition] = await self._store.put_definition(definition)
        return self._hashes[definition]


def execution_start(machine: str, definition_hash: str) -> ExecutionStart:
    """What StartExecution would say of a new execution with a name of its own."""
    name = str(uuid.uuid4())
    return ExecutionStart(
        definition=definition_hash,
        execution_arn=execution_arn(machine, name),
        state_machine_arn=f"arn:aws:states:{_ACCOUNT}:stateMachine:{machine}",
        name=name,
        role_arn="arn:aws:iam::123456789012:role/benchmark",
        start_date=time.time_ns() // 1_000_000,
        seed=secrets.token_hex(32),
    )


def execution_arn(machine: str, name: str) -> str:
    """The ARN of an execution."""
    return f"arn:aws:states:{_ACCOUNT}:execution:{machine}:{name}"
