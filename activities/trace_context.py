"""The trace that a call belongs to, as outgoing calls tell of it: W3C's header, and X-Ray's where the caller gave one.

Without tracing (`api.tracing`) there is no current span, and nothing is added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from opentelemetry import propagate, trace

_XRAY: Final[ContextVar[str | None]] = ContextVar("x_ray_trace_header", default=None)
_XRAY_HEADER: Final = "X-Amzn-Trace-Id"


@contextmanager
def x_ray_trace(header: str | None) -> Iterator[None]:
    """Calls of AWS within the block carry this X-Ray trace header, the execution's `traceHeader`."""
    if header is None:
        yield
        return
    token = _XRAY.set(header)
    try:
        yield
    finally:
        _XRAY.reset(token)


def trace_headers() -> Mapping[str, str]:
    """`traceparent` and its kin of the current span; empty where there is none."""
    if not trace.get_current_span().get_span_context().is_valid:
        return {}
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier


def x_ray_headers() -> Mapping[str, str]:
    """The X-Ray header of calls of AWS; empty where the execution has none."""
    header = _XRAY.get()
    return {} if header is None else {_XRAY_HEADER: header}


def add_trace_headers(params: dict[str, Any], **_: object) -> None:
    """A handler of botocore's event `before-call`: has a call of AWS carry both."""
    for name, value in (*trace_headers().items(), *x_ray_headers().items()):
        params["headers"].setdefault(name, value)
