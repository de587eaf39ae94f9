"""The intrinsic functions on texts: States.Format and States.StringSplit (developer guide, Intrinsics for strings)."""

from __future__ import annotations

import re
from typing import Final

from interpreter.intrinsics.arguments import Arguments, Function
from interpreter.values import JsonValue, json_text

# A place holder, or a backslash with what it escapes; everything else stands for itself.
_FORMAT_MARK: Final = re.compile(r"\{\}|\\[{}\\']")


def _format(arguments: Arguments) -> JsonValue:
    template, values = arguments.text(0), list(map(_printed, arguments.values[1:]))
    holders = sum(mark.group() == "{}" for mark in _FORMAT_MARK.finditer(template))
    if holders != len(values):
        raise arguments.fault(f"Expected {holders} values for the place holders of the template, but got {len(values)}")
    remaining = iter(values)
    return _FORMAT_MARK.sub(lambda mark: next(remaining) if mark.group() == "{}" else mark.group()[1], template)


def _printed(value: JsonValue) -> str:
    """A value inside a formatted text; containers look like Java collections, `{Arg1=1, Arg2=[]}` (recorded on AWS)."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{', '.join(map(_printed, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={_printed(member)}" for name, member in value.items()) + "}"
    return json_text(value)


def _split(arguments: Arguments) -> JsonValue:
    """Every character of the second argument separates; empty pieces are dropped (recorded on AWS)."""
    text, separators = arguments.text(0), set(arguments.text(1))
    pieces: list[JsonValue] = []
    piece: list[str] = []
    for character in text:
        if character not in separators:
            piece.append(character)
        elif piece:
            pieces.append("".join(piece))
            piece = []
    return [*pieces, "".join(piece)] if piece else pieces


FUNCTIONS: Final = (
    Function("States.Format", 1, None, _format),
    Function("States.StringSplit", 2, 2, _split),
)
