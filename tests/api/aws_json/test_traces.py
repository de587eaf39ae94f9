"""The names of the HTTP door's spans; `tests/api/test_tracing.py` has whole traces."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, web
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.aws_json.server import serve
from api.aws_json.traces import spans
from api.tracing import tracer_provider


@pytest.mark.parametrize(
    "target, name",
    [
        ("AWSStepFunctions.StartExecution", "AWSStepFunctions.StartExecution"),
        ("AWSEvents.CreateConnection", "AWSEvents.CreateConnection"),
        ("AWSStepFunctions.Nonsense", "unknown"),
        ("x" * 1000, "unknown"),
        ("", "unknown"),
    ],
)
async def test_only_operations_name_spans(target: str, name: str) -> None:
    exporter, provider = InMemorySpanExporter(), tracer_provider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    async def answer(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application(middlewares=[spans(provider.get_tracer("test"))])
    app.router.add_post("/", answer)
    async with serve(app, "127.0.0.1", 0) as port, ClientSession() as session:
        await session.post(f"http://127.0.0.1:{port}/", headers={"X-Amz-Target": target})
    assert [span.name for span in exporter.get_finished_spans()] == [name]
