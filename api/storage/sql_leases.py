"""The part of the SQL store that has one process at a time do a piece of work."""

from __future__ import annotations

from sqlalchemy import or_, select, update

from api.storage.sql_base import SqlBase, transaction
from api.storage.tables import LEASES


class SqlLeases(SqlBase):
    """Leases; see `Store`."""

    async def hold_lease(self, name: str, holder: str, now: int, seconds: float) -> int | None:
        """See `Store`."""
        expires = now + round(seconds * 1000)
        free = or_(LEASES.c.holder == holder, LEASES.c.expires < now)
        async with transaction(self._writer) as connection:
            new = {"name": name, "holder": holder, "expires": expires, "position": now}
            await self._insert_new(connection, LEASES, new)
            taken = update(LEASES).where(LEASES.c.name == name, free).values(holder=holder, expires=expires)
            if (await connection.execute(taken)).rowcount == 0:
                return None
            position: int | None = await connection.scalar(select(LEASES.c.position).where(LEASES.c.name == name))
            return position

    async def move_lease(self, name: str, holder: str, position: int) -> bool:
        """See `Store`."""
        held = update(LEASES).where(LEASES.c.name == name, LEASES.c.holder == holder)
        async with transaction(self._writer) as connection:
            return (await connection.execute(held.values(position=position))).rowcount == 1
