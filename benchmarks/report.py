"""The results as a table for people and as one line of JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Final

import psutil

from benchmarks.cases import Case
from benchmarks.definitions import PASS_STATES
from benchmarks.expressions import ExpressionCosts
from benchmarks.histories import HistoryReading
from benchmarks.samples import (
    Pair,
    Sample,
    Spread,
    cpu_ratio,
    extra_worker_microseconds,
    over,
    server_ratio,
    wall_ratio,
    worker_ratio,
)

_PASS_GOAL: Final = 40.0
_HISTORY_GOAL: Final = 1.5
_EXPRESSION_GOAL: Final = 30.0
_AGGREGATE_GOAL: Final = 5.0


@dataclass(slots=True)
class Results:
    """Everything measured in one run; what was not asked for is empty."""

    pairs: dict[Case, list[Pair]] = field(default_factory=dict)
    in_process: Spread | None = None
    expressions: ExpressionCosts | None = None
    histories: list[HistoryReading] = field(default_factory=list)
    further: dict[str, float] = field(default_factory=dict)


def heading(reference: str) -> str:
    """The machine and the two sides."""
    load = ", ".join(f"{value:.1f}" for value in psutil.getloadavg())
    return (
        f"Python {platform.python_version()}, temporalio {version('temporalio')}, "
        f"{psutil.cpu_count()} cores, load average {load}\n"
        f"Reference: {reference}"
    )


def idle_line(title: str, idle: Mapping[str, float]) -> str:
    """What everything costs before a case, while nothing runs."""
    shown = ", ".join(f"{name} {cpu * 1000:.1f}" for name, cpu in idle.items())
    return f"{title}: idle, CPU milliseconds per second (not subtracted): {shown}"


def table(results: Results) -> str:
    """All results with their spread."""
    comparisons = [f"\n{comparison(case, pairs)}" for case, pairs in results.pairs.items()]
    further = [in_process(results), expressions(results), *(history(reading) for reading in results.histories)]
    return "\n".join([*comparisons, "", *filter(None, further)])


def json_line(results: Results) -> str:
    """The medians that decide, by name."""
    figures: dict[str, float] = {}
    for case, pairs in results.pairs.items():
        if case.name == "pass":
            figures["pass_transition_us"] = round(_pass_transition(pairs).median, 1)
        else:
            figures[f"{case.name}_ratio"] = round(over(pairs, cpu_ratio).median, 3)
    if results.in_process is not None:
        figures["in_process_transition_us"] = round(results.in_process.median, 2)
    if results.expressions is not None:
        figures["jsonata_output_us"] = round(results.expressions.jsonata_output.median, 2)
        figures["intrinsic_us"] = round(results.expressions.intrinsic.median, 2)
        figures["jsonata_aggregate_ms"] = round(results.expressions.jsonata_aggregate.median, 2)
    for reading in results.histories:
        figures[f"history_{reading.events}_seconds"] = round(reading.projected.median, 3)
        figures[f"history_{reading.events}_ratio"] = round(reading.ratio.median, 3)
    return json.dumps(figures | results.further)


def comparison(case: Case, pairs: Sequence[Pair]) -> str:
    """What all pairs of a case come to."""
    executions = f"{case.blocks} x {case.executions} executions"
    goal = "" if case.goal is None else _goal(over(pairs, cpu_ratio).median, case.goal, at_least=True)
    lines = [
        f"{case.title}, {case.in_flight} in flight: {len(pairs)} pairs of {executions}",
        *(_row(name, side, pairs) for name, side in _SIDES),
        f"  hand-written / steploom   worker and server CPU {_shown(over(pairs, cpu_ratio))}{goal}",
        f"                            worker CPU {_shown(over(pairs, worker_ratio))}, "
        f"server CPU {_shown(over(pairs, server_ratio))}, wall clock {_shown(over(pairs, wall_ratio))}",
    ]
    if case.name == "pass":
        extra = _pass_transition(pairs)
        goal = _goal(extra.median, _PASS_GOAL, at_least=False)
        lines.append(f"  worker CPU per Pass transition: {_shown(extra, 1)} microseconds{goal}")
    return "\n".join(lines)


def pair_line(pair: Pair) -> str:
    """What one pair came to."""
    return f"{cpu_ratio(pair):.2f} (worker {worker_ratio(pair):.2f}, server {server_ratio(pair):.2f})"


_SIDES: Final[tuple[tuple[str, Callable[[Pair], Sample]], ...]] = (
    ("hand-written", lambda pair: pair.reference),
    ("steploom", lambda pair: pair.steploom),
)


def _row(name: str, side: Callable[[Pair], Sample], pairs: Sequence[Pair]) -> str:
    def cost(measure: Callable[[Sample], float]) -> float:
        return over(pairs, lambda pair: side(pair).each(measure)).median * 1000

    total = over(pairs, lambda pair: side(pair).each(lambda sample: sample.total) * 1000)
    return (
        f"  {name:<14} ms per execution: server {cost(lambda s: s.server):7.1f}  worker {cost(lambda s: s.worker):7.1f}"
        f"  both {total.median:7.1f} [{total.least:.1f} - {total.greatest:.1f}]"
        f"  client {cost(lambda s: s.client):5.1f}  wall clock {cost(lambda s: s.elapsed):7.1f}"
    )


def in_process(results: Results) -> str:
    """The transition without Temporal; nothing if it was not measured."""
    if results.in_process is None:
        return ""
    return f"A Pass transition in process, without Temporal: {_shown(results.in_process)} microseconds"


def expressions(results: Results) -> str:
    """What expressions cost; nothing if that was not measured."""
    costs = results.expressions
    if costs is None:
        return ""
    output, intrinsic, aggregate = costs.jsonata_output, costs.intrinsic, costs.jsonata_aggregate
    return (
        f"Beyond a Pass state, in process: the Output $states.input.a.b {_shown(output)} microseconds"
        f"{_goal(output.median, _EXPRESSION_GOAL, at_least=False)}, States.Format {_shown(intrinsic)} microseconds"
        f"{_goal(intrinsic.median, _EXPRESSION_GOAL, at_least=False)}\n"
        f"JSONata that filters, maps and sums 1,000 objects: {_shown(aggregate)} ms"
        f"{_goal(aggregate.median, _AGGREGATE_GOAL, at_least=False)}"
    )


def history(reading: HistoryReading) -> str:
    """How long one history took to read."""
    return (
        f"History of {reading.events} events ({reading.temporal_events} of Temporal's): "
        f"{_shown(reading.projected, 3)} s, Temporal's alone {_shown(reading.fetched, 3)} s; "
        f"of the allowance {_shown(reading.ratio)}{_goal(reading.ratio.median, _HISTORY_GOAL, at_least=False)}"
    )


def _pass_transition(pairs: Sequence[Pair]) -> Spread:
    return over(pairs, lambda pair: extra_worker_microseconds(pair, PASS_STATES))


def _shown(spread: Spread, digits: int = 2) -> str:
    return f"{spread.median:.{digits}f} [{spread.least:.{digits}f} - {spread.greatest:.{digits}f}]"


def _goal(value: float, goal: float, *, at_least: bool) -> str:
    met = value >= goal if at_least else value <= goal
    return f"  (goal: {'at least' if at_least else 'at most'} {goal:g}{'' if met else ', MISSED'})"
