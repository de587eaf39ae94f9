"""Connections: the credentials and additions of HTTP Tasks, as EventBridge keeps them.

Connections are found by ARN in a book that `api` keeps. Nothing in here prints a secret: fields that may hold one have
no part in `repr`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """What a connection adds to requests; on a clash of names its value wins."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basic:
    """A user's name and password."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A header and its value."""

    name: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """OAuth 2.0 client credentials, and where they are exchanged for a token."""

    endpoint: str
    method: str
    client_id: str
    client_secret: str = field(repr=False)
    additions: Additions = field(default_factory=Additions, repr=False)


Authorization: TypeAlias = Basic | ApiKey | OAuthClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection; `version` changes with every update, and `authorization` is None where it was taken away."""

    arn: str
    version: str
    state: str
    authorization: Authorization | None
    additions: Additions = field(default_factory=Additions, repr=False)


class ConnectionBook(Protocol):
    """Knows the connections of the installation."""

    async def find(self, arn: str) -> Connection | None:
        """The connection of an ARN.

        Raises:
            ConnectionUnreadable: there is one, and its secrets cannot be read.
        """
        ...


class ConnectionUnreadable(Exception):
    """A connection's secrets cannot be decrypted with the keys at hand; the message says what to do."""
