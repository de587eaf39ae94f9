"""`python -m benchmarks`: measures steploom against hand-written Temporal workflows and prints what it found.

Progress goes to standard error, the results to standard output: each when it is there, and all once more as a table at
the end. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Final, get_args

from benchmarks import report
from benchmarks.cases import CASES, Case
from benchmarks.express import report as express
from benchmarks.expressions import expression_costs
from benchmarks.histories import read_histories
from benchmarks.report import Results
from benchmarks.samples import Pair, cpu_ratio, standard_error
from benchmarks.stage import Stage, open_stage
from benchmarks.transitions import transition_microseconds
from benchmarks.worker_process import Converter

_HISTORY: Final = "history"
_IN_PROCESS: Final = "in-process"
_EXPRESSIONS: Final = "expressions"
_EXPRESS: Final = "express"
_HISTORY_EVENTS: Final = (10_000, 24_000)
_REPETITIONS: Final = 5
_EXPRESSION_REPETITIONS: Final = 40
_CERTAINTY: Final = 0.02
"""Pairs are taken until the standard error of their median ratio is so small: how many depends on how noisy the machine
is, and not on what they say."""

_MOST_PAIRS: Final = 40
_IDLE_SECONDS: Final = 3.0


async def run(chosen: Sequence[str], pairs: int, *, eager: bool, converter: Converter) -> Results:
    """Measure what was chosen, by the names of cases, and "history": what needs a Temporal server."""
    results = Results()
    reference = "activities on the workflows' queue (eager)" if eager else "activities on a queue of their own"
    _show(report.heading(f"{reference}, data converter of {converter}"))
    for case in (case for case in CASES if case.name in chosen):
        async with open_stage(eager=eager, converter=converter) as stage:
            _show(report.idle_line(case.title, await stage.idle(_IDLE_SECONDS)))
            results.pairs[case] = await _compare(stage, case, pairs)
        _show(report.comparison(case, results.pairs[case]))
    if _HISTORY in chosen:
        async with open_stage(eager=eager, converter=converter) as stage:
            for events in _HISTORY_EVENTS:
                _progress(f"history of {events} events")
                results.histories.append(await read_histories(stage, events, _REPETITIONS))
                _show(report.history(results.histories[-1]))
    return results


async def _compare(stage: Stage, case: Case, pairs: int) -> list[Pair]:
    """All pairs of one case, on a Temporal server of its own: one that remembers all cases grows slow and large."""
    _progress(f"{case.title}: warming up")
    await stage.warm_up(case)
    compared: list[Pair] = []
    while len(compared) < pairs or _is_uncertain(case, compared):
        _progress(
            f"{case.title}: pair {len(compared) + 1} of {pairs if len(compared) < pairs else _MOST_PAIRS} at most"
        )
        compared.append(await stage.pair(case, reference_first=len(compared) % 2 == 0))
        _progress(f"    {report.pair_line(compared[-1])}")
    return compared


def _is_uncertain(case: Case, pairs: Sequence[Pair]) -> bool:
    """Whether more pairs are to be taken, so that a goal is not missed or reached by luck."""
    if case.goal is None or not 2 <= len(pairs) < _MOST_PAIRS:
        return False
    return standard_error([cpu_ratio(pair) for pair in pairs]) > _CERTAINTY


def _show(text: str) -> None:
    print(text, flush=True)


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    names = [*(case.name for case in CASES), _IN_PROCESS, _EXPRESSIONS, _HISTORY, _EXPRESS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--pairs", type=int, default=8, help="interleaved pairs per case, at least (default: 8)")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="what to measure (default: all)")
    parser.add_argument(
        "--eager", action="store_true", help="compare with activities on the workflows' own task queue, started eagerly"
    )
    parser.add_argument(
        "--converter",
        choices=get_args(Converter),
        default="steploom",
        help="of the hand-written workflows and of all activities (default: steploom)",
    )
    return parser


def main() -> None:
    """Run, and print the results."""
    given = _parser().parse_args()
    if given.pairs < 1:
        _parser().error("--pairs must be at least 1")
    began = time.monotonic()
    results = asyncio.run(run(given.only, given.pairs, eager=given.eager, converter=given.converter))
    if _IN_PROCESS in given.only:
        results.in_process = transition_microseconds(_REPETITIONS)
        _show(report.in_process(results))
    if _EXPRESSIONS in given.only:
        results.expressions = expression_costs(_EXPRESSION_REPETITIONS)
        _show(report.expressions(results))
    tables = [report.table(results)]
    if _EXPRESS in given.only:
        measured = asyncio.run(express.measure(express.PAIRS, full=False))
        tables.append(f"\n{express.table(measured)}")
        results.further.update(express.figures(measured))
        _show(tables[-1])
    _show(f"\nEverything once more, measured in {(time.monotonic() - began) / 60:.1f} minutes:")
    _show("\n".join(tables))
    _show(report.json_line(results))


if __name__ == "__main__":
    main()
