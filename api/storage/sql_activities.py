"""The part of the SQL store that keeps activities, and the tags of activities and state machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Row, Table, func, select
from sqlalchemy import delete as delete_from
from sqlalchemy.ext.asyncio import AsyncConnection

from api.storage.sql_base import SqlBase, to_datetime, to_milliseconds, transaction
from api.storage.store import Activity, LimitReached, TagOwner
from api.storage.tables import ACTIVITIES, ACTIVITY_TAGS, STATE_MACHINES, TAGS

_MOST_TAGS: Final = 50  # AWS quota, checked 2026-11


@dataclass(frozen=True, slots=True)
class _Tagged:
    """Where the tags of one kind of resource are, and the resources."""

    tags: Table
    owner: Column[str]
    owners: Table


_TAGGED: Final[Mapping[TagOwner, _Tagged]] = {
    "state machine": _Tagged(TAGS, TAGS.c.state_machine_name, STATE_MACHINES),
    "activity": _Tagged(ACTIVITY_TAGS, ACTIVITY_TAGS.c.activity_name, ACTIVITIES),
}


class SqlActivities(SqlBase):
    """Activities and tags; see `Store`."""

    async def create_activity(self, activity: Activity, tags: Mapping[str, str]) -> Activity:
        """See `Store`."""
        row = {
            "name": activity.name,
            "encryption": activity.encryption,
            "created": to_milliseconds(activity.created),
        }
        async with self._writing() as connection:
            if not await self._insert_new(connection, ACTIVITIES, row):
                existing = await _find(connection, activity.name)
                return activity if existing is None else existing  # None: deleted in this moment
            if tags:
                await self._write_tags(connection, _TAGGED["activity"], activity.name, tags)
        return activity

    async def get_activity(self, name: str) -> Activity | None:
        """See `Store`."""
        async with transaction(self._engine) as connection:
            return await _find(connection, name)

    async def list_activities(self, after: str | None, limit: int) -> Sequence[Activity]:
        """See `Store`."""
        query = select(ACTIVITIES).order_by(ACTIVITIES.c.name).limit(limit)
        if after is not None:
            query = query.where(ACTIVITIES.c.name > after)
        async with transaction(self._engine) as connection:
            return [_activity(row) for row in await connection.execute(query)]

    async def delete_activity(self, name: str) -> None:
        """See `Store`."""
        async with self._writing() as connection:
            await connection.execute(delete_from(ACTIVITIES).where(ACTIVITIES.c.name == name))

    async def get_tags(self, owner: TagOwner, name: str) -> Mapping[str, str] | None:
        """See `Store`."""
        tagged = _TAGGED[owner]
        query = select(tagged.tags.c.key, tagged.tags.c.value).where(tagged.owner == name).order_by(tagged.tags.c.key)
        async with transaction(self._engine) as connection:
            if await connection.scalar(select(tagged.owners.c.name).where(tagged.owners.c.name == name)) is None:
                return None
            return {row.key: row.value for row in await connection.execute(query)}

    async def put_tags(self, owner: TagOwner, name: str, tags: Mapping[str, str]) -> bool:
        """See `Store`."""
        tagged = _TAGGED[owner]
        number = select(func.count()).select_from(tagged.tags).where(tagged.owner == name)
        async with self._writing() as connection:
            if not await _hold(connection, tagged, name):
                return False
            if tags:
                await self._write_tags(connection, tagged, name, tags)
            if (await connection.scalar(number) or 0) > _MOST_TAGS:
                raise LimitReached
        return True

    async def _write_tags(
        self, connection: AsyncConnection, tagged: _Tagged, name: str, tags: Mapping[str, str]
    ) -> None:
        rows = [{tagged.owner.name: name, "key": key, "value": tags[key]} for key in sorted(tags)]
        statement = self._insert(tagged.tags).values(rows)
        changed = statement.on_conflict_do_update(
            index_elements=[tagged.owner.name, "key"], set_={"value": statement.excluded.value}
        )
        await connection.execute(changed)

    async def remove_tags(self, owner: TagOwner, name: str, keys: Sequence[str]) -> bool:
        """See `Store`."""
        tagged = _TAGGED[owner]
        async with self._writing() as connection:
            if not await _hold(connection, tagged, name):
                return False
            for key in sorted(set(keys)):
                await connection.execute(delete_from(tagged.tags).where(tagged.owner == name, tagged.tags.c.key == key))
        return True


async def _hold(connection: AsyncConnection, tagged: _Tagged, name: str) -> bool:
    """Hold the resource's row until the transaction ends; False if there is none."""
    query = select(tagged.owners.c.name).where(tagged.owners.c.name == name).with_for_update()
    return (await connection.execute(query)).first() is not None


async def _find(connection: AsyncConnection, name: str) -> Activity | None:
    row = (await connection.execute(select(ACTIVITIES).where(ACTIVITIES.c.name == name))).first()
    return None if row is None else _activity(row)


def _activity(row: Row[Any]) -> Activity:
    return Activity(name=row.name, encryption=row.encryption, created=to_datetime(row.created))
