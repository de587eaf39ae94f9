"""Temporal's errors in the words of the application service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from temporalio.client import AsyncActivityCancelledError
from temporalio.service import RPCError, RPCStatusCode

from api.service.gateway import EngineUnavailable, MalformedToken, NoSuchTask

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
