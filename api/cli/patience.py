"""How long a command that watches what goes on anyway waits for a service that does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from api.cli.output import error_console

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse
    from botocore.client import BaseClient

PATIENCE_SECONDS: Final = 30
"""A service may be away so long while it is replaced."""

_PAUSE_SECONDS: Final = 0.5
_ATTEMPTS: Final = 2
"""Of a call to a service that takes connections and then is silent."""

_TOLD_FROM: Final = 2
"""Of the attempts of a call that fail: one alone is a connection that was closed, and nothing to speak of."""

_TOLD_AFTER_SECONDS: Final = 2
"""So long an attempt that fails was silence, and is told even if it is the first."""


class Patience:
    """Has the calls of a client of botocore repeated while nobody answers them, and says so once each time.

    `seconds` are counted by `clock` from the beginning of a call; `pause` is how many there are between two attempts.

    Attributes:
        attempt_seconds: how long an attempt may wait for an answer: one that begins just before the end of the patience
            makes it longer by so much.
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
        self.attempt_seconds = seconds / _ATTEMPTS
        self.is_over = False
        self._endpoint = endpoint
        self._seconds = seconds
        self._pause = pause
        self._clock = clock
        self._since = clock()
        self._is_told = False

    def watch(self, client: BaseClient) -> None:
        """Decide for a client which of its calls that nobody answers are repeated, before botocore would."""
        service_id = client.meta.service_model.service_id.hyphenize()
        client.meta.events.register_first(f"before-call.{service_id}", self.begin)
        client.meta.events.register_first(f"needs-retry.{service_id}", cast(Any, self.pause_seconds))

    def begin(self, **_event: object) -> None:
        """A call begins: a handler of botocore's event `before-call`."""
        self._since = self._clock()
        self._is_told = False

    def pause_seconds(
        self,
        response: tuple[AWSResponse, Any] | None,
        caught_exception: Exception | None,
        attempts: int,
        **_event: object,
    ) -> float | None:
        """Seconds until the call is to be repeated: a handler of botocore's event `needs-retry`.

        False if it is not; None if that is for botocore to say, as somebody has answered.
        """
        if not _is_unanswered(response, caught_exception):
            self.is_over = False
            return None
        passed = self._clock() - self._since
        self.is_over = passed >= self._seconds
        if not self._is_told and (attempts >= _TOLD_FROM or passed >= _TOLD_AFTER_SECONDS):
            self._is_told = True
            error_console().print(
                f"The service at {self._endpoint} does not answer; trying for {self._seconds:g} seconds in all.",
                markup=False,
            )
        return False if self.is_over else self._pause


def _is_unanswered(response: tuple[AWSResponse, Any] | None, caught_exception: Exception | None) -> bool:
    """Whether there is no answer, or one (also of a proxy) that says that there is none now."""
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError

    if response is None:
        return isinstance(caught_exception, NoConnection | HTTPClientError)
    return response[0].status_code >= 500
