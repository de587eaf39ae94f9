"""What makes the calls of connectors in this installation: clients, limits, credentials, and who may be called."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from activities.address_guard import AddressGuard, parse_networks
from activities.authorization import Authorizer
from activities.connectors import ConnectorCall
from activities.http_calls import http_caller
from activities.integrations.api_gateway import ApiGateway
from activities.integrations.connector_calls import ConnectorCalls, Runner
from activities.integrations.eks_kubernetes import EksKubernetes
from activities.integrations.grpc_call import GrpcCaller
from activities.integrations.http_endpoint import HttpEndpoint
from activities.integrations.kubernetes_api import JobSource
from activities.integrations.kubernetes_job import KnownCluster, KubernetesJobs
from activities.integrations.sql_query import SqlCaller
from activities.kubernetes_clusters import parse_cluster
from activities.open_activities import OpenActivities
from api.config import ConfigurationError, Settings
from api.protection import find_sealer
from api.service.config import ServiceConfig
from api.service.connections import StoredConnectionBook
from api.storage.connections import ConnectionStore
from api.storage.engine import database_url
from interpreter.values import JsonValue

_CLUSTER_SECONDS: Final = 30.0
"""That a Kubernetes API has for each answer."""

_Arguments: TypeAlias = dict[str, JsonValue]

_ANYWHERE: Final = AddressGuard(on=False)


@dataclass(frozen=True, slots=True)
class Connectors:
    """What makes the calls, and what knows how the jobs stand that they began, by service and action."""

    calls: ConnectorCalls
    jobs: Mapping[tuple[str, str], JobSource]


@asynccontextmanager
async def connectors(
    settings: Settings, store: ConnectionStore, open_activities: OpenActivities | None = None
) -> AsyncIterator[Connectors]:
    """Everything that makes calls of connectors; on exit their connections are closed.

    Raises:
        ConfigurationError: the encryption key, or a file of a cluster, cannot be used.
    """
    guard = _guard(settings)
    config = ServiceConfig(account_id=settings.account_id, region=settings.region)
    book = StoredConnectionBook(store, config, find_sealer(settings))
    async with AsyncExitStack() as stack:
        caller = await stack.enter_async_context(http_caller(guard))
        trusted = await stack.enter_async_context(http_caller(_ANYWHERE))
        authorizer = Authorizer(book, caller)
        kubernetes = KubernetesJobs(await _clusters(settings.kubernetes_clusters, stack))
        eks = EksKubernetes(guard, settings.region)
        runners = {
            ("http", "invoke"): _unnumbered(HttpEndpoint(caller, authorizer, settings.region).call),
            ("apigateway", "invoke"): _unnumbered(ApiGateway(caller, trusted, settings.region).call),
            ("grpc", "call"): _numbered(GrpcCaller(guard, authorizer).call),
            ("sql", "query"): _unnumbered(SqlCaller(_engines(settings.sql_connections, stack)).call),
            ("kubernetes", "job"): _numbered(kubernetes.call),
            ("eks", "call"): _unnumbered(eks.call),
            ("eks", "runJob"): _numbered(eks.run_job),
        }
        jobs: dict[tuple[str, str], JobSource] = {("kubernetes", "job"): kubernetes, ("eks", "runJob"): eks}
        yield Connectors(ConnectorCalls(runners, jobs, open_activities), jobs)


def _unnumbered(make: Callable[[_Arguments, str], Awaitable[JsonValue]]) -> Runner:
    """What makes calls that have no place for an idempotency key: from arguments and the state's name."""

    async def run(call: ConnectorCall, _operation_id: str) -> JsonValue:
        return await make(call.arguments, call.state)

    return run


def _numbered(make: Callable[[_Arguments, str, str], Awaitable[JsonValue]]) -> Runner:
    """What makes calls that take the operation's id besides."""

    async def run(call: ConnectorCall, operation_id: str) -> JsonValue:
        return await make(call.arguments, call.state, operation_id)

    return run


async def _clusters(given: Mapping[str, Mapping[str, JsonValue]], stack: AsyncExitStack) -> Mapping[str, KnownCluster]:
    """What speaks to each cluster, closed with `stack`; the installation names them, so that no guard stands before."""
    known: dict[str, KnownCluster] = {}
    for name, members in given.items():
        cluster = parse_cluster(members)
        try:
            tls = cluster.tls()
        except OSError as error:
            setting = f"kubernetes_clusters (STEPLOOM_KUBERNETES_CLUSTERS), {name}"
            raise ConfigurationError(f"{setting}: {error.filename or 'a file'}: {error.strerror}") from error
        caller = await stack.enter_async_context(http_caller(_ANYWHERE, limit_seconds=_CLUSTER_SECONDS, tls=tls))
        known[name] = KnownCluster(cluster, caller)
    return known


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
