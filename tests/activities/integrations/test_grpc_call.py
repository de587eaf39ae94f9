"""`grpc:call` against real gRPC servers: one with reflection, one without, and one in trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2, reflection_pb2_grpc

from activities.address_guard import AddressGuard
from activities.authorization import Authorizer
from activities.connections import ApiKey
from activities.http_calls import http_caller
from activities.integrations.grpc_call import GrpcCaller
from api.proto.v1 import steploom_pb2, steploom_pb2_grpc
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue
from tests.support.connections import ARN, DictionaryBook, connection
from tests.support.faulty_server import HUGE_BYTES, Fault, faulty_server

CHECK = "grpc.health.v1.Health/Check"
SERVICE = "steploom.v1.StepFunctions"
OFF = AddressGuard(on=False)


@dataclass
class Server:
    endpoint: str
    metadata: list[dict[str, str]]
    calls: list[Any]


class Recorder(steploom_pb2_grpc.StepFunctionsServicer):
    """One method of a service whose .proto file imports others."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def DescribeStateMachine(self, request: Any, context: Any) -> Any:  # noqa: N802 - the method's name
        self._server.metadata.append(dict(context.invocation_metadata()))
        self._server.calls.append(request)
        if request.state_machine_arn == "missing":
            await context.abort(grpc.StatusCode.NOT_FOUND, "there is no such machine")
        if request.state_machine_arn == "throttled":
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many calls")
        if request.state_machine_arn == "large":
            return steploom_pb2.DescribeStateMachineResponse(definition="x" * HUGE_BYTES)
        answer = steploom_pb2.DescribeStateMachineResponse(name="m", state_machine_arn=request.state_machine_arn)
        answer.creation_date.FromSeconds(1_700_000_000)
        return answer


async def serving(*, reflected: bool) -> tuple[Server, grpc.aio.Server]:
    server = Server("", [], [])
    running = grpc.aio.server()
    steploom_pb2_grpc.add_StepFunctionsServicer_to_server(Recorder(server), running)  # type: ignore[no-untyped-call]
    checks = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(checks, running)
    if reflected:
        names = (SERVICE, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, running)
    server.endpoint = f"127.0.0.1:{running.add_insecure_port('127.0.0.1:0')}"
    await running.start()
    await checks.set("shop", health_pb2.HealthCheckResponse.SERVING)
    return server, running


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server, running = await serving(reflected=True)
    yield server
    await running.stop(0)


async def call(endpoint: str, caller: GrpcCaller | None = None, **arguments: JsonValue) -> Any:
    given: dict[str, JsonValue] = {"Endpoint": endpoint, "Method": CHECK, "Tls": False, **arguments}
    return await (caller or GrpcCaller(OFF)).call(given, "Ask", "Ask-1")


async def error(endpoint: str, caller: GrpcCaller | None = None, **arguments: JsonValue) -> tuple[str | None, str]:
    with pytest.raises(StatesError) as raised:
        await call(endpoint, caller, **arguments)
    return raised.value.name, raised.value.cause or ""


async def test_json_in_and_out(server: Server) -> None:
    assert await call(server.endpoint, Request={"service": "shop"}) == {"status": "SERVING"}
    assert await call(
        server.endpoint,
        Method=f"{SERVICE}/DescribeStateMachine",
        Request={"stateMachineArn": "arn"},
        Metadata={"X-A": "1", "x-b": ["2"]},
    ) == {"name": "m", "stateMachineArn": "arn", "creationDate": "2023-11-14T22:13:20Z"}
    sent = server.metadata[0]
    assert (sent["x-a"], sent["x-b"], sent["idempotency-key"]) == ("1", "2", "Ask-1")


async def test_descriptors_are_kept_for_a_while(server: Server) -> None:
    now = [0.0]
    caller = GrpcCaller(OFF, clock=lambda: now[0])
    await call(server.endpoint, caller, Request={"service": "shop"})
    kept = caller._kept
    first = next(iter(kept.values()))
    await call(server.endpoint, caller, Request={"service": "shop"})
    assert next(iter(kept.values())) is first
    now[0] = 61.0
    await call(server.endpoint, caller, Request={"service": "shop"})
    assert next(iter(kept.values())) is not first


