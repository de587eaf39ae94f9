"""How many pairs are taken of a case: as many as its median needs to be certain, whatever it says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice
from typing import cast

import pytest

from benchmarks import __main__ as program
from benchmarks.cases import CASES, Case
from benchmarks.samples import Pair, Sample
from benchmarks.stage import Stage

BY_NAME = {case.name: case for case in CASES}


class FakeStage:
    """Takes pairs with these ratios in turn."""

    def __init__(self, ratios: Sequence[float]) -> None:
        self._ratios = cycle(ratios)
        self.first: list[bool] = []

    async def warm_up(self, case: Case) -> None:
        pass

    async def pair(self, case: Case, *, reference_first: bool) -> Pair:
        self.first.append(reference_first)
        reference, steploom = (
            Sample(executions=1, server=seconds, worker=seconds, client=0.0, elapsed=1.0)
            for seconds in (next(self._ratios), 1.0)
        )
        return Pair(reference, steploom)


@pytest.mark.parametrize(
    "name, ratios, least, taken",
    [
        ("sequential", [0.9], 8, 8),
        ("sequential", [0.8], 1, 1),
        ("sequential", [0.99, 1.01], 2, 2),
        ("sequential", [0.8, 0.85, 0.9, 0.95], 8, 23),
        ("sequential", [1.2, 1.25, 1.3, 1.35], 8, 23),
        ("sequential", [0.8, 1.2], 8, 40),
        ("sequential", [0.8, 1.2], 50, 50),
        ("pass", [0.5, 1.5], 8, 8),
    ],
    ids=[
        "quiet",
        "one",
        "few",
        "noisy",
        "as noisy, and better",
        "very noisy",
        "as many as asked for",
        "decided by another figure",
    ],
)
async def test_pairs(name: str, ratios: list[float], least: int, taken: int) -> None:
    stage = FakeStage(ratios)
    assert len(await program._compare(cast(Stage, stage), BY_NAME[name], least)) == taken
    assert stage.first == [*islice(cycle([True, False]), taken)], "each side is first in turn"
