"""Names as the AWS SDK for Java makes them of an API's: version 2.x those that `aws-sdk` integrations show.

Exceptions are named after its classes (`Rds.DbInstanceNotFoundException` for `DBInstanceNotFoundFault`), members after
its getters (`DbInstances` for `DBInstances`, but `ETag` and `ChecksumCRC32`, which are recorded). Follows the naming
strategy of the SDK's code generator.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_EXCEPTION: Final = "Exception"
_FAULT: Final = "Fault"

_BOUNDARIES: Final = (
    (re.compile(r"[^A-Za-z0-9]+"), " "),
    (re.compile(r"([^a-z]{2,})v([0-9]+)"), r"\1 v\2 "),
    (re.compile(r"([^A-Z]{2,})V([0-9]+)"), r"\1 V\2 "),
    (re.compile(r"(?<=[a-z])(?=[A-Z][A-Za-z0-9])"), " "),
    (re.compile(r"([A-Z]+)([A-Z][a-z])"), r"\1 \2"),
    (re.compile(r"([0-9])([A-Za-z])"), r"\1 \2"),
)
"""Where words end, one rule after the other: at other signs, before versions, humps, after acronyms, after digits."""

_RENAMED: Final = {"NULL": "Nul"}
"""Members that would be words of Java's own."""


def pascal_words(name: str) -> str:
    """A name in PascalCase, each word of it with one capital letter: `KMSDisabled` becomes `KmsDisabled`."""
    for boundary, instead in _BOUNDARIES:
        name = boundary.sub(instead, name)
    return "".join(word[:1].upper() + word[1:].lower() for word in name.split())


def exception_name(shape: str) -> str:
    """The class of an exception that an API's model calls `shape`."""
    return exception_name_v1(pascal_words(shape))


def exception_name_v1(shape: str) -> str:
    """Its class in version 1 of the SDK, as optimized integrations show it: it keeps the API's capital letters."""
    name = shape.removesuffix(_FAULT)
    return name if name.endswith(_EXCEPTION) else name + _EXCEPTION


@lru_cache(maxsize=4096)
def member_name(member: str) -> str:
    """A member of a request or an answer in PascalCase: of capital letters at its begin one remains."""
    if member in _RENAMED:
        return _RENAMED[member]
    end = 1
    while end < len(member) and member[end].isupper() and (end + 1 == len(member) or member[end + 1].isupper()):
        end += 1
    return member[:1].upper() + member[1:end].lower() + member[end:]
