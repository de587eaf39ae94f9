"""The part of the SQL store that keeps the signatures of accepted requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete, select, tuple_

from api.storage.sql_base import SqlBase, transaction
from api.storage.tables import USED_SIGNATURES
from api.storage.used_signatures import UsedSignature

_BATCH: Final = 500


class SqlUsedSignatures(SqlBase):
    """Used signatures; see `UsedSignatureStore`."""

    async def use_signatures(
        self, used: Mapping[UsedSignature, int], *, forget_before: int | None = None
    ) -> Mapping[UsedSignature, int]:
        """See `UsedSignatureStore`. Rows are written in one order, so that no processes wait for each other."""
        table = USED_SIGNATURES
        statement = self._insert(table).on_conflict_do_nothing().returning(table.c.expires, table.c.hash)
        rows = [{"expires": each.expires, "hash": each.hash, "first_used": used[each]} for each in sorted(used)]
        earlier: dict[UsedSignature, int] = {}
        async with transaction(self._writer) as connection:
            new = {UsedSignature(row.expires, row.hash) for row in await connection.execute(statement, rows)}
            known = sorted(used.keys() - new)
            for start in range(0, len(known), _BATCH):
                keys = tuple_(table.c.expires, table.c.hash).in_(
                    [(each.expires, each.hash) for each in known[start : start + _BATCH]]
                )
                for row in await connection.execute(select(table).where(keys)):
                    earlier[UsedSignature(row.expires, row.hash)] = row.first_used
            if forget_before is not None:
                await connection.execute(delete(table).where(table.c.expires < forget_before))
        return earlier
