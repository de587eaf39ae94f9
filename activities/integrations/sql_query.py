"""`sql:query`: one statement on a database that the installation names, in a transaction of its own.

A resource of ours. The statement is written in the definition; values are bound by the driver, and never become a part
of it.
"""

from __future__ import annotations

import asyncio
import base64
import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.connector_secrets import without_secrets
from activities.failures import unusable_arguments
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesRuntime
from interpreter.values import JsonValue, json_size

_USUAL_ROWS: Final = 1_000
_USUAL_SECONDS: Final = 60
_GIVING_UP_SECONDS: Final = 5.0
_LARGEST_RESULT: Final = 262_144
_BATCH: Final = 200
_READS: Final = re.compile(r"\s*(?:SELECT|WITH|VALUES|TABLE)\b", re.IGNORECASE)


class SqlCaller:
    """Runs `sql:query`.

    Args:
        engines: the databases, by the names of their connections.
    """

    def __init__(self, engines: Mapping[str, AsyncEngine]) -> None:
        self._engines = engines

    async def call(self, arguments: dict[str, JsonValue], state: str) -> JsonValue:
        """Run the statement once: `{"Rows": [{column: value}], "RowCount": int}`.

        Raises:
            StatesError: `Sql.<class of DB-API errors>`, `Sql.Timeout`, or the arguments cannot be used.
        """
        task = _Task(arguments, state)
        engine = self._engines.get(task.connection)
        if engine is None:
            raise task.unusable("The installation has no such Connection (setting sql_connections)")
        statement, values = task.statement()
        try:
            return await _bounded(engine, task, statement, values)
        except DBAPIError as error:
            raise task.failed(type(error).__name__, _told(error.orig)) from None
        except SQLAlchemyError as error:  # of the pool, or of a statement that cannot be run at all
            raise task.failed(type(error).__name__, _told(error)) from None
        except OSError as error:
            raise task.failed("OperationalError", error.strerror or type(error).__name__) from None


async def _bounded(
    engine: AsyncEngine, task: _Task, statement: TextClause, values: Mapping[str, JsonValue]
) -> JsonValue:
    """Run the statement for as long as it may take, and give it up if nobody waits for it any more.

    SQLite is told to before the task is cancelled: SQLAlchemy then closes the connection, which waits for SQLite.
    """
    interrupts: list[Callable[[], Awaitable[None]]] = []
    work = asyncio.create_task(_run(engine, task, statement, values, interrupts))
    try:
        await asyncio.wait({work}, timeout=task.seconds)
    finally:
        if not work.done():
            for interrupt in interrupts:
                await interrupt()
            work.cancel()
            await asyncio.wait({work}, timeout=_GIVING_UP_SECONDS)
    if work.done() and not work.cancelled() and not isinstance(work.exception(), asyncio.CancelledError):
        return work.result()
    raise task.failed("Timeout", f"no result within {task.seconds} s")


async def _run(
    engine: AsyncEngine,
    task: _Task,
    statement: TextClause,
    values: Mapping[str, JsonValue],
    interrupts: list[Callable[[], Awaitable[None]]],
) -> JsonValue:
    async with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "sqlite":
            interrupts.append(cast(Any, (await connection.get_raw_connection()).driver_connection).interrupt)
        return await connection.run_sync(_execute, task, statement, values)


def _execute(connection: Connection, task: _Task, statement: TextClause, values: Mapping[str, JsonValue]) -> JsonValue:
    """Run the statement and fetch its rows part by part: what is too large is not fetched to its end."""
    if _READS.match(statement.text):  # through a cursor, which does not count the rows that a statement changes
        connection = connection.execution_options(yield_per=_BATCH)
    result = connection.execute(statement, values)
    if not result.returns_rows:
        return {"Rows": [], "RowCount": max(0, result.rowcount)}
    rows: list[JsonValue] = []
    size = 0
    for part in result.mappings().partitions(_BATCH):
        for row in part:
            shown: JsonValue = {str(name): to_json(value) for name, value in row.items()}
            rows.append(shown)
            size += json_size(shown)
        if len(rows) > task.most_rows:
            result.close()
            raise task.too_large(f"more than {task.most_rows} rows; LIMIT them, or give the Task MaxRows")
        if size > _LARGEST_RESULT:
            result.close()
            raise task.too_large(f"more than {_LARGEST_RESULT} bytes")
    return {"Rows": rows, "RowCount": len(rows)}


@dataclass(frozen=True, slots=True)
class _Task:
    """A Task's arguments."""

    arguments: dict[str, JsonValue]
    state: str

    @property
    def connection(self) -> str:
        """The connection's name."""
        return str(self.arguments["Connection"])

    @property
    def seconds(self) -> int:
        """How long the statement may take."""
        return cast(int, self.arguments.get("LimitSeconds") or _USUAL_SECONDS)

    @property
    def most_rows(self) -> int:
        """How many rows a result may have."""
        return cast(int, self.arguments.get("MaxRows") or _USUAL_ROWS)

    def statement(self) -> tuple[TextClause, Mapping[str, JsonValue]]:
        """The statement and the values of its parameters. Raises: StatesRuntime."""
        statement = text(str(self.arguments["Statement"]))
        values = cast("dict[str, JsonValue]", self.arguments.get("Parameters") or {})
        wanted = set(statement.compile().params)
        for name in sorted(wanted - values.keys()):
            raise self.unusable(f"The statement's parameter {name!r} has no value in 'Parameters'")
        for name in sorted(values.keys() - wanted):
            raise self.unusable(f"The statement has no parameter {name!r}")
        for name, value in values.items():
            if isinstance(value, list | dict):
                raise self.unusable(f"The parameter {name!r} must be a text, a number, a boolean or null")
        return statement, values

    def failed(self, kind: str, reason: str) -> StatesError:
        """The error of a statement that failed."""
        return StatesError(f"Sql.{kind}", f"{self._where()}: {reason}")

    def too_large(self, reason: str) -> StatesDataLimitExceeded:
        """The error of a result that is too large."""
        return StatesDataLimitExceeded(f"{self._where()}: {reason}")

    def unusable(self, reason: str) -> StatesRuntime:
        """The arguments cannot be used."""
        return unusable_arguments(without_secrets(self.arguments), reason)

    def _where(self) -> str:
        return f"sql:query of state {self.state!r} on connection {self.connection!r}"


def to_json(value: object) -> JsonValue:
    """A column's value: exact numbers and times as text (ISO 8601), bytes in base64; what JSON has, as it is."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Decimal() | UUID():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(bytes(value)).decode("ascii")
        case Mapping():
            return {str(name): to_json(member) for name, member in value.items()}
        case Sequence() | set() | frozenset():
            return [to_json(item) for item in value]
        case _:
            return str(value)


def _told(error: BaseException | None) -> str:
    """A driver's own words, without the statement, its values and the database's address."""
    words = str(error.args[0] if error is not None and error.args else error)
    return words.partition(">: ")[2] or words
