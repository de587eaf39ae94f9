"""The part of the SQL store that keeps the runs of synchronous EXPRESS executions for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, select

from api.storage.sql_base import SqlBase, transaction
from api.storage.store import ExpressRun
from api.storage.tables import EXPRESS_RUNS


class SqlExpressRuns(SqlBase):
    """Express runs; see `Store`."""

    async def put_express_runs(self, runs: Sequence[ExpressRun], now: int) -> None:
        """See `Store`."""
        async with transaction(self._writer) as connection:
            if runs:
                await connection.execute(self._insert(EXPRESS_RUNS), [asdict(run) for run in runs])
            await connection.execute(delete(EXPRESS_RUNS).where(EXPRESS_RUNS.c.expires < now))

    async def get_express_run(self, arn: str, now: int) -> ExpressRun | None:
        """See `Store`."""
        query = select(EXPRESS_RUNS).where(EXPRESS_RUNS.c.arn == arn, EXPRESS_RUNS.c.expires >= now)
        async with transaction(self._engine) as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else ExpressRun(row.arn, row.described, row.events, row.expires)
