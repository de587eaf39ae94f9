"""Database engines by URL: SQLite (one file, WAL) and PostgreSQL, with the set-up that each needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

WRITING: Final = {"steploom_writing": True}
"""Execution options of transactions that write: SQLite then takes its lock at the start, where waiting is possible."""

_BUSY_TIMEOUT_MS: Final = 30_000
_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_POSTGRESQL_PARAMETERS: Final = frozenset(
    {
        *("host", "port", "user", "password", "passfile", "service", "servicefile", "krbsrvname", "gsslib"),
        *("ssl", "direct_tls", "target_session_attrs", "command_timeout"),
        "prepared_statement_cache_size",  # SQLAlchemy's
    }
)
"""What a URL can say: the parameters of asyncpg's `connect` that may be texts; at any other it raises a `TypeError`."""


def database_url(text: str | URL) -> URL:
    """A database's URL with the driver that we use.

    `sqlite:///relative/path`, `sqlite:////absolute/path` and `postgresql://user:password@host/database` are understood;
    libpq's `sslmode` is passed on.

    Raises:
        ValueError: the URL names no database that steploom can use.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ValueError("the database URL cannot be read") from error
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise ValueError(f"no database driver for {url.drivername!r}: expected sqlite:/// or postgresql://")
    url = url.set(drivername=driver)
    if driver == "sqlite+aiosqlite":
        return _checked_sqlite_url(url)
    if "sslmode" in url.query:
        url = url.update_query_dict({"ssl": url.query["sslmode"]}).difference_update_query(["sslmode"])
    if unknown := url.query.keys() - _POSTGRESQL_PARAMETERS:
        raise ValueError(
            f"the database URL has a parameter that the driver does not know: {', '.join(sorted(unknown))}; it takes "
            f"{', '.join(sorted(_POSTGRESQL_PARAMETERS | {'sslmode'}))}"
        )
    return url


def shown_database(text: str | URL) -> str:
    """A database's URL for people: without user, password and parameters, an SQLite file by its absolute path.

    Raises:
        ValueError: see `database_url`.
    """
    url = database_url(text)
    backend, name = url.get_backend_name(), url.database
    if backend == "sqlite" and name is not None:
        name = str(Path(name).absolute())
    return URL.create(backend, host=url.host, port=url.port, database=name).render_as_string()


def missing_file(text: str) -> bool:
    """Whether a database is an SQLite file that is not there, and that using it would make.

    Raises:
        ValueError: see `database_url`.
    """
    url = database_url(text)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return False
    try:
        os.stat(url.database)
    except FileNotFoundError:
        return True
    except OSError:  # whoever uses it tells better why that cannot be
        return False
    return False


def _checked_sqlite_url(url: URL) -> URL:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise ValueError("SQLite needs a file: sqlite:///path/to/steploom.db")
    return url


def create_engine(text: str) -> AsyncEngine:
    """An engine for `database_url(text)`; the folder of an SQLite file is made if it is missing.

    Raises:
        ValueError: see `database_url`.
    """
    url = database_url(text)
    if url.database is not None and url.get_backend_name() == "sqlite":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url)
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(url, pool_pre_ping=True)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # Any: SQLAlchemy's adapter around aiosqlite, which has no public type.
    connection.isolation_level = None  # the driver would begin transactions late, and never before DDL
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("steploom_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
