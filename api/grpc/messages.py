"""Between the messages of `api/proto` and the application service's requests and responses, by field names alone.

The .proto file mirrors AWS's service model, so that one rule each does for all operations: a request becomes a mapping
of AWS's member names (which the service checks and types, the same way as for the HTTP door), and a response's
dataclass becomes the message whose fields have its names. Absent members, enums, timestamps and JSON documents given
as `google.protobuf.Value` are the only special cases.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from api.proto.v1.steploom_pb2 import HistoryEvent
from api.service.clock import of_epoch_milliseconds
from api.service.errors import SerializationException
from interpreter.values import JsonValue

M = TypeVar("M", bound=Message)

_LARGEST_EXACT_INTEGER = 2**53
_VALUE_SUFFIX = "_value"
_EVENT_MEMBERS = frozenset({"id", "previousEventId", "timestamp", "type"})


def to_params(request: Message) -> dict[str, JsonValue]:
    """A request message as AWS's JSON request body, without the members that are absent.

    Raises:
        SerializationException: a document given as a value holds NaN, an infinity, or no kind at all.
    """
    params: dict[str, JsonValue] = {}
    for field in _fields(request):
        if not _is_present(request, field):
            continue
        value = getattr(request, field.name)
        if field.message_type is Value.DESCRIPTOR:
            params[_member_name(field.name.removesuffix(_VALUE_SUFFIX))] = _json_text(_plain(value))
        elif field.is_repeated:
            params[_member_name(field.name)] = [_param(field, item) for item in value]
        else:
            params[_member_name(field.name)] = _param(field, value)
    return params


def to_message(response: object, message_class: type[M]) -> M:
    """The message of `message_class` that says what a response of the application service says."""
    message = message_class()
    _fill(message, response)
    return message


def to_history_event(event: Mapping[str, JsonValue]) -> HistoryEvent:
    """A history event in AWS's JSON shape (`timestamp` in epoch seconds) as its message."""
    message = HistoryEvent(
        id=cast(int, event["id"]),
        previous_event_id=cast(int, event.get("previousEventId", 0)),
        timestamp=_timestamp(of_epoch_milliseconds(round(cast(float, event["timestamp"]) * 1000))),
        type=cast(str, event["type"]),
    )
    for name in event.keys() - _EVENT_MEMBERS:
        message.details_name = name
        message.details.CopyFrom(_struct(cast(Mapping[str, JsonValue], event[name])))
    return message


def _fields(message: Message) -> Sequence[FieldDescriptor]:
    # The stubs name a union of two implementations of one interface.
    return cast(Sequence[FieldDescriptor], message.DESCRIPTOR.fields)


def _is_present(message: Message, field: FieldDescriptor) -> bool:
    if field.is_repeated:
        return len(getattr(message, field.name)) > 0
    if field.has_presence:
        return message.HasField(field.name)
    # Without presence, an empty text or enum is a missing member; a number's zero is a number.
    return field.cpp_type not in _EMPTY_IS_ABSENT or bool(getattr(message, field.name))


_EMPTY_IS_ABSENT = frozenset({FieldDescriptor.CPPTYPE_STRING, FieldDescriptor.CPPTYPE_ENUM})


@cache
def _member_name(field_name: str) -> str:
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), field_name)


def _param(field: FieldDescriptor, value: Any) -> JsonValue:
    if field.message_type is not None:
        return to_params(value)
    if field.enum_type is not None:
        return _enum_text(field.enum_type, value)
    return cast(JsonValue, value)


def _enum_text(enum: EnumDescriptor, number: int) -> str:
    # proto3 enums are open. A number from a newer client passes as digits, which the model's constraints then refuse.
    value = enum.values_by_number.get(number)
    return str(number) if value is None else value.name.removeprefix(enum_prefix(enum))


def _enum_number(enum: EnumDescriptor, text: str) -> int:
    return enum.values_by_name[enum_prefix(enum) + text].number


@cache
def enum_prefix(enum: EnumDescriptor) -> str:
    """What the names of the enum's values have before AWS's name: `StateMachineType` -> `STATE_MACHINE_TYPE_`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", enum.name).upper() + "_"


def _plain(value: Value) -> JsonValue:
    match value.WhichOneof("kind"):
        case "null_value":
            return None
        case "bool_value":
            return value.bool_value
        case "number_value":
            return _number(value.number_value)
        case "string_value":
            return value.string_value
        case "list_value":
            return [_plain(item) for item in value.list_value.values]
        case "struct_value":
            return {name: _plain(member) for name, member in value.struct_value.fields.items()}
        case _:
            raise SerializationException("A value of no kind cannot be written as JSON")


def _number(number: float) -> int | float:
    if not math.isfinite(number):
        raise SerializationException(f"The number {number} cannot be written as JSON")
    is_exact_integer = number.is_integer() and abs(number) <= _LARGEST_EXACT_INTEGER
    return int(number) if is_exact_integer else number


def _json_text(value: JsonValue) -> str:
    # Sorted, because a Struct has no order: a repeated StartExecution with an equal value must have an equal input.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _fill(message: Message, response: object) -> None:
    for field in _fields(message):
        value = getattr(response, field.name)
        if value is not None:
            _set(message, field, value)


def _set(message: Message, field: FieldDescriptor, value: Any) -> None:
    target = getattr(message, field.name)
    if field.is_repeated:
        _extend(target, field, value)
    elif field.message_type is Timestamp.DESCRIPTOR:
        target.CopyFrom(_timestamp(value))
    elif field.message_type is not None:
        target.SetInParent()
        _fill(target, value)
    elif field.enum_type is not None:
        setattr(message, field.name, _enum_number(field.enum_type, value))
    else:
        setattr(message, field.name, _unicode(value) if isinstance(value, str) else value)


def _extend(target: Any, field: FieldDescriptor, value: Any) -> None:
    if field.message_type is None:
        target.extend(_unicode(item) for item in value)
    elif field.message_type.GetOptions().map_entry:
        for name, names in cast(Mapping[str, Iterable[str]], value).items():
            target[_unicode(name)].names.extend(_unicode(item) for item in names)
    elif field.message_type is HistoryEvent.DESCRIPTOR:
        target.extend(to_history_event(event) for event in value)
    else:
        for item in value:
            _fill(target.add(), item)


def _timestamp(date: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(date)
    return timestamp


def _struct(members: Mapping[str, JsonValue]) -> Struct:
    struct = Struct()
    struct.update(cast(Mapping[str, Any], _unicode_json(members)))
    return struct


def _unicode_json(value: Any) -> Any:
    match value:
        case str():
            return _unicode(value)
        case Mapping():
            return {_unicode(name): _unicode_json(member) for name, member in value.items()}
        case list() | tuple():
            return [_unicode_json(item) for item in value]
        case _:
            return value


def _unicode(text: str) -> str:
    # JSON may hold half a surrogate pair (`"\ud800"`), protobuf may not: it becomes U+FFFD, as in every UTF-8 encoder.
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
