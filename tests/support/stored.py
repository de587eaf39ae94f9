"""An installation in which there is one of everything, and all that is stored in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from api.storage.engine import create_engine
from api.storage.tables import METADATA
from tests.api.service.installation import Installation


async def fill(installation: Installation) -> None:
    """One of everything, named as the good requests of `tests.support.bad_requests` name it."""
    machine = await installation.create("there", publish=True, tags=[{"key": "k", "value": "v"}])
    await installation.start("there", "one")
    await installation.call("CreateActivity", name="there")
    routes = [{"stateMachineVersionArn": f"{machine}:1", "weight": 100}]
    await installation.call("CreateStateMachineAlias", name="live", routingConfiguration=routes)


async def kept(installation: Installation) -> dict[str, Any]:
    """All that is stored, and all that the engine was asked to do."""
    engine = create_engine(installation.url)
    async with engine.connect() as connection:
        tables = {
            table.name: sorted(map(repr, await connection.execute(select(table)))) for table in METADATA.sorted_tables
        }
    await engine.dispose()
    gateway = installation.gateway
    return {**tables, "executions": [*gateway.executions], "tasks": dict(gateway.tasks), "polls": [*gateway.polls]}
