"""What an HTTP Task asked and was answered, as text, kept where somebody looks at it: TestState at its level TRACE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; `protocol` is its URL's scheme."""

    protocol: str
    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    body: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, of the URL to which the last redirect led."""

    protocol: str
    status: int
    reason: str
    headers: Mapping[str, Sequence[str]]
    body: str


@dataclass(slots=True)
class Exchange:
    """One call.

    Attributes:
        asked: the first request, as it was sent.
        shown: the same without what its connection adds, which may be secret.
        answered: None where no whole answer came.
    """

    asked: Asked
    shown: Asked
    answered: Answered | None = None


_KEPT: Final[ContextVar[list[Exchange] | None]] = ContextVar("http_exchanges", default=None)


@contextmanager
def kept_exchanges() -> Iterator[list[Exchange]]:
    """The exchanges of all HTTP Tasks that are run within, and in what is begun there, as they come."""
    exchanges: list[Exchange] = []
    token = _KEPT.set(exchanges)
    try:
        yield exchanges
    finally:
        _KEPT.reset(token)


def are_kept() -> bool:
    """Whether somebody looks."""
    return _KEPT.get() is not None


def keep(exchange: Exchange) -> None:
    """Keep an exchange for those who look."""
    kept = _KEPT.get()
    if kept is not None:
        kept.append(exchange)
