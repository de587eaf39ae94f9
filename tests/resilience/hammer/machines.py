"""What a client of the hammer does to state machines, their versions, aliases and tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.resilience.hammer.caller import Caller, Unanswered
from tests.resilience.hammer.ledger import ABORTED, ROLE, RUNNING, TEXT, Ledger, Machine, passing

_MOST_MACHINES: Final = 3
_MOST_VERSIONS: Final = 5


class MachineActions:
    """Each method is one thing to do, with one operation that changes something."""

    def __init__(self, caller: Caller, ledger: Ledger) -> None:
        self._caller = caller
        self._ledger = ledger
        self._random = caller.random

    def all(self) -> list[Callable[[], object]]:
        """What there is to do, as often as it is to be done among others."""
        versions = [self.publish, self.publish, self.alias, self.alias]
        removals = [self.delete, self.delete_version, self.delete_alias]
        return [self.create, self.update, self.tag, self.untag, *versions, *removals]

    def any(self) -> Machine | None:
        """One of the state machines, if there is one."""
        machines = list(self._ledger.machines.values())
        return self._random.choice(machines) if machines else None

    def create(self) -> None:
        """CreateStateMachine, which may be repeated."""
        if len(self._ledger.machines) >= _MOST_MACHINES:
            return
        name = self._caller.name()
        text = passing(name)
        answer = self._caller.insist("create_state_machine", name=name, definition=text, roleArn=ROLE)
        if answer.ok:
            self._ledger.machines[name] = Machine(answer.members["stateMachineArn"], text)

    def update(self) -> None:
        """UpdateStateMachine."""
        machine = self.any()
        if machine is not None:
            text = passing(self._caller.name())
            params = {"stateMachineArn": machine.arn, "definition": text}
            if self._caller.change(machine, TEXT, "update_state_machine", "ConflictException", **params):
                machine.text = text

    def publish(self) -> None:
        """PublishStateMachineVersion; one more often than known does no harm."""
        machine = self.any()
        if machine is not None and len(machine.versions) < _MOST_VERSIONS:
            arn = {"stateMachineArn": machine.arn}
            answer = self._caller.call("publish_state_machine_version", "ConflictException", **arn)
            if answer.ok:
                machine.versions.add(answer.members["stateMachineVersionArn"])

    def delete_version(self) -> None:
        """DeleteStateMachineVersion, of one that no alias is known to have."""
        machine = self.any()
        if machine is None or not machine.versions - set(machine.aliases.values()):
            return
        version = sorted(machine.versions - set(machine.aliases.values()))[0]
        machine.versions.discard(version)  # it may be gone in a moment: nothing is to be done with it any more
        params = {"stateMachineVersionArn": version}
        if self._caller.change(machine, version, "delete_state_machine_version", "ConflictException", **params):
            machine.deleted_versions.add(version)
        else:  # an alias has it, whose routing was not answered
            machine.versions.add(version)

    def alias(self) -> None:
        """CreateStateMachineAlias or UpdateStateMachineAlias."""
        machine = self.any()
        if machine is None or not machine.versions:
            return
        name, version = self._random.choice("ab"), self._random.choice(sorted(machine.versions))
        arn = f"{machine.arn}:{name}"
        params: dict[str, Any] = {"routingConfiguration": [{"stateMachineVersionArn": version, "weight": 100}]}
        if arn in machine.aliases:
            operation, expected = "update_state_machine_alias", tuple[str, ...]()
            params["stateMachineAliasArn"] = arn
        else:  # one that was not known to be made, or to be deleted, may have another routing
            operation, expected = "create_state_machine_alias", ("ConflictException",)
            params["name"] = name
        if self._caller.change(machine, arn, operation, *expected, **params):
            machine.aliases[arn] = version
            machine.deleted_aliases.discard(arn)

    def delete_alias(self) -> None:
        """DeleteStateMachineAlias."""
        machine = self.any()
        if machine is None or not machine.aliases:
            return
        arn = self._random.choice(sorted(machine.aliases))
        machine.aliases.pop(arn)
        if self._caller.change(machine, arn, "delete_state_machine_alias", stateMachineAliasArn=arn):
            machine.deleted_aliases.add(arn)

    def tag(self) -> None:
        """TagResource."""
        machine = self.any()
        if machine is None:
            return
        key, value = self._random.choice("xyz"), self._caller.name()
        tags = [{"key": key, "value": value}]
        if self._caller.change(machine, key, "tag_resource", resourceArn=machine.arn, tags=tags):
            machine.tags[key] = value
            machine.removed_tags.discard(key)

    def untag(self) -> None:
        """UntagResource."""
        machine = self.any()
        if machine is None or not machine.tags:
            return
        key = self._random.choice(sorted(machine.tags))
        machine.tags.pop(key)
        if self._caller.change(machine, key, "untag_resource", resourceArn=machine.arn, tagKeys=[key]):
            machine.removed_tags.add(key)

    def delete(self) -> None:
        """DeleteStateMachine, which stops what runs of it."""
        if len(self._ledger.machines) < _MOST_MACHINES:
            return
        name = self._random.choice(sorted(self._ledger.machines))
        machine = self._ledger.machines.pop(name)
        executions = [each for arn, each in self._ledger.executions.items() if arn.split(":")[6] == name]
        for execution in executions:
            execution.ends.append(ABORTED)
        try:
            answer = self._caller.insist("delete_state_machine", stateMachineArn=machine.arn)
        except Unanswered:
            return
        if answer.ok:
            self._ledger.deleted.add(machine.arn)
            for execution in executions:
                execution.ends = [end for end in execution.ends if end != RUNNING]
