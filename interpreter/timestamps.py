"""Timestamps in the RFC 3339 profile of the States Language: upper-case `T` and `Z`, a zone always, any fraction."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_PROFILE: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


def parse_timestamp(text: str) -> int | None:
    """The instant that `text` names, in nanoseconds since 1970 (digits beyond the ninth are cut), or None.

    Source: States Language, Timestamps; what AWS refuses: a blank in place of `T`, no zone, hour 25, month 13.
    """
    match = _PROFILE.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign, zone_hours, zone_minutes = match.groups()[6:]
    offset = 0 if sign is None else (int(zone_hours) * 60 + int(zone_minutes)) * (-1 if sign == "-" else 1)
    if hour > 23 or minute > 59 or second > 59 or int(zone_hours or 0) > 23 or int(zone_minutes or 0) > 59:
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError:  # no such day, or the year 0
        return None
    seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
    return seconds * 1_000_000_000 + int((fraction or "")[:9].ljust(9, "0"))


def format_timestamp(milliseconds: int) -> str:
    """`milliseconds` since 1970 as AWS prints instants: `2019-03-26T20:14:13.192Z`."""
    instant = _EPOCH + timedelta(milliseconds=milliseconds)
    return instant.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
