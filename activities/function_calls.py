"""One call of a function: the argument of our invoking activities, and the result in the shape of `lambda:invoke`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from activities.function_names import LATEST
from activities.sdk_metadata import sdk_metadata
from interpreter.errors import StatesError, StatesTaskFailed
from interpreter.values import JsonValue, NestingError, json_bytes, parse_json

INVOKE_TEXTS: Final = ("FunctionName", "Qualifier", "InvocationType", "LogType", "ClientContext")
"""The arguments of `lambda:invoke` that are texts."""

INVOKE_FIELDS: Final = frozenset({*INVOKE_TEXTS, "Payload"})
"""All arguments of `lambda:invoke`."""

_OUTCOME_ERRORS: Final = frozenset({"Sandbox.Timedout", "Runtime.ExitError", "Runtime.OutOfMemory", "Runtime.Unknown"})
"""What Lambda itself says of a function that did not return: Step Functions calls it `Lambda.Unknown`."""

MAX_PAYLOAD_BYTES: Final = 6_291_556
"""Of what a function returns (Lambda quota, synchronous payload: 6 MB, and a little for the frame)."""

_REQUEST_IDS: Final = uuid.UUID("6f2c7f0e-52d1-4f0f-8d6f-3a6b1f0f7c11")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall:
    """The argument of `steploom:lambda-invoke` and `steploom:function-url`. New members get defaults: old runs load.

    Attributes:
        function: the function's name as the definition gives it.
        payload: the event; None with `has_payload` False stands for none at all.
        has_payload: whether an event is sent.
        wrapped: whether the result is that of `lambda:invoke`; else it is the payload alone.
        url: where the function answers, for `steploom:function-url`.
        trace_header: the X-Ray trace header that a call of Lambda's API carries.
    """

    function: str
    payload: JsonValue = None
    has_payload: bool = True
    wrapped: bool = True
    qualifier: str | None = None
    invocation_type: str | None = None
    log_type: str | None = None
    client_context: str | None = None
    url: str | None = None
    trace_header: str | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """All members by name; those that have their default are left out."""
        members = ((field.name, getattr(self, field.name), field.default) for field in fields(self))
        return {name: value for name, value, default in members if value is not default}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> FunctionCall:
        """The inverse of `to_json`; members unknown to this release are ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: member for name, member in value.items() if name in known})


def request_id_of(operation_id: str) -> str:
    """The request id of a call, derived one way: it is visible to definitions, and operation ids are secret."""
    return str(uuid.uuid5(_REQUEST_IDS, operation_id))


def invoke_result(
    payload: JsonValue,
    *,
    request_id: str,
    headers: Mapping[str, str],
    status: int = 200,
    executed_version: str | None = LATEST,
    log_result: str | None = None,
) -> dict[str, JsonValue]:
    """The result of `lambda:invoke`: members in alphabetical order, headers too (without regard to case)."""
    result: dict[str, JsonValue] = {}
    if executed_version is not None:
        result["ExecutedVersion"] = executed_version
    if log_result is not None:
        result["LogResult"] = log_result
    result["Payload"] = payload
    result |= sdk_metadata(headers, status=status, request_id=request_id)
    result["StatusCode"] = status
    return result


def payload_of(body: bytes) -> JsonValue:
    """A function's payload: JSON where it is JSON, else the text as it came (the empty text of `Event` too).

    Raises:
        StatesTaskFailed: it is nested more than 200 deep.
    """
    try:
        return parse_json(body)
    except NestingError as error:
        raise StatesTaskFailed(f"The function returned a payload that is refused: {error}.") from None
    except ValueError:
        return body.decode("utf-8", "replace")


def payload_too_large() -> StatesError:
    """The error of a function that returned more than `MAX_PAYLOAD_BYTES`, as Lambda's runtime tells it."""
    message = f"Response payload size exceeded maximum allowed payload size ({MAX_PAYLOAD_BYTES} bytes)."
    body: JsonValue = {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}
    return function_error(json_bytes(body))


def function_error(body: bytes) -> StatesError:
    """The error of a function that answered with one: its own type, and the whole answer as cause."""
    error_type = _error_type(body)
    known = isinstance(error_type, str) and error_type and error_type not in _OUTCOME_ERRORS
    return StatesError(str(error_type) if known else "Lambda.Unknown", body.decode("utf-8", "replace"))


def _error_type(body: bytes) -> JsonValue:
    try:
        error = parse_json(body)
    except ValueError:
        return None
    return error.get("errorType") if isinstance(error, dict) else None
