"""Fixtures for all tests: one real Temporal dev server per test process, started by our own launcher on free ports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from temporalio.client import Client

from api.temporal_server import TemporalServer
from tests.support.server import running_server


@pytest.fixture(scope="session")
def temporal_server() -> Iterator[TemporalServer]:
    """A Temporal server in memory. It outlives event loops: connect to it in each test."""
    with running_server() as server:
        yield server


@pytest.fixture
async def temporal_client(temporal_server: TemporalServer) -> Client:
    """A plain client of the server, with the SDK's own data converter."""
    return await Client.connect(temporal_server.address, namespace=temporal_server.namespace)
