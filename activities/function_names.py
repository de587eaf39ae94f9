"""Names of Lambda functions: bare, partial ARN or full ARN, with or without qualifier (Lambda API, FunctionName)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LATEST: Final = "$LATEST"

_FORM: Final = re.compile(
    r"(?:arn:[a-z-]+:lambda:)?"
    r"(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?"
    r"(?:(?P<account>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[A-Za-z0-9_-]{1,140})"
    r"(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]{1,128}))?"
)


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function as a definition names it.

    Attributes:
        name: the bare name.
        qualifier: version or alias; None where none was given or where it is `$LATEST`.
        region: the region of the ARN, None where the name has none.
    """

    name: str
    qualifier: str | None = None
    region: str | None = None

    @property
    def qualified(self) -> str:
        """`name` or `name:qualifier`: the key of the functions setting and the Temporal activity type."""
        return self.name if self.qualifier is None else f"{self.name}:{self.qualifier}"


def parse_function_name(text: str, qualifier: str | None = None) -> FunctionName | None:
    """Read a FunctionName and, where the call has one, its Qualifier, which wins over the name's own.

    Returns:
        None where `text` has none of the forms that Lambda accepts.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    chosen = qualifier or match["qualifier"]
    return FunctionName(match["name"], None if chosen == LATEST else chosen, match["region"])


def function_arn(name: str, *, region: str, account_id: str) -> str:
    """The ARN of a function, `name` being bare or `name:qualifier`."""
    return f"arn:aws:lambda:{region}:{account_id}:function:{name}"
