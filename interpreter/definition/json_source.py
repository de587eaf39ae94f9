"""JSON text as people write it: its value, what is wrong with it, and where in it things stand.

The usual way is Python's own decoder. Only when it refuses a text does the scanner of `json_faults` look for the fault,
and only when there are diagnostics are lines and columns worked out.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from interpreter.definition.diagnostics import Location
from interpreter.definition.json_faults import JsonFault, find_fault
from interpreter.values import JsonValue

MAX_NESTING: Final = 200
"""Containers in containers; leaves every recursive walk of a definition far from Python's own limit."""

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


def load_json(text: str, *, unique_names: bool) -> JsonValue:
    """The value of a JSON text; `unique_names` refuses objects in which a name stands twice.

    Numbers beyond a double's range and integers of more than 4,300 digits are refused.

    Raises:
        JsonFault: the text is not JSON, or breaks one of these rules.
        RecursionError: the text is nested beyond what Python's decoder can follow.
    """
    hook = _unique_members if unique_names else None
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse, parse_float=_finite_float, object_pairs_hook=hook)
    except ValueError:
        raise find_fault(text, unique_names) from None
    return value


def jackson_error(text: str) -> str | None:
    """What StartExecution says between quotes about an input that is not JSON; None where the text is JSON.

    Recorded: a blank text gives `Invalid execution input.` (as here a lone surrogate does), any other fault Jackson's
    first sentence.
    """
    if not text.strip() or not is_unicode(text):
        return "Invalid execution input."
    try:
        load_json(text, unique_names=False)
    except JsonFault as fault:
        return fault.message
    except RecursionError:
        return "Document nesting depth exceeds the maximum allowed"
    return None


def is_unicode(text: str) -> bool:
    """Whether `text` has no lone surrogates, which no UTF-8 can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def nesting_exceeds(value: JsonValue, limit: int) -> bool:
    """Whether `value` holds more than `limit` containers within each other."""
    level: list[JsonValue] = [value]
    for _ in range(limit + 1):
        level = [child for container in level for child in _children(container)]
        if not level:
            return False
    return True


def _children(value: JsonValue) -> Iterable[JsonValue]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse(name: str) -> JsonValue:
    raise ValueError(name)


def _finite_float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate name")
    return members


@dataclass(slots=True)
class _Wanted:
    here: list[Location] = field(default_factory=list)
    below: dict[str | int, _Wanted] = field(default_factory=dict)


def find_positions(text: str, places: Iterable[Location]) -> dict[Location, tuple[int, int]]:
    """Line and column, both from 1, at which the values at `places` start; a missing place has that of its parent.

    `text` must be valid JSON. Only the containers on the way to a place are walked; all else is skipped by Python's
    own decoder.
    """
    root = _Wanted()
    for place in places:
        node = root
        for part in place:
            node = node.below.setdefault(part, _Wanted())
        node.here.append(place)
    offsets: dict[Location, int] = {}
    _locate(text, _skip_blank(text, 0), root, offsets)
    breaks = [match.start() for match in re.finditer("\n", text)]
    return {place: _line_and_column(breaks, offset) for place, offset in offsets.items()}


def _line_and_column(breaks: list[int], offset: int) -> tuple[int, int]:
    line = bisect_right(breaks, offset)
    return line + 1, offset - (breaks[line - 1] if line else -1)


def _skip_blank(text: str, offset: int) -> int:
    match = _BLANK.match(text, offset)
    return match.end() if match else offset


def _locate(text: str, offset: int, wanted: _Wanted, offsets: dict[Location, int]) -> int:
    """Note where the wanted values in the value at `offset` start; returns the offset after that value."""
    for place in wanted.here:
        offsets[place] = offset
    if not wanted.below or text[offset] not in "{[":
        _note_missing(wanted.below.values(), offset, offsets)
        return _DECODER.raw_decode(text, offset)[1]
    missing = dict(wanted.below)
    is_object, index = text[offset] == "{", 0
    at = _skip_blank(text, offset + 1)
    while text[at] not in "}]":
        key: str | int = index
        if is_object:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip_blank(text, _skip_blank(text, at) + 1)
        child = missing.pop(key, None)
        at = _DECODER.raw_decode(text, at)[1] if child is None else _locate(text, at, child, offsets)
        at = _skip_blank(text, at)
        if text[at] == ",":
            at = _skip_blank(text, at + 1)
        index += 1
    _note_missing(missing.values(), offset, offsets)
    return at + 1


def _note_missing(wanted: Iterable[_Wanted], offset: int, offsets: dict[Location, int]) -> None:
    """Give the offset of their nearest parent to values that are not there."""
    pending = list(wanted)
    while pending:
        node = pending.pop()
        for place in node.here:
            offsets[place] = offset
        pending.extend(node.below.values())
