"""Brings a database's schema up to this release's, with Alembic and the scripts in `api/storage/migrations`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from api.storage.engine import WRITING, create_engine, shown_database
from api.storage.store import StoreUnavailable

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x73_74_65_70_6C_6F_6F_6D  # "steploom": the key of the advisory lock in PostgreSQL


async def migrate(url: str) -> None:
    """Make or upgrade the tables, in one transaction; processes that start at once take turns.

    Raises:
        ValueError: see `api.storage.engine.database_url`.
        StoreUnavailable: the database does not answer, lets us not in, refuses a change, or has a schema that this
            release does not know; the text tells people which database that is, and what it or the system says.
    """
    try:
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            _check_opens(engine.url.database)
        try:
            async with engine.execution_options(**WRITING).begin() as connection:
                await connection.run_sync(_upgrade)
        finally:
            await engine.dispose()
    except (OSError, DBAPIError, sqlite3.Error, _UnknownSchema) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        told = " ".join(str(reason).split()) or "it does not answer"
        raise StoreUnavailable(f"{shown_database(url)}, named by STEPLOOM_DATABASE_URL: {told}") from error


class _UnknownSchema(Exception):
    """The schema is of a later release than this one."""


def _check_opens(file: str | None) -> None:
    """Open an SQLite file, or make it.

    After a file that does not open, aiosqlite's thread outlives the event loop and writes a traceback on its own.
    """
    assert file, "`database_url` has checked it"
    with closing(sqlite3.connect(file)):
        pass


def head() -> str:
    """The revision of the last script."""
    return max(_known())


def _known() -> list[str]:
    """The revisions of all scripts, by the files' names, which begin with `v` and the revision."""
    return [script.name[1:5] for script in _SCRIPTS.glob("versions/v*.py")]


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    revisions = _revisions(connection)
    if revisions == [head()]:
        return
    if unknown := set(revisions) - set(_known()):
        raise _UnknownSchema(
            f"its tables are of a later steploom (revision {', '.join(sorted(unknown))}; this one knows those "
            f"up to {head()})"
        )
    # Here, as a database that is up to date needs none of it, and it takes a tenth of what a role loads.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revisions(connection: Connection) -> list[str]:
    """What Alembic noted in the database."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
