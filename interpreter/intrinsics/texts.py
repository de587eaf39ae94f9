"""The intrinsic functions on texts: States.Format and States.StringSplit (developer guide, Intrinsics for strings)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from interpreter.intrinsics.arguments import Arguments, Function
from interpreter.values import JsonValue, json_text

# A place holder, or a backslash with what it escapes; everything else stands for itself.
_FORMAT_MARK: Final = re.compile(r"\{\}|\\[{}\\']")

_LONGEST: Final = 16 * 1024 * 1024
"""Characters, far above what a state may hand on: a large argument may stand in a call many times."""


def _format(arguments: Arguments) -> JsonValue:
    first, *others = _format_pieces(arguments.text(0))
    values = arguments.values[1:]
    if len(others) != len(values):
        fault = f"Expected {len(others)} values for the place holders of the template, but got {len(values)}"
        raise arguments.fault(fault)
    pieces = [first]
    length = 0
    for value, piece in zip(values, others, strict=True):
        printed = _printed(value)
        length += len(printed)
        if length > _LONGEST:
            raise arguments.fault(f"The text would have more than the {_LONGEST} characters allowed")
        pieces += (printed, piece)
    return "".join(pieces)


@lru_cache(maxsize=1024)
def _format_pieces(template: str) -> tuple[str, ...]:
    """The texts around the place holders of a template, without their escapes."""
    pieces = [""]
    at = 0
    for mark in _FORMAT_MARK.finditer(template):
        pieces[-1] += template[at : mark.start()]
        if mark.group() == "{}":
            pieces.append("")
        else:
            pieces[-1] += mark.group()[1]
        at = mark.end()
    pieces[-1] += template[at:]
    return tuple(pieces)


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
