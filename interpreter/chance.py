"""Randomness that repeats: every value is a keyed hash of the execution's seed and a counter.

Two families are kept apart by their keys, so that what a definition can see (States.UUID, States.MathRandom) never
helps to guess the operation ids that make task tokens.
"""

from __future__ import annotations

import hashlib
from typing import Final

_VISIBLE: Final = b"visible"
_OPERATION: Final = b"operation"


class SeededChance:
    """The `Chance` of one execution. `visible` and `operations` count the values taken so far."""

    __slots__ = ("_seed", "operations", "visible")

    def __init__(self, seed: str, *, visible: int = 0, operations: int = 0) -> None:
        self._seed = bytes.fromhex(seed)
        self.visible = visible
        self.operations = operations

    def uuid(self) -> str:
        """A version 4 UUID for the definition to see."""
        self.visible += 1
        return _uuid4(self._digest(_VISIBLE, self.visible).hex())

    def random(self) -> float:
        """A number for the definition to see, at least 0 and below 1."""
        self.visible += 1
        return (int.from_bytes(self._digest(_VISIBLE, self.visible)[:8], "big") >> 11) / 2**53

    def operation_id(self, state_name: str) -> str:
        """`<state name>-<uuid>`, unguessable and unique in the execution."""
        self.operations += 1
        return f"{state_name}-{_uuid4(self._digest(_OPERATION, self.operations).hex())}"

    def _digest(self, family: bytes, counter: int) -> bytes:
        return hashlib.blake2b(counter.to_bytes(8, "big"), digest_size=16, key=self._seed[:64], person=family).digest()


def _uuid4(digits: str) -> str:
    """The version 4 UUID of 32 hexadecimal digits, as `uuid.UUID(hex=digits, version=4)` has it, but faster."""
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
