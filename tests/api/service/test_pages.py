"""Tests of `api.service.pages`: tokens are opaque, bound to their call, and checked strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.service.errors import InvalidToken
from api.service.pages import page_of, page_place, page_position, page_size, page_token


@given(st.binary(max_size=400), st.lists(st.none() | st.booleans() | st.text(max_size=10), max_size=3))
def test_gives_back_the_position(position: bytes, arguments: list[object]) -> None:
    assert page_position(page_token(position, *arguments), *arguments) == position


@given(st.text(max_size=60))
def test_refuses_garbage(token: str) -> None:
    with pytest.raises(InvalidToken):
        page_position(token, "List")


TOKEN = page_token(b"position", "List", None)


@pytest.mark.parametrize("arguments", [("List",), ("List", ""), ("List", "arn"), ("Other", None), ("List", None, None)])
def test_refuses_other_arguments(arguments: tuple[object, ...]) -> None:
    with pytest.raises(InvalidToken):
        page_position(TOKEN, *arguments)


@pytest.mark.parametrize(
    "token", [TOKEN[:-1], TOKEN + "=", TOKEN + "AAAA", TOKEN[4:], " " + TOKEN, TOKEN.lower(), "A" + TOKEN[1:]]
)
def test_refuses_changed_tokens(token: str) -> None:
    assert token != TOKEN
    with pytest.raises(InvalidToken):
        page_position(token, "List", None)


def test_the_longest_name_makes_a_token_that_AWS_would_take() -> None:  # noqa: N802
    assert len(page_token(("\U0001f600" * 80).encode(), "ListStateMachines")) <= 1024


@pytest.mark.parametrize("given", [None, 0])
def test_default_size(given: int | None) -> None:
    assert (page_size(given), page_size(7)) == (100, 7)


@pytest.mark.parametrize("number, shown, more", [(0, 0, False), (2, 2, False), (3, 3, False), (4, 3, True)])
def test_pages_of_three(number: int, shown: int, more: bool) -> None:
    page, token = page_of([f"é{each}" for each in range(number)], 3, str, "List")
    assert (list(page), token is not None) == ([f"é{each}" for each in range(shown)], more)
    assert page_place(token, "List") == ("é2" if more else None)


@pytest.mark.parametrize("position", [b"\xff", b"\xed\xa0\x80", b"a\0"], ids=["no UTF-8", "a surrogate", "a NUL"])
def test_refuses_places_in_tokens_made_by_hand(position: bytes) -> None:
    with pytest.raises(InvalidToken):
        page_place(page_token(position, "List"), "List")
