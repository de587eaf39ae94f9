"""Task tokens: they come back as they were, and a damaged one is told from one whose task is over."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.hosts.tokens import MalformedTokenError, TaskToken

_UUID = "0b6f0ad8-2a6d-4b0e-9a43-2f2b8f3e6c11"
TOKEN = TaskToken("default", "orders:A-9001", _UUID, f"Charge-{_UUID}")

_NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80)


@given(namespace=_NAMES, machine=_NAMES, name=_NAMES, state=_NAMES)
def test_round_trip(namespace: str, machine: str, name: str, state: str) -> None:
    token = TaskToken(namespace, f"{machine}:{name}", _UUID, f"{state}-{_UUID}")

    assert TaskToken.decode(token.encode()) == token


@pytest.mark.parametrize("letter", ["x", "ä", "漢", "\U0001f600", '"', "\\"], ids=ascii)
def test_the_longest_names_fit(letter: str) -> None:
    """Machine, execution and state names have at most 80 letters, of four bytes at most."""
    token = TaskToken("default", f"{letter * 80}:{letter * 80}", _UUID, f"{letter * 80}-{_UUID}").encode()

    assert 1 <= len(token) <= 2048
    assert token.isascii()
    assert TaskToken.decode(token).activity_id == f"{letter * 80}-{_UUID}"


def test_every_changed_letter_is_noticed() -> None:
    token = TOKEN.encode()

    for place, letter in enumerate(token):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        if base64.urlsafe_b64decode(_padded(changed)) == base64.urlsafe_b64decode(_padded(token)):
            continue  # bits of the last letter that stand for nothing
        with pytest.raises(MalformedTokenError):
            TaskToken.decode(changed)


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def _checked(body: bytes) -> str:
    """A body with a check that fits, as another release could have made it."""
    check = hashlib.sha256(body).digest()[:6]
    return base64.urlsafe_b64encode(body + check).rstrip(b"=").decode()


DAMAGED = {
    "empty": "",
    "one letter": "A",
    "no token at all": "token",
    "cut short": TOKEN.encode()[:-4],
    "longer": TOKEN.encode() + "AAAA",
    "blank inside": f"{TOKEN.encode()[:10]} {TOKEN.encode()[10:]}",
    "not of the alphabet": "$" * 40,
    "not ASCII": "ä" * 40,
    "JSON of another kind": _checked(b'{"a":1}'),
    "a number": _checked(b"7"),
    "no members": _checked(b"[]"),
    "another version": _checked(b'[2,"n","w","r","a"]'),
    "too few members": _checked(b'[1,"n","w","r"]'),
    "members that are no text": _checked(b'[1,"n","w","r",5]'),
    "not UTF-8": _checked(b'[1,"\xff\xfe"]'),
    "nested beyond measure": _checked(b"[" * 100_000),
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(MalformedTokenError):
        TaskToken.decode(text)


@given(st.text(max_size=300))
def test_nothing_else_is_raised(text: str) -> None:
    with pytest.raises(MalformedTokenError):
        TaskToken.decode(text)
