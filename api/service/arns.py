"""Names, and the ARNs made of them.

An ARN of another partition, account or region, or with an impossible name in it, is well formed but names nothing
here: its `name` is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from api.service.config import ServiceConfig
from api.service.errors import InvalidArn, InvalidName

_NAME: Final = re.compile(r'[^\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff\U0010ffff]{1,80}')
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+", re.ASCII)


def check_name(name: str) -> None:
    """Check the name of a state machine or an execution.

    Raises:
        InvalidName: it holds a character that AWS does not allow in names.
    """
    if not _NAME.fullmatch(name):
        raise InvalidName(name)


def check_role_arn(arn: str) -> None:
    """Raises: InvalidArn, if `arn` is not that of an IAM role."""
    if not _ROLE.fullmatch(arn):
        raise InvalidArn.role(arn)


@dataclass(frozen=True, slots=True)
class StateMachineArn:
    """A state machine's ARN in parts; `qualifier` is a version's number or an alias' name, `label` a Map's."""

    text: str
    name: str | None
    qualifier: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class ExecutionArn:
    """An execution's ARN in parts: the state machine's name and its own, both None if it is none of ours."""

    text: str
    state_machine_name: str | None
    name: str | None


class Arns:
    """Makes and reads the ARNs of one installation."""

    def __init__(self, config: ServiceConfig) -> None:
        self._prefix = ["arn", config.partition, "states", config.region, config.account_id]

    def state_machine(self, name: str) -> str:
        """The unqualified ARN of a state machine."""
        return ":".join([*self._prefix, "stateMachine", name])

    def execution(self, state_machine_name: str, name: str) -> str:
        """The ARN of a STANDARD execution."""
        return ":".join([*self._prefix, "execution", state_machine_name, name])

    def read_state_machine(self, text: str) -> StateMachineArn:
        """Read the ARN of a state machine, version or alias.

        Raises:
            InvalidArn: it is something else.
        """
        ours, names = self._read(text, "stateMachine", most=2)
        name, _, label = names[0].partition("/")
        qualifier = names[1] if len(names) == 2 else None
        known = ours and _NAME.fullmatch(name) and (qualifier is None or _NAME.fullmatch(qualifier))
        return StateMachineArn(text, name if known else None, qualifier, label or None)

    def read_execution(self, text: str) -> ExecutionArn:
        """Read the ARN of an execution.

        Raises:
            InvalidArn: it is something else, also an EXPRESS execution.
        """
        ours, names = self._read(text, "execution", most=2)
        if ours and len(names) == 2 and all(_NAME.fullmatch(name) for name in names):
            return ExecutionArn(text, *names)
        return ExecutionArn(text, None, None)

    def _read(self, text: str, resource_type: str, most: int) -> tuple[bool, list[str]]:
        parts = text.split(":")
        if len(parts) < 6 or parts[0] != "arn":
            raise InvalidArn.prefix(text)
        if parts[2] != "states" or parts[5] != resource_type:
            raise InvalidArn.resource_type(parts[5].partition("/")[0])
        names = parts[6:]
        if not 1 <= len(names) <= most:
            raise InvalidArn.prefix(text)
        return parts[:5] == self._prefix, names
