"""Sizes and texts of values, each computed once while a value goes from state to state."""

from __future__ import annotations

from typing import Final

from interpreter.values import JsonValue, json_bytes

_KEPT: Final = 256
_KEPT_BYTES: Final = 1024 * 1024
"""Thousands of executions are in a worker's memory at once."""


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
