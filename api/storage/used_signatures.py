"""What is kept of signed requests that were accepted: the record, and the part of the store's port about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

LONG_AGO: Final = 0
"""When a signature was first used of which it is not known, or does not matter, when that was."""


@dataclass(frozen=True, slots=True, order=True)
class UsedSignature:
    """A signature that was accepted, by itself or with what tells apart the requests that have it.

    Attributes:
        expires: from when on it needs not be remembered, in epoch milliseconds; the same for equal signatures.
        hash: its SHA-256.
    """

    expires: int
    hash: bytes


class UsedSignatureStore(Protocol):
    """The signatures that all processes have accepted."""

    async def use_signatures(self, used: Mapping[UsedSignature, int]) -> Mapping[UsedSignature, int]:
        """Note when signatures were first used.

        Args:
            used: the signatures, and the time to note for those that are new; any number.

        Returns:
            Those of them that were noted before, by whatever process, and the time noted then; `LONG_AGO` if it
            has expired, and was removed just now.

        Raises:
            StoreUnavailable: see `api.storage.store`.
        """
        ...

    async def forget_signatures(self, *, before: int, most: int) -> int:
        """Remove those that expired before a time, in epoch milliseconds, but what another process is at.

        Returns:
            How many were removed: `most` where there may be more.

        Raises:
            StoreUnavailable: see `api.storage.store`.
        """
        ...
