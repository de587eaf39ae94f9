"""gRPC calls that must be refused, made by chance: the same ones for the same seed.

Those that the model forbids are the requests of `tests.support.bad_requests`, as messages; the others are what only a
binary protocol can get wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final, TypeAlias

from botocore import xform_name
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import NULL_VALUE, Value
from grpc import StatusCode

from api.grpc.handlers import SERVICE_NAME
from api.grpc.messages import enum_prefix
from api.proto.v1 import steploom_pb2
from tests.support import bad_requests
from tests.support.bad_requests import BadRequest, Codes

Metadata: TypeAlias = Sequence[tuple[str, str | bytes]]

_METHODS: Final = steploom_pb2.DESCRIPTOR.services_by_name["StepFunctions"].methods_by_name
_STREAMED: Final = "WatchExecution"
_NO_SUCH_NUMBER: Final = 99
_RESERVED_WIRE_TYPES: Final = (6, 7)


@dataclass(frozen=True, slots=True)
class BadCall:
    """A call, and how it may be refused: with one of AWS's `codes`, if there are any, and one of the `statuses`."""

    method: str
    data: bytes = b""
    metadata: Metadata = ()
    codes: Codes = frozenset()
    statuses: frozenset[StatusCode] = frozenset()

    @property
    def is_streamed(self) -> bool:
        """Whether the method answers with a stream."""
        return self.method == _path(_STREAMED)


def wrong_sizes(random: Random) -> BadCall:
    """A text or list that is too long or too short, or a number beyond its bounds."""
    return _as_call(random, bad_requests.wrong_sizes)


def wrong_values(random: Random) -> BadCall:
    """A text that breaks its pattern, or a number that its enum does not have."""
    return _as_call(random, bad_requests.wrong_values)


def missing_fields(random: Random) -> BadCall:
    """A required field that is absent."""
    return _as_call(random, bad_requests.missing_members)


def wrong_names(random: Random) -> BadCall:
    """ARNs, names and tokens that name nothing that there could be."""
    if random.random() < 0.1:
        return BadCall(_path(random.choice([_STREAMED, "WaitForExecution"])), _message_of_an_arn(random))
    return _as_call(random, bad_requests.wrong_names)


def wrong_documents(random: Random) -> BadCall:
    """Definitions and inputs that are no JSON, or no definition; values that JSON does not have."""
    return _with_wrong_value(random) if random.random() < 0.2 else _as_call(random, bad_requests.wrong_documents)


def wrong_types(random: Random) -> BadCall:
    """A required field that came with another wire type, which protobuf takes for another field."""
    while True:
        name, message = _good(random)
        required = [field for field in _fields(message) if _is_required(field)]
        if not required:
            continue
        field = random.choice(required)
        message.ClearField(field.name)
        spoilt = bytes([*_varint(field.number << 3 | 0), *_varint(random.getrandbits(31))])
        return BadCall(_path(name), message.SerializeToString() + spoilt, codes=bad_requests.VALIDATION)


def wrong_bytes(random: Random) -> BadCall:
    """Bytes that are no message."""
    while True:
        name, message = _good(random)
        data = random.choice(_NO_MESSAGES)(message.SerializeToString(), random)
        try:
            type(message).FromString(data)
        except DecodeError:
            return BadCall(_path(name), data, codes=bad_requests.SERIALIZATION)


def wrong_methods(random: Random) -> BadCall:
    """Methods that there are not."""
    method = random.choice(_NO_METHODS)(random.choice(list(_METHODS)), random)
    return BadCall(method, random.randbytes(random.randint(0, 20)), statuses=frozenset({StatusCode.UNIMPLEMENTED}))


def wrong_metadata(random: Random) -> BadCall:
    """Metadata that names no caller, for a door that asks who calls; or too much of it."""
    name, message = _good(random)
    if random.random() < 0.1:
        long = [("x-long", "x" * random.randint(20_000, 60_000))]
        return BadCall(_path(name), b"", long, statuses=frozenset({StatusCode.RESOURCE_EXHAUSTED}))
    metadata = random.choice(_NOBODY)(random)
    return BadCall(_path(name), message.SerializeToString(), metadata, statuses=frozenset({StatusCode.UNAUTHENTICATED}))


def _path(method: str) -> str:
    return f"/{SERVICE_NAME}/{method}"


def _as_call(random: Random, kind: Callable[[Random], BadRequest]) -> BadCall:
    """A request of AWS's protocol that is bad in a way that a message can be, too."""
    while True:
        bad = kind(random)
        assert bad.target is not None, "of an operation"
        name = bad.target.removeprefix(bad_requests.TARGET)
        message = GetMessageClass(_METHODS[name].input_type)()
        if _filled(message, json.loads(bad.body)):
            return BadCall(_path(name), message.SerializeToString(), codes=bad.codes)


def _filled(message: Message, params: Mapping[str, Any]) -> bool:
    """Fill a message; False where it cannot say the same."""
    by_member = {field.name: field for field in _fields(message)}
    for member, value in params.items():
        if value is not None and not _set(message, by_member[xform_name(member)], value):
            return False
    return True


def _set(message: Message, field: FieldDescriptor, value: Any) -> bool:
    if field.is_repeated:
        return value != [] and all(_added(message, field, item) for item in value)
    if field.message_type is not None:
        getattr(message, field.name).SetInParent()
        return _filled(getattr(message, field.name), value)
    try:
        setattr(message, field.name, _scalar(field, value))
    except (TypeError, ValueError):  # half a surrogate pair, a number that is too great, a fraction
        return False
    return True


