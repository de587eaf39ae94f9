"""Databases that are at this release's schema, without running its migration for each test."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import asyncpg  # type: ignore[import-untyped]  # ships no types

from api.storage.migration import migrate
from api.storage.tables import METADATA
from tests.support.postgres import ALONE, PostgresServer

_MADE: Final[list[bytes]] = []
"""The one that this process has migrated, if it has: a migration takes 0.1 s of CPU, and hundreds of tests want one."""

_POSTGRES_NAME: Final = "migrated"
_CLEAR: Final = f"{ALONE} TRUNCATE {', '.join(table.name for table in METADATA.sorted_tables)} RESTART IDENTITY CASCADE"


async def new_database(file: Path) -> str:
    """Make `file`, if there is none yet, an SQLite database as the migration leaves an empty one; its URL."""
    if not _MADE:
        with tempfile.TemporaryDirectory(prefix="steploom-database-") as folder:
            await migrate(f"sqlite:///{folder}/made.db")
            _MADE.append(_only_file(Path(folder)))
    _write_once(file, _MADE[0])
    return f"sqlite:///{file}"


async def new_postgres_database(server: PostgresServer) -> str:
    """The URL of a PostgreSQL database with the tables of this release, all of them empty: always the same one."""
    url = server.url(_POSTGRES_NAME)
    try:
        connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        await server.create_database(_POSTGRES_NAME)
        await migrate(url)
        return url
    await connection.execute(_CLEAR)
    await connection.close()
    return url


def _only_file(folder: Path) -> bytes:
    (file,) = folder.iterdir()  # nothing is left in a log beside it
    return file.read_bytes()


def _write_once(file: Path, content: bytes) -> None:
    if not file.exists():
        file.write_bytes(content)
