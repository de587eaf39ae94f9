"""JSON to botocore's parameters and botocore's answers back to JSON, led by the API's shapes.

Members are in PascalCase on our side whatever the API calls them, for `aws-sdk` spelled as the SDK for Java has them;
objects, numbers and truth values given for a string or a blob become compact JSON (recorded for SQS, SNS, SFN,
EventBridge and S3); blobs are text in UTF-8, or base64 where an answer is none, times are ISO-8601 in UTC with
milliseconds ("Learning to use AWS service SDK integrations").
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, TypeVar

from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    OperationNotFoundError,
    ServiceModel,
    Shape,
    StructureShape,
)
from botocore.response import StreamingBody
from botocore.utils import parse_to_aware_datetime

from activities.whole_answers import read_whole
from interpreter.errors import StatesDataLimitExceeded
from interpreter.values import JsonValue, is_integer, is_number, json_text

Spelling: TypeAlias = Callable[[str], str]
"""How a member is spelled on our side: `pascal_case`, or `activities.java_names.member_name` for `aws-sdk`."""

_S = TypeVar("_S", bound=Shape)

_TOKENS: Final = frozenset(
    {
        "amznclienttoken",
        "clientrequesttoken",
        "clienttoken",
        "creatorrequestid",
        "idempotencytoken",
        "uniquerequesttoken",
    }
)
_READING: Final = ("Describe", "Get", "List", "Search", "Query")

_LARGEST_BODY: Final = 8 * 1024 * 1024
"""Bytes of a streamed answer: more than any mode lets a state have as its result."""


class UnusableArgument(ValueError):
    """An argument does not fit the API; the text says which, in Step Functions' words."""


def pascal_case(name: str) -> str:
    """An API's name of an operation or a member as Step Functions writes it."""
    return name[:1].upper() + name[1:]


def operation_called(model: ServiceModel, action: str) -> OperationModel:
    """The operation that an action in camelCase or PascalCase is. Raises: OperationNotFoundError."""
    for name in model.operation_names:
        if pascal_case(name) == pascal_case(action):
            return model.operation_model(name)
    raise OperationNotFoundError(f"botocore's model of {model.service_name} has no operation {action!r}")


def input_shape(operation: OperationModel) -> StructureShape | None:
    """The shape of what an operation takes."""
    return None if operation.input_shape is None else _as(operation.input_shape, StructureShape)


def output_shape(operation: OperationModel) -> StructureShape | None:
    """The shape of what an operation answers."""
    return None if operation.output_shape is None else _as(operation.output_shape, StructureShape)


def token_members(operation: OperationModel) -> list[str]:
    """The members of an operation's input that make a repeated call harmless.

    Where the model does not mark them they are known by their name; in calls that only read, it means something else.
    One that the caller must give is no business of ours, unless it is marked.
    """
    shape = input_shape(operation)
    marked = list(operation.idempotent_members)
    if shape is None or operation.name.startswith(_READING):
        return marked
    optional = {name: member for name, member in shape.members.items() if name not in shape.required_members}
    named = [name for name, member in optional.items() if _is_token(name, member)]
    return [*marked, *(name for name in named if name not in marked)]


def tokens(operation: OperationModel, request_id: str) -> dict[str, str]:
    """Those members with a value made of a UUID, in the first of some forms that the API takes."""
    shape = input_shape(operation)
    compact = request_id.replace("-", "")
    forms = (request_id, compact, compact * 2)
    members = {} if shape is None else shape.members
    found = {
        name: next((form for form in forms if _takes(members[name], form)), None) for name in token_members(operation)
    }
    return {name: form for name, form in found.items() if form is not None}


def _takes(shape: Shape, text: str) -> bool:
    """Whether a text is within the bounds that a model has for it; a pattern that is not Python's tells nothing."""
    bounds = shape.metadata
    if not bounds.get("min", 0) <= len(text) <= bounds.get("max", len(text)):
        return False
    try:
        return re.fullmatch(bounds.get("pattern", ".*"), text) is not None
    except re.error:
        return True


def _is_token(name: str, shape: Shape) -> bool:
    return name.lower() in _TOKENS and shape.type_name == "string"


def to_parameters(
    shape: StructureShape | None,
    arguments: Mapping[str, JsonValue],
    *,
    strict: bool,
    spelling: Spelling = pascal_case,
) -> dict[str, Any]:
    """The parameters of a botocore call.

    Args:
        shape: the operation's input, None where it has none.
        arguments: the state's arguments.
        strict: whether an unknown member at the top is refused; else it is dropped.
        spelling: how members are spelled; their API's own spelling, in PascalCase, is understood too.

    Raises:
        UnusableArgument: an argument has the wrong form, is unknown or is missing from the request's address.
    """
    members = {} if shape is None else members_by_name(shape, spelling)
    unknown = [name for name in arguments if name not in members]
    if strict and unknown:
        raise UnusableArgument(f"The field {unknown[0]!r} is not supported by Step Functions")
    known = {name: value for name, value in arguments.items() if name in members}
    if shape is None:
        return {}
    parameters = _structure(shape, known, spelling)
    for name in shape.required_members:
        if name not in parameters and shape.members[name].serialization.get("location") == "uri":
            raise UnusableArgument(f"The field {spelling(name)!r} is required but was missing")
    return parameters


