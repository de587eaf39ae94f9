from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest
from botocore.session import Session

from api.grpc.errors import STATUS_BY_CODE
from api.proto.v1.steploom_pb2 import ListStateMachinesRequest
from api.service import errors
from api.service.errors import InvalidName, ResourceNotFound, ServiceError, ValidationException
from tests.api.grpc.conftest import Door

AWS = Session().get_service_model("stepfunctions")


def _own_classes(parent: type[ServiceError] = ServiceError) -> Iterator[type[ServiceError]]:
    for child in parent.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from _own_classes(child)


def test_every_error_of_aws_has_a_status() -> None:
    assert {shape.name for shape in AWS.error_shapes} - set(STATUS_BY_CODE) == set()


def test_every_error_of_the_service_has_a_status() -> None:
    # A class that is not named after its code takes its parent's.
    codes = {child.__name__ if "code" not in vars(child) else child.__mro__[1].__name__ for child in _own_classes()}
    assert len(codes) > 20
    assert codes - set(STATUS_BY_CODE) == set()


async def _error_of(door: Door, error: ServiceError) -> grpc.aio.AioRpcError:
    door.service.answer = error
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await door.client.ListStateMachines(ListStateMachinesRequest())
    return caught.value


@pytest.mark.parametrize("code", sorted(STATUS_BY_CODE))
async def test_errors_arrive_with_status_code_and_message(door: Door, code: str) -> None:
    error = await _error_of(door, type(code, (ServiceError,), {})("What: 'ärn', 100 %"))
    assert error.code() is STATUS_BY_CODE[code]
    assert error.details() == "What: 'ärn', 100 %"
    assert list(error.trailing_metadata()) == [("steploom-error-code", code)]


async def test_an_unknown_code_is_internal(door: Door) -> None:
    error = await _error_of(door, type("NeverHeardOf", (ServiceError,), {})("?"))
    assert error.code() is grpc.StatusCode.INTERNAL
    assert list(error.trailing_metadata()) == [("steploom-error-code", "NeverHeardOf")]


async def test_a_bug_is_logged_and_tells_the_client_nothing(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    door.service.answer = RuntimeError("a secret")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await door.client.ListStateMachines(ListStateMachinesRequest())
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert list(caught.value.trailing_metadata()) == [("steploom-error-code", "InternalFailure")]
    assert "secret" not in str(caught.value)
    assert "a secret" in caplog.text


async def test_further_members_arrive_beside_the_code(door: Door) -> None:
    error = await _error_of(door, ResourceNotFound("arn:ü"))
    assert dict(error.trailing_metadata())["steploom-error-resource-name"] == "arn:%C3%BC"
    error = await _error_of(door, ValidationException("No", reason="MISSING_REQUIRED_PARAMETER"))
    assert dict(error.trailing_metadata())["steploom-error-reason"] == "MISSING_REQUIRED_PARAMETER"


@pytest.mark.parametrize("character", ["x", "ü", "%", "\U0001f600"])
@pytest.mark.parametrize("length", [6_100, 1_000_000])
async def test_a_message_too_long_for_headers_is_cut(door: Door, character: str, length: int) -> None:
    error = await _error_of(door, InvalidName(character * length))
    details = error.details() or ""
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert details.startswith(f"Invalid Name: '{character}{character}")
    assert details.endswith(f"{character} ... (cut)") or len(details) == length + len("Invalid Name: ''")
