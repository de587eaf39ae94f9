"""Which retrier takes an error, and how long it waits (States Language, "Retrying after error")."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.definition.model import Retrier
from interpreter.errors import (
    StatesDataLimitExceeded,
    StatesError,
    StatesHeartbeatTimeout,
    StatesReferencePathConflict,
    StatesRuntime,
    StatesTaskFailed,
    StatesTimeout,
)
from interpreter.retry import error_matches, match_retrier, next_delay

RETRIER = Retrier(("States.ALL",), 2, 3, 2.0, None, False)
BOOM = StatesError("Boom", "broken")


@dataclass(frozen=True)
class Match:
    error: StatesError
    names: tuple[str, ...]
    matches: bool

    def __str__(self) -> str:
        return f"{type(self.error).__name__}-{self.error.name}-in-{','.join(self.names)}"


MATCHES = [
    Match(BOOM, ("Boom",), True),
    Match(BOOM, ("boom",), False),
    Match(BOOM, ("Other", "Boom"), True),
    Match(BOOM, ("Boo",), False),
    Match(BOOM, ("States.ALL",), True),
    Match(BOOM, ("State.ALL",), False),
    Match(BOOM, ("States.TaskFailed",), True),
    Match(BOOM, ("States.Timeout",), False),
    Match(StatesError(None, "no name"), ("States.ALL",), True),
    Match(StatesError(None, "no name"), ("States.TaskFailed",), True),
    Match(StatesError(None, "no name"), ("None",), False),
    Match(StatesTaskFailed("x"), ("States.TaskFailed",), True),
    Match(StatesReferencePathConflict("x"), ("States.ReferencePathConflict",), True),
    Match(StatesTimeout(), ("States.Timeout",), True),
    Match(StatesTimeout(), ("States.ALL",), True),
    Match(StatesTimeout(), ("States.TaskFailed",), False),
    Match(StatesTimeout(), ("States.HeartbeatTimeout",), False),
    Match(StatesHeartbeatTimeout(), ("States.HeartbeatTimeout",), True),
    Match(StatesHeartbeatTimeout(), ("States.Timeout",), True),
    Match(StatesHeartbeatTimeout(), ("States.TaskFailed",), False),
    Match(StatesDataLimitExceeded("x"), ("States.DataLimitExceeded",), True),
    Match(StatesDataLimitExceeded("x"), ("States.ALL",), True),
    Match(StatesDataLimitExceeded("x"), ("States.TaskFailed",), False),
    Match(StatesRuntime("x"), ("States.Runtime",), False),
    Match(StatesRuntime("x"), ("States.ALL",), False),
    Match(StatesRuntime("x"), ("States.TaskFailed",), False),
]


@pytest.mark.parametrize("case", MATCHES, ids=str)
def test_error_matches(case: Match) -> None:
    assert error_matches(case.names, case.error) is case.matches


def test_the_first_retrier_that_names_the_error_is_taken() -> None:
    retriers = [replace(RETRIER, error_equals=names) for names in (("Other",), ("Boom",), ("States.ALL",))]

    assert match_retrier(retriers, BOOM) == 1
    assert match_retrier(retriers, StatesTimeout()) == 2
    assert match_retrier(retriers, StatesRuntime("x")) is None
    assert match_retrier([], BOOM) is None


@dataclass(frozen=True)
class Delay:
    name: str
    retrier: Retrier
    used: int
    milliseconds: int | None
    chance: float = 0.0


DELAYS = [
    Delay("first", RETRIER, 0, 2_000),
    Delay("second", RETRIER, 1, 4_000),
    Delay("third", RETRIER, 2, 8_000),
    Delay("used up", RETRIER, 3, None),
    Delay("none at all", replace(RETRIER, max_attempts=0), 0, None),
    Delay("fraction", replace(RETRIER, interval_seconds=1, backoff_rate=1.5), 1, 1_500),
    Delay("steady", replace(RETRIER, backoff_rate=1.0), 2, 2_000),
    Delay("bounded", replace(RETRIER, max_delay_seconds=3), 2, 3_000),
    Delay("not bounded yet", replace(RETRIER, max_delay_seconds=3), 0, 2_000),
    Delay("jitter at its least", replace(RETRIER, full_jitter=True), 1, 0, 0.0),
    Delay("jitter in the middle", replace(RETRIER, full_jitter=True), 1, 2_000, 0.5),
    Delay("jitter under a bound", replace(RETRIER, full_jitter=True, max_delay_seconds=3), 2, 1_500, 0.5),
    Delay("chance without jitter", RETRIER, 0, 2_000, 0.5),
    Delay("beyond every number", replace(RETRIER, max_attempts=99_999_999, backoff_rate=1e300), 99_999, 99_999_999_000),
]


@pytest.mark.parametrize("case", DELAYS, ids=lambda case: case.name)
def test_next_delay(case: Delay) -> None:
    assert next_delay(case.retrier, case.used, case.chance) == case.milliseconds


@given(
    interval=st.integers(1, 99_999_999),
    rate=st.floats(1, 1e6, allow_nan=False),
    most=st.integers(1, 31_622_400),
    used=st.integers(0, 10_000),
    jitter=st.booleans(),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_no_delay_exceeds_max_delay_seconds(
    interval: int, rate: float, most: int, used: int, jitter: bool, chance: float
) -> None:
    retrier = Retrier(("States.ALL",), interval, 99_999_999, rate, most, jitter)

    delay = next_delay(retrier, used, chance)

    assert delay is not None
    assert 0 <= delay <= most * 1000


@given(rate=st.floats(1, 10, allow_nan=False), used=st.integers(0, 50))
def test_delays_never_shrink_without_jitter(rate: float, used: int) -> None:
    retrier = replace(RETRIER, backoff_rate=rate, max_attempts=100)
    earlier, later = next_delay(retrier, used, 0), next_delay(retrier, used + 1, 0)

    assert earlier is not None
    assert later is not None
    assert earlier <= later
