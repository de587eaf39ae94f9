"""Prepares a Temporal namespace for steploom: its search attributes, and how long it keeps closed executions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client

from activities.names import KEYWORD_ATTRIBUTES

RETENTION: Final = timedelta(days=90)
"""How long AWS keeps a closed execution's history and refuses its name (AWS quota "Execution history retention")."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What had to be changed; empty and None if the namespace was as it should be."""

    added_attributes: tuple[str, ...]
    raised_retention_from: timedelta | None


async def prepare_namespace(client: Client, retention: timedelta = RETENTION) -> Preparation:
    """Register the missing search attributes and raise the retention to `retention` if it is lower. Repeatable.

    Raises:
        temporalio.service.RPCError: The namespace does not exist, or its settings may not be changed with this key.
    """
    return Preparation(await _add_attributes(client), await _raise_retention(client, retention))


async def _add_attributes(client: Client) -> tuple[str, ...]:
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = tuple(name for name in KEYWORD_ATTRIBUTES if name not in known.custom_attributes)
    if missing:
        keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=dict.fromkeys(missing, keyword))
        )
    return missing


async def _raise_retention(client: Client, retention: timedelta) -> timedelta | None:
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    present = described.config.workflow_execution_retention_ttl.ToTimedelta()
    if present >= retention or not present:  # zero: kept for ever
        return None
    wanted = Duration()
    wanted.FromTimedelta(retention)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=wanted)
        )
    )
    return present
