"""Sizes and texts of values, each computed once while a value goes from state to state."""

from __future__ import annotations

from typing import Final

from interpreter.values import JsonValue, json_bytes

_KEPT: Final = 256


class Measure:
    """Remembers the JSON text of the containers and long strings seen last, by identity.

    ASL data is never mutated, so identity is enough; the value is kept with its text, so that an id is not reused.

    Attributes:
        bytes_printed: how many bytes were serialised so far, a measure of work done.
    """

    __slots__ = ("_texts", "bytes_printed")

    def __init__(self) -> None:
        self._texts: dict[int, tuple[JsonValue, bytes]] = {}
        self.bytes_printed = 0

    def encoded(self, value: JsonValue) -> bytes:
        """The compact JSON text of `value` in UTF-8."""
        known = self._texts.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        text = json_bytes(value)
        self.bytes_printed += len(text)
        if isinstance(value, (dict, list, str)):
            if len(self._texts) >= _KEPT:
                self._texts.clear()
            self._texts[id(value)] = (value, text)
        return text

    def size(self, value: JsonValue) -> int:
        """The length of the compact JSON text of `value` in bytes."""
        return len(self.encoded(value))

    def text(self, value: JsonValue) -> str:
        """The compact JSON text of `value`."""
        return self.encoded(value).decode("utf-8", "surrogatepass")
