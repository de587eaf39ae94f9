"""A span for each call at the HTTP door, in the trace of its caller (W3C Trace Context)."""

from __future__ import annotations

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from opentelemetry import propagate
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from api.service.model import CONNECTION_OPERATIONS, EVENTS_PREFIX, operation_names

_TARGETS: Final = frozenset(
    {
        *(f"AWSStepFunctions.{operation}" for operation in operation_names()),
        *(f"AWSEvents.{operation.removeprefix(EVENTS_PREFIX)}" for operation in CONNECTION_OPERATIONS),
    }
)
"""Who has no key chooses the header too: other names must not become spans' names, of which there is no end."""


def spans(tracer: Tracer) -> Middleware:
    """A middleware that makes them; health and metrics have none."""

    @web.middleware
    async def traced(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method != "POST":
            return await handler(request)
        target = request.headers.get("X-Amz-Target", "")
        context = propagate.extract(dict(request.headers))
        with tracer.start_as_current_span(
            target if target in _TARGETS else "unknown", context=context, kind=SpanKind.SERVER
        ) as span:
            span.set_attributes({"rpc.system": "aws-api", "http.request.method": request.method})
            response = await handler(request)
            span.set_attribute("http.response.status_code", response.status)
            code = response.headers.get("x-amzn-ErrorType")
            if code is not None:
                span.set_attribute("error.type", code)
            if response.status >= 500:
                span.set_status(Status(StatusCode.ERROR))
            return response

    return traced
