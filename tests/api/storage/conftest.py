"""Both databases: every test that takes `database` runs once on each, in an empty one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from api.storage.migration import migrate
from api.storage.sql import open_store
from api.storage.store import Store
from tests.support.postgres import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for the whole session."""
    with postgres_server() as server:
        yield server


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new folder/steploom.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return await server.empty_database()


@pytest_asyncio.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """The store on a new database."""
    await migrate(database)
    async with open_store(database) as opened:
        yield opened
