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
_VERSION: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+", re.ASCII)


def check_name(name: str) -> None:
    """Check the name of a state machine, an execution or an activity.

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

    @property
    def version(self) -> int | None:
        """The version's number, if a version is named."""
        return int(self.qualifier) if self.qualifier is not None and _VERSION.fullmatch(self.qualifier) else None

    @property
    def alias(self) -> str | None:
        """The alias' name, if an alias is named."""
        return self.qualifier if self.qualifier is not None and not self.qualifier.isdecimal() else None


@dataclass(frozen=True, slots=True)
class ActivityArn:
    """An activity's ARN; `name` is None if it is none of ours."""

    text: str
    name: str | None


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
        self._events = ["arn", config.partition, "events", config.region, config.account_id]

    def state_machine(self, name: str) -> str:
        """The unqualified ARN of a state machine."""
        return ":".join([*self._prefix, "stateMachine", name])

    def version(self, state_machine_name: str, number: int) -> str:
        """The ARN of a version of a state machine."""
        return f"{self.state_machine(state_machine_name)}:{number}"

    def alias(self, state_machine_name: str, name: str) -> str:
        """The ARN of an alias of a state machine."""
        return f"{self.state_machine(state_machine_name)}:{name}"

    def activity(self, name: str) -> str:
        """The ARN of an activity."""
        return ":".join([*self._prefix, "activity", name])

    def connection(self, name: str) -> str:
        """The ARN of all connections of a name, as policies have it; that of one has its id behind."""
        return ":".join([*self._events, f"connection/{name}"])

    def execution(self, state_machine_name: str, name: str) -> str:
        """The ARN of a STANDARD execution."""
        return ":".join([*self._prefix, "execution", state_machine_name, name])

    def express_execution(self, state_machine_name: str, name: str, uuid: str) -> str:
        """The ARN of an EXPRESS execution, whose name may be used again at once."""
        return ":".join([*self._prefix, "express", state_machine_name, name, uuid])

    def test_execution(self, state_machine_name: str, name: str) -> str:
        """The ARN that an execution of TestState shows (recorded)."""
        return ":".join([*self._prefix, "express", state_machine_name, name])

    def of_workflow(self, workflow_id: str) -> tuple[str, str]:
        """The ARNs of the execution that a workflow hosts, and of its state machine."""
        state_machine, name, *uuid = workflow_id.split(":")
        execution = (
            self.execution(state_machine, name) if not uuid else self.express_execution(state_machine, name, uuid[0])
        )
        return execution, self.state_machine(state_machine)

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

    def read_activity(self, text: str) -> ActivityArn:
        """Read the ARN of an activity.

        Raises:
            InvalidArn: it is something else.
        """
        ours, (name,) = self._read(text, "activity", most=1)
        return ActivityArn(text, name if ours and _NAME.fullmatch(name) else None)

    def check_map_run(self, text: str) -> None:
        """Raises: InvalidArn, if `text` is not the ARN of a map run."""
        self._read(text, "mapRun", most=2)

    def read_taggable(self, text: str) -> StateMachineArn | ActivityArn:
        """Read the ARN of something that can have tags.

        Raises:
            InvalidArn: it is neither a state machine nor an activity.
        """
        is_activity = text.split(":")[5:6] == ["activity"]
        return self.read_activity(text) if is_activity else self.read_state_machine(text)

    def read_execution(self, text: str) -> ExecutionArn:
        """Read the ARN of an execution.

        Raises:
            InvalidArn: it is something else, also an EXPRESS execution.
        """
        ours, names = self._read(text, "execution", most=2)
        if ours and len(names) == 2 and all(_NAME.fullmatch(name) for name in names):
            return ExecutionArn(text, *names)
        return ExecutionArn(text, None, None)

    def read_shown_execution(self, text: str, *, express: bool) -> ExecutionArn:
        """Read the ARN of an execution that can be described: with `express` of an EXPRESS one, too.

        The `name` of that has its UUID behind.

        Raises:
            InvalidArn: it is something else.
        """
        if not express or text.split(":")[5:6] != ["express"]:
            return self.read_execution(text)
        ours, names = self._read(text, "express", most=3)
        if ours and len(names) == 3 and all(_NAME.fullmatch(name) for name in names):
            return ExecutionArn(text, names[0], ":".join(names[1:]))
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
