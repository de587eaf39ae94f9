"""Sizes and texts of values, each computed once while a value goes from state to state."""

from __future__ import annotations

from typing import Final

from interpreter.errors import StatesDataLimitExceeded
from interpreter.values import JsonValue, json_bytes

_KEPT: Final = 256
_KEPT_BYTES: Final = 1024 * 1024
"""Thousands of executions are in a worker's memory at once."""

MANY_PARTS: Final = 16
"""So many parts of a template may come to values that are printed without a look at how often they share a part."""

_MOST_PRINTED: Final = 64 * 1024 * 1024  # bytes, in any mode
_DEEPEST: Final = 255  # levels, more than any value that can be printed


def refuse_unprintable(value: JsonValue) -> None:
    """Refuse a value whose JSON text would not fit into memory: what takes one large part a thousand times shares it.

    Raises:
        StatesDataLimitExceeded: see `refuse_bytes`.
    """
    refuse_bytes(_least_size(value, {}, _DEEPEST))


def refuse_bytes(size: int) -> None:
    """Refuse a size that no data of a state may have, whatever the mode: values grow from state to state.

    Raises:
        StatesDataLimitExceeded: it is that large, in words of ours.
    """
    if size > _MOST_PRINTED:
        raise StatesDataLimitExceeded(f"The state's data would have more than {_MOST_PRINTED} bytes.")


def _least_size(value: JsonValue, known: dict[int, int], levels: int) -> int:
    """The characters that printing would take at least; each shared part is looked at once."""
    if isinstance(value, str):
        return len(value)
    if not isinstance(value, dict | list) or levels == 0:
        return 1
    size = known.get(id(value))
    if size is None:
        members = value.values() if isinstance(value, dict) else value
        size = known[id(value)] = 2 + sum(1 + _least_size(member, known, levels - 1) for member in members)
    return size


class Measure:
    """Remembers the JSON text of the containers and long strings seen last, by identity.

    ASL data is never mutated, so identity is enough; the value is kept with its text, so that an id is not reused.

    Attributes:
        bytes_printed: how many bytes were serialised so far, a measure of work done.
    """

    __slots__ = ("_kept_bytes", "_texts", "bytes_printed")

    def __init__(self) -> None:
        self._texts: dict[int, tuple[JsonValue, bytes]] = {}
        self._kept_bytes = 0
        self.bytes_printed = 0

    def encoded(self, value: JsonValue) -> bytes:
        """The compact JSON text of `value` in UTF-8."""
        known = self._texts.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        text = json_bytes(value)
        self.bytes_printed += len(text)
        if isinstance(value, (dict, list, str)):
            if len(self._texts) >= _KEPT or self._kept_bytes + len(text) > _KEPT_BYTES:
                self._texts.clear()
                self._kept_bytes = 0
            self._texts[id(value)] = (value, text)
            self._kept_bytes += len(text)
        return text

    def size(self, value: JsonValue) -> int:
        """The length of the compact JSON text of `value` in bytes."""
        return len(self.encoded(value))

    def text(self, value: JsonValue) -> str:
        """The compact JSON text of `value`."""
        return self.encoded(value).decode("utf-8", "surrogatepass")
