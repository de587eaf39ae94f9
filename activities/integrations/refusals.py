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
    return Refusal(
        code=code,
        message=str(message),
        status=int(metadata.get("HTTPStatusCode", 500)),
        request_id=str(metadata.get("RequestId", "")),
        exception=_exception(model, code, details.get("QueryErrorCode")),
        host_id=metadata.get("HostId") or None,
    )


def _exception(model: ServiceModel, *codes: str | None) -> str | None:
    """The exception that the model has for one of an error's codes: former query APIs have two."""
    for code in codes:
        shape = None if code is None else model.shape_for_error_code(code)  # type: ignore[arg-type]  # a text, whatever the stubs say
        if shape is not None:
            return str(shape.name)
    return None
