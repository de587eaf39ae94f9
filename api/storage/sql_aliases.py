"""The part of the SQL store that keeps the aliases of state machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy import delete as delete_from
from sqlalchemy.ext.asyncio import AsyncConnection

from api.storage.sql_base import SqlBase, locked_state_machine, to_datetime, to_milliseconds, transaction
from api.storage.store import Alias, LimitReached, NoSuchVersion, Route
from api.storage.tables import ALIASES, VERSIONS

_MOST_ALIASES: Final = 100  # AWS quota, checked 2026-11


class SqlAliases(SqlBase):
    """Aliases; see `Store`."""

    async def create_alias(self, alias: Alias) -> Alias:
        """See `Store`."""
        name = alias.state_machine_name
        async with self._writing() as connection:
            await locked_state_machine(connection, name)
            existing = {each.name: each for each in await _aliases(connection, name)}
            if alias.name in existing:
                return existing[alias.name]
            if len(existing) >= _MOST_ALIASES:
                raise LimitReached
            await _check_routes(connection, name, alias.routes)
            row = {
                "state_machine_name": name,
                "name": alias.name,
                "description": alias.description,
                "routes": _routes_json(alias.routes),
                "created": to_milliseconds(alias.created),
                "updated": to_milliseconds(alias.updated),
            }
            await connection.execute(self._insert(ALIASES).values(row))
        return alias

    async def get_alias(self, state_machine_name: str, name: str) -> Alias | None:
        """See `Store`."""
        async with transaction(self._engine) as connection:
            return await _find(connection, state_machine_name, name)

    async def list_aliases(self, state_machine_name: str) -> Sequence[Alias]:
        """See `Store`."""
        async with transaction(self._engine) as connection:
            return await _aliases(connection, state_machine_name)

    async def update_alias(
        self, state_machine_name: str, name: str, description: str | None, routes: Sequence[Route] | None, at: datetime
    ) -> Alias | None:
        """See `Store`."""
        changes: dict[str, object] = {"updated": to_milliseconds(at)}
        if description is not None:
            changes["description"] = description
        async with self._writing() as connection:
            await locked_state_machine(connection, state_machine_name)
            if routes is not None:
                await _check_routes(connection, state_machine_name, routes)
                changes["routes"] = _routes_json(routes)
            await connection.execute(update(ALIASES).where(_is(state_machine_name, name)).values(changes))
            return await _find(connection, state_machine_name, name)

    async def delete_alias(self, state_machine_name: str, name: str) -> None:
        """See `Store`."""
        async with self._writing() as connection:
            await connection.execute(delete_from(ALIASES).where(_is(state_machine_name, name)))


def _is(state_machine_name: str, name: str) -> ColumnElement[bool]:
    return and_(ALIASES.c.state_machine_name == state_machine_name, ALIASES.c.name == name)


async def _check_routes(connection: AsyncConnection, state_machine_name: str, routes: Sequence[Route]) -> None:
    wanted = {route.version for route in routes}
    query = select(VERSIONS.c.number).where(
        VERSIONS.c.state_machine_name == state_machine_name, VERSIONS.c.number.in_(sorted(wanted))
    )
    if wanted - {row.number for row in await connection.execute(query)}:
        raise NoSuchVersion


async def _find(connection: AsyncConnection, state_machine_name: str, name: str) -> Alias | None:
    row = (await connection.execute(select(ALIASES).where(_is(state_machine_name, name)))).first()
    return None if row is None else _alias(row)


async def _aliases(connection: AsyncConnection, state_machine_name: str) -> list[Alias]:
    query = select(ALIASES).where(ALIASES.c.state_machine_name == state_machine_name)
    return [_alias(row) for row in await connection.execute(query.order_by(ALIASES.c.created, ALIASES.c.name))]


def _alias(row: Row[Any]) -> Alias:
    return Alias(
        state_machine_name=row.state_machine_name,
        name=row.name,
        description=row.description,
        routes=tuple(Route(*route) for route in row.routes),
        created=to_datetime(row.created),
        updated=to_datetime(row.updated),
    )


def _routes_json(routes: Sequence[Route]) -> list[list[int]]:
    return [[route.version, route.weight] for route in routes]
