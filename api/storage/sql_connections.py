"""The part of the SQL store that keeps connections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy import delete as delete_from

from api.storage.connections import StoredConnection
from api.storage.sql_base import SqlBase, to_datetime, to_milliseconds, transaction
from api.storage.tables import CONNECTIONS


class SqlConnections(SqlBase):
    """Connections; see `ConnectionStore`."""

    async def create_connection(self, connection: StoredConnection) -> bool:
        """See `ConnectionStore`."""
        async with transaction(self._writer) as database:
            return await self._insert_new(database, CONNECTIONS, _row(connection))

    async def get_connection(self, name: str) -> StoredConnection | None:
        """See `ConnectionStore`."""
        async with transaction(self._engine) as database:
            row = (await database.execute(select(CONNECTIONS).where(CONNECTIONS.c.name == name))).first()
        return None if row is None else _connection(row)

    async def list_connections(
        self, prefix: str, state: str | None, after: str | None, limit: int
    ) -> Sequence[StoredConnection]:
        """See `ConnectionStore`."""
        query = select(CONNECTIONS).order_by(CONNECTIONS.c.name).limit(limit)
        if prefix:
            query = query.where(CONNECTIONS.c.name.startswith(prefix, autoescape=True), CONNECTIONS.c.name >= prefix)
        if state is not None:
            query = query.where(CONNECTIONS.c.state == state)
        if after is not None:
            query = query.where(CONNECTIONS.c.name > after)
        async with transaction(self._engine) as database:
            return [_connection(row) for row in await database.execute(query)]

    async def replace_connection(self, connection: StoredConnection, modified: datetime) -> bool:
        """See `ConnectionStore`."""
        same = (
            CONNECTIONS.c.name == connection.name,
            CONNECTIONS.c.id == connection.id,
            CONNECTIONS.c.modified == to_milliseconds(modified),
        )
        async with transaction(self._writer) as database:
            return (await database.execute(update(CONNECTIONS).where(*same).values(_row(connection)))).rowcount == 1

    async def delete_connection(self, name: str) -> StoredConnection | None:
        """See `ConnectionStore`."""
        async with transaction(self._writer) as database:
            query = select(CONNECTIONS).where(CONNECTIONS.c.name == name).with_for_update()
            row = (await database.execute(query)).first()
            await database.execute(delete_from(CONNECTIONS).where(CONNECTIONS.c.name == name))
        return None if row is None else _connection(row)


def _row(connection: StoredConnection) -> dict[str, Any]:
    return {
        "name": connection.name,
        "id": connection.id,
        "description": connection.description,
        "authorization_type": connection.authorization_type,
        "shown": dict(connection.shown),
        "sealed": connection.sealed,
        "state": connection.state,
        "created": to_milliseconds(connection.created),
        "modified": to_milliseconds(connection.modified),
        "authorized": None if connection.authorized is None else to_milliseconds(connection.authorized),
    }


def _connection(row: Row[Any]) -> StoredConnection:
    return StoredConnection(
        name=row.name,
        id=row.id,
        description=row.description,
        authorization_type=row.authorization_type,
        shown=row.shown,
        sealed=row.sealed,
        state=row.state,
        created=to_datetime(row.created),
        modified=to_datetime(row.modified),
        authorized=None if row.authorized is None else to_datetime(row.authorized),
    )