def members_by_name(shape: StructureShape, spelling: Spelling) -> dict[str, str]:
    """The API's members by the names under which arguments may hold them."""
    return {pascal_case(name): name for name in shape.members} | {spelling(name): name for name in shape.members}


def _structure(shape: StructureShape, value: Mapping[str, JsonValue], spelling: Spelling) -> dict[str, Any]:
    members = members_by_name(shape, spelling)
    parameters: dict[str, Any] = {}
    for key, item in value.items():
        name = members.get(key)
        if name is None:
            raise UnusableArgument(f"The field {key!r} is not supported by Step Functions")
        if item is not None:  # the SDK for Java does not tell null from absent
            parameters[name] = _parameter(shape.members[name], item, key, spelling)
    return parameters


def _parameter(shape: Shape, value: JsonValue, field: str, spelling: Spelling) -> Any:
    if getattr(shape, "is_document_type", False):
        return value
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            return _structure(_as(shape, StructureShape), value, spelling)
        case "map" if isinstance(value, dict):
            item = _as(shape, MapShape).value
            given = {key: member for key, member in value.items() if member is not None}
            return {key: _parameter(item, member, field, spelling) for key, member in given.items()}
        case "list" if isinstance(value, list):
            item = _as(shape, ListShape).member
            return [_parameter(item, member, field, spelling) for member in value if member is not None]
        case "structure" | "map" | "list":
            raise _invalid(field)
        case _:
            return _scalar(shape.type_name, value, field)


def _as(shape: Shape, kind: type[_S]) -> _S:
    if not isinstance(shape, kind):
        raise TypeError(f"{shape} is not a {kind.__name__}")
    return shape


def _scalar(type_name: str, value: JsonValue, field: str) -> Any:
    match type_name:
        case "string" | "character":
            return value if isinstance(value, str) else json_text(value)
        case "blob":
            return (value if isinstance(value, str) else json_text(value)).encode("utf-8", "surrogatepass")
        case "timestamp":
            return _time(value, field)
        case "boolean" if isinstance(value, bool):
            return value
        case "integer" | "long" | "bigInteger" if is_integer(value):
            return int(value)
        case "float" | "double" | "bigDecimal" if is_number(value):
            return value
        case _:
            raise _invalid(field)


def _time(value: JsonValue, field: str) -> datetime:
    if isinstance(value, str) or is_number(value):
        try:
            return parse_to_aware_datetime(value)  # type: ignore[arg-type]  # numbers too, whatever the stubs say
        except (ValueError, OverflowError, RuntimeError):  # the last is botocore's word for an impossible number
            pass
    raise _invalid(field)


def _invalid(field: str) -> UnusableArgument:
    return UnusableArgument(f"The value of the field {field!r} has an invalid format")


def to_result(
    shape: StructureShape | None, answer: Mapping[str, Any], *, spelling: Spelling = pascal_case
) -> dict[str, JsonValue]:
    """The answer of a botocore call: members in alphabetical order, a streamed body last.

    Raises:
        StatesDataLimitExceeded: a streamed body is too large for a result.
        OSError, BotoCoreError: reading a streamed body failed.
    """
    if shape is None:
        return {}
    result = _answer_members(shape, answer, spelling)
    ordered = dict(sorted(result.items()))
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name == "blob" and spelling(payload) in ordered:
        ordered[spelling(payload)] = ordered.pop(spelling(payload))
    return ordered


def _answer_members(shape: StructureShape, answer: Mapping[str, Any], spelling: Spelling) -> dict[str, JsonValue]:
    return {
        spelling(name): _answer(member, answer[name], spelling)
        for name, member in shape.members.items()
        if answer.get(name) is not None
    }


def _answer(shape: Shape, value: Any, spelling: Spelling) -> JsonValue:
    if getattr(shape, "is_document_type", False):
        return value  # type: ignore[no-any-return]  # JSON by the API's contract
    match shape.type_name:
        case "structure":
            return _answer_members(_as(shape, StructureShape), value, spelling)
        case "map":
            item = _as(shape, MapShape).value
            return {str(key): _answer(item, member, spelling) for key, member in value.items()}
        case "list":
            item = _as(shape, ListShape).member
            return [_answer(item, member, spelling) for member in value]
        case "timestamp":
            return _instant(value)
        case "blob":
            return _text(value)
        case "float" | "double":
            return value if math.isfinite(value) else str(value)
        case "string" | "character":
            return value if isinstance(value, str) else json_text(value)
        case _:
            return value  # type: ignore[no-any-return]  # an integer or a truth value


def _instant(value: Any) -> str:
    if not isinstance(value, datetime):
        return str(value)
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(value: bytes | str | StreamingBody) -> str:
    if isinstance(value, StreamingBody):
        data = read_whole(value, _LARGEST_BODY)
        value.close()
        if len(data) > _LARGEST_BODY:
            raise StatesDataLimitExceeded(f"The service answered with more than {_LARGEST_BODY} bytes.")
        return _blob_text(data)
    return _blob_text(value) if isinstance(value, bytes) else value


def _blob_text(data: bytes) -> str:
    """Text where the bytes are some (recorded), else base64: nothing of them is lost."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(data).decode("ascii")
