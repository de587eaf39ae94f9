"""What botocore's exceptions say of a refusal, as `activities.failures` words it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import ServiceModel

from activities.failures import Refusal


def refusal_of(model: ServiceModel, error: ClientError) -> Refusal:
    """The refusal that `error` tells of; `model` is that of the API which refused."""
    details: Mapping[str, Any] = error.response.get("Error", {})
    metadata: Mapping[str, Any] = error.response.get("ResponseMetadata", {})
    code = str(details.get("Code", "Unknown"))
    message = details.get("Message") or error.response.get("message") or "null"
    exception = _exception(model, code, details.get("QueryErrorCode"))
    if _has_no_body(model, error.operation_name):  # what botocore says of the status, the SDK for Java does not
        message, exception = "null", exception or _missing(model, error.operation_name, code)
    return Refusal(
        code=code,
        message=str(message),
        status=int(metadata.get("HTTPStatusCode", 500)),
        request_id=str(metadata.get("RequestId") or "null"),
        exception=exception,
        host_id=metadata.get("HostId") or None,
    )


def _has_no_body(model: ServiceModel, operation: str) -> bool:
    return operation in model.operation_names and model.operation_model(operation).http.get("method") == "HEAD"


def _missing(model: ServiceModel, operation: str, code: str) -> str | None:
    """What is missing where nothing but the status 404 says so: the one exception of S3's HeadObject and HeadBucket."""
    exceptions = model.operation_model(operation).error_shapes
    return str(exceptions[0].name) if code == "404" and len(exceptions) == 1 else None


def _exception(model: ServiceModel, *codes: str | None) -> str | None:
    """The exception that the model has for one of an error's codes: former query APIs have two."""
    for code in codes:
        shape = None if code is None else model.shape_for_error_code(code)  # type: ignore[arg-type]  # a text, whatever the stubs say
        if shape is not None:
            return str(shape.name)
    return None
