"""What the parts of the SQL store share: transactions, inserts, batches of rows, and times as milliseconds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Row, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.storage.engine import WRITING
from api.storage.store import Revision, StoreUnavailable
from api.storage.tables import REVISIONS, STATE_MACHINES

_Item = TypeVar("_Item")

_BATCH: Final = 500  # rows per statement: both databases bound a statement's parameters to about 32,000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class SqlBase:
    """An engine of `api.storage.engine`, and how it is used."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITING)
        self.writes = 0
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may change what others remember of the store; raises as `transaction`."""
        try:
            async with transaction(self._writer) as connection:
                yield connection
        finally:
            self.writes += 1

    async def _insert_new(self, connection: AsyncConnection, table: Table, row: Mapping[str, object]) -> bool:
        statement = self._insert(table).values(row).on_conflict_do_nothing()
        return (await connection.execute(statement)).rowcount == 1


async def locked_state_machine(connection: AsyncConnection, name: str) -> Row[Any] | None:
    """The row of a state machine, held until the transaction ends: versions and aliases change one at a time."""
    query = select(STATE_MACHINES).where(STATE_MACHINES.c.name == name).with_for_update()
    return (await connection.execute(query)).first()


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction on an engine.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    with told_of_trouble():
        async with engine.begin() as connection:
            yield connection


@contextmanager
def told_of_trouble() -> Iterator[None]:
    """Raise `StoreUnavailable` for what SQLAlchemy raises where the database does not answer."""
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
            raise StoreUnavailable("the database does not answer") from error
        raise
    except (OSError, PoolTimeoutError) as error:
        raise StoreUnavailable("the database cannot be reached") from error


def batches(items: Sequence[_Item]) -> Iterable[Sequence[_Item]]:
    """So many of the items at once as are rows of one statement."""
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def revision_of(row: Row[Any], prefix: str = "") -> Revision:
    """The revision in a row whose columns are those of its table, with `prefix` before their names."""
    members = {column.name: row._mapping[prefix + column.name] for column in REVISIONS.c}
    return Revision(**members | {"created": to_datetime(members["created"])})


def revision_row(revision: Revision) -> dict[str, Any]:
    """The inverse of `revision_of`."""
    return asdict(revision) | {"created": to_milliseconds(revision.created)}


def to_milliseconds(time: datetime) -> int:
    """A time as the tables keep it."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def to_datetime(milliseconds: int) -> datetime:
    """The inverse of `to_milliseconds`."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
