"""Encryption keys for tests."""

from __future__ import annotations

from api.access.sealing import Sealer, new_encryption_key

SEALER = Sealer([new_encryption_key()])
OTHER_SEALER = Sealer([new_encryption_key()])
