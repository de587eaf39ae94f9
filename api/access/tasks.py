"""What Tasks may do with this installation's own API: `aws-sdk:sfn:*` and nested executions, which come by no door.

On AWS the state machine's role says it; here one policy of the installation does, the setting `task_policy`.
"""

from __future__ import annotations

from typing import Final

from activities.integrations.nested_start import ExecutionStarter, NestedStart, StartRefused
from api.access.actions import Params, needs
from api.access.errors import AccessDeniedException
from api.access.policy import NAMED_POLICIES, Policy, PolicyError, parse_policy
from api.service.arns import Arns
from interpreter.values import JsonValue, parse_json

_WHO: Final = "the Tasks of this installation (setting task_policy)"


def parse_task_policy(setting: JsonValue) -> Policy:
    """The policy of a setting: a name, a document, or JSON of one.

    Raises:
        PolicyError: it is none.
    """
    if isinstance(setting, str) and setting in NAMED_POLICIES:
        return parse_policy(dict(NAMED_POLICIES[setting]))
    if not isinstance(setting, str):
        return parse_policy(setting)
    try:
        document = parse_json(setting)
    except ValueError:
        raise PolicyError(f"neither JSON nor one of {', '.join(NAMED_POLICIES)}") from None
    return parse_policy(document)


class TaskPermissions:
    """Asks the policy.

    Args:
        policy: that of all Tasks.
        arns: of this installation.
    """

    def __init__(self, policy: Policy, arns: Arns) -> None:
        self._policy = policy
        self._arns = arns

    def check(self, operation: str, params: Params) -> None:
        """Let a call pass whose operation and parameters these are.

        Raises:
            AccessDeniedException: the policy does not allow it.
        """
        self._policy.check(_WHO, needs(operation, params, self._arns))


class PermittedStarter:
    """Starts the nested executions that Tasks may start (`ExecutionStarter`).

    Args:
        starter: starts them.
        permissions: says which.
    """

    def __init__(self, starter: ExecutionStarter, permissions: TaskPermissions) -> None:
        self._starter = starter
        self._permissions = permissions

    async def prepare(self, wanted: NestedStart) -> dict[str, JsonValue]:
        """See `ExecutionStarter`."""
        self._check(wanted)
        return await self._starter.prepare(wanted)

    async def start(self, wanted: NestedStart) -> dict[str, JsonValue]:
        """See `ExecutionStarter`."""
        self._check(wanted)
        return await self._starter.start(wanted)

    def _check(self, wanted: NestedStart) -> None:
        try:
            self._permissions.check("StartExecution", {"stateMachineArn": wanted.state_machine_arn})
        except AccessDeniedException as error:
            raise StartRefused(error.code, error.message) from error
