"""Errors of the application service as gRPC statuses: one table.

The status tells a program what to do (mend the request, repeat it, give up). AWS's code, which tells what happened, and
the further members of AWS's error shape go into the trailing metadata; google.rpc's types for them need a package more.
"""

from __future__ import annotations

from itertools import accumulate, takewhile
from typing import Any, NoReturn
from urllib.parse import quote

import grpc
from botocore import xform_name
from grpc import StatusCode

from api.service.errors import ServiceError

ERROR_CODE_KEY = "steploom-error-code"

# gRPC peers refuse metadata beyond 8 KiB, and a message is percent-encoded in it. AWS's messages quote what was wrong.
_MAX_ENCODED_MESSAGE = 6 * 1024
_CUT = " ... (cut)"
_PLAIN = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")

STATUS_BY_CODE: dict[str, StatusCode] = {
    "AccessDeniedException": StatusCode.PERMISSION_DENIED,
    "ActivityAlreadyExists": StatusCode.ALREADY_EXISTS,
    "ActivityDoesNotExist": StatusCode.NOT_FOUND,
    "ActivityLimitExceeded": StatusCode.RESOURCE_EXHAUSTED,
    "ActivityWorkerLimitExceeded": StatusCode.RESOURCE_EXHAUSTED,
    "ConcurrentModificationException": StatusCode.ABORTED,
    "ConflictException": StatusCode.ABORTED,
    "ExecutionAlreadyExists": StatusCode.ALREADY_EXISTS,
    "ExecutionDoesNotExist": StatusCode.NOT_FOUND,
    "ExecutionLimitExceeded": StatusCode.RESOURCE_EXHAUSTED,
    "ExecutionNotRedrivable": StatusCode.FAILED_PRECONDITION,
    "ExpiredTokenException": StatusCode.UNAUTHENTICATED,
    "IncompleteSignatureException": StatusCode.UNAUTHENTICATED,
    "InternalFailure": StatusCode.INTERNAL,
    "InvalidArn": StatusCode.INVALID_ARGUMENT,
    "InvalidDefinition": StatusCode.INVALID_ARGUMENT,
    "InvalidEncryptionConfiguration": StatusCode.INVALID_ARGUMENT,
    "InvalidExecutionInput": StatusCode.INVALID_ARGUMENT,
    "InvalidLoggingConfiguration": StatusCode.INVALID_ARGUMENT,
    "InvalidName": StatusCode.INVALID_ARGUMENT,
    "InvalidOutput": StatusCode.INVALID_ARGUMENT,
    "InvalidSignatureException": StatusCode.UNAUTHENTICATED,
    "InvalidToken": StatusCode.INVALID_ARGUMENT,
    "InvalidTracingConfiguration": StatusCode.INVALID_ARGUMENT,
    "KmsAccessDeniedException": StatusCode.PERMISSION_DENIED,
    "KmsInvalidStateException": StatusCode.FAILED_PRECONDITION,
    "KmsThrottlingException": StatusCode.RESOURCE_EXHAUSTED,
    "MissingAuthenticationTokenException": StatusCode.UNAUTHENTICATED,
    "MissingRequiredParameter": StatusCode.INVALID_ARGUMENT,
    "ResourceAlreadyExistsException": StatusCode.ALREADY_EXISTS,
    "ResourceNotFound": StatusCode.NOT_FOUND,
    "ResourceNotFoundException": StatusCode.NOT_FOUND,
    "SerializationException": StatusCode.INVALID_ARGUMENT,
    "ServiceQuotaExceededException": StatusCode.RESOURCE_EXHAUSTED,
    "ServiceUnavailable": StatusCode.UNAVAILABLE,
    "StateMachineAlreadyExists": StatusCode.ALREADY_EXISTS,
    "StateMachineDeleting": StatusCode.FAILED_PRECONDITION,
    "StateMachineDoesNotExist": StatusCode.NOT_FOUND,
    "StateMachineLimitExceeded": StatusCode.RESOURCE_EXHAUSTED,
    "StateMachineTypeNotSupported": StatusCode.FAILED_PRECONDITION,
    "TaskDoesNotExist": StatusCode.NOT_FOUND,
    "TaskTimedOut": StatusCode.FAILED_PRECONDITION,
    "ThrottlingException": StatusCode.RESOURCE_EXHAUSTED,
    "TooManyTags": StatusCode.RESOURCE_EXHAUSTED,
    "UnknownOperationException": StatusCode.UNIMPLEMENTED,
    "UnrecognizedClientException": StatusCode.UNAUTHENTICATED,
    "UnsupportedOperationException": StatusCode.UNIMPLEMENTED,
    "ValidationException": StatusCode.INVALID_ARGUMENT,
}


async def refuse(context: grpc.aio.ServicerContext[Any, Any], error: ServiceError) -> NoReturn:
    """End a call with the status of an error; one that the table does not know is INTERNAL."""
    status = STATUS_BY_CODE.get(error.code, StatusCode.INTERNAL)
    members = ((f"steploom-error-{xform_name(name, '-')}", _encoded(value)) for name, value in error.members.items())
    await context.abort(status, _fitting(error.message), ((ERROR_CODE_KEY, error.code), *members))


def _encoded(text: str) -> str:
    return quote(text, safe=_PLAIN)


def _fitting(message: str) -> str:
    if len(message) <= _MAX_ENCODED_MESSAGE and len(_encoded(message)) <= _MAX_ENCODED_MESSAGE:
        return message
    lengths = accumulate(len(_encoded(character)) for character in message)
    kept = sum(1 for _ in takewhile(lambda length: length <= _MAX_ENCODED_MESSAGE - len(_CUT), lengths))
    return message[:kept] + _CUT
