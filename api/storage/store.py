"""What steploom keeps besides Temporal: the port, and the records that cross it.

`api.storage.sql` implements it over SQLite and PostgreSQL. State machines are keyed by name (one installation is one
account and region). A revision is written once and never changed or removed: executions name what they run by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

from api.storage.access_keys import AccessKeyStore
from api.storage.connections import ConnectionStore
from api.storage.used_signatures import UsedSignatureStore
from interpreter.values import JsonValue

JsonObject: TypeAlias = Mapping[str, JsonValue]


TagOwner: TypeAlias = Literal["state machine", "activity"]
"""What can have tags; its name tells which."""


MODE_TAG: Final = "steploom:mode"
"""The tag of a state machine that says in which mode its executions begin."""


class StoreUnavailable(Exception):
    """The database cannot be reached or is overloaded; the call may be repeated."""


class LimitReached(Exception):
    """There may be no more of what was to be stored."""


class NoSuchVersion(Exception):
    """A route names a version that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision of a state machine: all that an update can change.

    Attributes:
        id: a UUID, which AWS's `revisionId` shows for all but the first revision.
        state_machine_name: whose revision it is.
        initial: whether it was made by CreateStateMachine.
        definition_hash: names the definition's text, see `Store.get_definition`.
        timeout_seconds: the definition's TimeoutSeconds.
        variable_references: state names to the variables they read, as DescribeStateMachine shows it.
        created: aware, UTC, in milliseconds.
    """

    id: str
    state_machine_name: str
    initial: bool
    definition_hash: str
    role_arn: str
    timeout_seconds: int | None
    logging: JsonObject
    tracing: JsonObject
    encryption: JsonObject
    variable_references: Mapping[str, Sequence[str]]
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachine:
    """A state machine and its current revision.

    `id` tells apart state machines that had the same name one after the other; `deleting_since` is set from
    DeleteStateMachine on; `mode` is the value of its tag `MODE_TAG`, where it has one.
    """

    id: str
    name: str
    type: Literal["STANDARD", "EXPRESS"]
    created: datetime
    revision: Revision
    deleting_since: datetime | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """How a revision is to be published, if it is not so already."""

    description: str | None
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A published revision. Numbers count from 1 and are never used again."""

    state_machine_name: str
    number: int
    revision: Revision
    description: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Revised:
    """An update that was stored, and the number of the version if it was published."""

    version: int | None


@dataclass(frozen=True, slots=True)
class Route:
    """The share of executions, in percent, that an alias gives a version."""

    version: int
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A name for one or two versions of a state machine."""

    state_machine_name: str
    name: str
    description: str | None
    routes: tuple[Route, ...]
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity (the resource that clients poll)."""

    name: str
    encryption: JsonObject
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveCall:
    """A call of RedriveExecution.

    Attributes:
        run_id: the engine's id of the run that had ended, see `api.service.gateway.ExecutionSummary`.
        client_token: the caller's, empty if there was none.
        asked: when it was called.
        redriven: the date of the redrive, None until it is known to have begun.
    """

    run_id: str
    client_token: str
    state_machine_name: str
    execution_name: str
    asked: datetime
    redriven: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExpressRun:
    """A run of a synchronous EXPRESS execution: two compressed JSON documents, until `expires` (epoch milliseconds)."""

    arn: str
    described: bytes
    events: bytes
    expires: int


