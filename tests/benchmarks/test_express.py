"""What is concluded from the calls that `python -m benchmarks.express` has made."""

from __future__ import annotations

import pytest

from benchmarks.express.installation import Calls
from benchmarks.express.listing import Listing
from benchmarks.express.ratios import Pair, cpu_ratio, latency_ratio, rate_ratio, start_cost_ratio


def calls(**given: float) -> Calls:
    shown = {"elapsed": 1.0, "server": 0.0, "worker": 0.0, "api": 0.0, "callers": 0.0} | given
    return Calls(number=100, latencies=[float(number) for number in range(1, 101)], **shown)


def test_rates() -> None:
    pair = Pair(calls(elapsed=2.0), calls(elapsed=30.0))
    assert rate_ratio([pair]).median == 15


def test_cpu_of_everybody_counts() -> None:
    pair = Pair(calls(api=1.0, callers=1.0), calls(server=5.0, worker=3.0, api=1.0, callers=1.0))
    assert cpu_ratio([pair]).median == 5


def test_latencies() -> None:
    assert calls().percentile(0.5) == 51
    assert calls().percentile(1.0) == 100
    assert latency_ratio([Pair(calls(), calls())]).median == pytest.approx(100 / 51)


@pytest.mark.parametrize("with_caller, ratio", [(False, 12 / 11), (True, 14 / 11)])
def test_the_cost_of_a_start(with_caller: bool, ratio: float) -> None:
    """The caller of `start_workflow` does what the API does; the API's own caller is counted apart."""
    pair = Pair(calls(server=9.0, api=3.0, callers=2.0), calls(server=10.0, callers=1.0))
    assert start_cost_ratio([pair], with_caller=with_caller).median == pytest.approx(ratio)


def test_pages_that_grow() -> None:
    assert Listing(800, [1.0, 1.0, 5.0, 5.0, 5.0, 5.0, 2.0, 2.0]).growth == 2
    assert Listing(1, [3.0]).growth == 1
