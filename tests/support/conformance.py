"""Replays the cases recorded on AWS against a `steploom dev` of its own: `make conformance`.

Without arguments all cases are replayed twice, comparing outcomes and then whole histories, and the failures are held
against the list of those that are known (`recorded_classes`). Cases with fields that are excused by name (`excuses`)
are replayed without these, too. Arguments go to the runner instead
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
from tests.support.excuses import Excuse, excuses, write_mended
from tests.support.recorded_classes import CaseClass, Comparison, NotPassed, class_of, not_passed

DEFAULT_FOLDER: Final = Path("..") / "shared" / "conformance"

LISTED_CLASSES: Final[tuple[CaseClass, ...]] = ("language", "labels", "TestState", "API", "other services")
"""Classes of which every case that does not pass is listed."""

_FLOORS: Final[Mapping[Comparison, float]] = {"outcome": 99.0, "history": 98.0}
"""Percentages that the listed classes together must reach, with what is excused."""

_CLASS_FLOORS: Final[Mapping[Comparison, float]] = {"outcome": 98.0, "history": 96.0}
"""Percentages that each of them must reach."""

_LOWER_FLOORS: Final[Mapping[tuple[CaseClass, Comparison], float]] = {
    ("other services", "outcome"): 96.0,
    ("other services", "history"): 80.0,
}
"""Where the services' stand-ins answer with errors of their own."""

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

    def percentage(self, names: Sequence[str], excused: frozenset[str] = frozenset()) -> float:
        """How many of `names` passed, or are among `excused`, in percent."""
        good = sum(name in self.passed or name in excused for name in names)
        return 100 * good / len(names) if names else 100.0


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison: as it was recorded, and of the excused cases with what is excused."""

    recorded: Report
    mended: Report

    @property
    def excused(self) -> frozenset[str]:
        """The cases that pass but for what is excused."""
        return self.mended.passed - self.recorded.passed


def main(arguments: list[str]) -> int:
    """Run the cases; the exit code is 1 where something did not pass that should, or passed that is listed."""
    runner = Path(os.environ.get("STEPLOOM_CONFORMANCE", DEFAULT_FOLDER)).resolve() / "run_cases.py"
    if not runner.is_file():
        print(f"NO CONFORMANCE DATA: there is no {runner}. Set STEPLOOM_CONFORMANCE to its folder.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder, _service(Path(folder)) as command:
        if arguments:
            return subprocess.run([sys.executable, runner, *command, *arguments], check=False).returncode
        reports = _reports(runner, command, Path(folder))
    classes = _classes(runner.parent / "cases")
    print("\n".join([*_table(classes, reports), *_totals(classes, reports, excuses())]))
    told = [
        *(line for each in reports for line in complaints(classes, each, not_passed(), excuses())),
        *(line for each in reports for line in floors_missed(classes, each, _FLOORS, _CLASS_FLOORS)),
    ]
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


def _reports(runner: Path, command: Sequence[str], folder: Path) -> list[Compared]:
    recorded, mended = runner.parent / "cases", folder / "mended"
    write_mended(recorded, mended, excuses())
    return [
        Compared(
            _report(runner, command, comparison, recorded, folder),
            _report(runner, command, comparison, mended, folder),
        )
        for comparison in _OPTIONS
    ]


def _report(runner: Path, command: Sequence[str], comparison: Comparison, cases: Path, folder: Path) -> Report:
    report = folder / "report.json"
    options = [*_OPTIONS[comparison], "--quiet", "--workers", "3", "--json", str(report), "--cases", str(cases)]
    print(f"Comparing by {comparison}, {cases.name}: ", end="", flush=True)
    subprocess.run([sys.executable, runner, *command, *options], check=False, stderr=subprocess.DEVNULL)
    results = json.loads(report.read_text("utf-8"))["cases"]
    passed = frozenset(name for name, case in results.items() if case["result"] == "passed")
    return Report(comparison, passed, {name: case["detail"] for name, case in results.items() if name not in passed})


def _classes(folder: Path) -> dict[CaseClass, list[str]]:
    classes: dict[CaseClass, list[str]] = {}
    for path in sorted(folder.glob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        classes.setdefault(class_of(case), []).append(case["name"])
    return classes


def _table(classes: Mapping[CaseClass, Sequence[str]], reports: Sequence[Compared]) -> Iterator[str]:
    yield f"{'':<18}{'cases':>7}" + "".join(f"{f'by {each.recorded.comparison}':>14}" for each in reports)
    for name, cases in classes.items():
        yield f"{name:<18}{len(cases):>7}" + "".join(f"{each.recorded.percentage(cases):>12.1f} %" for each in reports)


def _totals(
    classes: Mapping[CaseClass, Sequence[str]], reports: Sequence[Compared], known: Mapping[str, Excuse]
) -> Iterator[str]:
    """The percentages of all listed cases together: as recorded, and with each kind of excuse."""
    cases = _listed(classes)
    outdated = frozenset(name for name, excuse in known.items() if excuse.kind == "outdated")
    yield ""
    for each in reports:
        plain, total = each.recorded.percentage(cases), each.recorded.percentage(cases, each.excused)
        stand_in = each.recorded.percentage(cases, each.excused - outdated)
        yield (
            f"All {len(cases)} but Distributed Map's, by {each.recorded.comparison}: {plain:.1f} % as recorded, "
            f"{stand_in:.1f} % but for the fields of stand-ins, {total:.1f} % with outdated recordings mended"
        )


def _listed(classes: Mapping[CaseClass, Sequence[str]]) -> list[str]:
    return [name for kind in LISTED_CLASSES for name in classes.get(kind, [])]


def complaints(
    classes: Mapping[CaseClass, Sequence[str]],
    compared: Compared,
    listed: Mapping[str, NotPassed],
    known: Mapping[str, Excuse],
) -> Iterator[str]:
    """What did not do as it is listed, one line each."""
    report = compared.recorded
    expected = {name for name, entry in listed.items() if report.comparison in entry.comparisons}
    for name in _listed(classes):
        if name in report.failed and name not in expected:
            yield f"FAILED by {report.comparison}: {name}: {report.failed[name][:1000]}"
        elif name in report.passed and name in expected:
            yield f"PASSED by {report.comparison}, though listed as not passed: {name}"
    for name, detail in compared.mended.failed.items():
        yield f"FAILED by {report.comparison}, though excused: {name}: {detail[:1000]}"
    for name, excuse in known.items():
        if excuse.later is not None and excuse.later not in report.passed:
            yield f"FAILED by {report.comparison}, though it is to show what AWS answers today: {excuse.later}"
        if name not in listed:
            yield f"EXCUSED, but not listed as not passed: {name}"
    there = set(_listed(classes))
    yield from (f"LISTED, but there is no such case: {name}" for name in sorted(expected - there))
    yield from (f"EXCUSED, but there is no such case: {name}" for name in sorted(known.keys() - there))


def floors_missed(
    classes: Mapping[CaseClass, Sequence[str]],
    compared: Compared,
    floors: Mapping[Comparison, float],
    class_floors: Mapping[Comparison, float],
) -> Iterator[str]:
    """The floors that are not reached with what is excused: of all listed classes together, and of each."""
    report, excused = compared.recorded, compared.excused
    if report.percentage(_listed(classes), excused) < floors[report.comparison]:
        yield f"BELOW {floors[report.comparison]:g} % by {report.comparison}: all cases together"
    for kind in LISTED_CLASSES:
        floor = _LOWER_FLOORS.get((kind, report.comparison), class_floors[report.comparison])
        if report.percentage(classes.get(kind, []), excused) < floor:
            yield f"BELOW {floor:g} % by {report.comparison}: {kind}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
