"""How a `StatesError` leaves an activity: as the Temporal failure from which `activities.failures` reads it back.

Apart from there, so that what only needs the wording (validation) does not load Temporal's SDK.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from interpreter.errors import StatesError
from interpreter.values import JsonValue

MAX_ERROR_LENGTH: Final = 256
MAX_CAUSE_LENGTH: Final = 32_768
"""Characters that Step Functions keeps of an error name and of a cause (API reference, SendTaskFailure)."""


def application_error(error: StatesError) -> ApplicationError:
    """The Temporal failure that carries `error`; absent members stay absent in its first detail."""
    detail: dict[str, JsonValue] = {}
    if error.name is not None:
        detail["error"] = error.name[:MAX_ERROR_LENGTH]
    if error.cause is not None:
        detail["cause"] = error.cause[:MAX_CAUSE_LENGTH]
    return ApplicationError(
        (error.cause or "")[:MAX_CAUSE_LENGTH],
        detail,
        type=(error.name or "")[:MAX_ERROR_LENGTH],
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
