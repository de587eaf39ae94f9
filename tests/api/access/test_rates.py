"""Token buckets: how many calls they let through, and what is no rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from api.access.errors import ThrottlingException
from api.access.rates import AWS_RATES, Rate, RateLimiter, Rates, parse_rates
from api.service.model import operation_names


class Time:
    """Monotonic time that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def passed(limiter: RateLimiter, caller: str, operation: str, calls: int) -> int:
    """How many of so many calls are let through."""
    number = 0
    for _ in range(calls):
        try:
            limiter.take(caller, operation)
        except ThrottlingException:
            continue
        number += 1
    return number


def test_a_bucket_empties_and_fills_up() -> None:
    time = Time()
    limiter = RateLimiter({"StartExecution": Rate(5, 2)}, time)
    assert passed(limiter, "a", "StartExecution", 9) == 5
    time.now += 1.5
    assert passed(limiter, "a", "StartExecution", 9) == 3
    time.now += 0.5
    assert passed(limiter, "a", "StartExecution", 9) == 1
    time.now += 1000
    assert passed(limiter, "a", "StartExecution", 9) == 5


def test_callers_and_operations_have_buckets_of_their_own() -> None:
    limiter = RateLimiter({"*": Rate(2, 1)}, Time())
    assert [passed(limiter, caller, operation, 3) for caller in "ab" for operation in ("X", "Y")] == [2, 2, 2, 2]


def test_the_refusal_is_that_of_aws() -> None:
    limiter = RateLimiter({"*": Rate(1, 1)}, Time())
    limiter.take("a", "X")
    with pytest.raises(ThrottlingException, match="Rate exceeded"):
        limiter.take("a", "X")


def test_an_operation_without_rate_is_not_limited() -> None:
    assert passed(RateLimiter({"StartExecution": Rate(1, 1)}, Time()), "a", "StopExecution", 100) == 100


def test_a_named_operation_has_its_own_rate() -> None:
    limiter = RateLimiter({"*": Rate(1, 1), "StopExecution": Rate(3, 1)}, Time())
    assert [passed(limiter, "a", operation, 5) for operation in ("StopExecution", "StartExecution")] == [3, 1]


@dataclass(frozen=True)
class Case:
    name: str
    setting: Any
    result: Rates | str


CASES = [
    Case("off", "off", {}),
    Case("those of AWS", "aws", AWS_RATES),
    Case("by operation", {"StartExecution": "10/5", "*": "1/1"}, {"StartExecution": Rate(10, 5), "*": Rate(1, 1)}),
    Case("another word", "on", "must be 'off', 'aws' or a JSON object, not string"),
    Case("a list", [], "must be 'off', 'aws' or a JSON object, not array"),
    Case("an unknown operation", {"Start": "1/1"}, "'Start' is no operation, and not '*'"),
    Case("a number", {"*": 5}, "the rate of '\\*' must be CALLS/PER_SECOND, such as '200/20'"),
    Case("nothing a second", {"*": "5/0"}, "the rate of '\\*' must be CALLS/PER_SECOND"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_settings(case: Case) -> None:
    if isinstance(case.result, str):
        with pytest.raises(ValueError, match=case.result):
            parse_rates(case.setting)
    else:
        assert parse_rates(case.setting) == case.result


def test_the_rates_of_aws_are_those_of_operations() -> None:
    assert set(AWS_RATES) <= operation_names()
