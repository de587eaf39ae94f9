"""`python -m tests.resilience.hammer`: 64 clients for 60 seconds, the API killed three times; 1 if all is not well."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.resilience.hammer.run import Report, growth, hammer


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
    print(f"{report.checked} executions, state machines and deletions were looked for, with all that was done to them")
    for role, samples in (("API", report.memory), ("worker", report.worker_memory)):
        told = f"{samples[0]:.0f} MB when it was warm, {max(samples):.0f} at most, {samples[-1]:.0f} at last"
        print(f"memory of the {role}: {told}, {growth(samples):+.1%}")
    problems = report.problems()
    for problem in problems:
        print(f"PROBLEM: {problem}")
    print("NOT WELL" if problems else "all is well")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
