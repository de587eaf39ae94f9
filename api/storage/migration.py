"""Brings a database's schema up to this release's, with Alembic and the scripts in `api/storage/migrations`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from api.storage.engine import WRITING, create_engine

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x73_74_65_70_6C_6F_6F_6D  # "steploom": the key of the advisory lock in PostgreSQL


async def migrate(url: str) -> None:
    """Make or upgrade the tables, in one transaction; processes that start at once take turns.

    Raises:
        ValueError: see `api.storage.engine.database_url`.
        alembic.util.CommandError: the schema is of a later release than this one.
    """
    engine = create_engine(url)
    try:
        async with engine.execution_options(**WRITING).begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


def head() -> str:
    """The revision of the last script, by the files' names, which begin with `v` and the revision."""
    return max(script.name[1:5] for script in _SCRIPTS.glob("versions/v*.py"))


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if _revisions(connection) == [head()]:
        return
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
