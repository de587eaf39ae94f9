"""For each operation and each door: nobody is answered without a key, and a policy's denial holds."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import grpc
import pytest
import pytest_asyncio
from aiohttp import ClientSession
from google.protobuf.json_format import ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from api.access.actions import needs
from api.access.keys import NewKey
from api.grpc.server import create_server
from api.proto.v1 import steploom_pb2
from api.proto.v1.steploom_pb2_grpc import StepFunctionsStub
from api.service.application import ApplicationService
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.model import CONNECTION_OPERATIONS, EVENTS_PREFIX, input_shape, operation_names
from tests.api.service.installation import PASS, ROLE, Installation, install
from tests.support.access import ALL, Signer, bearer, guard_over, signer, statement, terms
from tests.support.doors import http_door

pytestmark = pytest.mark.asyncio(loop_scope="module")

PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:m"
VALUES: dict[str, Any] = {
    "activityArn": f"{PREFIX}:activity:a",
    "cause": "c",
    "definition": PASS,
    "executionArn": f"{PREFIX}:execution:m:e",
    "mapRunArn": f"{PREFIX}:mapRun:m/label:1",
    "name": "m",
    "output": "1",
    "resourceArn": MACHINE,
    "roleArn": ROLE,
    "routingConfiguration": [{"stateMachineVersionArn": f"{MACHINE}:1", "weight": 100}],
    "stateMachineAliasArn": f"{MACHINE}:x",
    "stateMachineArn": MACHINE,
    "stateMachineVersionArn": f"{MACHINE}:1",
    "tagKeys": ["k"],
    "tags": [{"key": "k", "value": "v"}],
    "taskToken": "t",
}
METHODS = steploom_pb2.DESCRIPTOR.services_by_name["StepFunctions"].methods_by_name
UNAUTHENTICATED = "MissingAuthenticationTokenException"


def params_of(operation: str) -> dict[str, Any]:
    """Parameters that the operation would take."""
    if operation.startswith(EVENTS_PREFIX):
        return {} if operation.endswith("s") else {"Name": "c"}
    if operation not in operation_names():
        return {"executionArn": VALUES["executionArn"]}
    wanted = [*input_shape(operation).required_members, *(["stateMachineArn"] if operation == "ListExecutions" else [])]
    return {member: VALUES[member] for member in wanted}


@dataclass(frozen=True, slots=True)
class Outcome:
    """AWS's error code, or `OK`, and the message."""

    code: str
    message: str


class Door(Protocol):
    """One of the doors, seen from outside."""

    @property
    def new_key(self) -> Callable[..., Any]: ...

    async def call(self, operation: str, params: dict[str, Any], key: NewKey | None) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class HttpDoor:
    url: str
    session: ClientSession
    installation: Installation
    new_key: Callable[..., Any] = signer

    async def call(self, operation: str, params: dict[str, Any], key: NewKey | None) -> Outcome:
        body = json.dumps(params).encode()
        events = operation.startswith(EVENTS_PREFIX)
        target = f"AWSEvents.{operation.removeprefix(EVENTS_PREFIX)}" if events else f"AWSStepFunctions.{operation}"
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
        if key is not None:
            service = "events" if events else "states"
            headers = Signer.of(key, service=service).headers(self.url, body, self.installation.clock(), headers)
        async with self.session.post(self.url, data=body, headers=headers) as response:
            answer = json.loads(await response.read())
        return Outcome(answer.get("__type", "OK"), answer.get("message", ""))


@dataclass(frozen=True, slots=True)
class GrpcDoor:
    client: Any
    new_key: Callable[..., Any] = bearer

    async def call(self, operation: str, params: dict[str, Any], key: NewKey | None) -> Outcome:
        request = ParseDict(params, GetMessageClass(METHODS[operation].input_type)())
        metadata = () if key is None else (("authorization", f"Bearer {key.secret}"),)
        call = getattr(self.client, operation)(request, metadata=metadata)
        try:
            await (call.read() if operation == "WatchExecution" else call)
        except grpc.aio.AioRpcError as error:
            return Outcome(str(dict(error.trailing_metadata())["steploom-error-code"]), error.details() or "")
        return Outcome("OK", "")


class CountedService:
    """An application service that counts how often an operation was reached."""

    def __init__(self, service: ApplicationService) -> None:
        self._service = service
        self.reached = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._service, name)

        def counted(*args: Any) -> Any:
            self.reached += 1
            return method(*args)

        return counted


