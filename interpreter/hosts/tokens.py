"""Task tokens: text that says which activity of which workflow run a callback completes.

A token needs no store: the uuid in its activity id, a keyed hash of the execution's seed, makes it unguessable, and the
check at its end tells a damaged token (AWS: InvalidToken) from one whose task is over (AWS: TaskTimedOut).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Final

_VERSION: Final = 1
_CHECK_BYTES: Final = 6


class MalformedTokenError(ValueError):
    """The text is no task token."""


@dataclass(frozen=True, slots=True)
class TaskToken:
    """The activity that a token completes, by Temporal's ids."""

    namespace: str
    workflow_id: str
    run_id: str
    activity_id: str

    def encode(self) -> str:
        """The token as clients see it: URL-safe, at most 2,048 characters for any legal names."""
        body = json.dumps(
            [_VERSION, self.namespace, self.workflow_id, self.run_id, self.activity_id],
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode("utf-8", "surrogatepass")
        return base64.urlsafe_b64encode(body + _check(body)).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> TaskToken:
        """The inverse of `encode`.

        Raises:
            MalformedTokenError: the text is no token, or was changed.
        """
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
            if check != _check(body):
                raise MalformedTokenError("the token's check does not fit")
            members = json.loads(body.decode("utf-8", "surrogatepass"))
        except (binascii.Error, UnicodeError, ValueError, RecursionError) as error:
            raise MalformedTokenError(str(error)) from error
        match members:
            case [1, str(namespace), str(workflow_id), str(run_id), str(activity_id)]:
                return cls(namespace, workflow_id, run_id, activity_id)
            case _:
                raise MalformedTokenError(f"the token is not of version {_VERSION}")


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
