"""The operations on state machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Final
from uuid import uuid4

from api.service.arns import Arns, check_name, check_role_arn
from api.service.clock import Clock
from api.service.config import ServiceConfig
from api.service.configurations import checked_tags, complete_encryption, complete_logging, complete_tracing
from api.service.conversion import from_json, to_json
from api.service.definitions import CheckedDefinition, check_definition
from api.service.deletion import Deletions
from api.service.errors import (
    ConflictException,
    ExecutionDoesNotExist,
    MissingRequiredParameter,
    StateMachineAlreadyExists,
    StateMachineDeleting,
    StateMachineDoesNotExist,
    ValidationException,
)
from api.service.gateway import ExecutionGateway, NoSuchExecution
from api.service.modes import check_mode_tag, mode_of, mode_of_tags
from api.service.pages import page_of, page_place, page_size
from api.service.shapes import (
    CreateStateMachineRequest,
    CreateStateMachineResponse,
    DeleteStateMachineRequest,
    DeleteStateMachineResponse,
    DescribeStateMachineForExecutionRequest,
    DescribeStateMachineForExecutionResponse,
    DescribeStateMachineRequest,
    DescribeStateMachineResponse,
    EncryptionConfiguration,
    IncludedData,
    ListStateMachinesRequest,
    ListStateMachinesResponse,
    LoggingConfiguration,
    StateMachineListItem,
    TracingConfiguration,
    UpdateStateMachineRequest,
    UpdateStateMachineResponse,
)
from api.service.targets import Targets, executed_revision
from api.service.versions import Versions, too_many_versions
from api.storage.store import LimitReached, Publication, Revised, Revision, Route, StateMachine, Store
from interpreter.definition.resources import ResourceCatalog

_UPDATE_ATTEMPTS: Final = 10


class StateMachines:
    """Creates, reads, updates, lists and deletes state machines."""

    def __init__(
        self,
        store: Store,
        gateway: ExecutionGateway,
        catalog: ResourceCatalog,
        arns: Arns,
        clock: Clock,
        deletions: Deletions,
        config: ServiceConfig,
    ) -> None:
        self._config = config
        self._store = store
        self._gateway = gateway
        self._catalog = catalog
        self._arns = arns
        self._clock = clock
        self._deletions = deletions
        self._targets = Targets(store)
        self._versions = Versions(store, arns, clock)

    async def create(self, request: CreateStateMachineRequest) -> CreateStateMachineResponse:
        """CreateStateMachine: idempotent by everything but role and tags, which a repeated call leaves as they are."""
        check_name(request.name)
        check_role_arn(request.role_arn)
        now = self._clock()  # once: a version that was published with the creation is known by its date
        publication = _publication(request.publish, request.version_description, now)
        arn, type_ = self._arns.state_machine(request.name), request.type or "STANDARD"
        tags = checked_tags(request.tags or (), arn)
        check_mode_tag(tags)
        revision = self._initial_revision(request, now)
        mode = mode_of_tags(tags, self._config.mode)
        definition = await check_definition(request.definition, type_, mode, self._catalog)
        revision = _with_definition(revision, definition)
        machine = StateMachine(
            id=str(uuid4()), name=request.name, type=type_, created=revision.created, revision=revision
        )
        if await self._store.create_state_machine(machine, definition.text, tags, publication):
            return self._created(machine, publication)
        return await self._confirm(machine, publication)

    def _created(self, machine: StateMachine, publication: Publication | None) -> CreateStateMachineResponse:
        return CreateStateMachineResponse(
            state_machine_arn=self._arns.state_machine(machine.name),
            creation_date=machine.created,
            state_machine_version_arn=None if publication is None else self._arns.version(machine.name, 1),
        )

    def _initial_revision(self, request: CreateStateMachineRequest, now: datetime) -> Revision:
        return Revision(
            id=str(uuid4()),
            state_machine_name=request.name,
            initial=True,
            definition_hash="",
            role_arn=request.role_arn,
            timeout_seconds=None,
            logging=to_json(complete_logging(request.logging_configuration, self._config)),
            tracing=to_json(complete_tracing(request.tracing_configuration)),
            encryption=to_json(complete_encryption(request.encryption_configuration)),
            variable_references={},
            created=now,
        )

    async def _confirm(self, wanted: StateMachine, publication: Publication | None) -> CreateStateMachineResponse:
        """Answer the creation of a state machine whose name is taken."""
        arn = self._arns.state_machine(wanted.name)
        existing = await self._store.get_state_machine(wanted.name)
        if existing is None or existing.deleting_since is not None:
            self._deletions.wake()
            raise StateMachineDeleting(arn)
        if existing.type != wanted.type or not _is_same(
            existing.revision, replace(wanted.revision, role_arn=existing.revision.role_arn)
        ):
            raise StateMachineAlreadyExists(arn)
        if not await self._was_published(existing, publication):
            raise StateMachineAlreadyExists(arn)
        return self._created(existing, publication)

    async def _was_published(self, machine: StateMachine, publication: Publication | None) -> bool:
        """Whether the state machine was published with its creation as `publication` says."""
        version = await self._store.get_version(machine.name, 1)
        if version is None or version.created != machine.created:
            return publication is None
        return publication is not None and publication.description == version.description

    async def update(self, request: UpdateStateMachineRequest) -> UpdateStateMachineResponse:
        """UpdateStateMachine: makes a new revision, unless nothing changes."""
        arn = self._arns.read_state_machine(request.state_machine_arn)
        if arn.label is not None:
            raise ValidationException.labelled_arn()
        publication = _publication(request.publish, request.version_description, self._clock())
        _check_update(request)
        for _ in range(_UPDATE_ATTEMPTS):
            machine = await self._targets.machine(arn)
            if machine.deleting_since is not None:
                raise StateMachineDeleting(arn.text)
            revision, text = await self._revised(machine, request)
            if _is_same(revision, machine.revision):
                revision, revised = machine.revision, await self._unchanged(machine, publication)
            else:
                revised = await self._revise(revision, machine.revision.id, text, publication)
            if revised is not None:
                return self._updated(revision, revised)
        raise ConflictException(f"Other updates of this state machine are under way: '{arn.text}'")

    async def _unchanged(self, machine: StateMachine, publication: Publication | None) -> Revised | None:
        if publication is None:
            return Revised(None)
        version = await self._versions.publish_current(machine, publication)
        return None if version is None else Revised(version.number)

    async def _revise(
        self, revision: Revision, replaced: str, text: str | None, publication: Publication | None
    ) -> Revised | None:
        try:
            return await self._store.revise_state_machine(revision, replaced, text, publication)
        except LimitReached:
            raise too_many_versions() from None

    def _updated(self, revision: Revision, revised: Revised) -> UpdateStateMachineResponse:
        version = revised.version
        return UpdateStateMachineResponse(
            update_date=revision.created,
            revision_id=_revision_id(revision),
            state_machine_version_arn=(
                None if version is None else self._arns.version(revision.state_machine_name, version)
            ),
        )

    async def _revised(self, machine: StateMachine, request: UpdateStateMachineRequest) -> tuple[Revision, str | None]:
        """The revision that an update asks for, and its definition's text if that was given."""
        revision = replace(machine.revision, id=str(uuid4()), initial=False, created=self._clock())
        if request.role_arn is not None:
            revision = replace(revision, role_arn=request.role_arn)
        if request.logging_configuration is not None:
            revision = replace(revision, logging=to_json(complete_logging(request.logging_configuration, self._config)))
        if request.tracing_configuration is not None:
            revision = replace(revision, tracing=to_json(complete_tracing(request.tracing_configuration)))
        if request.encryption_configuration is not None:
            revision = replace(revision, encryption=to_json(complete_encryption(request.encryption_configuration)))
        if request.definition is None:
            return revision, None
        mode = mode_of(machine, self._config.mode)
        definition = await check_definition(request.definition, machine.type, mode, self._catalog)
        return _with_definition(revision, definition), definition.text

    async def delete(self, request: DeleteStateMachineRequest) -> DeleteStateMachineResponse:
        """DeleteStateMachine: marks the state machine; `Deletions` does the rest."""
        arn = self._arns.read_state_machine(request.state_machine_arn)
        if arn.label is not None:
            raise ValidationException.labelled_arn()
        if arn.qualifier is not None:
            raise ValidationException("A version or an alias cannot be deleted by DeleteStateMachine.")
        if arn.name is not None:
            await self._store.mark_deleting(arn.name, self._clock())
            self._deletions.wake()
        return DeleteStateMachineResponse()

    async def describe(self, request: DescribeStateMachineRequest) -> DescribeStateMachineResponse:
        """DescribeStateMachine: the current revision, a version, or the version that an alias mostly leads to."""
        target = await self._targets.find(self._arns.read_state_machine(request.state_machine_arn), _heaviest)
        machine, revision, version = target.machine, target.revision, target.version
        if machine.deleting_since is not None:
            self._deletions.wake()
        return DescribeStateMachineResponse(
            state_machine_arn=request.state_machine_arn,
            name=machine.name,
            status="ACTIVE" if machine.deleting_since is None else "DELETING",
            definition=await self._definition(revision, request.included_data),
            role_arn=revision.role_arn,
            type=machine.type,
            creation_date=machine.created if version is None else version.created,
            description=None if version is None else version.description,
            logging_configuration=from_json(LoggingConfiguration, revision.logging),
            tracing_configuration=from_json(TracingConfiguration, revision.tracing),
            encryption_configuration=from_json(EncryptionConfiguration, revision.encryption),
            revision_id=_revision_id(revision),
            variable_references=_variable_references(revision),
        )

    async def describe_for_execution(
        self, request: DescribeStateMachineForExecutionRequest
    ) -> DescribeStateMachineForExecutionResponse:
        """DescribeStateMachineForExecution: the revision that the execution runs, of a deleted machine as well."""
        arn = self._arns.read_execution(request.execution_arn)
        if arn.state_machine_name is None or arn.name is None:
            raise ExecutionDoesNotExist(arn.text)
        try:
            execution = await self._gateway.describe(arn.state_machine_name, arn.name)
        except NoSuchExecution:
            raise ExecutionDoesNotExist(arn.text) from None
        start = execution.start
        revision = await executed_revision(self._store, execution)
        if revision is None:
            raise StateMachineDoesNotExist(start.state_machine_arn)
        return DescribeStateMachineForExecutionResponse(
            state_machine_arn=start.state_machine_arn,
            name=arn.state_machine_name,
            definition=await self._definition(revision, request.included_data),
            role_arn=revision.role_arn,
            update_date=revision.created,
            logging_configuration=from_json(LoggingConfiguration, revision.logging),
            tracing_configuration=from_json(TracingConfiguration, revision.tracing),
            encryption_configuration=from_json(EncryptionConfiguration, revision.encryption),
            revision_id=_revision_id(revision),
            variable_references=_variable_references(revision),
        )

    async def list(self, request: ListStateMachinesRequest) -> ListStateMachinesResponse:
        """ListStateMachines, by the bytes of their names."""
        size, after = page_size(request.max_results), page_place(request.next_token, "ListStateMachines")
        found = await self._store.list_state_machines(after, size + 1)
        machines, token = page_of(found, size, attrgetter("name"), "ListStateMachines")
        return ListStateMachinesResponse(
            state_machines=tuple(self._list_item(machine) for machine in machines), next_token=token
        )

    def _list_item(self, machine: StateMachine) -> StateMachineListItem:
        return StateMachineListItem(
            state_machine_arn=self._arns.state_machine(machine.name),
            name=machine.name,
            type=machine.type,
            creation_date=machine.created,
        )

    async def _definition(self, revision: Revision, included: IncludedData | None) -> str:
        if included == "METADATA_ONLY":
            return "{}"
        text = await self._store.get_definition(revision.definition_hash)
        assert text is not None, "a foreign key keeps the definition of every revision"
        return text