def _added(message: Message, field: FieldDescriptor, item: Any) -> bool:
    if item is None:
        return False
    repeated = getattr(message, field.name)
    if field.message_type is not None:
        return _filled(repeated.add(), item)
    repeated.append(item)
    return True


def _scalar(field: FieldDescriptor, value: Any) -> Any:
    if field.enum_type is None:
        return value
    names = {each.name: each.number for each in field.enum_type.values}
    return names.get(f"{enum_prefix(field.enum_type)}{value}", _NO_SUCH_NUMBER)


def _fields(message: Message) -> Sequence[FieldDescriptor]:
    fields: Sequence[FieldDescriptor] = message.DESCRIPTOR.fields  # type: ignore[assignment]  # two implementations
    return fields


def _is_required(field: FieldDescriptor) -> bool:
    """Whether AWS requires the member of a text field: then the field has no presence of its own."""
    return field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated and not field.has_presence


def _good(random: Random) -> tuple[str, Message]:
    """A message that would be understood, of any method."""
    while True:
        name = random.choice(list(_METHODS))
        message = GetMessageClass(_METHODS[name].input_type)()
        if name in (_STREAMED, "WaitForExecution"):
            return name, type(message).FromString(_message_of_an_arn(random, good=True))
        if _filled(message, bad_requests.good_params(name, random)):
            return name, message


def _message_of_an_arn(random: Random, *, good: bool = False) -> bytes:
    arn = f"{bad_requests.ACCOUNT}:execution:there:one" if good else bad_requests.garbled(random)
    return steploom_pb2.WaitForExecutionRequest(execution_arn=arn).SerializeToString()


def _with_wrong_value(random: Random) -> BadCall:
    """A document that is given as a value which no JSON text can say."""
    wrong = Value()
    match random.randrange(4):
        case 0:
            wrong = Value(number_value=random.choice([float("nan"), float("inf"), -float("inf")]))
        case 1:
            wrong.list_value.values.add(null_value=NULL_VALUE)
            wrong.list_value.values.add()  # of no kind
        case 2:
            wrong.struct_value.fields["a"].number_value = float("nan")
    params = bad_requests.good_params("StartExecution", random)
    request = steploom_pb2.StartExecutionRequest(
        state_machine_arn=params["stateMachineArn"], name="new", input_value=wrong
    )
    return BadCall(_path("StartExecution"), request.SerializeToString(), codes=bad_requests.SERIALIZATION)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


_NO_MESSAGES: Final[Sequence[Callable[[bytes, Random], bytes]]] = [
    lambda data, random: data[: random.randrange(max(1, len(data)))],
    lambda data, random: data + bytes([random.randrange(1, 30) << 3 | random.choice(_RESERVED_WIRE_TYPES)]),
    lambda data, _: data + b"\x00\x01",
    lambda data, random: data + b"\xff" * random.randint(1, 200),
    lambda data, random: data + b"\x0a" + _varint(random.randint(1, 2**31)),
    lambda data, random: data + b"\x0a\x02" + random.choice([b"\xc3\x28", b"\xff\xfe", b"\xed\xa0"]),
    lambda data, _: data + b"\x0b",  # a group that does not end
    lambda data, _: data + b"\x0c",  # a group that ends without a beginning
    lambda _, random: random.randbytes(random.randint(1, 300)),
    lambda _, random: b'{"stateMachineArn": "' + random.randbytes(4) + b'"}',
]

_NO_METHODS: Final[Sequence[Callable[[str, Random], str]]] = [
    lambda name, _: f"/{SERVICE_NAME}/{name}s",
    lambda name, _: f"/{SERVICE_NAME}/{name.lower()}",
    lambda name, _: f"/{SERVICE_NAME}/{name}/",
    lambda name, _: f"/{SERVICE_NAME}//{name}",
    lambda name, _: f"/{SERVICE_NAME}.{name}",
    lambda name, _: f"/{SERVICE_NAME.lower()}/{name}",
    lambda name, _: f"/steploom.v2.StepFunctions/{name}",
    lambda name, _: f"/StepFunctions/{name}",
    lambda name, _: f"/AWSStepFunctions.{name}",
    lambda _, random: f"/{SERVICE_NAME}/{random.choice(['', 'invoke', '__class__', '%00', '*', '..'])}",
    lambda _, random: f"/{SERVICE_NAME}/{'x' * random.randint(100, 5_000)}",
    lambda _, __: "/",
]

_NOBODY: Final[Sequence[Callable[[Random], Metadata]]] = [
    lambda _: [],
    lambda _: [("authorization", "")],
    lambda _: [("authorization", "Bearer")],
    lambda _: [("authorization", "Basic bWU6bWU=")],
    lambda random: [("authorization", f"Bearer {random.getrandbits(200):x}")],
    lambda random: [("authorization", f"Bearer steploom_STPL{'A' * 16}_{random.getrandbits(120):040x}")],
    lambda random: [("authorization", "Bearer " + "~" * random.randint(1, 3_000))],
    lambda _: [("authorization", "Bearer a"), ("authorization", "Bearer b")],
    lambda random: [(f"x-{random.getrandbits(30):x}", "a"), ("x-a-bin", b"a")],
]
