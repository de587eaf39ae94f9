"""The access key that a client signs with, and how AWS's programs are given it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Key:
    """An access key."""

    id: str
    secret: str


ANY: Final = Key("any", "any")
"""Good where nobody is asked who they are."""


def aws_environment(key: Key) -> dict[str, str]:
    """Our environment without the settings of whoever runs the tests, and with this key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STEPLOOM_"))}
    return kept | {"AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret}
