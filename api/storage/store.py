"""What steploom keeps besides Temporal: the port, and the records that cross it.

`api.storage.sql` implements it over SQLite and PostgreSQL. State machines are keyed by name (one installation is one
account and region). A revision is written once and never changed or removed: executions name what they run by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from interpreter.values import JsonValue

JsonObject: TypeAlias = Mapping[str, JsonValue]


class StoreUnavailable(Exception):
    """The database cannot be reached or is overloaded; the call may be repeated."""


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
    DeleteStateMachine on.
    """

    id: str
    name: str
    type: Literal["STANDARD", "EXPRESS"]
    created: datetime
    revision: Revision
    deleting_since: datetime | None = None


class Store(Protocol):
    """Everything that is stored. Each call is one transaction; each may raise `StoreUnavailable`."""

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

    async def create_state_machine(self, machine: StateMachine, definition: str, tags: Mapping[str, str]) -> bool:
        """Keep a new state machine, its definition's text and its tags; False if the name is taken."""
        ...

    async def get_state_machine(self, name: str) -> StateMachine | None:
        """The state machine of that name."""
        ...

    async def list_state_machines(self, after: str | None, limit: int) -> Sequence[StateMachine]:
        """State machines in the byte order of their names, from the first name beyond `after` on."""
        ...

    async def revise_state_machine(self, revision: Revision, replaced: str, definition: str | None) -> bool:
        """Make `revision` the current one; False unless its state machine is active and at revision `replaced`.

        `definition` is the text of a definition that may be new.
        """
        ...

    async def find_revision(
        self, state_machine_name: str, definition_hash: str, role_arn: str, at: datetime
    ) -> Revision | None:
        """The revision with that definition and role that was current at a time, of a removed machine as well."""
        ...

    async def get_tags(self, state_machine_name: str) -> Mapping[str, str]:
        """The tags of a state machine, by key."""
        ...

    async def mark_deleting(self, name: str, at: datetime) -> None:
        """Set `deleting_since` of a state machine, if there is one; the first time stands."""
        ...

    async def list_deleting(self) -> Sequence[StateMachine]:
        """All state machines that are being deleted."""
        ...

    async def remove_state_machine(self, id_: str) -> None:
        """Remove a state machine that is being deleted, with its tags; its revisions stay."""
        ...
