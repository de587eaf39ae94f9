"""Pages of lists: their size, and the tokens by which a list goes on.

A token holds the place of the last item shown, so that no page costs more than the one before, and a digest that binds
it to its call's other arguments. It needs no memory of ours and no secret: it gives access to nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from api.service.errors import InvalidToken

_Item = TypeVar("_Item")

_DEFAULT_SIZE: Final = 100
_DIGEST_BYTES: Final = 12


def page_size(max_results: int | None) -> int:
    """How many items a page has: AWS takes 0 and nothing for 100."""
    return max_results or _DEFAULT_SIZE


def page_of(
    found: Sequence[_Item], size: int, place: Callable[[_Item], str], *arguments: object
) -> tuple[Sequence[_Item], str | None]:
    """The items of a page, and the token of the next one if more than these were found.

    Args:
        found: the items from the page's first on, at least one more than the page has if there are more.
        size: how many a page has.
        place: what tells where an item stands in the list.
        arguments: see `page_token`.
    """
    if len(found) <= size:
        return found, None
    return found[:size], page_token(place(found[size - 1]).encode(), *arguments)


def page_place(token: str | None, *arguments: object) -> str | None:
    """The place of the item before the page that a token asks for; None for the first page.

    Raises:
        InvalidToken: see `page_position`.
    """
    if token is None:
        return None
    try:
        place = page_position(token, *arguments).decode()
    except UnicodeDecodeError:  # only in a token made by hand, as below
        raise InvalidToken from None
    if "\0" in place:  # which no name has, and PostgreSQL takes in no text
        raise InvalidToken
    return place


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
