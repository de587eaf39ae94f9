"""What each operation needs: the actions of AWS's service authorization reference, and the resources they act on.

This is the one table that both doors ask. Resources are those that IAM knows: a state machine by its unqualified ARN,
also where a version, an alias or a Map's label is named (AWS's guide, "Authorization for versions and aliases"); what
an operation is to make by the ARN that it will have; `*` where AWS has no resource for an action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from api.service.arns import Arns
from api.service.model import CONNECTION_OPERATIONS, EVENTS_PREFIX
from interpreter.values import JsonValue

ANY_RESOURCE: Final = "*"
_MOST_ROUTES: Final = 2  # of an alias, in AWS's model
GET_METRICS: Final = "steploom:GetMetrics"
"""Reading `/metrics` of the HTTP door, which AWS does not have."""

Params: TypeAlias = Mapping[str, JsonValue]
"""The parameters of a call in AWS's JSON, not checked yet."""


@dataclass(frozen=True, slots=True)
class Need:
    """One permission that a call needs."""

    action: str
    resource: str


_Resources: TypeAlias = Callable[[Params, Arns], Iterable[str]]
_Condition: TypeAlias = Callable[[Params], bool]


@dataclass(frozen=True, slots=True)
class _Rule:
    """The action of an operation, what it acts on, and what else some of its members ask for."""

    action: str
    resources: _Resources
    besides: Mapping[str, _Condition]


def needs(operation: str, params: Params, arns: Arns) -> tuple[Need, ...]:
    """Every permission that a call needs; the first is that of the operation itself.

    Args:
        operation: one of AWS's, or `WatchExecution` or `WaitForExecution` of the gRPC door.
        params: the parameters that the operation will be called with. What is no text where an ARN belongs counts as
            `*`: the operation will refuse it, and only who may act on everything shall learn that.
        arns: of this installation.

    Raises:
        KeyError: there is no such operation.
    """
    rule = _RULES[operation]
    resources = tuple(dict.fromkeys(rule.resources(params, arns))) or (ANY_RESOURCE,)
    actions = [rule.action, *(action for action, asked in rule.besides.items() if asked(params))]
    return tuple(Need(action, resource) for action in actions for resource in resources)


def changes(operation: str) -> bool:
    """Whether an operation changes something or, as TestState, has calls made elsewhere; any other only tells."""
    name = operation.removeprefix(EVENTS_PREFIX)
    return operation in _RULES and not name.startswith(("Describe", "List")) and name not in _TELLING


@cache
def known_operations() -> frozenset[str]:
    """The operations of this table."""
    return frozenset(_RULES)


@cache
def known_actions() -> frozenset[str]:
    """Every action that a policy can name."""
    return frozenset({rule.action for rule in _RULES.values()} | _BESIDES | {GET_METRICS})


def _anything(_params: Params, _arns: Arns) -> Iterable[str]:
    return ()


def _given(*members: str) -> _Resources:
    """The ARNs in these members; those of state machines without qualifier and label."""

    def resources(params: Params, _arns: Arns) -> Iterable[str]:
        return [_resource(params[member]) for member in members if params.get(member) is not None]

    return resources


def _with_routes(*members: str) -> _Resources:
    """The state machines in these members, and those of the versions to which an alias is to point."""
    given = _given(*members)

    def resources(params: Params, arns: Arns) -> Iterable[str]:
        routes = params.get("routingConfiguration")
        if not isinstance(routes, list):
            return given(params, arns)
        if len(routes) > _MOST_ROUTES:  # which the operation refuses, however many they are
            return [ANY_RESOURCE]
        versions = [route.get("stateMachineVersionArn") if isinstance(route, dict) else None for route in routes]
        return [*given(params, arns), *map(_resource, versions)]

    return resources


def _new_state_machine(params: Params, arns: Arns) -> Iterable[str]:
    name = params.get("name")
    return [arns.state_machine(name)] if isinstance(name, str) else ()


def _new_activity(params: Params, arns: Arns) -> Iterable[str]:
    name = params.get("name")
    return [arns.activity(name)] if isinstance(name, str) else ()


