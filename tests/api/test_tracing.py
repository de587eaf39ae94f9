"""Traces, from the caller of the HTTP door through Temporal to the services that Tasks call, and where they are off."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from activities.trace_context import add_trace_headers, trace_headers, x_ray_headers, x_ray_trace
from api.tracing import UnknownExporter, is_traced, tracer_provider, tracing
from tests.support.aws_client import AwsClient
from tests.support.dev_service import DevService, clean_environment, dev_service
from tests.support.faulty_server import FaultyServer, faulty_server

TRACE = "0af7651916cd43dd8448eb211c80319c"
X_RAY = "Root=1-67891233-abcdef012345678912345678"
ROLE = "arn:aws:iam::123456789012:role/r"
SENDING = {
    "StartAt": "Send",
    "States": {
        "Send": {
            "Type": "Task",
            "Resource": "arn:aws:states:::events:putEvents",
            "Parameters": {"Entries": [{"Source": "s", "DetailType": "d", "Detail": {}}]},
            "End": True,
        }
    },
}


@asynccontextmanager
async def running(folder: Path, **variables: str) -> AsyncIterator[DevService]:
    """The service; its start and its end do not hold the loop, which serves what it calls."""
    service = dev_service(folder, environment=clean_environment(**variables), script=True)
    started = await asyncio.to_thread(service.__enter__)
    try:
        yield started
    finally:
        await asyncio.to_thread(service.__exit__, None, None, None)


def collected(collector: FaultyServer) -> dict[str, list[Any]]:
    """The spans that arrived, by name."""
    spans: dict[str, list[Any]] = {}
    for body in collector.seen_bodies:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    spans.setdefault(span.name, []).append(span)
    return spans


async def test_one_trace_from_the_caller_to_the_services(tmp_path: Path) -> None:
    async with faulty_server() as aws, faulty_server() as collector:
        aws.body = b'{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}'
        collector.headers, collector.body = {"Content-Type": "application/x-protobuf"}, b""
        variables = {
            "AWS_ENDPOINT_URL_EVENTBRIDGE": aws.url,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{collector.url}/v1/traces",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        }
        async with running(tmp_path, **variables) as dev:
            client = AwsClient(dev.http)
            made = await created(client, "m", enabled=False)
            await run(client, made)  # of which nobody asks for a trace
            await run(client, await created(client, "enabled", enabled=True))
            client.add_header("traceparent", f"00-{TRACE}-b7ad6b7169203331-01")
            await run(client, made, traceHeader=X_RAY)
            client.close()
        untraced, by_machine, headers = aws.seen_headers
        assert [is_sampled(each["traceparent"]) for each in (untraced, by_machine, headers)] == [False, True, True]
        assert headers["traceparent"].startswith(f"00-{TRACE}-")
        assert headers["x-amzn-trace-id"] == X_RAY
        spans = collected(collector)
        wanted = {
            "AWSStepFunctions.StartExecution",
            "StartWorkflow:m",
            "RunWorkflow:m",
            "RunActivity:steploom:aws-call",
        }
        assert wanted <= spans.keys(), spans.keys()
        assert {span.trace_id.hex() for name in ("StartWorkflow:m", "RunWorkflow:m") for span in spans[name]} == {TRACE}
        assert len(spans["RunWorkflow:enabled"]) == 1
        traces = {span.trace_id.hex() for span in spans["RunActivity:steploom:aws-call"]}
        assert traces == {TRACE, spans["RunWorkflow:enabled"][0].trace_id.hex()}


def is_sampled(traceparent: str) -> bool:
    """By the last bit of the flags at the end."""
    return int(traceparent[-2:], 16) & 1 == 1


async def created(client: AwsClient, name: str, *, enabled: bool) -> str:
    """A state machine that calls AWS."""
    tracing_ = {"enabled": enabled}
    made = await client.call(
        "create_state_machine", name=name, definition=json.dumps(SENDING), roleArn=ROLE, tracingConfiguration=tracing_
    )
    return str(made["stateMachineArn"])


async def run(client: AwsClient, machine: str, **params: str) -> None:
    """An execution, to its end."""
    started = await client.call("start_execution", stateMachineArn=machine, **params)
    await ended(client, started["executionArn"])


async def ended(client: AwsClient, execution: str) -> None:
    async with asyncio.timeout(60):
        while True:
            if (await client.call("describe_execution", executionArn=execution))["status"] != "RUNNING":
                return
            await asyncio.sleep(0.05)


def test_off_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    with tracing() as off:
        assert off is None
    assert (trace_headers(), x_ray_headers()) == ({}, {})


@pytest.mark.parametrize(
    "name, value, on",
    [
        ("OTEL_TRACES_EXPORTER", "console", True),
        ("OTEL_TRACES_EXPORTER", "none", False),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318", True),
    ],
)
def test_what_turns_it_on(name: str, value: str, on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    assert is_traced() is on
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert not is_traced()


def test_an_exporter_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
    with pytest.raises(UnknownExporter, match="zipkin"), tracing():
        pass


def test_headers_of_the_caller_are_kept() -> None:
    params: dict[str, Any] = {"headers": {"X-Amzn-Trace-Id": "mine"}}
    with x_ray_trace(X_RAY):
        add_trace_headers(params)
        other: dict[str, Any] = {"headers": {}}
        add_trace_headers(other)
    assert (params["headers"], other["headers"]) == ({"X-Amzn-Trace-Id": "mine"}, {"X-Amzn-Trace-Id": X_RAY})


async def test_a_program_is_executed_without_another_look_at_the_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    """uvloop calls in the child, before the program, what is registered for forks."""
    monkeypatch.setattr("opentelemetry.sdk.trace._get_process_dependent_resource", lambda: os._exit(7))
    provider = tracer_provider()
    program = await asyncio.create_subprocess_exec("true")
    assert await program.wait() == 0
    provider.shutdown()
