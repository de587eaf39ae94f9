"""The part of the SQL store that keeps the signatures of accepted requests."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import delete, select, tuple_

from api.storage.sql_base import SqlBase, batches, told_of_trouble, transaction
from api.storage.store import StoreUnavailable
from api.storage.tables import USED_SIGNATURES
from api.storage.used_signatures import LONG_AGO, UsedSignature

_INTO: Final = f"INSERT INTO {USED_SIGNATURES.name} (expires, hash, first_used) VALUES "
_IF_NEW: Final = " ON CONFLICT DO NOTHING RETURNING expires, hash"


class SqlUsedSignatures(SqlBase):
    """Used signatures; see `UsedSignatureStore`."""

    async def use_signatures(self, used: Mapping[UsedSignature, int]) -> Mapping[UsedSignature, int]:
        """See `UsedSignatureStore`. Rows are written in one order, so that no processes wait for each other."""
        ordered, new, earlier = sorted(used), set[UsedSignature](), dict[UsedSignature, int]()
        insert = self._insert_into_sqlite if self._engine.dialect.name == "sqlite" else self._insert_rows
        for batch in batches(ordered):
            new |= await insert({each: used[each] for each in batch})
        for batch in batches([each for each in ordered if each not in new]):
            earlier |= dict.fromkeys(batch, LONG_AGO) | await self._first_used(batch)
        return earlier

    async def forget_signatures(self, *, before: int, most: int) -> int:
        """See `UsedSignatureStore`."""
        key = USED_SIGNATURES.c.expires, USED_SIGNATURES.c.hash
        expired = select(*key).where(USED_SIGNATURES.c.expires < before).order_by(*key).limit(most)
        # SQLite, with one writer at a time, has no such clause; PostgreSQL runs a table expression with it once only
        free = expired.with_for_update(skip_locked=True).cte("free")
        removal = delete(USED_SIGNATURES).where(tuple_(*key).in_(select(free))).returning(USED_SIGNATURES.c.expires)
        async with transaction(self._writer) as connection:
            return len((await connection.execute(removal)).all())  # SQLite's driver counts no rows behind a WITH

    async def _insert_rows(self, used: Mapping[UsedSignature, int]) -> set[UsedSignature]:
        """Insert those that are new: these."""
        table = USED_SIGNATURES
        statement = self._insert(table).on_conflict_do_nothing().returning(table.c.expires, table.c.hash)
        rows = [{"expires": each.expires, "hash": each.hash, "first_used": first} for each, first in used.items()]
        async with transaction(self._writer) as connection:
            return {UsedSignature(row.expires, row.hash) for row in await connection.execute(statement, rows)}

    async def _insert_into_sqlite(self, used: Mapping[UsedSignature, int]) -> set[UsedSignature]:
        """As `_insert_rows`, by the driver in one step, for every signed call that changes something waits for it.

        Measured: 1.5 ms of CPU instead of 4.0, where each step of a transaction is one to the driver's thread and back.
        """
        values = [value for each, first in used.items() for value in (each.expires, each.hash, first)]
        statement = _INTO + ", ".join(["(?, ?, ?)"] * len(used)) + _IF_NEW
        with told_of_trouble():
            async with self._writer.connect() as connection:
                driver = (await connection.get_raw_connection()).driver_connection
                assert driver is not None
                try:
                    return {UsedSignature(*row) for row in await driver.execute_fetchall(statement, values)}
                except sqlite3.OperationalError as error:
                    raise StoreUnavailable("the database does not answer") from error

    async def _first_used(self, used: Sequence[UsedSignature]) -> dict[UsedSignature, int]:
        table = USED_SIGNATURES
        keys = tuple_(table.c.expires, table.c.hash).in_([(each.expires, each.hash) for each in used])
        async with transaction(self._engine) as connection:
            found = await connection.execute(select(table).where(keys))
            return {UsedSignature(row.expires, row.hash): row.first_used for row in found}
