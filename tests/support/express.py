"""EXPRESS executions on a real Temporal server, whose short calls are made by what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, cast
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHistory
from temporalio.common import RawValue
from temporalio.worker import Worker

from activities.direct_calls import DirectCall
from activities.function_calls import FunctionCall
from activities.local_activity import LocalActivity
from activities.names import FUNCTIONS_QUEUE, INVOKE_LAMBDA
from activities.payloads import CompiledDefinitions, data_converter
from activities.worker import WorkerLimits, express_worker, workflow_worker
from api.engine import compression_to
from api.gateway import TemporalGateway
from api.service.gateway import ExecutionDescription
from api.temporal_server import TemporalServer
from interpreter.errors import StatesError
from interpreter.event_log import EventLog
from interpreter.hosts.operations import LOCAL_CALLS
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, json_text, parse_json
from tests.support.executions import SEED, START_DATE
from tests.support.temporal import MemoryStore

MACHINE: Final = "express"
ACCOUNT: Final = "us-east-1:123456789012"
_FUNCTION: Final = f"arn:aws:lambda:{ACCOUNT}:function:"

Function: TypeAlias = Callable[[JsonValue], Awaitable[JsonValue]]
"""What a short call does with its event; raises `StatesError`."""


@dataclass(slots=True)
class ExpressLaboratory:
    """The workers of EXPRESS executions; `functions` by name are called by Lambda's API, that is, locally."""

    client: Client
    store: MemoryStore
    definitions: CompiledDefinitions
    functions: dict[str, Function] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    @property
    def gateway(self) -> TemporalGateway:
        return TemporalGateway(self.client, self.definitions)

    async def start(
        self,
        definition: str,
        input_: JsonValue = None,
        functions: JsonValue = "lambda",
        *,
        logging: JsonValue = None,
        kind: Literal["express", "execution"] = "express",
        timeout_seconds: int = 300,
    ) -> str:
        """Start an execution; what the gateway knows it by."""
        name = str(uuid4())
        hash_ = self.store.add(definition)
        await self.definitions.fetch(hash_)
        start = ExecutionStart(
            definition=hash_,
            execution_arn=f"arn:aws:states:{ACCOUNT}:{kind}:{MACHINE}:{name}" + (":1" if kind == "express" else ""),
            state_machine_arn=f"arn:aws:states:{ACCOUNT}:stateMachine:{MACHINE}",
            name=name,
            role_arn="arn:aws:iam::123456789012:role/r",
            start_date=START_DATE,
            seed=SEED,
            functions=functions,
            logging=logging,
        )
        await self.gateway.start(MACHINE, start, json_text(input_), timeout_seconds)
        return start.key

    async def run(
        self, definition: str, input_: JsonValue = None, functions: JsonValue = "lambda"
    ) -> tuple[ExecutionDescription, Sequence[dict[str, JsonValue]], WorkflowHistory]:
        """Run an execution to its end: how it ended, its events, and Temporal's own."""
        key = await self.start(definition, input_, functions)
        return await self.ended(key)

    async def ended(self, key: str) -> tuple[ExecutionDescription, Sequence[dict[str, JsonValue]], WorkflowHistory]:
        """Wait for the end of an execution."""
        async with asyncio.timeout(60):
            described = await self.gateway.wait(MACHINE, key)
        events = await self.gateway.history(MACHINE, key)
        history = await self.client.get_workflow_handle(f"{MACHINE}:{key}").fetch_history()
        return described, list(events), history

    async def call(self, call: DirectCall) -> JsonValue:
        """Make a short call."""
        function = FunctionCall.from_json(cast("dict[str, Any]", call.argument))
        name = function.function.rpartition(":")[2]
        self.made.append(name)
        return await self.functions[name](function.payload)


@asynccontextmanager
async def express_laboratory(
    server: TemporalServer, limits: WorkerLimits | None = None, event_log: EventLog | None = None
) -> AsyncIterator[ExpressLaboratory]:
    """Run the workers against `server`; a function on the functions' queue answers with its event."""
    store = MemoryStore()
    definitions = CompiledDefinitions(store)
    client = await Client.connect(
        server.address,
        namespace=server.namespace,
        data_converter=data_converter(definitions, store),
        grpc_compression=compression_to(server.address),
    )
    made = ExpressLaboratory(client, store, definitions)
    local = LocalActivity({INVOKE_LAMBDA: made.call})
    limits = limits or WorkerLimits()
    async with (
        workflow_worker(client, definitions, [], limits, event_log=event_log),
        express_worker(client, definitions, local.call, limits, event_log=event_log),
        Worker(client, task_queue=FUNCTIONS_QUEUE, activities=[_play]),
    ):
        yield made


@activity.defn(dynamic=True)
async def _play(arguments: Sequence[RawValue]) -> Any:  # any JSON
    return parse_json(arguments[0].payload.data)


def call(function: str, **members: Any) -> dict[str, Any]:
    """A Task that calls a function, the last state unless it has a Next."""
    ending = {} if "Next" in members else {"End": True}
    return {"Type": "Task", "Resource": _FUNCTION + function, **ending, **members}


def machine(**states: Any) -> dict[str, Any]:
    """States by name, beginning with the first."""
    return {"StartAt": next(iter(states)), "States": states}


CHAIN: Final = machine(A=call("echo", Next="B"), B=call("echo"))
_FAILING: Final = call(
    "fails",
    Retry=[{"ErrorEquals": ["Oops"], "IntervalSeconds": 1, "MaxAttempts": 1}],
    Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
)
_BRANCHES: Final = machine(
    P={
        "Type": "Parallel",
        "End": True,
        "Branches": [
            machine(Slow=call("slow", Next="Then"), Then=call("echo")),
            machine(Wait={"Type": "Wait", "Seconds": 1, "Next": "After"}, After=call("echo")),
            machine(Fails=_FAILING, Caught={"Type": "Pass", "End": True}),
        ],
    }
)
BRANCHES: Final[tuple[dict[str, Any], JsonValue]] = (_BRANCHES, {"a": 1})
WIDE_MAP: Final[tuple[dict[str, Any], JsonValue]] = (
    machine(M={"Type": "Map", "End": True, "ItemProcessor": machine(T=call("echo"))}),
    list(range(LOCAL_CALLS + 1)),
)
FAILING_TOGETHER: Final[tuple[dict[str, Any], JsonValue]] = (
    machine(
        M={
            "Type": "Map",
            "ItemProcessor": machine(T=call("breaks")),
            "Catch": [{"ErrorEquals": ["Oops"], "Next": "Again"}],
            "Next": "Again",
        },
        Again={
            "Type": "Map",
            "ItemsPath": "$$.Execution.Input",
            "ItemProcessor": machine(U=call("breaks")),
            "End": True,
        },
    ),
    list(range(10)),
)


async def _echo(event: JsonValue) -> JsonValue:
    return event


async def _slow(event: JsonValue) -> JsonValue:
    await asyncio.sleep(0.2)
    return event


async def _fails(_event: JsonValue) -> JsonValue:
    raise StatesError("Oops", "why")


async def _breaks(_event: JsonValue) -> JsonValue:
    await asyncio.sleep(0.2)
    raise StatesError("Oops", "why")


async def _never(_event: JsonValue) -> JsonValue:
    await asyncio.Event().wait()
    return None


async def _large(_event: JsonValue) -> JsonValue:
    return "x" * 100_000


FUNCTIONS: Final[dict[str, Function]] = {
    "echo": _echo,
    "slow": _slow,
    "fails": _fails,
    "breaks": _breaks,
    "never": _never,
    "large": _large,
}