@dataclass(frozen=True, slots=True)
class Doors:
    """Both doors to one service."""

    service: CountedService
    by_name: dict[str, Door]
    channel: grpc.aio.Channel


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    async with install(tmp_path_factory.mktemp("installation")) as installed:
        yield installed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(installation: Installation) -> AsyncIterator[Doors]:
    guard = guard_over(installation.store, installation.clock)
    service: Any = CountedService(installation.service)
    server, grpc_port = create_server(service, guard=guard)
    await server.start()
    async with (
        http_door(service, guard) as url,
        ClientSession() as session,
        grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}") as channel,
    ):
        client = StepFunctionsStub(channel)  # type: ignore[no-untyped-call]  # generated
        http = HttpDoor(f"{url}/", session, installation)
        yield Doors(service, {"http": http, "grpc": GrpcDoor(client)}, channel)
    await server.stop(None)


AT_DOORS = [("http", operation) for operation in sorted({*operation_names(), *CONNECTION_OPERATIONS})] + [
    ("grpc", operation) for operation in sorted(METHODS)
]


@pytest.mark.parametrize("name, operation", AT_DOORS)
async def test_denials(doors: Doors, installation: Installation, name: str, operation: str) -> None:
    door, store, params = doors.by_name[name], installation.store, params_of(operation)
    need = needs(operation, params, Arns(ServiceConfig()))[0]

    async def outcome(*statements: dict[str, Any]) -> Outcome:
        return await door.call(operation, params, await door.new_key(store, terms(*statements)))

    said = f"User: arn:aws:iam::123456789012:user/ada is not authorized to perform: {need.action} on resource: "
    explicitly = Outcome(
        "AccessDeniedException", f"{said}{need.resource} with an explicit deny in an identity-based policy"
    )
    otherwise = Outcome(
        "AccessDeniedException",
        f"{said}{need.resource} because no identity-based policy allows the {need.action} action",
    )
    reached = doors.service.reached
    assert (await door.call(operation, params, None)).code == UNAUTHENTICATED
    assert await outcome(ALL, statement("Deny", need.action)) == explicitly
    assert await outcome(ALL, statement("Deny", "*", need.resource)) == explicitly
    assert await outcome(statement("Allow", need.action, f"{PREFIX}:none:*")) == otherwise
    assert doors.service.reached == reached
    allowed = await outcome(statement("Allow", need.action, need.resource))
    assert allowed.code not in ("AccessDeniedException", "InternalFailure")
    assert doors.service.reached == reached + 1


async def test_a_token_that_nobody_has(doors: Doors, installation: Installation) -> None:
    new = await bearer(installation.store)
    assert new.secret is not None
    others = [new.secret[:-1], new.secret[:-1] + ("a" if new.secret[-1] != "a" else "b"), "nonsense", ""]
    for token in others:
        stranger = NewKey(new.key, token)
        assert (await doors.by_name["grpc"].call("ListActivities", {}, stranger)).code == "UnrecognizedClientException"
    assert (await doors.by_name["grpc"].call("ListActivities", {}, new)).code == "OK"


async def test_a_key_that_signs_is_no_token(doors: Doors, installation: Installation) -> None:
    new = await signer(installation.store)
    pretended = NewKey(new.key, f"steploom_{new.key.id}_{'a' * 40}")
    assert (await doors.by_name["grpc"].call("ListActivities", {}, pretended)).code == "UnrecognizedClientException"


async def test_health_is_answered_to_everybody_and_reflection_to_who_has_a_key(
    doors: Doors, installation: Installation
) -> None:
    health = health_pb2_grpc.HealthStub(doors.channel)
    checked = await health.Check(health_pb2.HealthCheckRequest())
    assert checked.status == health_pb2.HealthCheckResponse.SERVING
    reflection = reflection_pb2_grpc.ServerReflectionStub(doors.channel)
    requests = [reflection_pb2.ServerReflectionRequest(list_services="")]
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await reflection.ServerReflectionInfo(iter(requests)).read()
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    key = await bearer(installation.store, terms(statement("Allow", "states:StopExecution")))
    metadata = (("authorization", f"bearer {key.secret}"),)
    (listed,) = [answer async for answer in reflection.ServerReflectionInfo(iter(requests), metadata=metadata)]
    assert "steploom.v1.StepFunctions" in [service.name for service in listed.list_services_response.service]


@pytest.mark.parametrize(
    "metadata",
    [
        (("authorization", "Basic YTpi"),),
        (("authorization", "Bearer"),),
        (("authorization", "Bearer {token}"), ("authorization", "Bearer {token}")),
    ],
    ids=["a password", "no token", "two tokens"],
)
async def test_what_is_no_bearer_token(
    doors: Doors, installation: Installation, metadata: tuple[tuple[str, str], ...]
) -> None:
    token = (await bearer(installation.store)).secret
    sent = [(name, value.format(token=token)) for name, value in metadata]
    client: Any = StepFunctionsStub(doors.channel)  # type: ignore[no-untyped-call]  # generated
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await client.ListActivities(steploom_pb2.ListActivitiesRequest(), metadata=sent)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
