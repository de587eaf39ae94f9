"""The operations on the aliases of state machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.service.arns import Arns, StateMachineArn
from api.service.clock import Clock, epoch_milliseconds
from api.service.errors import (
    ConflictException,
    InvalidToken,
    ResourceNotFound,
    ServiceQuotaExceededException,
    StateMachineDeleting,
    StateMachineDoesNotExist,
    ValidationException,
)
from api.service.pages import page_of, page_place, page_size
from api.service.shapes import (
    CreateStateMachineAliasRequest,
    CreateStateMachineAliasResponse,
    DeleteStateMachineAliasRequest,
    DeleteStateMachineAliasResponse,
    DescribeStateMachineAliasRequest,
    DescribeStateMachineAliasResponse,
    ListStateMachineAliasesRequest,
    ListStateMachineAliasesResponse,
    RoutingConfigurationListItem,
    StateMachineAliasListItem,
    UpdateStateMachineAliasRequest,
    UpdateStateMachineAliasResponse,
)
from api.storage.store import Alias, LimitReached, NoSuchVersion, Route, Store


@dataclass(frozen=True, slots=True)
class _Routing:
    """A routing configuration whose form is right: versions of one state machine, with weights of 100 in sum."""

    state_machine_name: str
    routes: tuple[Route, ...]


class Aliases:
    """Creates, reads, updates, lists and deletes aliases."""

    def __init__(self, store: Store, arns: Arns, clock: Clock) -> None:
        self._store = store
        self._arns = arns
        self._clock = clock

    async def create(self, request: CreateStateMachineAliasRequest) -> CreateStateMachineAliasResponse:
        """CreateStateMachineAlias: idempotent by description and routing."""
        routing = self._routing(request.routing_configuration)
        await self._check_not_deleting(routing.state_machine_name)
        now = self._clock()
        wanted = Alias(
            state_machine_name=routing.state_machine_name,
            name=request.name,
            description=request.description,
            routes=routing.routes,
            created=now,
            updated=now,
        )
        try:
            alias = await self._store.create_alias(wanted)
        except LimitReached:
            raise ServiceQuotaExceededException("A state machine can have 100 aliases at most.") from None
        except NoSuchVersion:
            raise _no_versions(request.routing_configuration) from None
        if (alias.description, set(alias.routes)) != (wanted.description, set(wanted.routes)):
            raise ConflictException(
                "Failed to create alias because an alias with the same name and a different routing configuration"
                " already exists."
            )
        return CreateStateMachineAliasResponse(
            state_machine_alias_arn=self._arns.alias(alias.state_machine_name, alias.name),
            creation_date=alias.created,
        )

    async def _check_not_deleting(self, state_machine_name: str) -> None:
        machine = await self._store.get_state_machine(state_machine_name)
        if machine is not None and machine.deleting_since is not None:
            raise StateMachineDeleting(self._arns.state_machine(state_machine_name))

    def _routing(self, items: Sequence[RoutingConfigurationListItem]) -> _Routing:
        received = ", ".join(item.state_machine_version_arn for item in items)
        arns = [self._arns.read_state_machine(item.state_machine_version_arn) for item in items]
        if len({arn.text for arn in arns}) < len(arns):
            raise ValidationException(
                f"Routing configuration must contain distinct state machine version ARNs. Received: [{received}]"
            )
        routes = tuple(
            Route(arn.version, item.weight) for arn, item in zip(arns, items, strict=True) if arn.version is not None
        )
        name = arns[0].name if arns else None
        if name is None or len(routes) < len(arns) or any(arn.label is not None for arn in arns):
            raise _no_versions(items)
        if any(arn.name != name for arn in arns):
            raise ValidationException(
                f"Routing configuration must contain versions of one state machine. Received: [{received}]"
            )
        if sum(route.weight for route in routes) != 100:
            weights = ", ".join(str(route.weight) for route in routes)
            raise ValidationException(f"Sum of routing configuration weights must equal 100. Received: [{weights}]")
        return _Routing(name, routes)

    async def describe(self, request: DescribeStateMachineAliasRequest) -> DescribeStateMachineAliasResponse:
        """DescribeStateMachineAlias."""
        name, alias_name = self._read(request.state_machine_alias_arn)
        alias = await self._store.get_alias(name, alias_name)
        if alias is None:
            raise ResourceNotFound.alias(request.state_machine_alias_arn)
        return DescribeStateMachineAliasResponse(
            state_machine_alias_arn=request.state_machine_alias_arn,
            name=alias.name,
            description=alias.description,
            routing_configuration=tuple(
                RoutingConfigurationListItem(
                    state_machine_version_arn=self._arns.version(name, route.version), weight=route.weight
                )
                for route in alias.routes
            ),
            creation_date=alias.created,
            update_date=alias.updated,
        )

    async def update(self, request: UpdateStateMachineAliasRequest) -> UpdateStateMachineAliasResponse:
        """UpdateStateMachineAlias."""
        name, alias_name = self._read(request.state_machine_alias_arn)
        items = request.routing_configuration
        if items is None and request.description is None:
            raise ValidationException(
                "Either the description or the routing configuration must be specified",
                reason="MISSING_REQUIRED_PARAMETER",
            )
        routing = None if items is None else self._routing(items)
        if items is not None and routing is not None and routing.state_machine_name != name:
            raise _no_versions(items)
        await self._check_not_deleting(name)
        routes = None if routing is None else routing.routes
        try:
            alias = await self._store.update_alias(name, alias_name, request.description, routes, self._clock())
        except NoSuchVersion:
            raise _no_versions(items or ()) from None
        if alias is None:
            raise ResourceNotFound.alias(request.state_machine_alias_arn)
        return UpdateStateMachineAliasResponse(update_date=alias.updated)

    async def delete(self, request: DeleteStateMachineAliasRequest) -> DeleteStateMachineAliasResponse:
        """DeleteStateMachineAlias, also of none."""
        arn = self._arns.read_state_machine(request.state_machine_alias_arn)
        if arn.name is not None and arn.alias is not None and arn.label is None:
            await self._store.delete_alias(arn.name, arn.alias)
        return DeleteStateMachineAliasResponse()

    async def list(self, request: ListStateMachineAliasesRequest) -> ListStateMachineAliasesResponse:
        """ListStateMachineAliases, oldest first; the ARN of a version asks for the aliases that name it."""
        arn = self._arns.read_state_machine(request.state_machine_arn)
        aliases = await self._aliases(arn)
        size, arguments = page_size(request.max_results), ("ListStateMachineAliases", arn.text)
        place = page_place(request.next_token, *arguments)
        if place is not None:
            after = _read_place(place)
            aliases = [alias for alias in aliases if (epoch_milliseconds(alias.created), alias.name) > after]
        aliases, token = page_of(aliases, size, _place, *arguments)
        return ListStateMachineAliasesResponse(
            state_machine_aliases=tuple(self._list_item(alias) for alias in aliases), next_token=token
        )

    async def _aliases(self, arn: StateMachineArn) -> Sequence[Alias]:
        if arn.name is None or arn.label is not None or arn.alias is not None:
            raise StateMachineDoesNotExist(arn.text)
        if await self._store.get_state_machine(arn.name) is None:
            raise StateMachineDoesNotExist(arn.text)
        aliases = await self._store.list_aliases(arn.name)
        if arn.qualifier is None:
            return aliases
        return [alias for alias in aliases if any(route.version == arn.version for route in alias.routes)]

    def _list_item(self, alias: Alias) -> StateMachineAliasListItem:
        return StateMachineAliasListItem(
            state_machine_alias_arn=self._arns.alias(alias.state_machine_name, alias.name),
            creation_date=alias.created,
        )

    def _read(self, text: str) -> tuple[str, str]:
        """State machine and alias of an ARN."""
        arn = self._arns.read_state_machine(text)
        if arn.name is None or arn.alias is None or arn.label is not None:
            raise ResourceNotFound.alias(text)
        return arn.name, arn.alias


def _no_versions(items: Sequence[RoutingConfigurationListItem]) -> ValidationException:
    received = ", ".join(item.state_machine_version_arn for item in items)
    return ValidationException(f"Routing configuration must contain state machine version ARNs. Received: [{received}]")


def _place(alias: Alias) -> str:
    return f"{epoch_milliseconds(alias.created)} {alias.name}"


def _read_place(place: str) -> tuple[int, str]:
    created, _, name = place.partition(" ")
    try:
        return int(created), name
    except ValueError:  # only in a token made by hand
        raise InvalidToken from None
