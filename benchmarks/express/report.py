"""All that `python -m benchmarks.express` measures, as a table for people and as figures by name."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import psutil

from benchmarks.express import ratios
from benchmarks.express.installation import Calls, installed
from benchmarks.express.listing import Listing, list_executions, list_machines
from benchmarks.express.ratios import Pair
from benchmarks.samples import Spread

PAIRS: Final = 5
_SYNC_CALLS: Final = 2_000
_DURABLE_CALLS: Final = 160
_START_CALLS: Final = 400
_MACHINES, _EXECUTIONS = 300, 2_000
ALL_MACHINES, ALL_EXECUTIONS = 1_000, 20_000


@dataclass(frozen=True, slots=True)
class Results:
    """Everything measured in one run."""

    sync: Sequence[Pair]
    starts: Sequence[Pair]
    machines: Listing
    executions: Listing


async def measure(pairs: int, *, full: bool) -> Results:
    """Measure everything, each part on an installation of its own: what runs in one would disturb the next."""
    async with installed() as installation:
        _progress("StartSyncExecution, and StartExecution with its workflow")
        sync = await ratios.sync_pairs(installation, pairs, _SYNC_CALLS, _DURABLE_CALLS)
    async with installed() as installation:
        _progress("StartExecution, and start_workflow")
        starts = await ratios.start_pairs(installation, pairs, _START_CALLS)
        _progress("lists")
        machines = await list_machines(installation, ALL_MACHINES if full else _MACHINES)
        executions = await list_executions(installation, ALL_EXECUTIONS if full else _EXECUTIONS)
    return Results(sync, starts, machines, executions)


def table(results: Results) -> str:
    """All results with their spread."""
    load = ", ".join(f"{value:.1f}" for value in psutil.getloadavg())
    cost, with_caller = (ratios.start_cost_ratio(results.starts, with_caller=whose) for whose in (False, True))
    lines = [
        f"Python {platform.python_version()}, temporalio {version('temporalio')}, boto3 {version('boto3')}, "
        f"{psutil.cpu_count()} cores, load average {load}",
        "",
        f"Ten Pass states, {ratios.LANES} threads of boto3 in {ratios.PROCESSES} processes",
        *_rows("StartSyncExecution", [pair.ours for pair in results.sync]),
        *_rows("StartExecution to output", [pair.reference for pair in results.sync]),
        f"  executions per second, in process / durable  {_shown(ratios.rate_ratio(results.sync))} (goal: at least 15)",
        f"  CPU of all processes, durable / in process   {_shown(ratios.cpu_ratio(results.sync))}",
        f"  99th percentile / median of the first        {_shown(ratios.latency_ratio(results.sync))} (goal: below 10)",
        "",
        f"Starting alone, {ratios.LANES} at once",
        *_rows("StartExecution", [pair.ours for pair in results.starts]),
        *_rows("client.start_workflow", [pair.reference for pair in results.starts]),
        f"  CPU, Temporal and api / Temporal and the caller  {_shown(cost)} (goal: at most 1.3)",
        f"  the same, with boto3's process                   {_shown(with_caller)}",
        "",
        _listing("state machines", results.machines),
        _listing("executions", results.executions),
    ]
    return "\n".join(lines)


def figures(results: Results) -> dict[str, float]:
    """The medians that decide, by name."""
    shown = {
        "sync_express_ratio": ratios.rate_ratio(results.sync).median,
        "sync_express_cpu_ratio": ratios.cpu_ratio(results.sync).median,
        "sync_express_p99_over_p50": ratios.latency_ratio(results.sync).median,
        "start_execution_cpu_ratio": ratios.start_cost_ratio(results.starts, with_caller=False).median,
        "start_execution_with_boto3_cpu_ratio": ratios.start_cost_ratio(results.starts, with_caller=True).median,
        "list_page_growth": max(results.machines.growth, results.executions.growth),
    }
    return {name: round(value, 3) for name, value in shown.items()}


def _rows(name: str, taken: Sequence[Calls]) -> list[str]:
    return [
        f"  {name:<26} {calls.rate:7.1f} /s  p50 {calls.percentile(0.5) * 1000:6.1f} ms  "
        f"p99 {calls.percentile(0.99) * 1000:6.1f} ms  CPU ms: Temporal {_each(calls.server, calls):5.2f}  "
        f"worker {_each(calls.worker, calls):5.2f}  api {_each(calls.api, calls):5.2f}  "
        f"callers {_each(calls.callers, calls):5.2f}"
        for calls in taken
    ]


def _each(seconds: float, calls: Calls) -> float:
    return seconds / calls.number * 1000


def _listing(what: str, listing: Listing) -> str:
    first, last = listing.pages[0] * 1000, listing.pages[-1] * 1000
    return (
        f"{listing.items} {what} in {len(listing.pages)} pages: first {first:.1f} ms, last {last:.1f} ms, "
        f"last quarter / first quarter {listing.growth:.2f}"
    )


def _shown(spread: Spread) -> str:
    return f"{spread.median:.2f} [{spread.least:.2f} - {spread.greatest:.2f}]"


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
