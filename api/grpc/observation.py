"""What an operator sees of the gRPC door: one log record and a few Prometheus numbers per call.

Calls of health checks and reflection are left out: they say nothing about the work, and there are many of them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import grpc
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from api.grpc.rpc import Context, Handler, Unary, Wrapping, behaviour_of, with_behaviour

logger = logging.getLogger(__name__)


class CallObserver(Wrapping):
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

    def wrapped(self, handler: Handler, method: str) -> Handler | None:
        """Wrap a handler, if it is one of the service's, all of which answer one request."""
        if not method.startswith(self._prefix):
            return handler
        name = method.removeprefix(self._prefix)
        seconds = None if handler.response_streaming else self._seconds.labels(name)
        return with_behaviour(handler, self._observed(name, behaviour_of(handler), seconds))

    def _observed(self, name: str, behaviour: Unary, seconds: Histogram | None) -> Unary:
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
