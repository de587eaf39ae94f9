"""How many executions may run inside the service at once, so that its memory has a bound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from api.access.errors import ThrottlingException

DEFAULT_SLOTS: Final = 1_000


class Slots:
    """A number of places, each taken by an execution while it runs.

    Nobody waits for one: who is refused at once with AWS's error, which SDKs repeat after a while, holds no memory.
    """

    def __init__(self, number: int = DEFAULT_SLOTS) -> None:
        self._free = number

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One place, for as long as the block lasts. Raises: ThrottlingException, where none is free."""
        if self._free <= 0:
            raise ThrottlingException
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
