"""Tests of `api.storage.migration`: its scripts make what `api.storage.tables` says, also when many run at once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from api.storage import migration
from api.storage.engine import create_engine
from api.storage.migration import head, migrate
from api.storage.sql import open_store
from api.storage.store import StoreUnavailable
from api.storage.tables import METADATA
from tests.support.postgres import PostgresServer


async def test_scripts_make_the_tables(database: str) -> None:
    await migrate(database)
    await migrate(database)
    assert await _differences(database) == []


def test_the_last_script_is_known_by_its_name() -> None:
    scripts = ScriptDirectory(str(Path(migration.__file__).parent / "migrations"))
    assert scripts.get_current_head() == head()


async def test_scripts_are_read_only_where_the_schema_is_not_of_this_release(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(database)
    monkeypatch.setattr(command, "upgrade", lambda *_: pytest.fail("read the scripts"))
    await migrate(database)


async def test_a_schema_of_a_later_release_is_refused(database: str) -> None:
    await migrate(database)
    engine = create_engine(database)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StoreUnavailable, match=r"STEPLOOM_DATABASE_URL: its tables are of a later .* \(revision 9999;"):
        await migrate(database)


async def test_an_unknown_database_is_told(postgres: PostgresServer) -> None:
    with pytest.raises(StoreUnavailable) as told:
        await migrate(postgres.url("nobody_made"))
    assert str(told.value) == (
        f"postgresql://127.0.0.1:{postgres.port}/nobody_made, named by STEPLOOM_DATABASE_URL: "
        'database "nobody_made" does not exist'
    )


_AT_ONCE = """
import asyncio, os, sys
from api.storage.migration import migrate
import alembic.command

children = []
for _ in range(5):
    if child := os.fork():
        children.append(child)
    else:
        asyncio.run(migrate(sys.argv[1]))
        sys.exit()
sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
"""


async def test_processes_that_start_at_once_take_turns(database: str) -> None:
    """They are forks of one that has loaded all modules, so that they begin together."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _AT_ONCE, database, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
    )
    _, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")
    assert await _differences(database) == []


async def test_an_empty_database_is_not_ready(database: str) -> None:
    async with open_store(database) as store:
        with pytest.raises(StoreUnavailable):
            await store.ping()


async def test_an_unreachable_database_is_unavailable() -> None:
    async with open_store("postgresql://postgres@127.0.0.1:1/none") as store:
        with pytest.raises(StoreUnavailable):
            await store.ping()


async def _differences(url: str) -> list[object]:
    engine = create_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(_compare)
    await engine.dispose()
    return found


def _compare(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))
