"""Tokens of tasks that GetActivityTask handed out, beside those of callbacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.hosts.tokens import AttemptToken, MalformedTokenError, TaskToken, decode_token

ATTEMPT = AttemptToken("default", b"\x00\x01token\xff")
WAIT = TaskToken("default", "m:e", "run", "T-1")


@given(namespace=st.text(st.characters(codec="utf-8", exclude_characters="\x00")), token=st.binary())
def test_come_back(namespace: str, token: bytes) -> None:
    made = AttemptToken(namespace, token)
    assert decode_token(made.encode()) == made


@pytest.mark.parametrize("token", [ATTEMPT, WAIT], ids=["attempt", "wait"])
def test_kinds_are_told_apart(token: AttemptToken | TaskToken) -> None:
    text = token.encode()
    assert decode_token(text) == token
    other = TaskToken if isinstance(token, AttemptToken) else AttemptToken
    with pytest.raises(MalformedTokenError):
        other.decode(text)


@given(st.text())
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(MalformedTokenError):
        decode_token(text)


def test_damaged_ones_are_refused() -> None:
    text = ATTEMPT.encode()
    for place in range(len(text)):
        damaged = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(MalformedTokenError):
            decode_token(damaged)
