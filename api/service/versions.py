"""The operations on the versions of state machines."""

from __future__ import annotations

import re
from typing import Final

from api.service.arns import Arns
from api.service.clock import Clock
from api.service.errors import (
    ConflictException,
    InvalidArn,
    InvalidToken,
    ServiceQuotaExceededException,
    StateMachineDeleting,
    ValidationException,
)
from api.service.pages import page_of, page_place, page_size
from api.service.shapes import (
    DeleteStateMachineVersionRequest,
    DeleteStateMachineVersionResponse,
    ListStateMachineVersionsRequest,
    ListStateMachineVersionsResponse,
    PublishStateMachineVersionRequest,
    PublishStateMachineVersionResponse,
    StateMachineVersionListItem,
)
from api.service.targets import Targets
from api.storage.store import LimitReached, Publication, Revision, StateMachine, Store, Version

_INITIAL: Final = "INITIAL"  # AWS's name of the revision that CreateStateMachine makes, which has no id
_ATTEMPTS: Final = 10
_PLACE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


class Versions:
    """Publishes, lists and deletes versions."""

    def __init__(self, store: Store, arns: Arns, clock: Clock) -> None:
        self._store = store
        self._arns = arns
        self._clock = clock
        self._targets = Targets(store)

    async def publish(self, request: PublishStateMachineVersionRequest) -> PublishStateMachineVersionResponse:
        """PublishStateMachineVersion: a revision has one version, whose description stays."""
        arn = self._arns.read_state_machine(request.state_machine_arn)
        if arn.label is not None:
            raise ValidationException.labelled_arn()
        publication = Publication(description=request.description, created=self._clock())
        for _ in range(_ATTEMPTS):
            machine = await self._targets.machine(arn)
            if machine.deleting_since is not None:
                raise StateMachineDeleting(arn.text)
            _check_revision(machine.revision, request.revision_id)
            version = await self.publish_current(machine, publication)
            if version is not None:
                return PublishStateMachineVersionResponse(
                    creation_date=version.created,
                    state_machine_version_arn=self._arns.version(machine.name, version.number),
                )
        raise ConflictException(f"Updates of this state machine are under way: '{arn.text}'")

    async def publish_current(self, machine: StateMachine, publication: Publication) -> Version | None:
        """The version of a state machine's current revision, made if need be; None if it is no longer current.

        Raises:
            ServiceQuotaExceededException: there are as many versions as there may be.
        """
        try:
            return await self._store.publish_version(machine.name, machine.revision.id, publication)
        except LimitReached:
            raise too_many_versions() from None

    async def list(self, request: ListStateMachineVersionsRequest) -> ListStateMachineVersionsResponse:
        """ListStateMachineVersions, newest first."""
        arn = self._arns.read_state_machine(request.state_machine_arn)
        if arn.name is None or arn.qualifier is not None or await self._store.get_state_machine(arn.name) is None:
            raise InvalidArn.not_found(arn.text)
        size, arguments = page_size(request.max_results), ("ListStateMachineVersions", arn.text)
        before = _number(page_place(request.next_token, *arguments))
        found = await self._store.list_versions(arn.name, before, size + 1)
        versions, token = page_of(found, size, lambda version: str(version.number), *arguments)
        return ListStateMachineVersionsResponse(
            state_machine_versions=tuple(self._list_item(version) for version in versions), next_token=token
        )

    def _list_item(self, version: Version) -> StateMachineVersionListItem:
        return StateMachineVersionListItem(
            state_machine_version_arn=self._arns.version(version.state_machine_name, version.number),
            creation_date=version.created,
        )

    async def delete(self, request: DeleteStateMachineVersionRequest) -> DeleteStateMachineVersionResponse:
        """DeleteStateMachineVersion; executions of the version go on."""
        arn = self._arns.read_state_machine(request.state_machine_version_arn)
        if arn.qualifier is None or arn.alias is not None or arn.label is not None:
            raise InvalidArn.not_found(arn.text)
        if arn.name is not None and arn.version is not None:
            aliases = await self._store.delete_version(arn.name, arn.version)
            if aliases:
                raise ConflictException(
                    "Version to be deleted must not be referenced by an alias. "
                    f"Current list of aliases referencing this version: [{', '.join(aliases)}]"
                )
        return DeleteStateMachineVersionResponse()


def too_many_versions() -> ServiceQuotaExceededException:
    """Why a revision could not be published."""
    return ServiceQuotaExceededException("A state machine can have 1000 versions at most.")


def _check_revision(current: Revision, wanted: str | None) -> None:
    name = _INITIAL if current.initial else current.id
    if wanted not in (None, name):
        raise ConflictException(
            f"Failed to publish the State Machine version for revision {wanted}. "
            f"The current State Machine revision is {name}."
        )


def _number(place: str | None) -> int | None:
    if place is None:
        return None
    if not _PLACE.fullmatch(place):  # only in a token made by hand
        raise InvalidToken
    return int(place)
