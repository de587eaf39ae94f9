"""Answers of AWS APIs that were cut off: botocore takes what came for the whole, and a half answer for a good one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakSet

from botocore.exceptions import ResponseStreamingError
from botocore.model import OperationModel
from botocore.response import StreamingBody

_UNFRAMED: Final[WeakSet[StreamingBody]] = WeakSet()
"""Bodies of which no header says how long they are: an empty one may be none at all."""


def refuse_cut_answer(response_dict: Mapping[str, Any], operation_model: OperationModel, **_: object) -> None:
    """A handler of botocore's event `before-parse`.

    Raises:
        ResponseStreamingError: there is less of the body than its header says, or the headers themselves end before
            they say anything of a body.
    """
    body, headers = response_dict["body"], response_dict["headers"]
    said = headers.get("content-length", "")
    if isinstance(body, StreamingBody) and not said and "transfer-encoding" not in headers:
        _UNFRAMED.add(body)
    if not isinstance(body, bytes) or operation_model.http.get("method") == "HEAD":
        return
    if said.isdecimal() and len(body) < int(said):
        raise ResponseStreamingError(error=f"the answer was cut off after {len(body)} of {said} bytes")
    if response_dict["status_code"] == 200 and not body and not said and "transfer-encoding" not in headers:
        raise _cut_in_headers()


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


def _cut_in_headers() -> ResponseStreamingError:
    return ResponseStreamingError(error="the answer was cut off in its headers")
