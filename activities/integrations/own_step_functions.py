"""Step Functions' own API as a Task resource: calls that botocore would send are answered in this process.

So `aws-sdk:sfn:*` reaches the executions and tokens of this installation, without an address to configure, and with
all of the SDK's encoding and errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final, Protocol, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.compat import HTTPHeaders

_TARGET: Final = "X-Amz-Target"


class Answerer(Protocol):
    """The API's operations; implemented by `api.aws_json` and handed to the worker at start-up."""

    async def answer(self, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the HTTP answer to `body`; `target` is the header X-Amz-Target."""
        ...


class _Body:
    """An answer's body in the form in which botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


class InProcess:
    """Stands where botocore sends requests (`before-send`)."""

    def __init__(self, own: Answerer) -> None:
        self._own = own
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self) -> None:
        """Have calls answered by the running event loop; to be called there before `send` is."""
        self._loop = asyncio.get_running_loop()

    def send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Answer a request, from a thread that may block."""
        if self._loop is None:
            raise RuntimeError("attach was not called")
        target = _text(request.headers[_TARGET])
        body = request.body if isinstance(request.body, bytes) else _text(request.body).encode()
        answering = asyncio.run_coroutine_threadsafe(self._own.answer(target, body), self._loop)
        status, headers, answer = answering.result()
        return AWSResponse(request.url, status, cast(HTTPHeaders, HeadersDict(headers)), _Body(answer))


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")
