"""`python -m tests.resilience.hammer`: 64 clients for 60 seconds, the API killed three times; 1 if all is not well."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.resilience.hammer.run import Report, growth, hammer

_MOST_GROWTH: Final = 0.1


def main() -> int:
    """Run, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.resilience.hammer", description=__doc__)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="steploom-hammer-") as folder:
        report = asyncio.run(hammer(Path(folder), clients=given.clients, seconds=given.seconds, kills=given.kills))
    return tell(report)


def tell(report: Report) -> int:
    """Print a report; 0 if all is well."""
    total = sum(report.calls.values())
    print(f"{total} calls were answered, of {len(report.calls)} operations")
    print("  " + ", ".join(f"{name} {count}" for name, count in sorted(report.calls.items())))
    print("errors: " + (", ".join(f"{code} {count}" for code, count in sorted(report.errors.items())) or "none"))
    for life in report.memory:
        print(f"memory of the API: {life[0]:.0f} MB at first, {max(life):.0f} at most, {life[-1]:.0f} at last")
    print(f"  in the second half of its last life it grew by {growth(report.memory[-1]):.1%}")
    print(f"memory of the worker: grew by {growth(report.worker_memory):.1%} to {report.worker_memory[-1]:.0f} MB")
    for problem in [*report.violations, *(f"lost: {loss}" for loss in report.lost)]:
        print(f"PROBLEM: {problem}")
    bad = bool(report.violations or report.lost) or growth(report.memory[-1]) > _MOST_GROWTH
    print("NOT WELL" if bad else "all is well")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
