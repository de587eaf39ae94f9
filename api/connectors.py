"""What makes the calls of connectors in this installation: clients, limits, and who may be called."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from activities.address_guard import AddressGuard, parse_networks
from activities.connectors import ConnectorCall
from activities.http_calls import http_caller
from activities.integrations.api_gateway import ApiGateway
from activities.integrations.connector_calls import ConnectorCalls, Runner
from api.config import Settings
from interpreter.values import JsonValue

_ANYWHERE = AddressGuard(on=False)


@asynccontextmanager
async def connector_calls(settings: Settings) -> AsyncIterator[ConnectorCalls]:
    """Everything that makes calls of connectors; on exit their connections are closed."""
    async with http_caller(_guard(settings)) as caller, http_caller(_ANYWHERE) as trusted:
        yield ConnectorCalls(_runners(ApiGateway(caller, trusted, settings.region)))


def _runners(api_gateway: ApiGateway) -> Mapping[tuple[str, str], Runner]:
    async def invoke_api(call: ConnectorCall, _operation_id: str) -> JsonValue:
        return await api_gateway.call(call.arguments, call.state)

    return {("apigateway", "invoke"): invoke_api}


def _guard(settings: Settings) -> AddressGuard:
    """`auto` is decided where it is known that all of steploom is one process on loopback (`api.laptop`): else on."""
    return AddressGuard(on=settings.http_guard != "off", allowed=parse_networks(settings.http_guard_allowed))
