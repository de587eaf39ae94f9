"""What the ARN of a state machine means: its current revision, a version, or what an alias leads to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from api.service.arns import StateMachineArn
from api.service.errors import StateMachineDoesNotExist
from api.service.gateway import ExecutionDescription
from api.storage.recent import Source
from api.storage.store import Revision, Route, StateMachine, Store, Version

PickRoute: TypeAlias = Callable[[Sequence[Route]], Route]


@dataclass(frozen=True, slots=True)
class Target:
    """A state machine and the revision meant; `version` and `alias` are None where none is named."""

    machine: StateMachine
    revision: Revision
    version: Version | None
    alias: str | None


async def executed_revision(store: Store, description: ExecutionDescription) -> Revision | None:
    """The revision that an execution runs, of a deleted state machine as well."""
    start = description.start
    if start.revision_id is not None:
        return await store.get_revision(start.revision_id)
    name = start.state_machine_arn.rsplit(":", 1)[-1]  # started by a release that did not say
    return await store.find_revision(name, start.definition, start.role_arn, description.summary.start_date)


class Targets:
    """Finds what ARNs mean, by a store or by what was read of one recently."""

    def __init__(self, store: Source) -> None:
        self._store = store

    async def machine(self, arn: StateMachineArn) -> StateMachine:
        """The state machine of an unqualified ARN.

        Raises:
            StateMachineDoesNotExist: there is none, or the ARN has a qualifier or a label.
        """
        if arn.qualifier is not None:
            raise StateMachineDoesNotExist(arn.text)
        return await self._machine(arn)

    async def find(self, arn: StateMachineArn, pick: PickRoute) -> Target:
        """What an ARN means; `pick` chooses among the routes of an alias.

        Raises:
            StateMachineDoesNotExist: there is no such state machine, version or alias.
        """
        machine = await self._machine(arn)
        if arn.qualifier is None:
            return Target(machine, machine.revision, None, None)
        number = arn.version
        if arn.alias is not None:
            alias = await self._store.get_alias(machine.name, arn.alias)
            number = None if alias is None else pick(alias.routes).version
        version = None if number is None else await self._store.get_version(machine.name, number)
        if version is None:
            raise StateMachineDoesNotExist(arn.text)
        return Target(machine, version.revision, version, arn.alias)

    async def _machine(self, arn: StateMachineArn) -> StateMachine:
        if arn.name is None or arn.label is not None:
            raise StateMachineDoesNotExist(arn.text)
        machine = await self._store.get_state_machine(arn.name)
        if machine is None:
            raise StateMachineDoesNotExist(arn.text)
        return machine
