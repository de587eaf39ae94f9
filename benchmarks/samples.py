"""Samples of interleaved pairs, and what is concluded from them: medians with their spread."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["reference", "steploom"]

_QUARTILES_BY_DEVIATION: Final = 1.349
"""Between the quartiles of a normal distribution there are so many standard deviations."""

_MEDIAN_BY_MEAN: Final = math.sqrt(math.pi / 2)
"""By how much the median of normal values is less certain than their mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a number of executions of one side cost together. All in seconds; CPU is user and system time.

    Attributes:
        executions: how many executions ran.
        server: CPU of the Temporal server.
        worker: CPU of this side's worker process.
        client: CPU of the benchmark's own process, which starts and awaits the executions.
        elapsed: wall clock.
    """

    executions: int
    server: float
    worker: float
    client: float
    elapsed: float

    @property
    def total(self) -> float:
        """CPU of worker and server."""
        return self.server + self.worker

    def each(self, cost: Callable[[Sample], float]) -> float:
        """One of these costs for one execution."""
        return cost(self) / self.executions

    def __add__(self, other: Sample) -> Sample:
        """Both samples as one."""
        return Sample(
            executions=self.executions + other.executions,
            server=self.server + other.server,
            worker=self.worker + other.worker,
            client=self.client + other.client,
            elapsed=self.elapsed + other.elapsed,
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """One sample of each side, taken in alternating blocks."""

    reference: Sample
    steploom: Sample


@dataclass(frozen=True, slots=True)
class Spread:
    """A median between the least and the greatest value."""

    median: float
    least: float
    greatest: float


def spread(values: Sequence[float]) -> Spread:
    """The median and the extremes. Raises: ValueError, if there are no values."""
    if not values:
        raise ValueError("there is nothing to take a median of")
    return Spread(statistics.median(values), min(values), max(values))


def standard_error(values: Sequence[float]) -> float:
    """How far the median of other values like these would be from theirs, as one standard deviation.

    From the quartiles, as if the values were normal: a few that are far out count for little, as in the median itself.
    Raises: statistics.StatisticsError, if there are fewer than two.
    """
    first, _, third = statistics.quantiles(values, n=4)
    return _MEDIAN_BY_MEAN * (third - first) / _QUARTILES_BY_DEVIATION / math.sqrt(len(values))


def over(pairs: Sequence[Pair], measure: Callable[[Pair], float]) -> Spread:
    """The spread of a measure of each pair."""
    return spread([measure(pair) for pair in pairs])


def cpu_ratio(pair: Pair) -> float:
    """CPU of worker and server per execution, hand-written divided by steploom: over 1 where steploom needs less."""
    return _ratio(pair, lambda sample: sample.total)


def wall_ratio(pair: Pair) -> float:
    """Wall clock per execution, hand-written divided by steploom."""
    return _ratio(pair, lambda sample: sample.elapsed)


def worker_ratio(pair: Pair) -> float:
    """CPU of the worker per execution, hand-written divided by steploom."""
    return _ratio(pair, lambda sample: sample.worker)


def server_ratio(pair: Pair) -> float:
    """CPU of the Temporal server per execution, hand-written divided by steploom."""
    return _ratio(pair, lambda sample: sample.server)


def _ratio(pair: Pair, cost: Callable[[Sample], float]) -> float:
    return pair.reference.each(cost) / pair.steploom.each(cost)


def extra_worker_microseconds(pair: Pair, parts: int) -> float:
    """Worker CPU that steploom needs beyond the reference, in microseconds for each of an execution's `parts`."""
    extra = pair.steploom.each(lambda sample: sample.worker) - pair.reference.each(lambda sample: sample.worker)
    return extra / parts * 1e6


def abba(blocks: int, *, reference_first: bool) -> Iterator[Side]:
    """The order of a pair's blocks, `blocks` of each side: the sides are first in turn.

    A machine that grows slower or faster meanwhile, as a Temporal server does that keeps all its histories in memory,
    then favours neither side.
    """
    for number in range(blocks):
        turn: tuple[Side, Side] = ("reference", "steploom") if reference_first else ("steploom", "reference")
        yield from turn if number % 2 == 0 else reversed(turn)
