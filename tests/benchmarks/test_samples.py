import random
import statistics
from dataclasses import dataclass

import pytest

from benchmarks.samples import (
    Pair,
    Sample,
    Spread,
    abba,
    cpu_ratio,
    extra_worker_microseconds,
    over,
    server_ratio,
    spread,
    standard_error,
    wall_ratio,
    worker_ratio,
)


def sample(*, server: float = 0.0, worker: float = 1.0, elapsed: float = 1.0, executions: int = 1) -> Sample:
    return Sample(executions=executions, server=server, worker=worker, client=100.0, elapsed=elapsed)


@dataclass(frozen=True)
class SpreadCase:
    id: str
    values: list[float]
    expected: Spread


@pytest.mark.parametrize(
    "case",
    [
        SpreadCase("one value", [0.9], Spread(0.9, 0.9, 0.9)),
        SpreadCase("the middle one, in whatever order", [3.0, 1.0, 2.0], Spread(2.0, 1.0, 3.0)),
        SpreadCase("between the middle two", [4.0, 1.0, 2.0, 9.0], Spread(3.0, 1.0, 9.0)),
        SpreadCase("one that lies far out does not move it", [1.0, 1.1, 0.9, 50.0, 1.0], Spread(1.0, 0.9, 50.0)),
    ],
    ids=lambda case: case.id,
)
def test_spread(case: SpreadCase) -> None:
    assert spread(case.values) == case.expected


def test_nothing_has_no_spread() -> None:
    with pytest.raises(ValueError, match="nothing"):
        spread([])


def test_the_total_of_one_execution_is_worker_and_server_without_the_client() -> None:
    assert sample(server=6.0, worker=2.0, executions=4).each(lambda taken: taken.total) == 2.0


def test_ratios_are_over_one_where_steploom_needs_less() -> None:
    pair = Pair(
        reference=sample(server=6.0, worker=2.0, elapsed=9.0, executions=2),
        steploom=sample(server=1.0, worker=1.0, elapsed=3.0, executions=1),
    )
    ratios = cpu_ratio(pair), worker_ratio(pair), server_ratio(pair), wall_ratio(pair)
    assert ratios == (2.0, 1.0, 3.0, 1.5)


def test_extra_worker_cpu_is_per_part_of_one_execution() -> None:
    pair = Pair(reference=sample(worker=0.4, executions=100), steploom=sample(worker=0.3, executions=50))
    assert extra_worker_microseconds(pair, parts=100) == pytest.approx(20.0)


def test_the_median_is_of_the_ratios_and_not_the_ratio_of_medians() -> None:
    pairs = [Pair(sample(worker=a), sample(worker=b)) for a, b in ((1.0, 1.0), (4.0, 2.0), (3.0, 6.0))]
    assert over(pairs, cpu_ratio) == Spread(1.0, 0.5, 2.0)


@pytest.mark.parametrize("number", [8, 16, 40])
def test_the_standard_error_is_how_far_medians_are_apart(number: int) -> None:
    chance = random.Random(7)
    takes = [[chance.gauss(1.0, 0.1) for _ in range(number)] for _ in range(2000)]
    apart = statistics.stdev(statistics.median(take) for take in takes)
    assert statistics.mean(standard_error(take) for take in takes) == pytest.approx(apart, rel=0.25)


def test_one_that_lies_far_out_makes_a_median_little_less_certain() -> None:
    values = [0.9, 0.95, 1.0, 1.0, 1.05, 1.1]
    assert standard_error([*values, 9.0]) < 2 * standard_error(values)


def test_each_side_is_first_in_turn() -> None:
    reference, steploom = "reference", "steploom"
    assert [*abba(3, reference_first=True)] == [reference, steploom, steploom, reference, reference, steploom]
    assert [*abba(1, reference_first=False)] == [steploom, reference]


def test_blocks_are_added_up() -> None:
    added = sample(server=1.0, worker=2.0, executions=3) + sample(server=4.0, worker=5.0, elapsed=6.0, executions=7)
    assert added == Sample(executions=10, server=5.0, worker=7.0, client=200.0, elapsed=7.0)
