"""Catch: which catcher takes an error, and what it hands on (States Language, "Fallback states")."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.definition.model import Catcher
from interpreter.errors import StatesError, StatesTimeout
from interpreter.retry import error_matches
from interpreter.values import JsonValue


def match_catcher(catchers: Sequence[Catcher], error: StatesError) -> Catcher | None:
    """The first catcher that names the error."""
    for catcher in catchers:
        if error_matches(catcher.error_equals, error):
            return catcher
    return None


def error_output(error: StatesError) -> dict[str, JsonValue]:
    """The error output `{"Error", "Cause"}`.

    A timeout has an empty cause; a callback that failed without error or cause shows null (both recorded).
    """
    cause = "" if error.cause is None and isinstance(error, StatesTimeout) else error.cause
    return {"Error": error.name, "Cause": cause}
