"""`sql:query` on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from activities.integrations.sql_query import SqlCaller, to_json
from api.storage.engine import database_url
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesRuntime
from interpreter.values import JsonValue
from tests.support.faulty_server import reset
from tests.support.postgres import PostgresServer, postgres_server

INSERT = "INSERT INTO orders (id, item, price) VALUES (:id, :item, CAST(:price AS NUMERIC))"
COUNTED = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST(:most AS INTEGER)) "
NUMBERS = f"{COUNTED} SELECT i FROM n"


@dataclass
class Database:
    kind: str
    caller: SqlCaller

    async def query(self, statement: str, parameters: dict[str, JsonValue] | None = None, **more: JsonValue) -> Any:
        given: dict[str, JsonValue] = {"Connection": "shop", "Statement": statement, **more}
        if parameters is not None:
            given["Parameters"] = parameters
        return await self.caller.call(given, "Ask")

    async def error(
        self, statement: str, parameters: dict[str, JsonValue] | None = None, **more: JsonValue
    ) -> StatesError:
        with pytest.raises(StatesError) as raised:
            await self.query(statement, parameters, **more)
        return raised.value


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/shop.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = await server.empty_database()
    engine = create_async_engine(database_url(url))
    database = Database(request.param, SqlCaller({"shop": engine}))
    await database.query("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT, price NUMERIC(8, 2))")
    yield database
    await engine.dispose()


async def test_rows(database: Database) -> None:
    for id_, item in ((1, "book"), (2, None)):
        answer = await database.query(INSERT, {"id": id_, "item": item, "price": 12})
        assert answer == {"Rows": [], "RowCount": 1}
    found = await database.query("SELECT id, item FROM orders WHERE id >= :least ORDER BY id", {"least": 1})
    assert found == {"Rows": [{"id": 1, "item": "book"}, {"id": 2, "item": None}], "RowCount": 2}
    assert await database.query("UPDATE orders SET item = 'x'") == {"Rows": [], "RowCount": 2}
    assert await database.query("DELETE FROM orders RETURNING id") == {
        "Rows": [{"id": 1}, {"id": 2}],
        "RowCount": 2,
    }


async def test_values_are_bound(database: Database) -> None:
    evil = "x'); DROP TABLE orders; --"
    await database.query(INSERT, {"id": 1, "item": evil, "price": 1})
    found = await database.query("SELECT item FROM orders WHERE item = :item", {"item": evil})
    assert found["Rows"] == [{"item": evil}]


async def test_limits(database: Database) -> None:
    assert (await database.query(NUMBERS, {"most": 1000}))["RowCount"] == 1000
    error = await database.error(NUMBERS, {"most": 1001})
    assert isinstance(error, StatesDataLimitExceeded)
    where = "sql:query of state 'Ask' on connection 'shop'"
    assert error.cause == f"{where}: more than 1000 rows; LIMIT them, or give the Task MaxRows"
    assert (await database.query(NUMBERS, {"most": 1001}, MaxRows=1001))["RowCount"] == 1001
    wide = "SELECT item FROM orders"
    await database.query(INSERT, {"id": 1, "item": "x" * 262_144, "price": 1})
    assert (await database.error(wide)).cause == f"{where}: more than 262144 bytes"


async def test_what_returns_too_much_changes_nothing(database: Database) -> None:
    for id_ in (1, 2):
        await database.query(INSERT, {"id": id_, "item": "a", "price": 1})
    error = await database.error("DELETE FROM orders RETURNING id", MaxRows=1)
    assert isinstance(error, StatesDataLimitExceeded)
    assert (await database.query("SELECT count(*) AS n FROM orders"))["Rows"] == [{"n": 2}]


async def test_a_statement_that_takes_too_long_is_given_up(database: Database) -> None:
    error = await database.error(f"{COUNTED} SELECT max(i) FROM n", {"most": 2**31 - 2}, LimitSeconds=1)
    assert (error.name, error.cause) == (
        "Sql.Timeout",
        "sql:query of state 'Ask' on connection 'shop': no result within 1 s",
    )
    assert (await database.query("SELECT 1 AS one"))["Rows"] == [{"one": 1}]


@dataclass(frozen=True)
class Refused:
    name: str
    statement: str
    parameters: dict[str, JsonValue] = field(default_factory=dict)
    error: str = StatesRuntime.NAME
    cause: str = ""


REFUSED = [
    Refused("twice", INSERT, {"id": 7, "item": "a", "price": 1}, "Sql.IntegrityError", "on connection 'shop': "),
    Refused("no table", "SELECT * FROM nosuch", error="Sql.", cause="nosuch"),
    Refused("missing", "SELECT :a", cause="[The statement's parameter 'a' has no value in 'Parameters']"),
    Refused("unknown", "SELECT 1", {"b": 1}, cause="[The statement has no parameter 'b']"),
    Refused("list", "SELECT :a", {"a": [1]}, cause="[The parameter 'a' must be a text, a number, a boolean or null]"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
async def test_refused(case: Refused, database: Database) -> None:
    await database.query(INSERT, {"id": 7, "item": "secret-value", "price": 1})
    error = await database.error(case.statement, case.parameters)
    assert (error.name or "").startswith(case.error)
    assert case.cause in (error.cause or "")
    assert "secret-value" not in (error.cause or "")


async def test_no_such_connection(database: Database) -> None:
    error = await database.error("SELECT 1", Connection="other")
    assert "The installation has no such Connection (setting sql_connections)" in (error.cause or "")


def test_values_without_a_form_in_json() -> None:
    uuid = "7a1cf3b2-4d8e-4c55-9a0e-2f6f4d3b1c11"
    row = {
        "decimal": Decimal("12.50"),
        "date": date(2026, 11, 27),
        "time": datetime(2026, 11, 27, 1, 2, 3, tzinfo=UTC),
        "bytes": b"\x00\xff",
        "uuid": UUID(uuid),
        "nan": float("nan"),
        "list": [1, {"a": Decimal(1)}],
    }
    assert to_json(row) == {
        "decimal": "12.50",
        "date": "2026-11-27",
        "time": "2026-11-27T01:02:03+00:00",
        "bytes": "AP8=",
        "uuid": uuid,
        "nan": "nan",
        "list": [1, {"a": "1"}],
    }


@pytest.mark.parametrize("trouble", ["closed", "reset", "answer of another kind"])
async def test_a_server_in_trouble(trouble: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)  # the beginning of what the driver says first
        if trouble == "answer of another kind":
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        if trouble == "reset":
            reset(writer)
        writer.close()

    async with _listening(serve) as url:
        assert (await _unreachable(url)).name != "Sql.Timeout"


async def test_a_server_that_never_answers() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the caller gives up
        writer.close()

    async with _listening(serve) as url:
        assert (await _unreachable(url, seconds=1)).name == "Sql.Timeout"


async def test_nobody_listens(unused_tcp_port: int) -> None:
    await _unreachable(f"postgresql://me:pass-word@127.0.0.1:{unused_tcp_port}/shop")


@asynccontextmanager
async def _listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """The URL of a database at a server that serves each connection so."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"postgresql://me:pass-word@127.0.0.1:{server.sockets[0].getsockname()[1]}/shop"


async def _unreachable(url: str, seconds: int = 60) -> StatesError:
    engine = create_async_engine(database_url(url))
    error = await Database("postgresql", SqlCaller({"shop": engine})).error("SELECT 1", LimitSeconds=seconds)
    await engine.dispose()
    assert error.name in ("Sql.OperationalError", "Sql.InterfaceError", "Sql.DBAPIError", "Sql.Timeout")
    assert (error.cause or "").startswith("sql:query of state 'Ask' on connection 'shop': ")
    assert "pass-word" not in (error.cause or "")
    return error
