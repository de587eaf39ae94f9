"""Replays the cases recorded on AWS against a `steploom dev` of its own: `make conformance`.

Without arguments all cases are replayed twice, comparing outcomes and then whole histories, and the failures are held
against the list of those that are known (`recorded_classes`). Arguments go to the runner instead
(`CASES="-k choice_operators --mode history"`), whose folder `STEPLOOM_CONFORMANCE` names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.temporal_server import free_ports
from tests.support.dev_service import clean_environment, dev_service
from tests.support.recorded_classes import CaseClass, Comparison, NotPassed, class_of, not_passed

DEFAULT_FOLDER: Final = Path("..") / "shared" / "conformance"

LISTED_CLASSES: Final[tuple[CaseClass, ...]] = ("language", "labels", "TestState", "API", "other services")
"""Classes of which every case that does not pass is listed."""

_FLOORS: Final[Mapping[Comparison, float]] = {"outcome": 98.0, "history": 96.0}
"""Percentages that the listed classes must reach."""

_LOWER_FLOORS: Final[Mapping[tuple[CaseClass, Comparison], float]] = {
    ("API", "history"): 75.0,
    ("other services", "outcome"): 75.0,
    ("other services", "history"): 60.0,
}
"""Where many recordings are older than what AWS answers today, or not what the services' stand-ins answer."""

_OPTIONS: Final[Mapping[Comparison, tuple[str, ...]]] = {
    "outcome": ("--mode", "outcome"),
    "history": ("--mode", "history", "--exact"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one comparison: the cases that passed and, with the first differences, those that did not."""

    comparison: Comparison
    passed: frozenset[str]
    failed: Mapping[str, str]

    def percentage(self, names: Sequence[str]) -> float:
        """How many of `names` passed, in percent."""
        return 100 * sum(name in self.passed for name in names) / len(names) if names else 100.0


def main(arguments: list[str]) -> int:
    """Run the cases; the exit code is 1 where something did not pass that should, or passed that is listed."""
    runner = Path(os.environ.get("STEPLOOM_CONFORMANCE", DEFAULT_FOLDER)).resolve() / "run_cases.py"
    if not runner.is_file():
        print(f"NO CONFORMANCE DATA: there is no {runner}. Set STEPLOOM_CONFORMANCE to its folder.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder, _service(Path(folder)) as command:
        if arguments:
            return subprocess.run([sys.executable, runner, *command, *arguments], check=False).returncode
        reports = [_report(runner, command, comparison, Path(folder)) for comparison in _OPTIONS]
    classes = _classes(runner.parent / "cases")
    print("\n".join(_table(classes, reports)))
    told = list(complaints(classes, reports, not_passed(), _FLOORS))
    print("\n".join(["", *told]) if told else "\nAs listed: nothing else failed, and nothing listed passed.")
    return 1 if told else 0


@contextmanager
def _service(folder: Path) -> Iterator[list[str]]:
    """A service, and the arguments by which the runner finds it."""
    lambda_port, backend_port = free_ports(2)
    environment = clean_environment(
        STEPLOOM_FUNCTIONS="lambda",
        STEPLOOM_LOG_LEVEL="error",
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{backend_port}",
        AWS_ENDPOINT_URL_LAMBDA=f"http://127.0.0.1:{lambda_port}",
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_DEFAULT_REGION="us-east-1",
    )
    with dev_service(folder, environment=environment) as service:
        yield [
            *("--endpoint", service.http),
            *("--lambda-port", str(lambda_port)),
            *("--backend-port", str(backend_port)),
        ]


def _report(runner: Path, command: Sequence[str], comparison: Comparison, folder: Path) -> Report:
    report = folder / f"{comparison}.json"
    options = [*_OPTIONS[comparison], "--quiet", "--workers", "3", "--json", str(report)]
    print(f"Comparing by {comparison}: ", end="", flush=True)
    subprocess.run([sys.executable, runner, *command, *options], check=False, stderr=subprocess.DEVNULL)
    cases = json.loads(report.read_text("utf-8"))["cases"]
    passed = frozenset(name for name, case in cases.items() if case["result"] == "passed")
    return Report(comparison, passed, {name: case["detail"] for name, case in cases.items() if name not in passed})


def _classes(folder: Path) -> dict[CaseClass, list[str]]:
    classes: dict[CaseClass, list[str]] = {}
    for path in sorted(folder.glob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        classes.setdefault(class_of(case), []).append(case["name"])
    return classes


def _table(classes: Mapping[CaseClass, Sequence[str]], reports: Sequence[Report]) -> Iterator[str]:
    yield f"{'':<18}{'cases':>7}" + "".join(f"{f'by {report.comparison}':>14}" for report in reports)
    for name, cases in classes.items():
        yield f"{name:<18}{len(cases):>7}" + "".join(f"{report.percentage(cases):>12.1f} %" for report in reports)


def complaints(
    classes: Mapping[CaseClass, Sequence[str]],
    reports: Sequence[Report],
    listed: Mapping[str, NotPassed],
    floors: Mapping[Comparison, float],
) -> Iterator[str]:
    """What is not as it should be, in the listed classes, one line each."""
    for report in reports:
        expected = {name for name, entry in listed.items() if report.comparison in entry.comparisons}
        for kind in LISTED_CLASSES:
            cases = classes.get(kind, [])
            floor = _LOWER_FLOORS.get((kind, report.comparison), floors[report.comparison])
            if report.percentage(cases) < floor:
                yield f"BELOW {floor:g} % by {report.comparison}: {kind}"
            for name in cases:
                if name in report.failed and name not in expected:
                    yield f"FAILED by {report.comparison}: {name}: {report.failed[name][:1000]}"
                elif name in report.passed and name in expected:
                    yield f"PASSED by {report.comparison}, though listed as not passed: {name}"
        known = {name for kind in LISTED_CLASSES for name in classes.get(kind, [])}
        yield from (f"LISTED, but there is no such case: {name}" for name in sorted(expected - known))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