def _resource(arn: JsonValue) -> str:
    if not isinstance(arn, str):
        return ANY_RESOURCE
    parts = arn.split(":", 7)
    if len(parts) < 7 or parts[5] != "stateMachine":
        return arn
    return ":".join([*parts[:6], parts[6].partition("/")[0]])


def _is_set(member: str) -> _Condition:
    return lambda params: params.get(member) not in (None, False, [])


def _rule(operation: str, resources: _Resources, **besides: str) -> tuple[str, _Rule]:
    """A rule whose action is named like the operation; `besides` names further ones by the member that asks for it."""
    return operation, _Rule(
        f"states:{operation}", resources, {f"states:{action}": _is_set(member) for member, action in besides.items()}
    )


def _connection(params: Params, arns: Arns) -> Iterable[str]:
    name = params.get("Name")
    return [arns.connection(name)] if isinstance(name, str) else ()


def _events_rule(operation: str) -> tuple[str, _Rule]:
    """EventBridge's operations on connections, under the names that the service has for them, which are the actions."""
    return operation, _Rule(operation, _connection, {})


_TELLING: Final = frozenset(
    {"GetExecutionHistory", "ValidateStateMachineDefinition", "WaitForExecution", "WatchExecution"}
)
_BESIDES: Final = frozenset({"states:RevealSecrets"})
"""Actions that no operation has for itself."""

_RULES: Final[Mapping[str, _Rule]] = dict(
    [
        _rule("CreateActivity", _new_activity, tags="TagResource"),
        _rule("CreateStateMachine", _new_state_machine, publish="PublishStateMachineVersion", tags="TagResource"),
        _rule("CreateStateMachineAlias", _with_routes()),
        _rule("DeleteActivity", _given("activityArn")),
        _rule("DeleteStateMachine", _given("stateMachineArn")),
        _rule("DeleteStateMachineAlias", _given("stateMachineAliasArn")),
        _rule("DeleteStateMachineVersion", _given("stateMachineVersionArn")),
        _rule("DescribeActivity", _given("activityArn")),
        _rule("DescribeExecution", _given("executionArn")),
        _rule("DescribeMapRun", _given("mapRunArn")),
        _rule("DescribeStateMachine", _given("stateMachineArn")),
        _rule("DescribeStateMachineAlias", _given("stateMachineAliasArn")),
        _rule("DescribeStateMachineForExecution", _given("executionArn")),
        _rule("GetActivityTask", _given("activityArn")),
        _rule("GetExecutionHistory", _given("executionArn")),
        _rule("ListActivities", _anything),
        _rule("ListExecutions", _given("stateMachineArn", "mapRunArn")),
        _rule("ListMapRuns", _given("executionArn")),
        _rule("ListStateMachineAliases", _given("stateMachineArn")),
        _rule("ListStateMachineVersions", _given("stateMachineArn")),
        _rule("ListStateMachines", _anything),
        _rule("ListTagsForResource", _given("resourceArn")),
        _rule("PublishStateMachineVersion", _given("stateMachineArn")),
        _rule("RedriveExecution", _given("executionArn")),
        _rule("SendTaskFailure", _anything),
        _rule("SendTaskHeartbeat", _anything),
        _rule("SendTaskSuccess", _anything),
        _rule("StartExecution", _given("stateMachineArn")),
        _rule("StartSyncExecution", _given("stateMachineArn")),
        _rule("StopExecution", _given("executionArn")),
        _rule("TagResource", _given("resourceArn")),
        _rule("TestState", _anything, revealSecrets="RevealSecrets"),
        _rule("UntagResource", _given("resourceArn")),
        _rule("UpdateMapRun", _given("mapRunArn")),
        _rule("UpdateStateMachine", _given("stateMachineArn"), publish="PublishStateMachineVersion"),
        _rule("UpdateStateMachineAlias", _with_routes("stateMachineAliasArn")),
        _rule("ValidateStateMachineDefinition", _anything),
        *(_events_rule(operation) for operation in CONNECTION_OPERATIONS),
        # What the gRPC door has beyond AWS needs what the same could be learned with by polling.
        ("WaitForExecution", _rule("DescribeExecution", _given("executionArn"))[1]),
        ("WatchExecution", _rule("GetExecutionHistory", _given("executionArn"))[1]),
    ]
)
