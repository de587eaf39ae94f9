"""Connections of HTTP Tasks: the operations that EventBridge has for them, and the book that Tasks look into.

Shapes and constraints are those of EventBridge's model in botocore, so that unchanged clients of `events` manage them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Final, cast
from uuid import uuid4

from botocore.model import StructureShape

from activities.connections import Connection, ConnectionUnreadable
from api.access.sealing import HOW_TO_MAKE_ONE, Sealer, SealingError
from api.service.clock import Clock
from api.service.config import ServiceConfig
from api.service.connection_parameters import (
    Parameters,
    additions_of,
    authorization_of,
    check_parameters,
    shown_parameters,
    updated_parameters,
)
from api.service.constraints import check_structure
from api.service.errors import (
    ConcurrentModificationException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
    UnsupportedOperationException,
    ValidationException,
)
from api.service.model import service_model
from api.service.pages import page_of, page_place
from api.storage.connections import ConnectionStore, StoredConnection
from interpreter.values import JsonValue

_PAGE: Final = 100
_ARN: Final = re.compile(r"connection/([.\-_A-Za-z0-9]{1,64})/([0-9a-f-]{36})")
_AUTHORIZED: Final = "AUTHORIZED"
_NO_KEY: Final = "A connection without an encryption key"
_NEEDS_KEY: Final = f"For api and worker, {HOW_TO_MAKE_ONE}"


@cache
def _input_shape(operation: str) -> StructureShape:
    shape = service_model("events").operation_model(operation).input_shape
    if shape is None:
        raise TypeError(f"{operation} takes nothing")
    return shape


@cache
def _parameters_shape() -> StructureShape:
    """The parameters of a connection that lacks nothing."""
    return cast(StructureShape, _input_shape("CreateConnection").members["AuthParameters"])


def _check_extras(params: Parameters) -> None:
    """Raises: ValidationException, for what would be without effect."""
    if params.get("KmsKeyIdentifier"):
        raise ValidationException("steploom encrypts connections with its own keys: KmsKeyIdentifier cannot be given")
    if "InvocationConnectivityParameters" in params:
        raise ValidationException(
            "steploom has no private connectivity: what HTTP Tasks may reach is said by its setting http_guard_allowed"
        )


def _text(params: Parameters, name: str) -> str | None:
    value = params.get(name)
    return value if isinstance(value, str) else None


class _Arns:
    """The ARNs of connections: EventBridge's, with the connection's id at the end."""

    def __init__(self, config: ServiceConfig) -> None:
        self._prefix = f"arn:{config.partition}:events:{config.region}:{config.account_id}:"

    def of(self, name: str, id_: str) -> str:
        return f"{self._prefix}connection/{name}/{id_}"

    def of_stored(self, connection: StoredConnection) -> str:
        return self.of(connection.name, connection.id)

    def read(self, arn: str) -> tuple[str | None, str]:
        """Name and id; the name is None where the ARN is none of ours."""
        found = _ARN.fullmatch(arn.removeprefix(self._prefix)) if arn.startswith(self._prefix) else None
        return (None, "") if found is None else (found[1], found[2])


class Connections:
    """The operations of EventBridge on connections.

    Args:
        store: keeps them.
        config: the installation.
        clock: the time.
        sealer: encrypts their secrets; without one no connection can be made or changed.
    """

    def __init__(self, store: ConnectionStore, config: ServiceConfig, clock: Clock, sealer: Sealer | None) -> None:
        self._store = store
        self._arns = _Arns(config)
        self._clock = clock
        self._sealer = sealer
        self._operations: Mapping[str, Callable[[Parameters], Awaitable[Parameters]]] = {
            "CreateConnection": self.create,
            "DescribeConnection": self.describe,
            "ListConnections": self.list,
            "UpdateConnection": self.update,
            "DeauthorizeConnection": self.deauthorize,
            "DeleteConnection": self.delete,
        }

    async def invoke(self, operation: str, params: Mapping[str, JsonValue]) -> Parameters:
        """An operation by its name, from parameters to answer in AWS's JSON.

        Raises:
            UnsupportedOperationException: it is none of those that steploom has of EventBridge.
            ServiceError: the call was refused.
        """
        run = self._operations.get(operation)
        if run is None:
            raise UnsupportedOperationException(f"{operation} of EventBridge")
        return await run(check_structure(operation, _input_shape(operation), params))

    async def create(self, params: Parameters) -> Parameters:
        """CreateConnection."""
        _check_extras(params)
        name, kind = str(params["Name"]), str(params["AuthorizationType"])
        parameters = cast("Parameters", params["AuthParameters"])
        check_parameters(kind, parameters)
        now, id_ = self._clock(), str(uuid4())
        connection = StoredConnection(
            name=name,
            id=id_,
            description=_text(params, "Description"),
            authorization_type=kind,
            shown=shown_parameters(parameters),
            sealed=self._seal(id_, parameters),
            state=_AUTHORIZED,
            created=now,
            modified=now,
            authorized=now,
        )
        if not await self._store.create_connection(connection):
            raise ResourceAlreadyExistsException(name)
        return self._answer(connection, "CreationTime", "LastModifiedTime")

    async def describe(self, params: Parameters) -> Parameters:
        """DescribeConnection: without any secret."""
        connection = await self._find(str(params["Name"]))
        return {
            **self._listed(connection),
            **({} if connection.description is None else {"Description": connection.description}),
            "AuthParameters": dict(connection.shown),
        }

    async def list(self, params: Parameters) -> Parameters:
        """ListConnections, by name."""
        prefix, state = _text(params, "NamePrefix") or "", _text(params, "ConnectionState")
        token, limit = _text(params, "NextToken"), cast(int, params.get("Limit", _PAGE))
        after = page_place(token, prefix, state)
        found = await self._store.list_connections(prefix, state, after, limit + 1)
        connections, following = page_of(found, limit, attrgetter("name"), prefix, state)
        answer: Parameters = {"Connections": [self._listed(connection) for connection in connections]}
        return answer if following is None else {**answer, "NextToken": following}

    async def update(self, params: Parameters) -> Parameters:
        """UpdateConnection: what is not given stays."""
        _check_extras(params)
        old = await self._find(str(params["Name"]))
        kind = _text(params, "AuthorizationType") or old.authorization_type
        parameters = updated_parameters(self._opened(old), kind, cast("Parameters", params.get("AuthParameters") or {}))
        check_parameters(kind, parameters)
        check_structure("UpdateConnection", _parameters_shape(), parameters)
        now = self._later(old)
        new = replace(
            old,
            description=_text(params, "Description") or old.description,
            authorization_type=kind,
            shown=shown_parameters(parameters),
            sealed=self._seal(old.id, parameters),
            state=_AUTHORIZED,
            modified=now,
            authorized=now,
        )
        await self._replace(old, new)
        return self._answer(new, "CreationTime", "LastModifiedTime", "LastAuthorizedTime")

    async def deauthorize(self, params: Parameters) -> Parameters:
        """DeauthorizeConnection: its secrets are removed."""
        old = await self._find(str(params["Name"]))
        new = replace(old, shown={}, sealed="", state="DEAUTHORIZED", modified=self._later(old))
        await self._replace(old, new)
        return self._answer(new, "CreationTime", "LastModifiedTime", "LastAuthorizedTime")

    async def delete(self, params: Parameters) -> Parameters:
        """DeleteConnection."""
        name = str(params["Name"])
        connection = await self._store.delete_connection(name)
        if connection is None:
            raise ResourceNotFoundException(name)
        gone = replace(connection, state="DELETING")
        return self._answer(gone, "CreationTime", "LastModifiedTime", "LastAuthorizedTime")

    async def _find(self, name: str) -> StoredConnection:
        connection = await self._store.get_connection(name)
        if connection is None:
            raise ResourceNotFoundException(name)
        return connection

    async def _replace(self, old: StoredConnection, new: StoredConnection) -> None:
        if not await self._store.replace_connection(new, old.modified):
            raise ConcurrentModificationException(old.name)

    def _later(self, old: StoredConnection) -> datetime:
        """Now, and later than the last change: by this time others tell whether a connection was changed."""
        return max(self._clock(), old.modified + timedelta(milliseconds=1))

    def _seal(self, id_: str, parameters: Mapping[str, JsonValue]) -> str:
        if self._sealer is None:
            raise UnsupportedOperationException(_NO_KEY, _NEEDS_KEY)
        return self._sealer.seal(id_, json.dumps(parameters))

    def _opened(self, connection: StoredConnection) -> Parameters:
        if self._sealer is None:
            raise UnsupportedOperationException(_NO_KEY, _NEEDS_KEY)
        if not connection.sealed:
            return {}
        try:
            return cast("Parameters", json.loads(self._sealer.open(connection.id, connection.sealed)))
        except SealingError as error:
            raise ValidationException(f"The connection cannot be changed, only replaced: {error}") from error

    def _listed(self, connection: StoredConnection) -> Parameters:
        return {
            "Name": connection.name,
            "AuthorizationType": connection.authorization_type,
            **self._answer(connection, "CreationTime", "LastModifiedTime", "LastAuthorizedTime"),
        }

    def _answer(self, connection: StoredConnection, *times: str) -> Parameters:
        known = {
            "CreationTime": connection.created,
            "LastModifiedTime": connection.modified,
            "LastAuthorizedTime": connection.authorized,
        }
        shown = {name: known[name] for name in times}
        return {
            "ConnectionArn": self._arns.of_stored(connection),
            "ConnectionState": connection.state,
            **{name: round(time.timestamp(), 3) for name, time in shown.items() if time is not None},
        }


class StoredConnectionBook:
    """The connections as HTTP Tasks see them (`activities.connections.ConnectionBook`)."""

    def __init__(self, store: ConnectionStore, config: ServiceConfig, sealer: Sealer | None) -> None:
        self._store = store
        self._arns = _Arns(config)
        self._sealer = sealer

    async def find(self, arn: str) -> Connection | None:
        """The connection of an ARN; see there."""
        name, id_ = self._arns.read(arn)
        stored = None if name is None else await self._store.get_connection(name)
        if stored is None or stored.id != id_:
            return None
        parameters = self._opened(stored) if stored.sealed else None
        return Connection(
            arn=arn,
            version=stored.modified.isoformat(),
            state=stored.state,
            authorization=None if parameters is None else authorization_of(stored.authorization_type, parameters),
            additions=additions_of(parameters or {}),
        )

    def _opened(self, stored: StoredConnection) -> Parameters:
        if self._sealer is None:
            raise ConnectionUnreadable(
                "this worker has no encryption key (setting encryption_key, or encryption_key_file)"
            )
        try:
            return cast("Parameters", json.loads(self._sealer.open(stored.id, stored.sealed)))
        except SealingError as error:
            raise ConnectionUnreadable(str(error)) from None


async def encrypt_connections(store: ConnectionStore, sealer: Sealer) -> int:
    """Encrypt the secrets of all connections anew, with the sealer's first key; how many there are.

    Raises:
        SealingError: a key that is needed is not there.
    """
    number, after = 0, None
    while page := await store.list_connections("", None, after, _PAGE):
        for connection in page:
            number += await _encrypt_connection(store, sealer, connection)
        after = page[-1].name
    return number


async def _encrypt_connection(store: ConnectionStore, sealer: Sealer, listed: StoredConnection) -> bool:
    """Encrypt a connection as it is now, whoever changes it meanwhile; False where there is nothing of it."""
    connection: StoredConnection | None = listed
    while connection is not None and connection.sealed:
        sealed = sealer.seal(connection.id, sealer.open(connection.id, connection.sealed))
        if await store.replace_connection(replace(connection, sealed=sealed), connection.modified):
            return True
        connection = await store.get_connection(listed.name)
    return False
