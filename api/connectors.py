"""What makes the calls of connectors in this installation: clients, limits, credentials, and who may be called."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from activities.address_guard import AddressGuard, parse_networks
from activities.authorization import Authorizer
from activities.connectors import ConnectorCall
from activities.http_calls import http_caller
from activities.integrations.api_gateway import ApiGateway
from activities.integrations.connector_calls import ConnectorCalls, Runner
from activities.integrations.grpc_call import GrpcCaller
from activities.integrations.http_endpoint import HttpEndpoint
from activities.integrations.sql_query import SqlCaller
from api.config import Settings
from api.protection import find_sealer
from api.service.config import ServiceConfig
from api.service.connections import StoredConnectionBook
from api.storage.connections import ConnectionStore
from api.storage.engine import database_url
from interpreter.values import JsonValue

_ANYWHERE: Final = AddressGuard(on=False)


@asynccontextmanager
async def connector_calls(settings: Settings, store: ConnectionStore) -> AsyncIterator[ConnectorCalls]:
    """Everything that makes calls of connectors; on exit their connections are closed.

    Raises:
        ConfigurationError: the encryption key or a database's URL cannot be used.
    """
    guard = _guard(settings)
    config = ServiceConfig(account_id=settings.account_id, region=settings.region)
    book = StoredConnectionBook(store, config, find_sealer(settings))
    async with AsyncExitStack() as stack:
        caller = await stack.enter_async_context(http_caller(guard))
        trusted = await stack.enter_async_context(http_caller(_ANYWHERE))
        authorizer = Authorizer(book, caller)
        runners = {
            **_http_runners(HttpEndpoint(caller, authorizer, settings.region)),
            **_api_runners(ApiGateway(caller, trusted, settings.region)),
            **_grpc_runners(GrpcCaller(guard, authorizer)),
            **_sql_runners(SqlCaller(_engines(settings.sql_connections, stack))),
        }
        yield ConnectorCalls(runners)


def _http_runners(endpoint: HttpEndpoint) -> Mapping[tuple[str, str], Runner]:
    async def invoke(call: ConnectorCall, _operation_id: str) -> JsonValue:
        return await endpoint.call(call.arguments, call.state)

    return {("http", "invoke"): invoke}


def _api_runners(api_gateway: ApiGateway) -> Mapping[tuple[str, str], Runner]:
    async def invoke(call: ConnectorCall, _operation_id: str) -> JsonValue:
        return await api_gateway.call(call.arguments, call.state)

    return {("apigateway", "invoke"): invoke}


def _grpc_runners(grpc: GrpcCaller) -> Mapping[tuple[str, str], Runner]:
    async def call_method(call: ConnectorCall, operation_id: str) -> JsonValue:
        return await grpc.call(call.arguments, call.state, operation_id)

    return {("grpc", "call"): call_method}


def _sql_runners(sql: SqlCaller) -> Mapping[tuple[str, str], Runner]:
    async def query(call: ConnectorCall, _operation_id: str) -> JsonValue:
        return await sql.call(call.arguments, call.state)

    return {("sql", "query"): query}


def _engines(urls: Mapping[str, str], stack: AsyncExitStack) -> Mapping[str, AsyncEngine]:
    """An engine for each database, disposed of with `stack`; none connects before it is used."""
    engines: dict[str, AsyncEngine] = {}
    for name, url in urls.items():
        engines[name] = create_async_engine(database_url(url), pool_pre_ping=True)
        stack.push_async_callback(engines[name].dispose)
    return engines


def _guard(settings: Settings) -> AddressGuard:
    """`auto` is decided where it is known that all of steploom is one process on loopback (`api.laptop`): else on."""
    return AddressGuard(on=settings.http_guard != "off", allowed=parse_networks(settings.http_guard_allowed))
