"""Encrypts what must be kept in a form that can be read again: the secrets of keys that sign.

A signature is an HMAC with the secret, so that a hash of it would not do. The encryption is Fernet of the package
`cryptography`, with as many keys as there are: the first encrypts, every one decrypts, so that keys can be changed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

HOW_TO_MAKE_ONE: Final = (
    "make one with `(umask 077; steploom keys new-encryption-key > FILE)`, keep it as you keep secrets, and name it in "
    "encryption_key_file (STEPLOOM_ENCRYPTION_KEY_FILE), or set STEPLOOM_ENCRYPTION_KEY to what is in it."
)
"""What to do where there is no encryption key."""

_KEY_BYTES: Final = 32


class SealingError(Exception):
    """An encryption key is malformed, or the one that a secret was encrypted with is not there."""


class Sealer:
    """Encrypts and decrypts secrets, each bound to the key it belongs to.

    Args:
        keys: base64 (either alphabet) of 32 bytes each; the first encrypts.

    Raises:
        SealingError: a key is malformed, or there is none.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise SealingError("there is no encryption key")
        self._fernet = MultiFernet([Fernet(_checked(key, number)) for number, key in enumerate(keys, 1)])

    def seal(self, key_id: str, secret: str) -> str:
        """A secret, encrypted; it opens for the same key id only."""
        return self._fernet.encrypt(f"{key_id}:{secret}".encode()).decode()

    def open(self, key_id: str, sealed: str) -> str:
        """The secret again.

        Raises:
            SealingError: it was encrypted with another encryption key, for another id, or was changed since.
        """
        try:
            owner, _, secret = self._fernet.decrypt(sealed).decode().partition(":")
        except InvalidToken:
            raise SealingError(f"the secret of {key_id} was encrypted with a key that is not there") from None
        if owner != key_id:
            raise SealingError(f"the secret of {key_id} is that of another key")
        return secret


def new_encryption_key() -> str:
    """A new encryption key, by chance."""
    return Fernet.generate_key().decode()


def _checked(key: str, number: int) -> bytes:
    try:
        decoded = base64.b64decode(key.translate(str.maketrans("-_", "+/")), validate=True)
    except (ValueError, binascii.Error):
        decoded = b""
    if len(decoded) != _KEY_BYTES:
        raise SealingError(f"encryption key {number} is not the base64 of {_KEY_BYTES} bytes")
    return base64.urlsafe_b64encode(decoded)
