"""The intrinsic functions that encode and hash (developer guide, Intrinsics for data encoding and for hashes)."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from interpreter.digests import ALGORITHMS, digest
from interpreter.intrinsics.arguments import Arguments, Function
from interpreter.values import JsonValue, json_text


def _encode(arguments: Arguments) -> JsonValue:
    text = _bounded(arguments, arguments.text(0))
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")  # as `digest` does


def _decode(arguments: Arguments) -> JsonValue:
    encoded = _bounded(arguments, arguments.text(0))
    padding = "" if len(encoded) % 4 not in {2, 3} else "=" * (-len(encoded) % 4)  # Java's decoder can do without
    try:
        return binascii.a2b_base64(encoded + padding, strict_mode=True).decode("utf-8", "replace")
    except ValueError as error:
        raise arguments.fault(f"The text is not valid Base64: {error}") from error


def _hash(arguments: Arguments) -> JsonValue:
    data, algorithm = arguments.values[0], arguments.text(1)
    if algorithm not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        raise arguments.fault(f"Expected one of the algorithms {known}, but got {algorithm!r}")
    text = _bounded(arguments, data if isinstance(data, str) else json_text(data))
    return digest(text, algorithm)


def _bounded(arguments: Arguments, text: str) -> str:
    most = arguments.quotas.text_characters
    if len(text) > most:
        raise arguments.fault(f"The text has {len(text)} characters, more than the {most} allowed")
    return text


FUNCTIONS: Final = (
    Function("States.Base64Encode", 1, 1, _encode),
    Function("States.Base64Decode", 1, 1, _decode),
    Function("States.Hash", 2, 2, _hash),
)
