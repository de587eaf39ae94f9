"""`grpc:call`: one unary call of any gRPC method whose server has reflection, with JSON in and out. A resource of ours.

The request and the answer are translated by protobuf's own `json_format`, from descriptors that the server gives
(`grpc.reflection.v1alpha`). Descriptors are kept for a minute for each endpoint; no call waits beyond its deadline.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from activities.address_guard import AddressGuard, AddressRefused
from activities.authorization import Authorizer
from activities.connector_secrets import without_secrets
from activities.failures import unusable_arguments
from activities.trace_context import trace_headers
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesRuntime
from interpreter.values import JsonValue

_USUAL_SECONDS: Final = 60
_KEPT_SECONDS: Final = 60.0
_MOST_ENDPOINTS: Final = 200
_MOST_FILES: Final = 1_000
_LARGEST_ANSWER: Final = 4 * 1024 * 1024
_TOO_LARGE: Final = "CLIENT: Received message larger than max"
"""What gRPC's own client says of an answer that it does not take."""

_KEY: Final = "idempotency-key"

_OPTIONS: Final = (
    ("grpc.enable_retries", 0),  # one attempt of a Task is one call
    ("grpc.enable_http_proxy", 0),  # else a variable of the worker would say where calls go, past the guard
    ("grpc.max_receive_message_length", _LARGEST_ANSWER),
    ("grpc.use_local_subchannel_pool", 1),
)


