"""Answers of 6 MB through a real Temporal server: the state fails, and no workflow task does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.temporal_server import TemporalServer
from tests.support.engine import TestEngine, running_engine
from tests.support.faulty_server import HUGE_BYTES, FaultyServer, faulty_server

LARGE = "x" * HUGE_BYTES


@dataclass(frozen=True)
class Kind:
    resource: str
    arguments: dict[str, Any]
    answer: dict[str, Any]
    requests: int = 1


KINDS = (
    Kind("aws-sdk:dynamodb:getItem", {"TableName": "t", "Key": {"id": {"S": "1"}}}, {"Item": {"a": {"S": LARGE}}}),
    Kind("lambda:invoke", {"FunctionName": "f"}, {"result": LARGE}),
    Kind(
        "glue:startJobRun.sync",
        {"JobName": "j"},
        {"JobRunId": "jr", "JobRun": {"JobRunState": "SUCCEEDED", "ErrorMessage": LARGE}},
        requests=2,
    ),
)


@pytest.fixture
async def services(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FaultyServer]:
    async with faulty_server() as server:
        for name, value in (("ENDPOINT_URL", server.url), ("ACCESS_KEY_ID", "k"), ("SECRET_ACCESS_KEY", "s")):
            monkeypatch.setenv(f"AWS_{name}", value)
        yield server


@pytest.fixture
async def engine(tmp_path: Path, services: FaultyServer) -> AsyncIterator[TestEngine]:
    server = await TemporalServer.start()
    try:
        async with running_engine(server, tmp_path, {}, choice="lambda") as made:
            yield made
    finally:
        await server.stop()


async def test_six_megabytes(engine: TestEngine, services: FaultyServer) -> None:
    for number, kind in enumerate(KINDS):
        services.body = json.dumps(kind.answer).encode()
        services.requests.clear()
        task = {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{kind.resource}",
            "Parameters": kind.arguments,
            "End": True,
        }
        machine = await engine.create(f"m{number}", {"StartAt": "T", "States": {"T": task}})
        async with asyncio.timeout(60):
            described = await engine.run(machine)
        assert (kind.resource, described.error) == (kind.resource, "States.DataLimitExceeded")
        assert len(services.requests) == kind.requests
