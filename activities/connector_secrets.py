"""What must not be read in causes and logs: passwords in URLs, and values whose names say that they are secret."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from interpreter.values import JsonValue

HIDDEN: Final = "***"

_SECRET_NAME: Final = re.compile(
    r"auth|cookie|credential|passw|passphrase|private|secret|session|signature|token|api[-_]?key|access[-_]?key",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NOT_SECRET: Final = frozenset({"authentication", "authtype"})


def shown_url(url: str) -> str:
    """A URL without user, password, query and fragment, all of which may be secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(not a URL)"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def without_secrets(value: JsonValue) -> JsonValue:
    """Arguments with `***` in place of what is or may be secret; what is not stays as it is."""
    match value:
        case dict():
            return {
                name: HIDDEN if _is_secret(name, member) else without_secrets(member) for name, member in value.items()
            }
        case list():
            return [without_secrets(item) for item in value]
        case str() if _URL.match(value) and _has_hidden_part(value):
            return shown_url(value)
        case _:
            return value


def _is_secret(name: str, value: JsonValue) -> bool:
    return value is not None and name.lower() not in _NOT_SECRET and _SECRET_NAME.search(name) is not None


def _has_hidden_part(url: str) -> bool:
    return "@" in url or "?" in url or "#" in url
