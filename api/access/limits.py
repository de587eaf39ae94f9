"""How large a request may be."""

from __future__ import annotations

from typing import Final

DEFAULT_MAX_REQUEST_BYTES: Final = 8 * 1024 * 1024
"""AWS takes 1 MB; a definition of 1 MiB, which its model allows, needs more once its characters are escaped."""
