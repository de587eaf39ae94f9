"""What an operator sees of the gRPC door: one log record and a few Prometheus numbers per call.

Calls of health checks and reflection are left out: they say nothing about the work, and there are many of them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

import grpc
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from api.grpc.rpc import Context, Handler

logger = logging.getLogger(__name__)

# The stubs give handlers the types of gRPC's threaded API.
_Behaviour: TypeAlias = Callable[[Any, Context], Awaitable[Any]]


class CallObserver(grpc.aio.ServerInterceptor):
    """Logs and counts the calls of one gRPC service.

    Calls that end well are logged at DEBUG, others at INFO; the record carries `rpc`, `status` and `seconds` as
    attributes. Metrics: `steploom_grpc_calls_total`, `steploom_grpc_call_seconds` (of calls with one response) and
    `steploom_grpc_calls_in_progress`.
    """

    def __init__(self, service_name: str, registry: CollectorRegistry) -> None:
        """Observe the calls of the service with this full name; the registry must not have these metrics yet."""
        self._prefix = f"/{service_name}/"
        self._calls = Counter(
            "steploom_grpc_calls", "gRPC calls that have ended.", ["method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "steploom_grpc_call_seconds", "How long gRPC calls with one response took.", ["method"], registry=registry
        )
        self._in_progress = Gauge(
            "steploom_grpc_calls_in_progress", "gRPC calls that have not ended.", ["method"], registry=registry
        )

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Wrap the handler of a call, if it is one of the service's."""
        handler = await continuation(handler_call_details)
        method = str(handler_call_details.method)
        if handler is None or not method.startswith(self._prefix):
            return handler
        name = method.removeprefix(self._prefix)
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                self._observed(name, cast(_Behaviour, handler.unary_stream)),
                request_deserializer=handler.request_deserializer,
                response_serializer=handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._observed(name, cast(_Behaviour, handler.unary_unary), self._seconds.labels(name)),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _observed(self, name: str, behaviour: _Behaviour, seconds: Histogram | None = None) -> Any:
        in_progress = self._in_progress.labels(name)

        async def observed(request: Any, context: Context) -> Any:
            begin = time.perf_counter()
            status = grpc.StatusCode.UNKNOWN  # what gRPC answers for an exception that nobody expected
            in_progress.inc()
            try:
                response = await behaviour(request, context)
                status = grpc.StatusCode.OK
                return response
            except grpc.aio.AbortError:
                status = context.code()
                raise
            except asyncio.CancelledError:
                status = grpc.StatusCode.CANCELLED  # by the client, by its deadline, or at the end of the grace period
                raise
            finally:
                duration = time.perf_counter() - begin
                in_progress.dec()
                if seconds is not None:
                    seconds.observe(duration)
                self._report(name, status, duration)

        return observed

    def _report(self, name: str, status: grpc.StatusCode, duration: float) -> None:
        self._calls.labels(name, status.name).inc()
        logger.log(
            logging.DEBUG if status is grpc.StatusCode.OK else logging.INFO,
            "%s %s in %.1f ms",
            name,
            status.name,
            duration * 1000,
            extra={"rpc": name, "status": status.name, "seconds": duration},
        )
