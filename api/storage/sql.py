"""The store over SQLite and PostgreSQL: SQLAlchemy Core, one transaction per call.

Names, and the revision that an update replaces, are checked by the statement that writes; what depends on further rows
(numbers of versions, routes of aliases, numbers of tags) holds the row of its resource. So any number of processes may
work on one database.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, and_, delete, exists, select, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from api.storage.engine import create_engine, shown_database
from api.storage.sql_access_keys import SqlAccessKeys
from api.storage.sql_activities import SqlActivities
from api.storage.sql_aliases import SqlAliases
from api.storage.sql_base import batches, revision_of, revision_row, to_datetime, to_milliseconds, transaction
from api.storage.sql_connections import SqlConnections
from api.storage.sql_express_runs import SqlExpressRuns
from api.storage.sql_leases import SqlLeases
from api.storage.sql_redrives import SqlRedrives
from api.storage.sql_used_signatures import SqlUsedSignatures
from api.storage.sql_versions import SqlVersions
from api.storage.store import MODE_TAG, Publication, Revised, Revision, StateMachine, Store, StoreUnavailable
from api.storage.tables import DEFINITIONS, PAYLOADS, REVISIONS, STATE_MACHINES, TAGS

_PAYLOAD_REFRESH: Final = timedelta(days=1)


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


class SqlStore(
    SqlVersions,
    SqlAliases,
    SqlActivities,
    SqlRedrives,
    SqlAccessKeys,
    SqlConnections,
    SqlExpressRuns,
    SqlLeases,
    SqlUsedSignatures,
):
    """`Store` over an engine of `api.storage.engine`."""

    @property
    def place(self) -> str:
        """See `Store`."""
        return shown_database(self._engine.url)

    async def ping(self) -> None:
        """See `Store`."""
        try:
            async with transaction(self._engine) as connection:
                await connection.execute(select(STATE_MACHINES.c.name).limit(1))
        except ProgrammingError as error:
            raise StoreUnavailable("the database has no steploom schema") from error

    async def get_definition(self, hash_: str) -> str | None:
        """See `Store`."""
        async with transaction(self._engine) as connection:
            text: str | None = await connection.scalar(select(DEFINITIONS.c.text).where(DEFINITIONS.c.hash == hash_))
        return text

    async def put_definition(self, text: str) -> str:
        """See `Store`."""
        async with self._writing() as connection:
            return await self._keep_definition(connection, text)

    async def get_payloads(self, hashes: Sequence[str]) -> Sequence[bytes]:
        """See `Store`."""
        found: dict[str, bytes] = {}
        async with transaction(self._engine) as connection:
            for batch in batches(sorted(set(hashes))):
                query = select(PAYLOADS.c.hash, PAYLOADS.c.data).where(PAYLOADS.c.hash.in_(batch))
                found.update((row.hash, row.data) for row in await connection.execute(query))
        return [found[hash_] for hash_ in hashes]

    async def put_payloads(self, payloads: Sequence[bytes]) -> Sequence[str]:
        """See `Store`. A blob that is already there counts as made now, at a day's precision."""
        hashes = [hashlib.sha256(data).hexdigest() for data in payloads]
        now = to_milliseconds(datetime.now(UTC))
        by_hash = dict(zip(hashes, payloads, strict=True))
        rows = [{"hash": hash_, "data": by_hash[hash_], "created": now} for hash_ in sorted(by_hash)]
        async with transaction(self._writer) as connection:
            for batch in batches(rows):
                statement = self._insert(PAYLOADS).values(batch)
                statement = statement.on_conflict_do_update(
                    index_elements=["hash"],
                    set_={"created": statement.excluded.created},
                    where=PAYLOADS.c.created < now - _PAYLOAD_REFRESH // timedelta(milliseconds=1),
                )
                await connection.execute(statement)
        return hashes

    async def create_state_machine(
        self,
        machine: StateMachine,
        definition: str,
        tags: Mapping[str, str],
        publication: Publication | None = None,
    ) -> bool:
        """See `Store`."""
        taken = select(exists().where(STATE_MACHINES.c.name == machine.name))
        row = {
            "name": machine.name,
            "id": machine.id,
            "type": machine.type,
            "revision_id": machine.revision.id,
            "created": to_milliseconds(machine.created),
        }
        async with self._writing() as connection:
            if await connection.scalar(taken):
                return False
            await self._keep_definition(connection, definition)
            await connection.execute(self._insert(REVISIONS).values(revision_row(machine.revision)))
            if not await self._insert_new(connection, STATE_MACHINES, row):  # another process was faster
                await connection.rollback()
                return False
            if tags:
                named = [{"state_machine_name": machine.name, "key": key, "value": tags[key]} for key in tags]
                await connection.execute(self._insert(TAGS), named)
            if publication is not None:
                await self._publish(connection, machine.name, machine.revision.id, publication)
        return True

    async def get_state_machine(self, name: str) -> StateMachine | None:
        """See `Store`."""
        async with transaction(self._engine) as connection:
            row = (await connection.execute(_STATE_MACHINES.where(STATE_MACHINES.c.name == name))).first()
        return None if row is None else _state_machine(row)

    async def list_state_machines(self, after: str | None, limit: int) -> Sequence[StateMachine]:
        """See `Store`."""
        query = _STATE_MACHINES.order_by(STATE_MACHINES.c.name).limit(limit)
        if after is not None:
            query = query.where(STATE_MACHINES.c.name > after)
        async with transaction(self._engine) as connection:
            return [_state_machine(row) for row in await connection.execute(query)]

    async def revise_state_machine(
        self, revision: Revision, replaced: str, definition: str | None, publication: Publication | None = None
    ) -> Revised | None:
        """See `Store`."""
        current = and_(
            STATE_MACHINES.c.name == revision.state_machine_name,
            STATE_MACHINES.c.revision_id == replaced,
            STATE_MACHINES.c.deleting_since.is_(None),
        )
        async with self._writing() as connection:
            if definition is not None:
                await self._keep_definition(connection, definition)
            await connection.execute(self._insert(REVISIONS).values(revision_row(revision)))
            moved = await connection.execute(update(STATE_MACHINES).where(current).values(revision_id=revision.id))
            if moved.rowcount == 0:
                await connection.rollback()
                return None
            if publication is None:
                return Revised(None)
            name = revision.state_machine_name
            return Revised(await self._publish(connection, name, revision.id, publication))

    async def get_revision(self, id_: str) -> Revision | None:
        """See `Store`."""
        async with transaction(self._engine) as connection:
            row = (await connection.execute(select(REVISIONS).where(REVISIONS.c.id == id_))).first()
        return None if row is None else revision_of(row)

    async def find_revision(
        self, state_machine_name: str, definition_hash: str, role_arn: str, at: datetime
    ) -> Revision | None:
        """See `Store`. Where clocks of two processes disagree, the first later revision that matches is meant."""
        same = select(REVISIONS).where(
            REVISIONS.c.state_machine_name == state_machine_name,
            REVISIONS.c.definition_hash == definition_hash,
            REVISIONS.c.role_arn == role_arn,
        )
        made, time = REVISIONS.c.created, to_milliseconds(at)
        async with transaction(self._engine) as connection:
            row = (await connection.execute(same.where(made <= time).order_by(made.desc()).limit(1))).first()
            if row is None:
                row = (await connection.execute(same.where(made > time).order_by(made).limit(1))).first()
        return None if row is None else revision_of(row)

    async def mark_deleting(self, name: str, at: datetime) -> None:
        """See `Store`."""
        active = and_(STATE_MACHINES.c.name == name, STATE_MACHINES.c.deleting_since.is_(None))
        async with self._writing() as connection:
            await connection.execute(update(STATE_MACHINES).where(active).values(deleting_since=to_milliseconds(at)))

    async def list_deleting(self) -> Sequence[StateMachine]:
        """See `Store`."""
        query = _STATE_MACHINES.where(STATE_MACHINES.c.deleting_since.is_not(None)).order_by(STATE_MACHINES.c.name)
        async with transaction(self._engine) as connection:
            return [_state_machine(row) for row in await connection.execute(query)]

    async def remove_state_machine(self, id_: str) -> None:
        """See `Store`."""
        marked = and_(STATE_MACHINES.c.id == id_, STATE_MACHINES.c.deleting_since.is_not(None))
        async with self._writing() as connection:
            await connection.execute(delete(STATE_MACHINES).where(marked))

    async def _keep_definition(self, connection: AsyncConnection, text: str) -> str:
        hash_ = hashlib.sha256(text.encode()).hexdigest()
        await self._insert_new(connection, DEFINITIONS, {"hash": hash_, "text": text})
        return hash_


def _select_state_machines() -> Select[Any]:
    revision = [column.label(f"revision_{column.name}") for column in REVISIONS.c]
    joined = STATE_MACHINES.join(REVISIONS, STATE_MACHINES.c.revision_id == REVISIONS.c.id)
    machine = [column for column in STATE_MACHINES.c if column.name not in ("revision_id", "last_version")]
    tagged = and_(TAGS.c.state_machine_name == STATE_MACHINES.c.name, TAGS.c.key == MODE_TAG)
    mode = select(TAGS.c.value).where(tagged).scalar_subquery().label("mode")
    return select(*machine, *revision, mode).select_from(joined)


_STATE_MACHINES: Final = _select_state_machines()


def _state_machine(row: Row[Any]) -> StateMachine:
    return StateMachine(
        id=row.id,
        name=row.name,
        type=row.type,
        created=to_datetime(row.created),
        revision=revision_of(row, "revision_"),
        deleting_since=None if row.deleting_since is None else to_datetime(row.deleting_since),
        mode=row.mode,
    )
