"""A book of connections in a dictionary."""

from __future__ import annotations

from dataclasses import dataclass, field

from activities.connections import Authorization, Basic, Connection, ConnectionUnreadable

ARN = "arn:aws:events:us-east-1:123456789012:connection/shop/7a1cf3b2-4d8e-4c55-9a0e-2f6f4d3b1c11"
BASIC = Basic(username="me", password="pass-word")


def connection(authorization: Authorization = BASIC, *, version: str = "1", state: str = "AUTHORIZED") -> Connection:
    """A connection under `ARN`."""
    return Connection(arn=ARN, version=version, state=state, authorization=authorization)


@dataclass
class DictionaryBook:
    """`ConnectionBook` of what a test puts in."""

    connections: dict[str, Connection] = field(default_factory=lambda: {ARN: connection()})
    unreadable: bool = False

    async def find(self, arn: str) -> Connection | None:
        if self.unreadable:
            raise ConnectionUnreadable("its secrets were encrypted with another key")
        return self.connections.get(arn)
