"""Digests of texts, by the names that AWS has for the algorithms (States.Hash, `$hash`)."""

from __future__ import annotations

import hashlib
from typing import Final

ALGORITHMS: Final = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
"""AWS's names, and Python's."""


def digest(text: str, algorithm: str) -> str:
    """The digest of a text in UTF-8 by one of `ALGORITHMS`, in lower-case hexadecimal."""
    data = text.encode("utf-8", "replace")  # half a surrogate pair becomes '?', as in Java
    return hashlib.new(ALGORITHMS[algorithm], data, usedforsecurity=False).hexdigest()
