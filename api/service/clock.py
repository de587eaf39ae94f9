"""The time, as the application service sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], datetime]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    """Now, aware, UTC, cut to milliseconds."""
    return cut_to_milliseconds(datetime.now(UTC))


def cut_to_milliseconds(time: datetime) -> datetime:
    """The time without what Step Functions does not tell of it."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def epoch_milliseconds(time: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


def of_epoch_milliseconds(milliseconds: int) -> datetime:
    """The moment of `epoch_milliseconds`, aware and in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
