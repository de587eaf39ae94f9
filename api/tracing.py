"""OpenTelemetry traces: off, and at no cost, unless the standard variables (`OTEL_...`) say where spans go.

Spans are those of the calls at the HTTP door and, by the interceptor of Temporal's SDK, of what is started in Temporal:
each execution, and each activity that calls something. The trace goes through workflows' and activities' headers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer
    from temporalio.contrib.opentelemetry import TracingInterceptor

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_EXPORTER: Final = "OTEL_TRACES_EXPORTER"
_DISABLED: Final = "OTEL_SDK_DISABLED"
_SERVICE: Final = "steploom"


class UnknownExporter(ValueError):
    """`OTEL_TRACES_EXPORTER` names an exporter that steploom does not have."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """What makes spans: for the doors, and for Temporal's clients and workers."""

    tracer: Tracer
    interceptor: TracingInterceptor


def is_traced() -> bool:
    """Whether the environment says where spans go."""
    if os.environ.get(_DISABLED, "").lower() == "true" or os.environ.get(_EXPORTER) == "none":
        return False
    return bool(os.environ.get(_EXPORTER)) or any(os.environ.get(name) for name in _ENDPOINTS)


@contextmanager
def tracing() -> Iterator[Tracing | None]:
    """Tracing for as long as the block lasts, None where it is off; at the end all spans are exported.

    Raises:
        UnknownExporter: see there.
    """
    if not is_traced():
        yield None
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from temporalio.contrib.opentelemetry import TracingInterceptor

    resource = Resource.create()  # from OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES
    if str(resource.attributes.get("service.name", "unknown_service")).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": _SERVICE}))
    provider = tracer_provider(resource)
    provider.add_span_processor(BatchSpanProcessor(_exporter()))
    try:
        tracer = provider.get_tracer(_SERVICE)
        yield Tracing(tracer, TracingInterceptor(tracer))
    finally:
        provider.shutdown()


def tracer_provider(resource: Resource | None = None) -> TracerProvider:
    """A provider of the SDK that has nothing to do in a process that is forked from this one.

    The SDK's own starts threads there to look at its resource again. uvloop calls what is registered for forks before
    it executes a program, and waits meanwhile: with all other threads gone the child may never come so far.
    """
    from opentelemetry.sdk.trace import TracerProvider as SdkProvider

    class Provider(SdkProvider):
        def _handle_fork(self) -> None:
            pass

    return Provider(resource=resource)


def _exporter() -> SpanExporter:
    kind = os.environ.get(_EXPORTER) or "otlp"
    if kind == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    if kind == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    raise UnknownExporter(f"{_EXPORTER} is {kind!r}; steploom has the exporters otlp (over HTTP), console and none")
