"""Connectors: Task resources that are neither a function nor one call of an AWS API, and what they take, as data.

A call of any of them is the Temporal activity `steploom:connector-call`. This module is read by workflows too, and
loads no client library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from activities.connector_fields import Field, Kind, argument_faults
from interpreter.definition.arguments import ArgumentFault, Known
from interpreter.definition.model import ServiceResource, TaskResource
from interpreter.values import JsonValue

HTTP_METHODS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One resource.

    Attributes:
        service: the resource's segment, such as `http`.
        action: what follows it, such as `invoke`.
        fields: its arguments.
        unanswered: the error name of calls that were not answered.
        alternatives: arguments of which one at least must be there.
    """

    service: str
    action: str
    fields: tuple[Field, ...]
    unanswered: str
    alternatives: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How causes call it."""
        return f"{self.service}:{self.action}"

    def faults(self, arguments: Known) -> Iterator[ArgumentFault]:
        """Everything that is wrong with arguments, as far as they are known."""
        yield from argument_faults(self.fields, arguments)
        if not self.alternatives or not isinstance(arguments, dict):
            return
        if all(arguments.get(name) is None for name in self.alternatives):
            names = ", ".join(self.alternatives)
            yield ArgumentFault((), f"There should be one of the following fields: [{names}]")

    def fault(self, arguments: JsonValue) -> str | None:
        """The first thing that is wrong with arguments when their state runs, or None."""
        fault = next(self.faults(cast(Known, arguments)), None)
        return None if fault is None else fault.message


def _connection(name: str) -> Field:
    return Field(name=name, kind=Kind.OBJECT, members=(Field(name="ConnectionArn", required=True),))


_HTTP: Final = Connector(
    service="http",
    action="invoke",
    fields=(
        Field(name="ApiEndpoint", required=True),
        Field(name="Method", required=True, one_of=HTTP_METHODS),
        _connection("Authentication"),
        _connection("InvocationConfig"),
        Field(name="Headers", kind=Kind.TEXTS),
        Field(name="QueryParameters", kind=Kind.OBJECT),
        Field(name="RequestBody", kind=Kind.ANY),
        Field(
            name="Transform",
            kind=Kind.OBJECT,
            members=(
                Field(name="RequestBodyEncoding", one_of=("NONE", "URL_ENCODED")),
                Field(
                    name="RequestEncodingOptions",
                    kind=Kind.OBJECT,
                    members=(Field(name="ArrayFormat", one_of=("INDICES", "REPEAT", "COMMAS", "BRACKETS")),),
                ),
            ),
        ),
    ),
    unanswered="States.Http.Socket",
    alternatives=("Authentication", "InvocationConfig"),
)

_API_GATEWAY: Final = Connector(
    service="apigateway",
    action="invoke",
    fields=(
        Field(name="ApiEndpoint", required=True),
        Field(name="Method", required=True, one_of=HTTP_METHODS),
        Field(name="Stage", empty=True),
        Field(name="Path", empty=True),
        Field(name="Headers", kind=Kind.TEXT_LISTS),
        Field(name="QueryParameters", kind=Kind.TEXT_LISTS),
        Field(name="RequestBody", kind=Kind.ANY),
        Field(name="AllowNullValues", kind=Kind.BOOLEAN),
        Field(name="AuthType", one_of=("NO_AUTH", "IAM_ROLE", "RESOURCE_POLICY")),
    ),
    unanswered="ApiGateway.SdkClientException",
)

_GRPC: Final = Connector(
    service="grpc",
    action="call",
    fields=(
        Field(name="Endpoint", required=True),
        Field(name="Method", required=True),
        Field(name="Request", kind=Kind.OBJECT),
        Field(name="Metadata", kind=Kind.TEXTS),
        _connection("Authentication"),
        Field(name="Tls", kind=Kind.BOOLEAN),
        Field(name="DeadlineSeconds", kind=Kind.INTEGER, minimum=1, maximum=3600),
    ),
    unanswered="Grpc.UNAVAILABLE",
)

_SQL: Final = Connector(
    service="sql",
    action="query",
    fields=(
        Field(name="Connection", required=True),
        Field(name="Statement", required=True, written=True),
        Field(name="Parameters", kind=Kind.OBJECT),
        Field(name="MaxRows", kind=Kind.INTEGER, minimum=1, maximum=10_000),
        Field(name="LimitSeconds", kind=Kind.INTEGER, minimum=1, maximum=3600),
    ),
    unanswered="Sql.OperationalError",
)

_KUBERNETES: Final = Connector(
    service="kubernetes",
    action="job",
    fields=(
        Field(name="Job", kind=Kind.OBJECT, required=True),
        Field(name="Cluster"),
        Field(name="Namespace"),
        Field(name="LogOptions", kind=Kind.OBJECT, members=(Field(name="RetrieveLogs", kind=Kind.BOOLEAN),)),
    ),
    unanswered="Kubernetes.ClientException",
)

_EKS_CLUSTER: Final = tuple(
    Field(name=name, required=True) for name in ("ClusterName", "CertificateAuthority", "Endpoint")
)

_EKS_CALL: Final = Connector(
    service="eks",
    action="call",
    fields=(
        *_EKS_CLUSTER,
        Field(name="Method", required=True, one_of=HTTP_METHODS),
        Field(name="Path", required=True),
        Field(name="QueryParameters", kind=Kind.TEXT_LISTS),
        Field(name="RequestBody", kind=Kind.ANY),
    ),
    unanswered="EKS.SdkClientException",
)

_EKS_JOB: Final = Connector(
    service="eks",
    action="runJob",
    fields=(
        *_EKS_CLUSTER,
        Field(name="Namespace"),
        Field(name="Job", kind=Kind.OBJECT, required=True),
        Field(
            name="LogOptions",
            kind=Kind.OBJECT,
            members=(
                Field(name="RetrieveLogs", kind=Kind.BOOLEAN),
                Field(name="RawLogs", kind=Kind.BOOLEAN),
                Field(name="LogParameters", kind=Kind.TEXT_LISTS),
            ),
        ),
    ),
    unanswered="EKS.SdkClientException",
)

_INPUT: Final = Field(name="Input", kind=Kind.ANY)
_QUEUE: Final = Field(name="TaskQueue", required=True)

TEMPORAL_WORKFLOW: Final = Connector(
    service="temporal",
    action="workflow",
    fields=(Field(name="WorkflowType", required=True), _QUEUE, _INPUT, Field(name="WorkflowId")),
    unanswered="States.TaskFailed",
)

_TEMPORAL_ACTIVITY: Final = Connector(
    service="temporal",
    action="activity",
    fields=(Field(name="ActivityType", required=True), _QUEUE, _INPUT),
    unanswered="States.TaskFailed",
)

_OF_TEMPORAL: Final = {each.action: each for each in (TEMPORAL_WORKFLOW, _TEMPORAL_ACTIVITY)}
"""Resources that are Temporal's own: their arguments are checked as those of connectors, and they run in other ways."""

