"""The part of the SQL store that keeps access keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy import delete as delete_from

from api.storage.access_keys import AccessKey, KeyKind
from api.storage.sql_base import SqlBase, to_datetime, to_milliseconds, transaction
from api.storage.tables import ACCESS_KEYS


class SqlAccessKeys(SqlBase):
    """Access keys; see `AccessKeyStore`."""

    async def create_access_key(self, key: AccessKey) -> bool:
        """See `AccessKeyStore`."""
        row = {
            "id": key.id,
            "user": key.user,
            "kind": key.kind,
            "created": to_milliseconds(key.created),
            **_changeable(key),
        }
        async with transaction(self._writer) as connection:
            return await self._insert_new(connection, ACCESS_KEYS, row)

    async def get_access_key(self, id_: str) -> AccessKey | None:
        """See `AccessKeyStore`."""
        async with transaction(self._engine) as connection:
            row = (await connection.execute(select(ACCESS_KEYS).where(ACCESS_KEYS.c.id == id_))).first()
        return None if row is None else _access_key(row)

    async def find_access_key(self, kind: KeyKind, verifier: str) -> AccessKey | None:
        """See `AccessKeyStore`."""
        query = select(ACCESS_KEYS).where(ACCESS_KEYS.c.kind == kind, ACCESS_KEYS.c.verifier == verifier)
        async with transaction(self._engine) as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _access_key(row)

    async def list_access_keys(self) -> Sequence[AccessKey]:
        """See `AccessKeyStore`."""
        query = select(ACCESS_KEYS).order_by(ACCESS_KEYS.c.created, ACCESS_KEYS.c.id)
        async with transaction(self._engine) as connection:
            return [_access_key(row) for row in await connection.execute(query)]

    async def change_access_key(self, id_: str, change: Callable[[AccessKey], AccessKey]) -> AccessKey | None:
        """See `AccessKeyStore`."""
        query = select(ACCESS_KEYS).where(ACCESS_KEYS.c.id == id_).with_for_update()
        async with transaction(self._writer) as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            changed = change(_access_key(row))
            await connection.execute(update(ACCESS_KEYS).where(ACCESS_KEYS.c.id == id_).values(_changeable(changed)))
        return changed

    async def delete_access_key(self, id_: str) -> bool:
        """See `AccessKeyStore`."""
        async with transaction(self._writer) as connection:
            deleted = await connection.execute(delete_from(ACCESS_KEYS).where(ACCESS_KEYS.c.id == id_))
            return deleted.rowcount == 1


def _changeable(key: AccessKey) -> dict[str, Any]:
    return {
        "verifier": key.verifier,
        "policy": key.policy,
        "expires": None if key.expires is None else to_milliseconds(key.expires),
        "disabled": key.disabled,
    }


def _access_key(row: Row[Any]) -> AccessKey:
    return AccessKey(
        id=row.id,
        user=row.user,
        kind=row.kind,
        verifier=row.verifier,
        policy=row.policy,
        created=to_datetime(row.created),
        expires=None if row.expires is None else to_datetime(row.expires),
        disabled=row.disabled,
    )