def _publication(publish: bool | None, description: str | None, now: datetime) -> Publication | None:
    """The version that a call asks for."""
    if publish:
        return Publication(description=description, created=now)
    if description is not None:
        raise ValidationException("Version description can only be set when publish is true")
    return None


def _check_update(request: UpdateStateMachineRequest) -> None:
    changes = (
        request.definition,
        request.role_arn,
        request.logging_configuration,
        request.tracing_configuration,
        request.encryption_configuration,
    )
    if all(change is None for change in changes):
        raise MissingRequiredParameter
    if request.role_arn is not None:
        check_role_arn(request.role_arn)


def _with_definition(revision: Revision, definition: CheckedDefinition) -> Revision:
    return replace(
        revision,
        definition_hash=definition.hash,
        timeout_seconds=definition.timeout_seconds,
        variable_references=definition.variable_references,
    )


def _is_same(left: Revision, right: Revision) -> bool:
    return (left.definition_hash, left.role_arn, left.logging, left.tracing, left.encryption) == (
        right.definition_hash,
        right.role_arn,
        right.logging,
        right.tracing,
        right.encryption,
    )


def _heaviest(routes: Sequence[Route]) -> Route:
    return max(routes, key=attrgetter("weight"))


def _revision_id(revision: Revision) -> str | None:
    return None if revision.initial else revision.id


def _variable_references(revision: Revision) -> dict[str, tuple[str, ...]] | None:
    return {name: tuple(variables) for name, variables in revision.variable_references.items()} or None
