"""Which executions are traced: those whose state machine asks for it, those whose caller traces them, or all.

An execution that is not traced begins in a trace that is not sampled. That goes with it through Temporal, so that
neither its workflow nor what it calls makes spans (OpenTelemetry's samplers are `parentbased_...` unless a variable
says otherwise).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from api.service.config import TracedExecutions
from api.storage.store import Revision

_UNSAMPLED: Final = TraceFlags(TraceFlags.DEFAULT)


@contextmanager
def begun_in_trace(revision: Revision | None, traced: TracedExecutions) -> Iterator[None]:
    """Begin an execution of `revision` within the block: in the current trace, or in one that is not sampled."""
    if traced != "enabled" or (revision is not None and revision.tracing.get("enabled") is True) or _caller_samples():
        yield
        return
    unsampled = SpanContext(secrets.randbits(128) | 1, secrets.randbits(64) | 1, False, _UNSAMPLED)
    token = context.attach(trace.set_span_in_context(NonRecordingSpan(unsampled)))
    try:
        yield
    finally:
        context.detach(token)


def _caller_samples() -> bool:
    """Whether the trace began elsewhere, with whoever calls, and is sampled: then it is for them to decide."""
    parent: SpanContext | None = getattr(trace.get_current_span(), "parent", None)  # of spans that are recorded
    return parent is not None and parent.is_remote and parent.trace_flags.sampled