CONNECTORS: Final[Mapping[tuple[str, str], Connector]] = {
    (connector.service, connector.action): connector
    for connector in (_HTTP, _API_GATEWAY, _GRPC, _SQL, _KUBERNETES, _EKS_CALL, _EKS_JOB)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorCall:
    """The argument of `steploom:connector-call`. New members get defaults: old runs load.

    Attributes:
        service: the resource's segment.
        action: what follows it.
        state: the state's name.
        arguments: the state's Parameters or Arguments, evaluated and checked.
        waits: whether the state waits for the job that the call begins.
    """

    service: str
    action: str
    state: str
    arguments: dict[str, JsonValue]
    waits: bool = False

    def to_json(self) -> dict[str, JsonValue]:
        """All members by name; those that have their default are left out."""
        more: dict[str, JsonValue] = {"waits": True} if self.waits else {}
        return {
            "service": self.service,
            "action": self.action,
            "state": self.state,
            "arguments": self.arguments,
            **more,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ConnectorCall:
        """The inverse of `to_json`; members unknown to this release are ignored."""
        return cls(
            service=value["service"],
            action=value["action"],
            state=value["state"],
            arguments=value["arguments"],
            waits=value.get("waits", False),
        )

    @property
    def connector(self) -> Connector:
        """What is called."""
        return CONNECTORS[self.service, self.action]


def is_connector(service: str, action: str) -> bool:
    """Whether a resource is a connector."""
    return (service, action) in CONNECTORS


def find_connector(resource: TaskResource) -> Connector | None:
    """The connector that a resource is, if it is one."""
    if isinstance(resource, ServiceResource):
        return CONNECTORS.get((resource.service, resource.action))
    return None


def checked_resource(resource: TaskResource) -> Connector | None:
    """What is known of the arguments of a resource that is not AWS's, or is a connector."""
    if isinstance(resource, ServiceResource) and resource.service == "temporal":
        return _OF_TEMPORAL.get(resource.action)
    return find_connector(resource)
