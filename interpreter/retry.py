"""Retry: which retrier takes an error, and how long to wait (States Language, "Retrying after error")."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.definition.model import Retrier
from interpreter.errors import (
    StatesDataLimitExceeded,
    StatesError,
    StatesHeartbeatTimeout,
    StatesRuntime,
    StatesTimeout,
)


def error_matches(error_equals: Sequence[str], error: StatesError) -> bool:
    """Whether an ErrorEquals list names the error, itself or by a wildcard.

    `States.ALL` matches every error but States.Runtime (recorded: States.DataLimitExceeded too);
    `States.TaskFailed` every error but timeouts, States.DataLimitExceeded and States.Runtime.
    """
    if isinstance(error, StatesRuntime):
        return False
    for name in error_equals:
        if name in ("States.ALL", error.name):
            return True
        if name == "States.TaskFailed" and not isinstance(error, (StatesTimeout, StatesDataLimitExceeded)):
            return True
        if name == "States.HeartbeatTimeout" and isinstance(error, StatesHeartbeatTimeout):
            return True
    return False


def match_retrier(retriers: Sequence[Retrier], error: StatesError) -> int | None:
    """The index of the first retrier that names the error; its attempts may be used up."""
    for index, retrier in enumerate(retriers):
        if error_matches(retrier.error_equals, error):
            return index
    return None


def next_delay(retrier: Retrier, used: int, chance: float) -> int | None:
    """Milliseconds to wait before retry number `used` + 1, None when the attempts are used up.

    `chance`, at least 0 and below 1, places the delay when the retrier has full jitter.
    """
    if used >= retrier.max_attempts:
        return None
    ceiling = retrier.max_delay_seconds if retrier.max_delay_seconds is not None else _LONGEST
    seconds = min(_backoff(retrier, used, ceiling), ceiling)
    return round(seconds * 1000 * (chance if retrier.full_jitter else 1))


_LONGEST = 99_999_999
"""Seconds; no delay is longer, so that an exponential back-off stays a number."""


def _backoff(retrier: Retrier, used: int, ceiling: int) -> float:
    try:
        return retrier.interval_seconds * retrier.backoff_rate**used
    except OverflowError:
        return ceiling
