"""Temporal's errors in the words of the application service."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from temporalio.client import AsyncActivityCancelledError, Client
from temporalio.service import RPCError, RPCStatusCode

from api.service.gateway import EngineUnavailable, MalformedToken, NoSuchTask

_LOG: Final = logging.getLogger(__name__)
_TRANSIENT: Final = frozenset(
    (
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.CANCELLED,
    )
)
"""What the SDK itself repeats a call for. A connection that breaks during one is UNKNOWN ("transport error", observed),
or what gRPC has for a stream that is cut: INTERNAL, CANCELLED."""


@contextmanager
def engine_errors() -> Iterator[None]:
    """Around calls of Temporal. Raises: EngineUnavailable, where it does not answer now."""
    try:
        yield
    except RPCError as error:
        if error.status in _TRANSIENT:
            raise EngineUnavailable(f"Temporal: {error.message}") from error
        raise


class EngineContact:
    """Whether Temporal answers the calls of one client: the log says when it no longer does, and when it does again.

    It names Temporal's address. The errors are for callers, who are not told where things are behind the door.
    """

    def __init__(self, client: Client) -> None:
        self._address = client.service_client.config.target_host
        self._is_lost = False

    @contextmanager
    def calling(self) -> Iterator[None]:
        """As `engine_errors`."""
        with engine_errors():
            try:
                yield
            except RPCError as error:
                if error.status in _TRANSIENT and not self._is_lost:
                    self._is_lost = True
                    told = (self._address, error.message, error.status.name)
                    _LOG.warning("Temporal at %s cannot answer: %s (%s)", *told)
                raise
        if self._is_lost:
            self._is_lost = False
            _LOG.info("Temporal at %s answers again", self._address)


@contextmanager
def task_errors() -> Iterator[None]:
    """Around calls about one task.

    Raises:
        NoSuchTask: it is over.
        MalformedToken: no task can have such a token, although it looks like one of ours: it was made by hand.
    """
    try:
        yield
    except AsyncActivityCancelledError as error:
        raise NoSuchTask("the task was given up") from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoSuchTask(error.message) from error
        if error.status is RPCStatusCode.INVALID_ARGUMENT:
            raise MalformedToken(error.message) from error
        raise
