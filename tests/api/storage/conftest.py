"""Both databases: every test that takes `database`, `migrated` or `store` runs once on each, in an empty one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from api.storage.sql import open_store
from api.storage.store import Store
from tests.support.databases import new_database, new_postgres_database
from tests.support.postgres import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server for the whole session."""
    with postgres_server() as server:
        yield server


BOTH: Final = ("sqlite", "postgresql")


@pytest_asyncio.fixture(params=BOTH)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without anything in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new folder/steploom.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return await server.empty_database()


@pytest_asyncio.fixture(params=BOTH)
async def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with the tables of this release, and nothing in them."""
    if request.param == "sqlite":
        return await new_database(tmp_path / "steploom.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return await new_postgres_database(server)


@pytest_asyncio.fixture
async def store(migrated: str) -> AsyncIterator[Store]:
    """The store on a new database."""
    async with open_store(migrated) as opened:
        yield opened
