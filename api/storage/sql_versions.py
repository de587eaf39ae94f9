"""The part of the SQL store that keeps the versions of state machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy import delete as delete_from
from sqlalchemy.ext.asyncio import AsyncConnection

from api.storage.sql_base import SqlBase, locked_state_machine, revision_of, to_datetime, to_milliseconds, transaction
from api.storage.store import LimitReached, Publication, Version
from api.storage.tables import ALIASES, REVISIONS, STATE_MACHINES, VERSIONS

_MOST_VERSIONS: Final = 1_000  # AWS quota, checked 2026-11


class SqlVersions(SqlBase):
    """Versions; see `Store`."""

    async def publish_version(self, name: str, revision_id: str, publication: Publication) -> Version | None:
        """See `Store`."""
        async with self._writing() as connection:
            machine = await locked_state_machine(connection, name)
            if machine is None or machine.revision_id != revision_id or machine.deleting_since is not None:
                return None
            number = await self._publish(connection, name, revision_id, publication)
            return await _find(connection, name, number)

    async def _publish(self, connection: AsyncConnection, name: str, revision_id: str, publication: Publication) -> int:
        """The number of the revision's version, made if need be; the transaction holds the state machine's row."""
        of_revision = VERSIONS.c.revision_id == revision_id
        published: int | None = await connection.scalar(select(VERSIONS.c.number).where(of_revision))
        if published is not None:
            return published
        ours = VERSIONS.c.state_machine_name == name
        existing = await connection.scalar(select(func.count()).select_from(VERSIONS).where(ours))
        if existing is not None and existing >= _MOST_VERSIONS:
            raise LimitReached
        raised = (
            update(STATE_MACHINES)
            .where(STATE_MACHINES.c.name == name)
            .values(last_version=STATE_MACHINES.c.last_version + 1)
            .returning(STATE_MACHINES.c.last_version)
        )
        number = int((await connection.execute(raised)).scalar_one())
        row = {
            "state_machine_name": name,
            "number": number,
            "revision_id": revision_id,
            "description": publication.description,
            "created": to_milliseconds(publication.created),
        }
        await connection.execute(self._insert(VERSIONS).values(row))
        return number

    async def get_version(self, name: str, number: int) -> Version | None:
        """See `Store`."""
        async with transaction(self._engine) as connection:
            return await _find(connection, name, number)

    async def list_versions(self, name: str, before: int | None, limit: int) -> Sequence[Version]:
        """See `Store`."""
        query = _VERSIONS.where(VERSIONS.c.state_machine_name == name)
        if before is not None:
            query = query.where(VERSIONS.c.number < before)
        async with transaction(self._engine) as connection:
            rows = await connection.execute(query.order_by(VERSIONS.c.number.desc()).limit(limit))
            return [_version(row) for row in rows]

    async def delete_version(self, name: str, number: int) -> Sequence[str]:
        """See `Store`."""
        meant = (VERSIONS.c.state_machine_name == name, VERSIONS.c.number == number)
        aliases = select(ALIASES.c.name, ALIASES.c.routes).where(ALIASES.c.state_machine_name == name)
        async with self._writing() as connection:
            await locked_state_machine(connection, name)
            rows = await connection.execute(aliases.order_by(ALIASES.c.created, ALIASES.c.name))
            naming = [row.name for row in rows if any(version == number for version, _ in row.routes)]
            if not naming:
                await connection.execute(delete_from(VERSIONS).where(*meant))
        return naming


def _select_versions() -> Select[Any]:
    revision = [column.label(f"revision_{column.name}") for column in REVISIONS.c]
    joined = VERSIONS.join(REVISIONS, VERSIONS.c.revision_id == REVISIONS.c.id)
    version = [column for column in VERSIONS.c if column.name != "revision_id"]
    return select(*version, *revision).select_from(joined)


_VERSIONS: Final = _select_versions()


async def _find(connection: AsyncConnection, name: str, number: int) -> Version | None:
    query = _VERSIONS.where(VERSIONS.c.state_machine_name == name, VERSIONS.c.number == number)
    row = (await connection.execute(query)).first()
    return None if row is None else _version(row)


def _version(row: Row[Any]) -> Version:
    return Version(
        state_machine_name=row.state_machine_name,
        number=row.number,
        revision=revision_of(row, "revision_"),
        description=row.description,
        created=to_datetime(row.created),
    )
