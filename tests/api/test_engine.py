"""What every kind of process begins with, where Temporal is there and cannot be used, yet or at all."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from temporalio.client import GrpcCompression

from api import engine
from api.config import load_settings
from api.engine import RoleError, compression_to, connected
from tests.support.databases import new_database
from tests.support.fake_temporal import Context, fake_temporal


class Starting:
    """Answers to the question for the namespace: an error each, or none at all; then that it is there."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)

    async def __call__(self, method: str, context: Context) -> None:
        assert method == "DescribeNamespace"
        if self.answers:
            status = self.answers.pop(0)
            if status is None:
                await asyncio.Event().wait()
            else:
                await context.abort(grpc.StatusCode[status], "it starts")


@pytest.mark.parametrize("answer", ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "UNKNOWN", None])
async def test_a_temporal_that_still_starts_is_asked_again(
    answer: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RESOURCE_EXHAUSTED is said to roles that start at once, and are too many for the namespace's rate."""
    monkeypatch.setattr(engine, "_CONNECT_PAUSE_SECONDS", 0)
    monkeypatch.setattr(engine, "_ANSWER_PATIENCE", timedelta(milliseconds=50 if answer is None else 10_000))
    settings = load_settings(database_url=await new_database(tmp_path / "steploom.db"))
    starting = Starting(answer, answer)
    async with (
        fake_temporal(starting) as address,
        connected(settings, {"target_host": address, "namespace": "default"}) as found,
    ):
        assert starting.answers == []
        assert found.client.service_client.config.grpc_compression is GrpcCompression.NONE


async def test_a_namespace_that_is_not_for_us(tmp_path: Path) -> None:
    settings = load_settings(database_url=await new_database(tmp_path / "steploom.db"))
    async with fake_temporal(Starting("PERMISSION_DENIED")) as address:
        told = f"The Temporal at {address} does not let us use the namespace 'default': it starts. Set TEMPORAL_NAMESP"
        with pytest.raises(RoleError, match=told):
            await connected(settings, {"target_host": address, "namespace": "default"}).__aenter__()


@pytest.mark.parametrize(
    "address, compression",
    [
        ("127.0.0.1:7233", GrpcCompression.NONE),
        ("localhost:7233", GrpcCompression.NONE),
        ("[::1]:7233", GrpcCompression.NONE),
        ("temporal-frontend:7233", GrpcCompression.GZIP),
        ("10.0.0.7:7233", GrpcCompression.GZIP),
    ],
)
def test_calls_are_compressed_but_on_loopback(address: str, compression: GrpcCompression) -> None:
    assert compression_to(address) is compression
