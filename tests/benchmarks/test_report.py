"""What the table and the last line of JSON say of measured pairs."""

from __future__ import annotations

import json

import pytest

from benchmarks import report
from benchmarks.cases import CASES, Case
from benchmarks.samples import Pair, Sample

BY_NAME = {case.name: case for case in CASES}


def sample(server: float, worker: float) -> Sample:
    return Sample(executions=2, server=server, worker=worker, client=0.1, elapsed=1.0)


SLOWER = Pair(reference=sample(8.0, 1.0), steploom=sample(8.0, 2.0))
FASTER = Pair(reference=sample(8.0, 4.0), steploom=sample(8.0, 2.0))


def measured(case: Case, *pairs: Pair) -> report.Results:
    return report.Results(pairs={case: list(pairs)})


@pytest.mark.parametrize("pair, ratio, missed", [(SLOWER, "0.90", True), (FASTER, "1.20", False)], ids=["slow", "fast"])
def test_a_missed_goal_is_told(pair: Pair, ratio: str, missed: bool) -> None:
    told = report.comparison(BY_NAME["map"], [pair])
    assert f"worker and server CPU {ratio}" in told
    assert ("MISSED" in told) is missed


def test_a_pair_is_told_with_its_parts() -> None:
    assert report.pair_line(FASTER) == "1.20 (worker 2.00, server 1.00)"


def test_the_table_repeats_what_was_told_of_each_case() -> None:
    results = measured(BY_NAME["sequential"], SLOWER, FASTER, FASTER)
    results.pairs[BY_NAME["pass"]] = [SLOWER]
    table = report.table(results)
    for case, pairs in results.pairs.items():
        assert report.comparison(case, pairs) in table


def test_the_line_of_json() -> None:
    """The median of the pairs decides; of the Pass states it is the worker's CPU beyond the empty workflow's."""
    results = measured(BY_NAME["map"], SLOWER, FASTER, FASTER)
    results.pairs[BY_NAME["pass"]] = [SLOWER]
    results.further["list_page_growth"] = 1.5
    assert json.loads(report.json_line(results)) == {
        "map_ratio": 1.2,
        "pass_transition_us": 5_000.0,
        "list_page_growth": 1.5,
    }
