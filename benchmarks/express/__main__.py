"""`python -m benchmarks.express`: EXPRESS executions, starts and lists through the HTTP door.

Progress goes to standard error, the results to standard output; the last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json

from benchmarks.express.report import ALL_EXECUTIONS, ALL_MACHINES, PAIRS, figures, measure, table


def main() -> None:
    """Run, and print the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.express", description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"interleaved pairs (default: {PAIRS})")
    parser.add_argument(
        "--full", action="store_true", help=f"list {ALL_MACHINES} state machines and {ALL_EXECUTIONS} executions"
    )
    given = parser.parse_args()
    if given.pairs < 1:
        parser.error("--pairs must be at least 1")
    results = asyncio.run(measure(given.pairs, full=given.full))
    print(table(results))
    print(json.dumps(figures(results)))


if __name__ == "__main__":
    main()