async def test_a_connection_s_credentials(server: Server) -> None:
    async with http_caller(OFF) as http:
        caller = GrpcCaller(OFF, Authorizer(DictionaryBook(), http))
        await call(
            server.endpoint,
            caller,
            Method=f"{SERVICE}/DescribeStateMachine",
            Request={},
            Authentication={"ConnectionArn": ARN},
        )
    assert server.metadata[0]["authorization"] == "Basic bWU6cGFzcy13b3Jk"


@pytest.mark.parametrize("key", [ApiKey(name="x-key", value="sëcret"), ApiKey(name="x key", value="secret")])
async def test_a_connection_s_credentials_that_metadata_cannot_hold(key: ApiKey, server: Server) -> None:
    async with http_caller(OFF) as http:
        caller = GrpcCaller(OFF, Authorizer(DictionaryBook({ARN: connection(key)}), http))
        name, cause = await error(server.endpoint, caller, Authentication={"ConnectionArn": ARN})
    assert name == StatesRuntime.NAME
    assert f"The connection's header {key.name!r} cannot be sent as metadata" in cause
    assert key.value not in cause


@dataclass(frozen=True)
class Refused:
    name: str
    arguments: dict[str, Any]
    error: str
    reason: str


WHERE = "grpc:call of state 'Ask': {endpoint}"
REFUSED = [
    Refused("status", {"Request": {"service": "x"}}, "Grpc.NOT_FOUND", f"{WHERE}/{CHECK}: "),
    Refused(
        "status with words",
        {"Method": f"{SERVICE}/DescribeStateMachine", "Request": {"stateMachineArn": "missing"}},
        "Grpc.NOT_FOUND",
        f"{WHERE}/{SERVICE}/DescribeStateMachine: there is no such machine",
    ),
    Refused(
        "no such service", {"Method": "a.B/C"}, "Grpc.UNIMPLEMENTED", f"{WHERE}/a.B/C: the server has no service 'a.B'"
    ),
    Refused(
        "no such method",
        {"Method": "grpc.health.v1.Health/X"},
        "Grpc.UNIMPLEMENTED",
        f"{WHERE}/grpc.health.v1.Health/X: the service grpc.health.v1.Health has no method 'X'",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_refused(case: Refused, server: Server) -> None:
    name, cause = await error(server.endpoint, **case.arguments)
    assert name == case.error
    assert cause.startswith(case.reason.format(endpoint=server.endpoint))


@pytest.mark.parametrize(
    "arguments, reason",
    [
        ({"Endpoint": "host"}, "The value of the field 'Endpoint' is not HOST:PORT"),
        ({"Endpoint": "host/path:1"}, "The value of the field 'Endpoint' is not HOST:PORT"),
        ({"Method": "Check"}, "The value of the field 'Method' is not PACKAGE.SERVICE/METHOD"),
        ({"Method": "grpc.health.v1.Health/Watch"}, "The method is streaming; only unary methods can be called"),
        ({"Request": {"nosuch": 1}}, "The field 'Request' is no grpc.health.v1.HealthCheckRequest: "),
        ({"Metadata": {"grpc-timeout": "1"}}, "The metadata 'grpc-timeout' cannot be sent"),
        ({"Metadata": {"a": "b\n"}}, "The metadata 'a' cannot be sent"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_unusable(arguments: dict[str, Any], reason: str, server: Server) -> None:
    name, cause = await error(**{"endpoint": server.endpoint} | arguments)
    assert name == StatesRuntime.NAME
    assert reason in cause


async def test_no_reflection() -> None:
    server, running = await serving(reflected=False)
    assert await error(server.endpoint) == (
        "Grpc.UNIMPLEMENTED",
        f"grpc:call of state 'Ask': {server.endpoint}/{CHECK}: the server has no reflection (grpc.reflection.v1alpha)",
    )
    await running.stop(0)


class Nonsense(reflection_pb2_grpc.ServerReflectionServicer):  # type: ignore[misc]  # untyped upstream
    """Tells something that is no .proto file."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def ServerReflectionInfo(self, requests: Any, _context: Any) -> AsyncIterator[Any]:  # noqa: N802 - likewise
        async for _ in requests:
            told = reflection_pb2.FileDescriptorResponse(file_descriptor_proto=[self._data])
            yield reflection_pb2.ServerReflectionResponse(file_descriptor_response=told)


@pytest.mark.parametrize(
    "data",
    [b"\xff\xff", FileDescriptorProto(name="f", dependency=["f"]).SerializeToString()],
    ids=["bytes", "a circle"],
)
async def test_reflection_that_tells_nonsense(data: bytes) -> None:
    running = grpc.aio.server()
    reflection_pb2_grpc.add_ServerReflectionServicer_to_server(Nonsense(data), running)
    endpoint = f"127.0.0.1:{running.add_insecure_port('127.0.0.1:0')}"
    await running.start()
    name, cause = await error(endpoint)
    await running.stop(0)
    assert name == "Grpc.INTERNAL"
    assert cause.startswith(f"grpc:call of state 'Ask': {endpoint}/{CHECK}: the server's reflection cannot be used: ")


@pytest.mark.parametrize("fault", [Fault.CLOSED, Fault.RESET, Fault.HALF_HEADERS, Fault.ANSWER])
async def test_a_server_that_does_not_speak_grpc(fault: Fault) -> None:
    async with faulty_server() as faulty:
        faulty.fault = fault
        name, cause = await error(faulty.url.removeprefix("http://"), DeadlineSeconds=5)
    assert name in ("Grpc.UNAVAILABLE", "Grpc.DEADLINE_EXCEEDED")
    assert cause.startswith(f"grpc:call of state 'Ask': {faulty.url.removeprefix('http://')}/{CHECK}: ")


@pytest.mark.parametrize(
    "machine, name, told",
    [
        ("throttled", "Grpc.RESOURCE_EXHAUSTED", "too many calls"),
        ("large", "States.DataLimitExceeded", "more than 4194304 bytes"),
    ],
)
async def test_a_server_that_has_had_too_much_and_one_that_answers_too_much(
    machine: str, name: str, told: str, server: Server
) -> None:
    given: JsonValue = {"stateMachineArn": machine}
    raised, cause = await error(server.endpoint, Method=f"{SERVICE}/DescribeStateMachine", Request=given)
    assert raised == name
    assert cause.startswith(f"grpc:call of state 'Ask': {server.endpoint}/{SERVICE}/DescribeStateMachine: ")
    assert told in cause
    assert len(server.calls) == 1


async def test_silence() -> None:
    async with faulty_server() as faulty:
        faulty.fault = Fault.SILENCE
        name, cause = await error(faulty.url.removeprefix("http://"), DeadlineSeconds=1)
    assert (name, cause.rpartition(": ")[2]) == ("Grpc.DEADLINE_EXCEEDED", "no answer within 1 s")


async def test_nobody_listens(unused_tcp_port: int) -> None:
    name, _ = await error(f"127.0.0.1:{unused_tcp_port}")
    assert name == "Grpc.UNAVAILABLE"


async def test_the_guard_and_tls(server: Server) -> None:
    name, cause = await error(server.endpoint, GrpcCaller(AddressGuard(on=True)), Tls=True)
    assert name == "Grpc.UNAVAILABLE"
    assert "no public address" in cause
    assert "http_guard_allowed (STEPLOOM_HTTP_GUARD_ALLOWED)" in cause
    name, _ = await error(server.endpoint, Tls=True, DeadlineSeconds=5)
    assert name == "Grpc.UNAVAILABLE"
    assert server.calls == []