class GrpcCaller:
    """Runs `grpc:call`.

    Args:
        guard: which addresses may be called.
        authorizer: finds connections and their credentials, for calls that name one.
        clock: monotonic seconds.
    """

    def __init__(
        self, guard: AddressGuard, authorizer: Authorizer | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._guard = guard
        self._authorizer = authorizer
        self._clock = clock
        self._kept: dict[_Target, _Kept] = {}

    async def call(self, arguments: dict[str, JsonValue], state: str, operation_id: str) -> JsonValue:
        """Make the call once; its answer as JSON.

        Raises:
            StatesError: `Grpc.<STATUS>`, or the arguments cannot be used.
        """
        task = _Task(arguments, state)
        target, metadata = task.target(), [*task.metadata(), (_KEY, operation_id)]
        metadata += [*trace_headers().items(), *await self._credentials(task)]
        seconds = cast(int, arguments.get("DeadlineSeconds") or _USUAL_SECONDS)
        try:
            async with asyncio.timeout(seconds), self._channel(target) as channel:
                return await self._made(channel, target, task, metadata)
        except TimeoutError:
            raise task.failed("DEADLINE_EXCEEDED", f"no answer within {seconds} s") from None
        except grpc.aio.AioRpcError as error:
            if _is_too_large(error):
                raise task.too_large() from None
            raise task.failed(error.code().name, error.details() or "no details") from None
        except OSError as error:
            raise task.failed("UNAVAILABLE", error.strerror or str(error)) from None

    async def _made(
        self, channel: grpc.aio.Channel, target: _Target, task: _Task, metadata: Sequence[tuple[str, str]]
    ) -> JsonValue:
        descriptors = await self._descriptors(channel, target, task)
        method = descriptors.method(task)
        request = task.message(method)
        run: Callable[..., Any] = channel.unary_unary(
            task.path,
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        answer = await run(request, metadata=grpc.aio.Metadata(*metadata))
        return cast(JsonValue, json_format.MessageToDict(answer, descriptor_pool=descriptors.pool))

    async def _credentials(self, task: _Task) -> list[tuple[str, str]]:
        holder = cast("dict[str, str] | None", task.arguments.get("Authentication"))
        if holder is None or self._authorizer is None:
            return []
        connection = await self._authorizer.connection(holder["ConnectionArn"])
        headers = {**connection.additions.headers, **await self._authorizer.headers(connection)}
        pairs = [(name.lower(), value) for name, value in headers.items()]
        for name, value in pairs:
            if not _is_sendable(name, value):
                raise task.unusable(f"The connection's header {name!r} cannot be sent as metadata")
        return pairs

    async def _descriptors(self, channel: grpc.aio.Channel, target: _Target, task: _Task) -> _Descriptors:
        kept = self._kept.get(target)
        if kept is None or kept.until <= self._clock():
            while len(self._kept) >= _MOST_ENDPOINTS:
                self._kept.pop(next(iter(self._kept)))
            kept = self._kept[target] = _Kept(_Descriptors(), self._clock() + _KEPT_SECONDS)
        try:
            await kept.descriptors.load(channel, task)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                raise task.failed("UNIMPLEMENTED", "the server has no reflection (grpc.reflection.v1alpha)") from None
            raise
        return kept.descriptors

    @asynccontextmanager
    async def _channel(self, target: _Target) -> AsyncIterator[grpc.aio.Channel]:
        address = await self._address(target)
        options = [*_OPTIONS, ("grpc.default_authority", target.authority)]
        if target.secure:
            options.append(("grpc.ssl_target_name_override", target.host))
            channel = grpc.aio.secure_channel(address, grpc.ssl_channel_credentials(), options=options)
        else:
            channel = grpc.aio.insecure_channel(address, options=options)
        async with channel:
            yield channel

    async def _address(self, target: _Target) -> str:
        """The addresses that were judged, in the form in which gRPC connects to them without asking again."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        allowed = [
            (family, str(address[0]))
            for family, _, _, _, address in found
            if self._guard.permits(str(address[0]), secure=target.secure)
        ]
        if not allowed:
            raise AddressRefused("Tasks")
        family = allowed[0][0]
        scheme, form = ("ipv6", "[{}]") if family == socket.AF_INET6 else ("ipv4", "{}")
        same = [address for each, address in allowed if each == family]
        return f"{scheme}:" + ",".join(f"{form.format(address)}:{target.port}" for address in same)


@dataclass(frozen=True, slots=True)
class _Target:
    host: str
    port: int
    secure: bool

    @property
    def authority(self) -> str:
        """Host and port as a request names them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class _Kept:
    descriptors: _Descriptors
    until: float


@dataclass(slots=True)
class _Descriptors:
    """What a server's reflection has told, in a pool of its own."""

    pool: DescriptorPool = field(default_factory=DescriptorPool)
    files: set[str] = field(default_factory=set)
    symbols: set[str] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def load(self, channel: grpc.aio.Channel, task: _Task) -> None:
        """Have everything in the pool that a method's service needs."""
        async with self.lock:
            if task.service in self.symbols:
                return
            stub = reflection_pb2_grpc.ServerReflectionStub(channel)
            asking = reflection_pb2.ServerReflectionRequest(file_containing_symbol=task.service)
            await self._add(stub, await _files(stub, asking, task), task)
            self.symbols.add(task.service)

    async def _add(self, stub: Any, files: Iterable[FileDescriptorProto], task: _Task) -> None:
        """Add files behind those that they import; asks for imports that did not come along."""
        waiting = {file.name: file for file in files}
        order: list[FileDescriptorProto] = []
        unread = [*waiting]
        while unread:
            name = unread.pop()
            for imported in waiting[name].dependency:
                if imported in waiting or imported in self.files:
                    continue
                if len(waiting) >= _MOST_FILES:
                    raise task.failed("RESOURCE_EXHAUSTED", f"the service has more than {_MOST_FILES} .proto files")
                asking = reflection_pb2.ServerReflectionRequest(file_by_filename=imported)
                for file in await _files(stub, asking, task):
                    if file.name not in waiting:
                        waiting[file.name] = file
                        unread.append(file.name)
        done: set[str] = set()
        for name in waiting:
            _in_order(name, waiting, done, order)
        for file in order:
            if file.name not in self.files:
                try:
                    self.pool.Add(file)
                except TypeError as error:
                    raise _unreadable(task, error) from None
                self.files.add(file.name)

    def method(self, task: _Task) -> MethodDescriptor:
        """The unary method that a Task names. Raises: StatesError."""
        try:
            method = self.pool.FindServiceByName(task.service).methods_by_name.get(task.method)
        except (KeyError, TypeError) as error:
            raise _unreadable(task, error) from None
        if method is None:
            raise task.failed("UNIMPLEMENTED", f"the service {task.service} has no method {task.method!r}")
        if method.client_streaming or method.server_streaming:
            raise task.unusable("The method is streaming; only unary methods can be called")
        return method


def _in_order(
    name: str, files: Mapping[str, FileDescriptorProto], done: set[str], order: list[FileDescriptorProto]
) -> None:
    if name in done or name not in files:
        return
    done.add(name)
    for imported in files[name].dependency:
        _in_order(imported, files, done, order)
    order.append(files[name])


async def _files(
    stub: Any, request: reflection_pb2.ServerReflectionRequest, task: _Task
) -> Sequence[FileDescriptorProto]:
    stream = stub.ServerReflectionInfo(iter([request]))
    try:
        answer = await stream.read()
    finally:
        stream.cancel()
    if answer is grpc.aio.EOF:
        raise task.failed("INTERNAL", "the server's reflection gave no answer")
    if answer.HasField("error_response"):
        refused = answer.error_response
        status = next((code.name for code in grpc.StatusCode if code.value[0] == refused.error_code), "UNKNOWN")
        if status == "NOT_FOUND":
            raise task.failed("UNIMPLEMENTED", f"the server has no service {task.service!r}")
        raise task.failed(status, f"the server's reflection: {refused.error_message}")
    try:
        return [FileDescriptorProto.FromString(data) for data in answer.file_descriptor_response.file_descriptor_proto]
    except DecodeError as error:
        raise _unreadable(task, error) from None


def _unreadable(task: _Task, error: Exception) -> StatesError:
    return task.failed("INTERNAL", f"the server's reflection cannot be used: {error}")


@dataclass(frozen=True, slots=True)
class _Task:
    """A Task's arguments, and what they name."""

    arguments: dict[str, JsonValue]
    state: str

    @property
    def service(self) -> str:
        """The service, with its package."""
        return str(self.arguments["Method"]).strip("/").rpartition("/")[0]

    @property
    def method(self) -> str:
        """The method's name alone."""
        return str(self.arguments["Method"]).rpartition("/")[2]

    @property
    def path(self) -> str:
        """The method as HTTP/2 requests name it."""
        return f"/{self.service}/{self.method}"

    def target(self) -> _Target:
        """Where to call. Raises: StatesRuntime."""
        text = str(self.arguments["Endpoint"])
        host, _, port = text.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not host or not port.isdecimal() or not 0 < int(port) < 65_536 or "/" in host:
            raise self.unusable("The value of the field 'Endpoint' is not HOST:PORT")
        if not self.service or not self.method:
            raise self.unusable("The value of the field 'Method' is not PACKAGE.SERVICE/METHOD")
        return _Target(host, int(port), secure=self.arguments.get("Tls") is not False)

    def metadata(self) -> list[tuple[str, str]]:
        """The metadata that the Task gives. Raises: StatesRuntime."""
        given = cast("dict[str, JsonValue]", self.arguments.get("Metadata") or {})
        pairs = [
            (name.lower(), str(text))
            for name, value in given.items()
            for text in (value if isinstance(value, list) else [value])
        ]
        for name, text in pairs:
            if not _is_sendable(name, text):
                raise self.unusable(f"The metadata {name!r} cannot be sent")
        return pairs

    def message(self, method: MethodDescriptor) -> Any:
        """The request's message. Raises: StatesRuntime."""
        message = GetMessageClass(method.input_type)()
        try:
            json_format.ParseDict(cast("dict[str, Any]", self.arguments.get("Request") or {}), message)
        except json_format.ParseError as error:
            raise self.unusable(f"The field 'Request' is no {method.input_type.full_name}: {error}") from None
        return message

    def failed(self, status: str, reason: str) -> StatesError:
        """The error of a call that ended with a status."""
        return StatesError(f"Grpc.{status}", f"{self._where()}: {reason}")

    def too_large(self) -> StatesDataLimitExceeded:
        """The error of an answer that is not taken."""
        return StatesDataLimitExceeded(f"{self._where()}: the answer has more than {_LARGEST_ANSWER} bytes")

    def _where(self) -> str:
        return f"grpc:call of state {self.state!r}: {self.arguments['Endpoint']}{self.path}"

    def unusable(self, reason: str) -> StatesRuntime:
        """The arguments cannot be used."""
        return unusable_arguments(without_secrets(self.arguments), reason)


def _is_too_large(error: grpc.aio.AioRpcError) -> bool:
    """Whether the answer was larger than our own bound; a server that is asked too much has the same status."""
    return error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED and _TOO_LARGE in (error.details() or "")


def _is_sendable(name: str, text: str) -> bool:
    """Whether metadata can be sent, and is not gRPC's own."""
    known = name.replace("-", "").replace("_", "").replace(".", "").isalnum() and name.isascii()
    own = name.startswith("grpc-") or name.endswith("-bin")
    return known and not own and all(" " <= character <= "~" for character in text)
