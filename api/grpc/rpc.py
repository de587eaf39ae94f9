"""How handlers of gRPC's are wrapped, and their types, which are generic in its stubs only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeAlias

import grpc

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"

Unary: TypeAlias = Callable[[Any, Context], Awaitable[Any]]
"""Answers one request: with what it returns, or with what it writes to the context."""

Stream: TypeAlias = Callable[[Any, Context], AsyncIterator[Any]]
"""Answers with what it yields."""

_MAKERS: Final = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}
"""By whether requests, and whether responses, are streams."""


class Wrapping(grpc.aio.ServerInterceptor, ABC):
    """An interceptor that sees to calls by wrapping the handlers of their methods."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Have a call answered by what `wrapped` makes of its handler."""
        handler = await continuation(handler_call_details)
        return None if handler is None else self.wrapped(handler, str(handler_call_details.method))

    @abstractmethod
    def wrapped(self, handler: Handler, method: str) -> Handler | None:
        """The handler that is to answer calls of a method, named `/package.Service/Method`; None for no such method."""


def behaviour_of(handler: Handler) -> Any:
    """What answers the calls: a `Unary` or a `Stream` (the stubs give it the types of gRPC's threaded API)."""
    return handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream


def with_behaviour(handler: Handler, behaviour: Any, deserialize: Callable[[bytes], Any] | None = None) -> Handler:
    """A handler of the same kind that behaves like this, and reads requests as told or as the given one does."""
    make: Any = _MAKERS[handler.request_streaming, handler.response_streaming]
    made: Handler = make(
        behaviour,
        request_deserializer=deserialize or handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )
    return made