class Store(AccessKeyStore, ConnectionStore, UsedSignatureStore, Protocol):
    """Everything that is stored. Each call is one transaction; each may raise `StoreUnavailable`."""

    @property
    def writes(self) -> int:
        """Counts the changes made through this object, payloads aside, for those who remember what they read."""
        ...

    @property
    def place(self) -> str:
        """The database's URL, as `api.storage.engine.shown_database` tells it to people."""
        ...

    async def ping(self) -> None:
        """Return if the database answers and has our schema."""
        ...

    async def get_definition(self, hash_: str) -> str | None:
        """The text whose UTF-8 has this SHA-256 (lower-case hex)."""
        ...

    async def put_definition(self, text: str) -> str:
        """Keep a definition's text and return its hash."""
        ...

    async def get_payloads(self, hashes: Sequence[str]) -> Sequence[bytes]:
        """The blobs of these SHA-256 hashes, in their order. Raises: KeyError, with the first missing hash."""
        ...

    async def put_payloads(self, payloads: Sequence[bytes]) -> Sequence[str]:
        """Keep blobs and return their hashes, in their order."""
        ...

    async def create_state_machine(
        self,
        machine: StateMachine,
        definition: str,
        tags: Mapping[str, str],
        publication: Publication | None = None,
    ) -> bool:
        """Keep a new state machine, its definition's text and its tags; False if the name is taken.

        With `publication`, its revision becomes version 1.
        """
        ...

    async def get_state_machine(self, name: str) -> StateMachine | None:
        """The state machine of that name."""
        ...

    async def list_state_machines(self, after: str | None, limit: int) -> Sequence[StateMachine]:
        """State machines in the byte order of their names, from the first name beyond `after` on."""
        ...

    async def revise_state_machine(
        self, revision: Revision, replaced: str, definition: str | None, publication: Publication | None = None
    ) -> Revised | None:
        """Make `revision` the current one; None unless its state machine is active and at revision `replaced`.

        `definition` is the text of a definition that may be new. With `publication` it is published as well.

        Raises:
            LimitReached: there are as many versions as there may be; nothing was changed.
        """
        ...

    async def get_revision(self, id_: str) -> Revision | None:
        """The revision with that id, of a removed machine as well."""
        ...

    async def find_revision(
        self, state_machine_name: str, definition_hash: str, role_arn: str, at: datetime
    ) -> Revision | None:
        """The revision with that definition and role that was current at a time, of a removed machine as well."""
        ...

    async def mark_deleting(self, name: str, at: datetime) -> None:
        """Set `deleting_since` of a state machine, if there is one; the first time stands."""
        ...

    async def list_deleting(self) -> Sequence[StateMachine]:
        """All state machines that are being deleted."""
        ...

    async def remove_state_machine(self, id_: str) -> None:
        """Remove a state machine that is being deleted, with versions, aliases and tags; its revisions stay."""
        ...

    async def publish_version(self, name: str, revision_id: str, publication: Publication) -> Version | None:
        """The version of the current revision, made if need be; None unless active and at that revision.

        Raises:
            LimitReached: there are as many versions as there may be.
        """
        ...

    async def get_version(self, name: str, number: int) -> Version | None:
        """A version of a state machine."""
        ...

    async def list_versions(self, name: str, before: int | None, limit: int) -> Sequence[Version]:
        """Versions by descending number, from the first below `before` on."""
        ...

    async def delete_version(self, name: str, number: int) -> Sequence[str]:
        """Delete a version, if there is one, unless aliases name it: the names of those."""
        ...

    async def create_alias(self, alias: Alias) -> Alias:
        """Keep a new alias; if there is one of that name, that one.

        Raises:
            LimitReached: there are as many aliases as there may be.
            NoSuchVersion: a route names a version that does not exist.
        """
        ...

    async def get_alias(self, state_machine_name: str, name: str) -> Alias | None:
        """An alias of a state machine."""
        ...

    async def list_aliases(self, state_machine_name: str) -> Sequence[Alias]:
        """All aliases of a state machine, the oldest first."""
        ...

    async def update_alias(
        self, state_machine_name: str, name: str, description: str | None, routes: Sequence[Route] | None, at: datetime
    ) -> Alias | None:
        """Change what is given of an alias; None if there is none of that name.

        Raises:
            NoSuchVersion: a route names a version that does not exist.
        """
        ...

    async def delete_alias(self, state_machine_name: str, name: str) -> None:
        """Delete an alias, if there is one."""
        ...

    async def begin_redrive(self, call: RedriveCall) -> None:
        """Keep a call; one that is there already stays as it is."""
        ...

    async def finish_redrive(self, run_id: str, redriven: datetime) -> None:
        """Note on all calls for a run that the execution goes on in another one."""
        ...

    async def list_redrives(self, state_machine_name: str, execution_name: str, limit: int) -> Sequence[RedriveCall]:
        """The last calls for an execution, the newest first."""
        ...

    async def find_redrives(self, run_ids: Sequence[str]) -> Sequence[RedriveCall]:
        """All calls for any of these runs."""
        ...

    async def create_activity(self, activity: Activity, tags: Mapping[str, str]) -> Activity:
        """Keep a new activity and its tags; if there is one of that name, that one."""
        ...

    async def get_activity(self, name: str) -> Activity | None:
        """The activity of that name."""
        ...

    async def list_activities(self, after: str | None, limit: int) -> Sequence[Activity]:
        """Activities in the byte order of their names, from the first name beyond `after` on."""
        ...

    async def delete_activity(self, name: str) -> None:
        """Delete an activity, if there is one, with its tags."""
        ...

    async def get_tags(self, owner: TagOwner, name: str) -> Mapping[str, str] | None:
        """The tags of a resource, by key; None if there is no such resource."""
        ...

    async def put_tags(self, owner: TagOwner, name: str, tags: Mapping[str, str]) -> bool:
        """Add tags, or change their values; False if there is no such resource.

        Raises:
            LimitReached: the resource would have too many; nothing was changed.
        """
        ...

    async def remove_tags(self, owner: TagOwner, name: str, keys: Sequence[str]) -> bool:
        """Remove the tags with these keys; False if there is no such resource."""
        ...

    async def put_express_runs(self, runs: Sequence[ExpressRun], now: int) -> None:
        """Keep runs of EXPRESS executions, and remove those that have expired by `now`, in epoch milliseconds."""
        ...

    async def get_express_run(self, arn: str, now: int) -> ExpressRun | None:
        """The run of an EXPRESS execution that has not expired by `now`, in epoch milliseconds."""
        ...

    async def hold_lease(self, name: str, holder: str, now: int, seconds: float) -> int | None:
        """Be for some seconds from `now` on the one that does a piece of work: its position; None if another is.

        The position of new work is `now`, in epoch milliseconds.
        """
        ...

    async def move_lease(self, name: str, holder: str, position: int) -> bool:
        """Note how far the work is; False if another has taken it over."""
        ...
