"""What is kept of access keys: the record, and the part of the store's port that is about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from interpreter.values import JsonValue

KeyKind: TypeAlias = Literal["signature", "token", "certificate"]
"""How a key's owner shows that it is them: by signing calls, with a bearer token, or with a client certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """One access key.

    Attributes:
        id: 20 capital letters and digits, as AWS's are.
        user: who it belongs to, for people; several keys may have one.
        kind: see `KeyKind`.
        verifier: what the owner is known by. Of a signature the secret, encrypted; of a token the SHA-256 of its secret
            (lower-case hex); of a certificate the name in it. Unique among the keys of its kind.
        policy: the policy document.
        created: aware, UTC, in milliseconds.
        expires: from when on it is void; None for never.
        disabled: whether it is void for now.
    """

    id: str
    user: str
    kind: KeyKind
    verifier: str
    policy: Mapping[str, JsonValue]
    created: datetime
    expires: datetime | None = None
    disabled: bool = False


class AccessKeyStore(Protocol):
    """The access keys. Each call is one transaction; each may raise `api.storage.store.StoreUnavailable`."""

    async def create_access_key(self, key: AccessKey) -> bool:
        """Keep a new key; False if there is one of its id, or one of its kind with its verifier."""
        ...

    async def get_access_key(self, id_: str) -> AccessKey | None:
        """The key with that id."""
        ...

    async def find_access_key(self, kind: KeyKind, verifier: str) -> AccessKey | None:
        """The key of that kind with that verifier."""
        ...

    async def list_access_keys(self) -> Sequence[AccessKey]:
        """All keys, the oldest first."""
        ...

    async def change_access_key(self, id_: str, change: Callable[[AccessKey], AccessKey]) -> AccessKey | None:
        """Write `verifier`, `policy`, `expires` and `disabled` as `change` makes them of the key with that id.

        Nobody else changes the key between. None if there is none; what `change` raises leaves the key as it was.
        """
        ...

    async def delete_access_key(self, id_: str) -> bool:
        """Delete a key; False if there is none with that id."""
        ...
