"""Answers INVALID_ARGUMENT to requests that are no message of their type; gRPC itself would answer INTERNAL.

The operations' own handlers read their requests themselves; this is for health and reflection, whose handlers come with
gRPC's packages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from google.protobuf.message import DecodeError

from api.grpc.errors import refuse
from api.grpc.rpc import Context, Handler, Stream, Unary, Wrapping, behaviour_of, with_behaviour
from api.service.errors import SerializationException

_UNREADABLE: Final = object()
"""Stands for a request that cannot be read."""


class RequestReader(Wrapping):
    """Reads the requests of all handlers that have gRPC read them."""

    def wrapped(self, handler: Handler, method: str) -> Handler | None:
        """Wrap a handler, if it does not read requests itself."""
        if handler.request_deserializer is None:
            return handler
        if handler.request_streaming and not handler.response_streaming:
            return None  # none of ours takes a stream and answers once; it would not be guarded
        kind: Callable[[Any], Any] = _stream if handler.request_streaming else _unary
        return with_behaviour(handler, kind(behaviour_of(handler)), _reading(handler.request_deserializer))


def _reading(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return _UNREADABLE

    return read


def _unary(behaviour: Unary) -> Unary:
    async def unary(request: Any, context: Context) -> Any:
        if request is _UNREADABLE:
            await refuse(context, _unreadable())
        return await behaviour(request, context)

    return unary


def _stream(behaviour: Stream) -> Stream:
    async def readable(requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        async for request in requests:
            if request is _UNREADABLE:
                await refuse(context, _unreadable())
            yield request

    async def stream(requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        async for response in behaviour(readable(requests, context), context):
            yield response

    return stream


def _unreadable() -> SerializationException:
    return SerializationException("The request is no message of this method's type")
