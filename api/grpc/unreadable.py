"""Answers INVALID_ARGUMENT to requests that are no message of their type; gRPC itself would answer INTERNAL.

The operations' own handlers read their requests themselves; this is for health and reflection, whose handlers come with
gRPC's packages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, NoReturn, TypeAlias, cast

import grpc
from google.protobuf.message import DecodeError

from api.grpc.rpc import Context, Handler

_UNREADABLE: Final = object()
"""Stands for a request that cannot be read."""

_Unary: TypeAlias = Callable[[Any, Context], Awaitable[Any]]
_Stream: TypeAlias = Callable[[Any, Context], AsyncIterator[Any]]


class RequestReader(grpc.aio.ServerInterceptor):
    """Reads the requests of all handlers that have gRPC read them."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Wrap a handler, if it does not read requests itself."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_deserializer is None:
            return handler
        codec: dict[str, Any] = {
            "request_deserializer": _reading(handler.request_deserializer),
            "response_serializer": handler.response_serializer,
        }
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(_unary(cast(_Unary, handler.unary_unary)), **codec)
        if handler.unary_stream is not None:  # of gRPC's own, health's, which writes to the context
            return grpc.unary_stream_rpc_method_handler(_unary(cast(_Unary, handler.unary_stream)), **codec)
        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(_stream(cast(_Stream, handler.stream_stream)), **codec)
        return None  # none of ours takes a stream and answers once; it would not be guarded


def _reading(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return _UNREADABLE

    return read


def _unary(behaviour: _Unary) -> Any:
    async def unary(request: Any, context: Context) -> Any:
        if request is _UNREADABLE:
            await _refuse(context)
        return await behaviour(request, context)

    return unary


def _stream(behaviour: _Stream) -> Any:
    async def readable(requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        async for request in requests:
            if request is _UNREADABLE:
                await _refuse(context)
            yield request

    async def stream(requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        async for response in behaviour(readable(requests, context), context):
            yield response

    return stream


async def _refuse(context: Context) -> NoReturn:
    await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The request is no message of this method's type")
    raise AssertionError("`abort` raises")
