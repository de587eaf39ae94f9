"""Makes access keys, and says what a bearer token is.

Ids look like AWS's (20 capital letters and digits) and begin with letters that none of AWS's has, so that nobody takes
one for the other. Secrets have 240 bits of the operating system's chance: too many to guess, so that of tokens one
SHA-256 is enough of a hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from api.access.policy import parse_policy
from api.access.sealing import Sealer
from api.storage.access_keys import AccessKey, KeyKind
from interpreter.values import JsonValue

_ID_PREFIX: Final = "STPL"
_ID: Final = re.compile(r"[A-Z0-9]{20}", re.ASCII)
_USER: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_TOKEN: Final = re.compile(r"steploom_([A-Z0-9]{20})_([A-Za-z0-9_-]{40})", re.ASCII)
_CERTIFICATE_NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_SECRET_BYTES: Final = 30  # 40 characters of base64, without padding


class KeyRefused(Exception):
    """A key cannot be made like this; the message says why."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it was made, with its secret, which nobody can read again: a secret key, a token, or nothing."""

    key: AccessKey
    secret: str | None


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A token in its parts: whose it says it is, and the hash that shows it."""

    key_id: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTerms:
    """What all kinds of keys have.

    Raises:
        KeyRefused: the user's name is none of IAM's.
        PolicyError: see `parse_policy`.
    """

    user: str | None
    policy: Mapping[str, JsonValue]
    created: datetime
    expires: datetime | None = None

    def __post_init__(self) -> None:
        if self.user is not None and not _USER.fullmatch(self.user):
            raise KeyRefused(f"{self.user!r} is no name of a user: 1 to 64 letters, digits and + = , . @ _ -")
        parse_policy(dict(self.policy))


def is_key_id(text: str) -> bool:
    """Whether a text can be the id of a key."""
    return _ID.fullmatch(text) is not None


def is_certificate_name(text: str) -> bool:
    """Whether a text can be the name in a certificate that a key is for."""
    return _CERTIFICATE_NAME.fullmatch(text) is not None


def new_signature_key(terms: KeyTerms, sealer: Sealer) -> NewKey:
    """An access key for AWS clients, which sign with its secret."""
    id_, secret = _new_id(), base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    return NewKey(_key(terms, id_, "signature", sealer.seal(id_, secret)), secret)


def new_token_key(terms: KeyTerms) -> NewKey:
    """A bearer token."""
    id_, secret = _new_id(), secrets.token_urlsafe(_SECRET_BYTES)
    return NewKey(_key(terms, id_, "token", _hash(secret)), f"steploom_{id_}_{secret}")


def new_certificate_key(terms: KeyTerms, name: str) -> NewKey:
    """What the owners of a client certificate with this name may do.

    Raises:
        KeyRefused: no certificate can have the name.
    """
    if not is_certificate_name(name):
        raise KeyRefused("A name in a certificate has 1 to 255 characters, and no control characters.")
    return NewKey(_key(terms, _new_id(), "certificate", name), None)


def new_of_same(key: AccessKey, sealer: Callable[[], Sealer], created: datetime) -> NewKey:
    """A new key of the same user, kind and policy, without an end; `sealer` is asked for only if there is need.

    Raises:
        KeyRefused: it is a certificate's, of which steploom makes no new one.
    """
    terms = KeyTerms(user=key.user, policy=key.policy, created=created)
    match key.kind:
        case "signature":
            return new_signature_key(terms, sealer())
        case "token":
            return new_token_key(terms)
        case "certificate":
            raise KeyRefused("A client certificate is renewed by its authority; the key holds for the name in it.")
        case _:
            assert_never(key.kind)


def read_token(text: str) -> BearerToken | None:
    """A bearer token's parts; None if it is none of ours."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else BearerToken(found[1], _hash(found[2]))


def _key(terms: KeyTerms, id_: str, kind: KeyKind, verifier: str) -> AccessKey:
    return AccessKey(
        id=id_,
        user=terms.user or id_,
        kind=kind,
        verifier=verifier,
        policy=terms.policy,
        created=terms.created,
        expires=terms.expires,
    )


def _new_id() -> str:
    return _ID_PREFIX + base64.b32encode(secrets.token_bytes(10)).decode()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
