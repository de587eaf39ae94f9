"""Task tokens: text that says which activity of which workflow run an answer completes.

There are two kinds: of callbacks, by Temporal's ids, and of tasks that GetActivityTask handed out, which hold
Temporal's own token, so that only the attempt they were given for can be answered.

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
_ATTEMPT: Final = b"\x02"  # begins no JSON, as which the tokens of callbacks are written
_END: Final = b"\x00"


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
        return _wrap(body)

    @classmethod
    def decode(cls, text: str) -> TaskToken:
        """The inverse of `encode`.

        Raises:
            MalformedTokenError: the text is no token, or was changed.
        """
        try:
            members = json.loads(_unwrap(text).decode("utf-8", "surrogatepass"))
        except (UnicodeError, ValueError, RecursionError) as error:
            raise MalformedTokenError(str(error)) from error
        match members:
            case [1, str(namespace), str(workflow_id), str(run_id), str(activity_id)]:
                return cls(namespace, workflow_id, run_id, activity_id)
            case _:
                raise MalformedTokenError(f"the token is not of version {_VERSION}")


@dataclass(frozen=True, slots=True)
class AttemptToken:
    """The attempt of an activity that a token completes, by Temporal's own token for it."""

    namespace: str
    token: bytes

    def encode(self) -> str:
        """The token as clients see it: URL-safe; it can be longer than AWS's 2,048 characters where names are."""
        return _wrap(_ATTEMPT + self.namespace.encode() + _END + self.token)

    @classmethod
    def decode(cls, text: str) -> AttemptToken:
        """The inverse of `encode`.

        Raises:
            MalformedTokenError: the text is no such token, or was changed.
        """
        body = _unwrap(text)
        namespace, end, token = body.removeprefix(_ATTEMPT).partition(_END)
        if not body.startswith(_ATTEMPT) or not end:
            raise MalformedTokenError("the token is not of an activity's task")
        try:
            return cls(namespace.decode(), token)
        except UnicodeError as error:
            raise MalformedTokenError(str(error)) from error


def decode_token(text: str) -> TaskToken | AttemptToken:
    """A token of either kind.

    Raises:
        MalformedTokenError: the text is no token, or was changed.
    """
    return AttemptToken.decode(text) if _unwrap(text).startswith(_ATTEMPT) else TaskToken.decode(text)


def _wrap(body: bytes) -> str:
    return base64.urlsafe_b64encode(body + _check(body)).rstrip(b"=").decode()


def _unwrap(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedTokenError(str(error)) from error
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if check != _check(body):
        raise MalformedTokenError("the token's check does not fit")
    return body


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
