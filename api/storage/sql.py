"""The store over SQLite and PostgreSQL: SQLAlchemy Core, one transaction per call.

Nothing here locks across statements: names, and the revision that an update replaces, are checked by the statement that
writes, so that any number of processes may work on one database.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Row, Select, Table, and_, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.storage.engine import WRITING, create_engine
from api.storage.store import Revision, StateMachine, Store, StoreUnavailable
from api.storage.tables import DEFINITIONS, PAYLOADS, REVISIONS, STATE_MACHINES, TAGS

_Item = TypeVar("_Item")

_BATCH: Final = 500  # rows per statement: both databases bound a statement's parameters to about 32,000
_PAYLOAD_REFRESH: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """The store in the database at `url`, whose schema `api.storage.migration.migrate` has made.

    Raises:
        ValueError: see `api.storage.engine.database_url`.
    """
    engine = create_engine(url)
    try:
        yield SqlStore(engine)
    finally:
        await engine.dispose()


class SqlStore:
    """`Store` over an engine of `api.storage.engine`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITING)
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    async def ping(self) -> None:
        """See `Store`."""
        try:
            async with _transaction(self._engine) as connection:
                await connection.execute(select(STATE_MACHINES.c.name).limit(1))
        except ProgrammingError as error:
            raise StoreUnavailable("the database has no steploom schema") from error

    async def get_definition(self, hash_: str) -> str | None:
        """See `Store`."""
        async with _transaction(self._engine) as connection:
            text: str | None = await connection.scalar(select(DEFINITIONS.c.text).where(DEFINITIONS.c.hash == hash_))
        return text

    async def put_definition(self, text: str) -> str:
        """See `Store`."""
        async with _transaction(self._writer) as connection:
            return await self._keep_definition(connection, text)

    async def get_payloads(self, hashes: Sequence[str]) -> Sequence[bytes]:
        """See `Store`."""
        found: dict[str, bytes] = {}
        async with _transaction(self._engine) as connection:
            for batch in _batches(sorted(set(hashes))):
                query = select(PAYLOADS.c.hash, PAYLOADS.c.data).where(PAYLOADS.c.hash.in_(batch))
                found.update((row.hash, row.data) for row in await connection.execute(query))
        return [found[hash_] for hash_ in hashes]

    async def put_payloads(self, payloads: Sequence[bytes]) -> Sequence[str]:
        """See `Store`. A blob that is already there counts as made now, at a day's precision."""
        hashes = [hashlib.sha256(data).hexdigest() for data in payloads]
        now = _milliseconds(datetime.now(UTC))
        by_hash = dict(zip(hashes, payloads, strict=True))
        rows = [{"hash": hash_, "data": by_hash[hash_], "created": now} for hash_ in sorted(by_hash)]
        async with _transaction(self._writer) as connection:
            for batch in _batches(rows):
                statement = self._insert(PAYLOADS).values(batch)
                statement = statement.on_conflict_do_update(
                    index_elements=["hash"],
                    set_={"created": statement.excluded.created},
                    where=PAYLOADS.c.created < now - _PAYLOAD_REFRESH // timedelta(milliseconds=1),
                )
                await connection.execute(statement)
        return hashes

    async def create_state_machine(self, machine: StateMachine, definition: str, tags: Mapping[str, str]) -> bool:
        """See `Store`."""
        taken = select(exists().where(STATE_MACHINES.c.name == machine.name))
        row = {
            "name": machine.name,
            "id": machine.id,
            "type": machine.type,
            "revision_id": machine.revision.id,
            "created": _milliseconds(machine.created),
        }
        async with _transaction(self._writer) as connection:
            if await connection.scalar(taken):
                return False
            await self._keep_definition(connection, definition)
            await connection.execute(self._insert(REVISIONS).values(_revision_row(machine.revision)))
            if not await self._insert_new(connection, STATE_MACHINES, row):  # another process was faster
                await connection.rollback()
                return False
            if tags:
                named = [{"state_machine_name": machine.name, "key": key, "value": tags[key]} for key in tags]
                await connection.execute(self._insert(TAGS), named)
        return True

    async def get_state_machine(self, name: str) -> StateMachine | None:
        """See `Store`."""
        async with _transaction(self._engine) as connection:
            row = (await connection.execute(_STATE_MACHINES.where(STATE_MACHINES.c.name == name))).first()
        return None if row is None else _state_machine(row)

    async def list_state_machines(self, after: str | None, limit: int) -> Sequence[StateMachine]:
        """See `Store`."""
        query = _STATE_MACHINES.order_by(STATE_MACHINES.c.name).limit(limit)
        if after is not None:
            query = query.where(STATE_MACHINES.c.name > after)
        async with _transaction(self._engine) as connection:
            return [_state_machine(row) for row in await connection.execute(query)]

    async def revise_state_machine(self, revision: Revision, replaced: str, definition: str | None) -> bool:
        """See `Store`."""
        current = and_(
            STATE_MACHINES.c.name == revision.state_machine_name,
            STATE_MACHINES.c.revision_id == replaced,
            STATE_MACHINES.c.deleting_since.is_(None),
        )
        async with _transaction(self._writer) as connection:
            if definition is not None:
                await self._keep_definition(connection, definition)
            await connection.execute(self._insert(REVISIONS).values(_revision_row(revision)))
            moved = await connection.execute(update(STATE_MACHINES).where(current).values(revision_id=revision.id))
            if moved.rowcount == 0:
                await connection.rollback()
                return False
        return True

    async def find_revision(
        self, state_machine_name: str, definition_hash: str, role_arn: str, at: datetime
    ) -> Revision | None:
        """See `Store`. Where clocks of two processes disagree, the first later revision that matches is meant."""
        same = select(REVISIONS).where(
            REVISIONS.c.state_machine_name == state_machine_name,
            REVISIONS.c.definition_hash == definition_hash,
            REVISIONS.c.role_arn == role_arn,
        )
        made, time = REVISIONS.c.created, _milliseconds(at)
        async with _transaction(self._engine) as connection:
            row = (await connection.execute(same.where(made <= time).order_by(made.desc()).limit(1))).first()
            if row is None:
                row = (await connection.execute(same.where(made > time).order_by(made).limit(1))).first()
        return None if row is None else _revision(row)

    async def get_tags(self, state_machine_name: str) -> Mapping[str, str]:
        """See `Store`."""
        query = select(TAGS.c.key, TAGS.c.value).where(TAGS.c.state_machine_name == state_machine_name)
        async with _transaction(self._engine) as connection:
            return {row.key: row.value for row in await connection.execute(query.order_by(TAGS.c.key))}

    async def mark_deleting(self, name: str, at: datetime) -> None:
        """See `Store`."""
        active = and_(STATE_MACHINES.c.name == name, STATE_MACHINES.c.deleting_since.is_(None))
        async with _transaction(self._writer) as connection:
            await connection.execute(update(STATE_MACHINES).where(active).values(deleting_since=_milliseconds(at)))

    async def list_deleting(self) -> Sequence[StateMachine]:
        """See `Store`."""
        query = _STATE_MACHINES.where(STATE_MACHINES.c.deleting_since.is_not(None)).order_by(STATE_MACHINES.c.name)
        async with _transaction(self._engine) as connection:
            return [_state_machine(row) for row in await connection.execute(query)]

    async def remove_state_machine(self, id_: str) -> None:
        """See `Store`."""
        marked = and_(STATE_MACHINES.c.id == id_, STATE_MACHINES.c.deleting_since.is_not(None))
        async with _transaction(self._writer) as connection:
            await connection.execute(delete(STATE_MACHINES).where(marked))

    async def _keep_definition(self, connection: AsyncConnection, text: str) -> str:
        hash_ = hashlib.sha256(text.encode()).hexdigest()
        await self._insert_new(connection, DEFINITIONS, {"hash": hash_, "text": text})
        return hash_

    async def _insert_new(self, connection: AsyncConnection, table: Table, row: Mapping[str, object]) -> bool:
        statement = self._insert(table).values(row).on_conflict_do_nothing()
        return (await connection.execute(statement)).rowcount == 1


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    try:
        async with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
            raise StoreUnavailable("the database does not answer") from error
        raise
    except (OSError, PoolTimeoutError) as error:
        raise StoreUnavailable("the database cannot be reached") from error


def _select_state_machines() -> Select[Any]:
    revision = [column.label(f"revision_{column.name}") for column in REVISIONS.c]
    joined = STATE_MACHINES.join(REVISIONS, STATE_MACHINES.c.revision_id == REVISIONS.c.id)
    machine = [column for column in STATE_MACHINES.c if column.name != "revision_id"]
    return select(*machine, *revision).select_from(joined)


_STATE_MACHINES: Final = _select_state_machines()


def _state_machine(row: Row[Any]) -> StateMachine:
    return StateMachine(
        id=row.id,
        name=row.name,
        type=row.type,
        created=_datetime(row.created),
        revision=_revision(row, "revision_"),
        deleting_since=None if row.deleting_since is None else _datetime(row.deleting_since),
    )


def _revision(row: Row[Any], prefix: str = "") -> Revision:
    members = {column.name: row._mapping[prefix + column.name] for column in REVISIONS.c}
    return Revision(**members | {"created": _datetime(members["created"])})


def _revision_row(revision: Revision) -> dict[str, Any]:
    return asdict(revision) | {"created": _milliseconds(revision.created)}


def _milliseconds(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(milliseconds=1)


def _datetime(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _batches(items: Sequence[_Item]) -> Iterable[Sequence[_Item]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
