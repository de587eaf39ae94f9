"""The one place where a path that cannot be evaluated becomes the failure of a state."""

from __future__ import annotations

from interpreter.errors import QueryError, StatesRuntime
from interpreter.jsonpath import Path, Scope
from interpreter.values import JsonValue, Missing


def look_up(path: Path, scope: Scope) -> JsonValue | Missing:
    """The value of `path`, or MISSING.

    Raises:
        StatesRuntime: the path cannot be evaluated at all.
    """
    try:
        return path.find_or_missing(scope)
    except QueryError as error:
        raise StatesRuntime(error.detail) from error


def read(path: Path, scope: Scope) -> JsonValue:
    """The value of a path in a field that needs one (InputPath, TimeoutSecondsPath and their like).

    Raises:
        StatesRuntime: the path leads nowhere, `Invalid path '$.X' : No results for path: $['X']`.
    """
    try:
        return path.find(scope)
    except QueryError as error:
        raise StatesRuntime(error.detail) from error
