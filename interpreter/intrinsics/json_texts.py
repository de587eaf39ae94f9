"""The intrinsic functions on JSON: to text, from text, merged (developer guide, Intrinsics for JSON data)."""

from __future__ import annotations

from typing import Final

from interpreter.intrinsics.arguments import Arguments, Function
from interpreter.values import JsonValue, json_text, parse_json


def _string_to_json(arguments: Arguments) -> JsonValue:
    """Blank text gives null (recorded on AWS)."""
    text = arguments.text(0)
    if not text.strip():
        return None
    try:
        return parse_json(text)
    except (ValueError, RecursionError) as error:
        raise arguments.fault(f"The text is not valid JSON: {error}") from error


def _json_to_string(arguments: Arguments) -> JsonValue:
    return json_text(arguments.values[0])


def _merge(arguments: Arguments) -> JsonValue:
    if arguments.boolean(2):
        raise arguments.fault("Deep merging is not supported: the third argument must be false")
    return {**arguments.object(0), **arguments.object(1)}


FUNCTIONS: Final = (
    Function("States.StringToJson", 1, 1, _string_to_json),
    Function("States.JsonToString", 1, 1, _json_to_string),
    Function("States.JsonMerge", 3, 3, _merge),
)
