"""The part of the SQL store that remembers which runs of executions were redriven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from api.storage.sql_base import SqlBase, to_datetime, to_milliseconds, transaction
from api.storage.store import RedriveCall
from api.storage.tables import REDRIVES


class SqlRedrives(SqlBase):
    """Redrives; see `Store`."""

    async def begin_redrive(self, call: RedriveCall) -> None:
        """See `Store`."""
        redriven = None if call.redriven is None else to_milliseconds(call.redriven)
        row = asdict(call) | {"asked": to_milliseconds(call.asked), "redriven": redriven}
        async with transaction(self._writer) as connection:
            await self._insert_new(connection, REDRIVES, row)

    async def finish_redrive(self, run_id: str, redriven: datetime) -> None:
        """See `Store`."""
        statement = update(REDRIVES).where(REDRIVES.c.run_id == run_id).values(redriven=to_milliseconds(redriven))
        async with transaction(self._writer) as connection:
            await connection.execute(statement)

    async def list_redrives(self, state_machine_name: str, execution_name: str, limit: int) -> Sequence[RedriveCall]:
        """See `Store`."""
        own = (REDRIVES.c.state_machine_name == state_machine_name, REDRIVES.c.execution_name == execution_name)
        query = select(REDRIVES).where(*own).order_by(REDRIVES.c.asked.desc(), REDRIVES.c.client_token).limit(limit)
        async with transaction(self._engine) as connection:
            return [_call(row) for row in await connection.execute(query)]

    async def find_redrives(self, run_ids: Sequence[str]) -> Sequence[RedriveCall]:
        """See `Store`."""
        query = select(REDRIVES).where(REDRIVES.c.run_id.in_(run_ids)).order_by(REDRIVES.c.asked)
        async with transaction(self._engine) as connection:
            return [_call(row) for row in await connection.execute(query)]


def _call(row: Row[Any]) -> RedriveCall:
    return RedriveCall(
        run_id=row.run_id,
        client_token=row.client_token,
        state_machine_name=row.state_machine_name,
        execution_name=row.execution_name,
        asked=to_datetime(row.asked),
        redriven=None if row.redriven is None else to_datetime(row.redriven),
    )
