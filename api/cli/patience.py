"""How long a command that watches what goes on anyway waits for a service that does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from api.cli.output import error_console

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

PATIENCE_SECONDS: Final = 30
"""A service may be away so long while it is replaced."""

_PAUSE_SECONDS: Final = 0.5
_TOLD_FROM: Final = 2
"""Of the attempts of a call that fail: one alone is a connection that was closed, and nothing to speak of."""


class Patience:
    """Has the calls of a client of botocore repeated while nobody answers them, and says so once each time.

    `clock` counts seconds, `pause` is how many there are between two attempts.

    Attributes:
        is_over: whether the last call was given up.
    """

    def __init__(
        self,
        endpoint: str,
        seconds: float = PATIENCE_SECONDS,
        *,
        pause: float = _PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_over = False
        self._endpoint = endpoint
        self._seconds = seconds
        self._pause = pause
        self._clock = clock
        self._since = 0.0

    def pause_seconds(
        self,
        response: tuple[AWSResponse, Any] | None,
        caught_exception: Exception | None,
        attempts: int,
        **_event: object,
    ) -> float | None:
        """Seconds until the call is to be repeated, None if it is not: a handler of botocore's event `needs-retry`."""
        if not _is_unanswered(response, caught_exception):
            self.is_over = False  # botocore may have gone on, by its own count
            return None
        if attempts == 1:
            self._since = self._clock()
        if attempts == _TOLD_FROM:
            error_console().print(
                f"The service at {self._endpoint} does not answer; trying on for {self._seconds:g} seconds.",
                markup=False,
            )
        self.is_over = self._clock() - self._since >= self._seconds
        return None if self.is_over else self._pause


def _is_unanswered(response: tuple[AWSResponse, Any] | None, caught_exception: Exception | None) -> bool:
    """Whether there is no answer, or one (also of a proxy) that says that there is none now."""
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError

    if response is None:
        return isinstance(caught_exception, NoConnection | HTTPClientError)
    return response[0].status_code >= 500
