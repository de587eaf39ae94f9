"""What is kept of connections: the record, and the part of the store's port that is about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConnection:
    """One connection.

    Attributes:
        name: unique in the installation.
        id: a UUID, which tells apart connections that had the same name one after the other.
        authorization_type: `BASIC`, `API_KEY` or `OAUTH_CLIENT_CREDENTIALS`.
        shown: its parameters as DescribeConnection shows them, without secrets.
        sealed: all its parameters as JSON text, encrypted; empty where they were removed.
        state: `AUTHORIZED` or `DEAUTHORIZED`.
        created: aware, UTC, in milliseconds, as the other times.
        authorized: when it became AUTHORIZED, None where it never was.
    """

    name: str
    id: str
    description: str | None
    authorization_type: str
    shown: Mapping[str, JsonValue]
    sealed: str = field(repr=False)
    state: str
    created: datetime
    modified: datetime
    authorized: datetime | None


class ConnectionStore(Protocol):
    """The connections. Each call is one transaction; each may raise `api.storage.store.StoreUnavailable`."""

    async def create_connection(self, connection: StoredConnection) -> bool:
        """Keep a new connection; False if the name is taken."""
        ...

    async def get_connection(self, name: str) -> StoredConnection | None:
        """The connection of that name."""
        ...

    async def list_connections(
        self, prefix: str, state: str | None, after: str | None, limit: int
    ) -> Sequence[StoredConnection]:
        """Connections whose names begin so, in the byte order of their names, from the first beyond `after` on."""
        ...

    async def replace_connection(self, connection: StoredConnection, modified: datetime) -> bool:
        """Write a connection in the place of that of its name and id, if that was last modified at `modified`."""
        ...

    async def delete_connection(self, name: str) -> StoredConnection | None:
        """Delete a connection and return what it was; None if there is none."""
        ...
