"""The command that tests state machines with mocks, and how it shows the results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli.diagnostics import print_diagnostics
from api.cli.options import ConfigOption, JsonOption, settings_from
from api.cli.output import CommandError, console, print_json, print_line

if TYPE_CHECKING:
    from api.service.config import ServiceConfig
    from api.testing.coverage import Coverage
    from api.testing.mock_file import Case, MockFile
    from api.testing.run import CaseReport, MachineReport
    from api.testing.subjects import Subject

_STYLES: Final = {"PASSED": "bold green", "FAILED": "bold red", "ERROR": "bold magenta"}


def run_tests(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Test cases and mocks (MockConfigFile), JSON.")],
    definitions: Annotated[
        list[str] | None,
        typer.Option(
            "--definition",
            "-d",
            metavar="[NAME=]FILE",
            help="Definition of state machine NAME, or of the only one (default: what FILE says, then NAME.asl.json).",
        ),
    ] = None,
    cases: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="PATTERN", help="Only cases so named: CASE or MACHINE#CASE, * for any text."),
    ] = None,
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", metavar="PERCENT", min=0, max=100, help="Fail if less of a machine is covered."),
    ] = None,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write the results as JUnit XML too.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the test cases of FILE in process: mocks instead of calls, time skipped. Exit code 1 if one fails.

    Shows which states and branches the cases covered. FILE has the format of Step Functions Local's MockConfigFile.

    Example: steploom test order.test.json --junit results.xml --fail-under 80
    """
    from api.service.config import ServiceConfig
    from api.testing.mock_file import MockFileError, read_mock_file
    from api.testing.subjects import DefinitionRefused, find_subjects
    from interpreter.limits import definition_quotas_of

    settings = settings_from(config)
    service = ServiceConfig(account_id=settings.account_id, region=settings.region, mode=settings.mode)
    try:
        mocks = read_mock_file(file)
        quotas = definition_quotas_of(settings.mode)
        subjects = find_subjects(mocks, _definitions(mocks, definitions or []), _wanted(cases), quotas=quotas)
        if not subjects:
            raise CommandError(f"{file} has no case{' so named' if cases else ''}.", exit_code=2)
        reports = asyncio.run(_run(mocks, subjects, service))
    except MockFileError as error:
        raise CommandError(str(error), exit_code=2) from error
    except DefinitionRefused as refused:
        print_diagnostics(refused.file, refused.diagnostics)
        raise CommandError(f"{refused.file} is not a valid definition.", exit_code=2) from refused
    if junit_file is not None:
        _write_junit(junit_file, reports)
    uncovered = [each for each in reports if fail_under is not None and each.coverage.percent < fail_under]
    if as_json:
        print_json(_as_json(reports, uncovered))
    else:
        _print(reports)
        for each in uncovered:
            print_line(f"{each.name}: {each.coverage.percent:.1f} % covered, {fail_under:g} % wanted", "bold red")
    if uncovered or any(report.result != "PASSED" for each in reports for report in each.cases):
        raise typer.Exit(1)


async def _run(file: MockFile, subjects: Sequence[Subject], config: ServiceConfig) -> list[MachineReport]:
    from api.testing.run import run_subject

    return [await run_subject(file, subject, config) for subject in subjects]


def _definitions(file: MockFile, options: Sequence[str]) -> Mapping[str, Path]:
    found = {}
    for option in options:
        name, equals, path = option.partition("=")
        if not equals:
            if len(file.machines) != 1:
                raise CommandError(
                    f"--definition {option}: {file.path} has several state machines; say of which: NAME={option}",
                    exit_code=2,
                )
            name, path = next(iter(file.machines)), option
        found[name] = Path(path)
    return found


def _wanted(patterns: Sequence[str] | None) -> Callable[[Case], bool]:
    def wanted(case: Case) -> bool:
        names = (case.name, case.label)
        return not patterns or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)

    return wanted


def _write_junit(file: Path, reports: Sequence[MachineReport]) -> None:
    from api.testing.junit import junit

    try:
        junit(reports).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}", exit_code=2) from error


# ---------------------------------------------------------------------- for people


def _print(reports: Sequence[MachineReport]) -> None:
    for machine in reports:
        for report in machine.cases:
            _print_case(report)
    for machine in reports:
        _print_coverage(machine)
    results = [report.result for machine in reports for report in machine.cases]
    words = (("PASSED", "passed"), ("FAILED", "failed"), ("ERROR", "with errors"))
    told = ", ".join(f"{results.count(result)} {word}" for result, word in words if result in results)
    print_line(f"\n{told}", "bold green" if set(results) == {"PASSED"} else "bold red")


def _print_case(report: CaseReport) -> None:
    out = console()
    out.print(f"{report.result:<6}", style=_STYLES[report.result], end="  ")
    skipped = f"; {_duration(report.skipped_seconds)} skipped" if report.skipped_seconds else ""
    out.print(f"{report.case.label}  ({report.seconds * 1000:.0f} ms{skipped})", markup=False)
    for problem in report.problems:
        for line in problem.lines():
            print_line(f"        {line}")


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.4g} {unit}"
    return f"{seconds:.4g} s"


def _print_coverage(machine: MachineReport) -> None:
    from api.testing.coverage import describe

    coverage = machine.coverage
    counts = [f"{reached} of {total} {what}" for what, (reached, total) in _counts(coverage).items() if total]
    print_line(f"\nCoverage of {machine.name}: {', '.join(counts)} ({coverage.percent:.1f} %)", "bold")
    for point in coverage.missed:
        print_line(f"  not reached: {describe(point, machine.definition)}", "yellow")


def _counts(coverage: Coverage) -> dict[str, tuple[int, int]]:
    return {"states": coverage.states, "branches": coverage.branches}


# ---------------------------------------------------------------------- for programs


def _as_json(reports: Sequence[MachineReport], uncovered: Sequence[MachineReport]) -> dict[str, Any]:
    results = [report.result for machine in reports for report in machine.cases]
    return {
        "passed": results.count("PASSED"),
        "failed": results.count("FAILED"),
        "errors": results.count("ERROR"),
        "cases": [_case_json(report) for machine in reports for report in machine.cases],
        "coverage": {machine.name: _coverage_json(machine) for machine in reports},
        "tooLittleCovered": [machine.name for machine in uncovered],
    }


def _case_json(report: CaseReport) -> dict[str, Any]:
    outcome = report.outcome
    ended: dict[str, Any] = {}
    if outcome is not None:
        ended = {"status": outcome.status, "output": outcome.output, "error": outcome.error, "cause": outcome.cause}
    shown = {
        "machine": report.case.machine,
        "case": report.case.name,
        "result": report.result,
        "seconds": round(report.seconds, 3),
        "skippedSeconds": report.skipped_seconds,
        **ended,
        "path": report.path,
        "problems": [_present(text=each.text, wanted=each.wanted, got=each.got) for each in report.problems],
    }
    return _present(**{name: value for name, value in shown.items() if value is not None or name == "output"})


def _coverage_json(machine: MachineReport) -> dict[str, Any]:
    from api.testing.coverage import describe

    coverage = machine.coverage
    counts = {what: {"reached": reached, "total": total} for what, (reached, total) in _counts(coverage).items()}
    missed = [describe(point, machine.definition) for point in coverage.missed]
    return {"percent": round(coverage.percent, 1), **counts, "notReached": missed}


def _present(**members: Any) -> dict[str, Any]:
    from interpreter.values import MISSING

    return {name: value for name, value in members.items() if value is not MISSING}
