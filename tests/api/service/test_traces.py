"""Which executions begin in a trace that is sampled, by their state machine, their caller and the installation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, Tracer

from api.service.config import ServiceConfig, TracedExecutions
from api.tracing import tracer_provider
from interpreter.effects import TaskCall
from interpreter.values import JsonValue
from tests.api.service.installation import ScriptedCalls, install
from tests.api.service.test_sync_executions import TASK

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C


@pytest.fixture
def tracer() -> Iterator[Tracer]:
    provider = tracer_provider()
    yield provider.get_tracer("test")
    provider.shutdown()


@dataclass(frozen=True)
class Case:
    """An execution of a state machine, and whether what it calls is in a sampled trace.

    `caller` is whether the caller's trace is sampled, None where the caller has none.
    """

    name: str
    traced: TracedExecutions
    enabled: bool
    sampled: bool
    caller: bool | None = None


CASES = [
    Case("by the state machine", "enabled", True, True),
    Case("not by the state machine", "enabled", False, False),
    Case("all", "all", False, True),
    Case("by the caller", "enabled", False, True, caller=True),
    Case("not by the caller", "enabled", True, False, caller=False),
    Case("neither", "enabled", False, False, caller=False),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_what_is_sampled(case: Case, tracer: Tracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    async def run(_calls: ScriptedCalls, _call: TaskCall) -> JsonValue:
        seen.append(trace.get_current_span().get_span_context().trace_flags.sampled)
        return None

    monkeypatch.setattr(ScriptedCalls, "run", run)
    async with install(tmp_path, ServiceConfig(traced=case.traced)) as installation:
        arn = await installation.create("x", TASK, type="EXPRESS", tracingConfiguration={"enabled": case.enabled})
        with tracer.start_as_current_span("door", context=called(sampled=case.caller)) as door:
            await installation.call("StartSyncExecution", stateMachineArn=arn)
            assert trace.get_current_span() is door, "what is behind the call is in the door's trace again"
    assert seen == [case.sampled]


async def test_without_tracing_there_is_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    async def run(_calls: ScriptedCalls, _call: TaskCall) -> JsonValue:
        seen.append(trace.get_current_span().get_span_context().is_valid)
        return None

    monkeypatch.setattr(ScriptedCalls, "run", run)
    async with install(tmp_path) as installation:
        arn = await installation.create("x", TASK, type="EXPRESS", tracingConfiguration={"enabled": True})
        await installation.call("StartSyncExecution", stateMachineArn=arn)
    assert seen == [False]


def called(*, sampled: bool | None) -> Context | None:
    """The context of a call whose caller has a trace, as the HTTP door reads it from `traceparent`."""
    if sampled is None:
        return None
    flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
    return trace.set_span_in_context(NonRecordingSpan(SpanContext(TRACE_ID, 1, True, flags)))
