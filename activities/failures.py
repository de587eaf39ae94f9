"""How trouble in an integration becomes an error name and a cause, in one place.

Integrations raise `StatesError`; `activities.reported_failures` turns it into the Temporal failure from which
`activities.router` reads it back. The wording of service errors follows the AWS SDK for Java, which Step Functions
shows to its users.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from activities.java_names import exception_name, exception_name_v1
from interpreter.errors import StatesError, StatesRuntime
from interpreter.values import JsonValue, json_text

_UNCOUNTED: Final = frozenset({"DynamoDb", "S3", "SecretsManager"})
"""Prefixes of which causes are recorded without the count of attempts with which those of 2025 end (of Sfn)."""

_EXTENDED: Final = frozenset({"S3"})
"""Prefixes of which causes name a second request id (recorded): null where whatever answers has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An AWS API's error answer.

    Attributes:
        code: the API's error code, such as `ResourceNotFoundException`.
        message: its message.
        status: the HTTP status.
        request_id: the API's request id, null where it gave none.
        exception: the exception that the API's model has for the code; None for codes that it does not have.
        host_id: S3's second request id.
    """

    code: str
    message: str
    status: int
    request_id: str
    exception: str | None
    host_id: str | None = None


def optimized_error(prefix: str, sdk_name: str, base_exception: str, refusal: Refusal) -> StatesError:
    """A refusal as optimized integrations show it: `sdk_name` and `base_exception` are those of the SDK for Java v1."""
    cause = (
        f"{refusal.message} (Service: {sdk_name}; Status Code: {refusal.status}; Error Code: {refusal.code}; "
        f"Request ID: {refusal.request_id}; Proxy: null)"
    )
    name = base_exception if refusal.exception is None else exception_name_v1(refusal.exception)
    return StatesError(f"{prefix}.{name}", cause)


def sdk_error(prefix: str, refusal: Refusal) -> StatesError:
    """A refusal as `aws-sdk` integrations show it; unmodelled codes share the name of the SDK's client."""
    has_second_id = refusal.host_id is not None or prefix in _EXTENDED
    extended = f", Extended Request ID: {refusal.host_id or 'null'}" if has_second_id else ""
    attempts = "" if prefix in _UNCOUNTED else " (SDK Attempt Count: 1)"
    cause = (
        f"{refusal.message} (Service: {prefix}, Status Code: {refusal.status}, Request ID: {refusal.request_id}"
        f"{extended}){attempts}"
    )
    name = f"{prefix}Exception" if refusal.exception is None else exception_name(refusal.exception)
    return StatesError(f"{prefix}.{name}", cause)


def service_error(code: str, message: str, *, status: int, request_id: str, modelled: bool = True) -> StatesError:
    """An error answer of the Lambda API, as optimized integrations show it.

    Args:
        code: the service's error code, such as `ResourceNotFoundException`.
        message: the service's message.
        status: the HTTP status.
        request_id: the service's request id.
        modelled: whether the code is one of the API's own exceptions; others are called `AWSLambdaException`.
    """
    exception = code if modelled else None
    refusal = Refusal(code=code, message=message, status=status, request_id=request_id, exception=exception)
    return lambda_error(refusal)


def lambda_error(refusal: Refusal) -> StatesError:
    """A refusal of the Lambda API, as optimized integrations show it."""
    return optimized_error("Lambda", "AWSLambda", "AWSLambdaException", refusal)


def function_not_found(arn: str, request_id: str) -> StatesError:
    """The error of a call to a function that does not exist; `arn` ends with a qualifier."""
    return service_error("ResourceNotFoundException", f"Function not found: {arn}", status=404, request_id=request_id)


def client_error(reason: str, *, prefix: str = "Lambda") -> StatesError:
    """The call never got an answer: `reason` says where it went and what happened."""
    return StatesError(f"{prefix}.SdkClientException", f"Unable to execute HTTP request: {reason}")


def unusable_arguments(arguments: JsonValue, reason: str) -> StatesRuntime:
    """The arguments of a Task cannot be used to call its resource (text recorded)."""
    return StatesRuntime(f"The Parameters '{json_text(arguments)}' could not be used to start the Task: [{reason}]")


def recorded_error(details: tuple[JsonValue, ...]) -> StatesError | None:
    """The error that `activities.reported_failures` put in a failure's details; None where they are not ours."""
    detail = details[0] if details else None
    if not isinstance(detail, dict) or not detail or not detail.keys() <= {"error", "cause"}:
        return None
    name, cause = detail.get("error"), detail.get("cause")
    if not isinstance(name, str | None) or not isinstance(cause, str | None):
        return None
    return StatesError(name, cause)
