"""How often each key may call: token buckets, one for each key and operation, in this process.

A bucket holds so many calls and is filled up again at so many a second, as AWS's quotas for API actions are given
(Step Functions, "Quotas related to API action throttling", checked 2026-11).
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from api.access.errors import ThrottlingException
from api.service.model import operation_names
from interpreter.values import JsonValue, json_type_name

_ANY_OPERATION: Final = "*"
_KEPT: Final = 100_000
_RATE: Final = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls at once, and so many a second for long."""

    calls: int
    calls_per_second: int


Rates: TypeAlias = Mapping[str, Rate]
"""By operation; `*` for each of those that are not named. An operation without a rate is not limited."""

_BIG, _SMALL = Rate(1_300, 300), Rate(100, 1)
_TASKS: Final = Rate(3_000, 500)

AWS_RATES: Final[Rates] = {
    "CreateActivity": _SMALL,
    "CreateStateMachine": _SMALL,
    "DeleteActivity": _SMALL,
    "DeleteStateMachine": _SMALL,
    "DescribeActivity": Rate(200, 1),
    "DescribeExecution": Rate(300, 15),
    "DescribeStateMachine": Rate(200, 20),
    "DescribeStateMachineForExecution": Rate(200, 1),
    "GetActivityTask": _TASKS,
    "GetExecutionHistory": Rate(400, 20),
    "ListActivities": Rate(100, 10),
    "ListExecutions": Rate(200, 5),
    "ListStateMachines": Rate(100, 5),
    "ListTagsForResource": Rate(100, 1),
    "SendTaskFailure": _TASKS,
    "SendTaskHeartbeat": _TASKS,
    "SendTaskSuccess": _TASKS,
    "StartExecution": _BIG,
    "StopExecution": Rate(1_000, 200),
    "TagResource": Rate(200, 1),
    "UntagResource": Rate(200, 1),
    "UpdateStateMachine": _SMALL,
}
"""AWS's defaults in its largest regions, for those operations of which they are documented."""


def parse_rates(setting: JsonValue) -> Rates:
    """The setting `rate_limits`: `off`, `aws`, or an object from operations or `*` to `CALLS/PER_SECOND`.

    Raises:
        ValueError: it is none of these.
    """
    match setting:
        case "off":
            return {}
        case "aws":
            return AWS_RATES
        case dict():
            return {operation: _rate(operation, rate) for operation, rate in setting.items()}
        case _:
            raise ValueError(f"must be 'off', 'aws' or a JSON object, not {json_type_name(setting)}")


def _rate(operation: str, rate: JsonValue) -> Rate:
    if operation != _ANY_OPERATION and operation not in operation_names():
        raise ValueError(f"{operation!r} is no operation, and not '*'")
    found = _RATE.fullmatch(rate) if isinstance(rate, str) else None
    if found is None:
        raise ValueError(f"the rate of {operation!r} must be CALLS/PER_SECOND, such as '200/20'")
    return Rate(int(found[1]), int(found[2]))


@dataclass(slots=True)
class _Bucket:
    calls: float
    filled_at: float


class RateLimiter:
    """The buckets of every caller."""

    def __init__(self, rates: Rates, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rates = rates
        self._monotonic = monotonic
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()

    def take(self, caller: str, operation: str) -> None:
        """Count a call.

        Raises:
            ThrottlingException: there was one too many; it does not count.
        """
        rate = self._rates.get(operation) or self._rates.get(_ANY_OPERATION)
        if rate is None:
            return
        now = self._monotonic()
        bucket = self._bucket(caller, operation, rate, now)
        bucket.calls = min(rate.calls, bucket.calls + (now - bucket.filled_at) * rate.calls_per_second)
        bucket.filled_at = now
        if bucket.calls < 1:
            raise ThrottlingException
        bucket.calls -= 1

    def _bucket(self, caller: str, operation: str, rate: Rate, now: float) -> _Bucket:
        bucket = self._buckets.get((caller, operation))
        if bucket is None:
            bucket = self._buckets[caller, operation] = _Bucket(rate.calls, now)
            if len(self._buckets) > _KEPT:
                self._buckets.popitem(last=False)  # made long ago: most probably full again
        return bucket
