"""Answers of AWS APIs that cannot be taken as they are.

Of one that was cut off botocore takes what came for the whole. One that is not of the API's protocol, a page of a proxy
for instance, it takes for an empty one where it expects JSON, and where it expects XML it raises what is none of its
own families of exceptions.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.client import responses
from typing import Any, Final, cast
from weakref import WeakSet

from botocore import xform_name
from botocore.exceptions import ClientError, ResponseStreamingError
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError
from botocore.response import StreamingBody

_UNFRAMED: Final[WeakSet[StreamingBody]] = WeakSet()
"""Bodies of which no header says how long they are: an empty one may be none at all."""

_LATEST: Final = threading.local()
"""`status`: that of the answer that came last in this thread."""


def refuse_cut_answer(response_dict: Mapping[str, Any], operation_model: OperationModel, **_: object) -> None:
    """A handler of botocore's event `before-parse`.

    Raises:
        ResponseStreamingError: there is less of the body than its header says, or the headers themselves end before
            they say anything of a body.
    """
    body, headers = response_dict["body"], response_dict["headers"]
    _LATEST.status = response_dict["status_code"]
    said = headers.get("content-length", "")
    if isinstance(body, StreamingBody) and not said and "transfer-encoding" not in headers:
        _UNFRAMED.add(body)
    if isinstance(body, bytes) and response_dict["status_code"] == 200 and _is_no_json(body, operation_model):
        raise _unreadable()
    if not isinstance(body, bytes) or operation_model.http.get("method") == "HEAD":
        return
    if said.isdecimal() and len(body) < int(said):
        raise ResponseStreamingError(error=f"the answer was cut off after {len(body)} of {said} bytes")
    if response_dict["status_code"] == 200 and not body and not said and "transfer-encoding" not in headers:
        raise _cut_in_headers()


def answer_of(client: Any, operation_name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a client whose answers go through `refuse_cut_answer` answers to one call.

    Raises:
        ClientError: the API, or what stands before it, refused the call.
        BotoCoreError: there was no answer, or none that can be read.
    """
    try:
        return cast("Mapping[str, Any]", getattr(client, xform_name(operation_name))(**parameters))
    except ResponseParserError:
        status: int = _LATEST.status
    if status < HTTPStatus.BAD_REQUEST:
        raise _unreadable()
    error = {"Code": str(status), "Message": responses.get(status, "null")}
    raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}, operation_name)  # type: ignore[typeddict-item]  # there is no more


def read_whole(stream: StreamingBody, most: int) -> bytes:
    """A streamed body; `most + 1` bytes of a larger one.

    Raises:
        BotoCoreError: it was cut off.
    """
    data: bytes = stream.read(most + 1)
    if len(data) <= most:
        stream.read()  # nothing is left; without an amount the length is compared with that in the header
    if not data and stream in _UNFRAMED:
        raise _cut_in_headers()
    return data


def _is_no_json(body: bytes, operation: OperationModel) -> bool:
    """Whether it is not the object that every answer of a protocol of JSON alone is; an empty one may be cut off."""
    return operation.service_model.resolved_protocol == "json" and body[:1] not in (b"", b"{")


def _unreadable() -> ResponseStreamingError:
    return ResponseStreamingError(error="the answer is not of the API's protocol")


def _cut_in_headers() -> ResponseStreamingError:
    return ResponseStreamingError(error="the answer was cut off in its headers")
