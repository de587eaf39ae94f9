"""How a `StatesError` leaves an activity: as the Temporal failure from which `activities.failures` reads it back.

Apart from there, so that what only needs the wording (validation) does not load Temporal's SDK.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from interpreter.errors import StatesError, within_limits
from interpreter.values import JsonValue


def application_error(error: StatesError) -> ApplicationError:
    """The Temporal failure that carries `error`; absent members stay absent in its first detail."""
    kept = within_limits(error)
    detail: dict[str, JsonValue] = {}
    if kept.name is not None:
        detail["error"] = kept.name
    if kept.cause is not None:
        detail["cause"] = kept.cause
    return ApplicationError(
        kept.cause or "",
        detail,
        type=kept.name or "",
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


@contextmanager
def reported_failures() -> Iterator[None]:
    """Let every `StatesError` of the block leave the activity as its Temporal failure."""
    try:
        yield
    except StatesError as error:
        raise application_error(error) from None
