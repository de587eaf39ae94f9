"""Pages of lists: their size, and the tokens by which a list goes on.

A token holds the place of the last item shown, so that no page costs more than the one before, and a digest that binds
it to its call's other arguments. It needs no memory of ours and no secret: it gives access to nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Final

from api.service.errors import InvalidToken

_DEFAULT_SIZE: Final = 100
_DIGEST_BYTES: Final = 12


def page_size(max_results: int | None) -> int:
    """How many items a page has: AWS takes 0 and nothing for 100."""
    return max_results or _DEFAULT_SIZE


def page_token(position: bytes, *arguments: object) -> str:
    """The token of the page that follows `position` in the list of a call with these arguments (JSON values)."""
    return base64.urlsafe_b64encode(_digest(position, arguments) + position).decode("ascii")


def page_position(token: str, *arguments: object) -> bytes:
    """The position in a token.

    Raises:
        InvalidToken: the token is not one of ours, or belongs to other arguments.
    """
    try:
        content = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise InvalidToken from None
    position = content[_DIGEST_BYTES:]
    if page_token(position, *arguments) != token:
        raise InvalidToken
    return position


def _digest(position: bytes, arguments: tuple[object, ...]) -> bytes:
    bound = json.dumps([arguments, position.hex()]).encode("ascii")
    return hashlib.sha256(bound).digest()[:_DIGEST_BYTES]
