"""Runs the cases of a mock file, one after the other, each in process with time skipped."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias
from uuid import UUID

from activities.registry import Registry
from api.service.arns import Arns
from api.service.clock import epoch_milliseconds
from api.service.config import ServiceConfig
from api.service.test_state.subject import MockableResources
from api.testing.assertions import Assertion, AssertionFault, parse_assertion
from api.testing.coverage import Coverage, all_states, coverage_of
from api.testing.expectations import Outcome, Problem, check
from api.testing.mock_file import Case, MachineTests, MockFile, MockFileError, read_file
from api.testing.mocks import MissingMock, Mocks
from api.testing.paths import Step
from api.testing.trace import EndlessExecution, Point, Trace
from interpreter.definition.diagnostics import Diagnostic
from interpreter.definition.model import Definition, TaskState
from interpreter.definition.parse import parse_definition
from interpreter.errors import DefinitionError
from interpreter.execution import FailedWith, Succeeded
from interpreter.hosts.inprocess import Ended, InProcessHost
from interpreter.limits import EXPRESS_SECONDS
from interpreter.start import ExecutionStart
from interpreter.values import MISSING, JsonValue, json_text

DEFINITION_SUFFIX: Final = ".asl.json"
_ROLE: Final = "arn:{partition}:iam::{account}:role/steploom"
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_UNNAMED: Final = re.compile(r"[^0-9A-Za-z_-]+")

Result: TypeAlias = Literal["PASSED", "FAILED", "ERROR"]


class DefinitionRefused(Exception):
    """A definition under test has errors.

    Attributes:
        file: where it stands.
        diagnostics: what is wrong with it.
    """

    def __init__(self, file: Path, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(f"{file} is not a valid definition")
        self.file = file
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class CaseReport:
    """How a case went.

    Attributes:
        case: the case.
        result: ERROR where it could not be run to its end.
        problems: what was not as expected.
        outcome: how the execution ended; None where it did not.
        seconds: how long the test took.
        skipped_seconds: how much time of the execution was skipped.
        path: the states that were entered, as a case writes a path.
    """

    case: Case
    result: Result
    problems: tuple[Problem, ...]
    outcome: Outcome | None
    seconds: float
    skipped_seconds: float
    path: JsonValue


@dataclass(frozen=True, slots=True)
class MachineReport:
    """The cases of a state machine, and what they covered of its definition."""

    name: str
    definition: Definition
    cases: tuple[CaseReport, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Subject:
    """A state machine under test: its definition, the cases to run and their assertions by case."""

    name: str
    tests: MachineTests
    definition: Definition
    cases: Sequence[Case]
    assertions: Mapping[str, Sequence[Assertion]]


def find_subjects(
    file: MockFile, definitions: Mapping[str, Path], wanted: Callable[[Case], bool] = lambda case: True
) -> list[Subject]:
    """The state machines of a file with the cases that are `wanted`; those without any are left out.

    `definitions` says where the definitions of some state machines are, against what the file says.

    Raises:
        MockFileError: a definition cannot be found, or the cases do not fit it.
        DefinitionRefused: a definition has errors.
    """
    for name in definitions.keys() - file.machines.keys():
        raise MockFileError(f"{file.path}: there is no {name!r} in StateMachines, but {', '.join(file.machines)}")
    subjects = []
    for name, tests in file.machines.items():
        cases = [case for case in file.cases(name) if wanted(case)]
        if cases:
            definition = _definition(file, name, tests, definitions.get(name))
            assertions = {case.name: _assertions(file, case, definition) for case in cases}
            subjects.append(Subject(name, tests, definition, cases, assertions))
    return subjects


async def run_subject(file: MockFile, subject: Subject, config: ServiceConfig) -> MachineReport:
    """Run all cases of a state machine."""
    reached: set[Point] = set()
    reports = []
    for case in subject.cases:
        trace = Trace()
        reports.append(await _run(file, subject, case, trace, config))
        reached |= trace.reached
    return MachineReport(subject.name, subject.definition, tuple(reports), coverage_of(subject.definition, reached))


# ---------------------------------------------------------------------- before anything runs


def _definition(file: MockFile, name: str, tests: MachineTests, named: Path | None) -> Definition:
    told = tests.definition
    if named is None and isinstance(told, dict):
        path, text = file.path, json_text(told)
    else:
        beside = told if isinstance(told, str) else f"{name}{DEFINITION_SUFFIX}"
        path = named or file.path.parent / beside
        if named is None and told is None and not path.exists():
            raise MockFileError(
                f"{file.path}: the definition of {name!r} is not at {path}. Say where it is with Definition beside "
                f"TestCases, or with --definition {name}=FILE."
            )
        text = read_file(path)
    try:
        return parse_definition(text, MockableResources(Registry()), machine_type=tests.type)
    except DefinitionError as error:
        raise DefinitionRefused(path, error.diagnostics) from error


def _assertions(file: MockFile, case: Case, definition: Definition) -> list[Assertion]:
    """The assertions of a case, whose states must all be there."""
    tasks = {state.name: isinstance(state, TaskState) for state in all_states(definition.machine)}
    place = f"{file.path}: at StateMachines/{case.machine}"
    for state in case.mocks:
        if not tasks.get(state, True):
            raise MockFileError(f"{place}/TestCases/{case.name}: {state!r} is not a Task; only Tasks are mocked")
    expected = f"{place}/Tests/{case.name}/Expect"
    assertions = []
    for index, shown in enumerate(case.expect.assertions):
        try:
            assertions.append(parse_assertion(shown))
        except AssertionFault as fault:
            raise MockFileError(f"{expected}/Assert[{index}]: {fault}") from None
    named = {f"{place}/TestCases/{case.name}": list(case.mocks)}
    named[f"{expected}/Assert"] = [each.state for each in assertions if each.state is not None]
    named[f"{expected}/Path"] = list(_names(case.expect.wanted_path or ()))
    named[f"{expected}/Visits"] = list(case.expect.visits)
    named[f"{expected}/Errors"] = list(case.expect.errors)
    for where, states in named.items():
        for state in states:
            if state not in tasks:
                raise MockFileError(f"{where}: the definition has no state {state!r}")
    return assertions


def _names(steps: Sequence[Step]) -> Sequence[str]:
    inner = [name for step in steps for branch in step.branches or () for name in _names(branch)]
    return [step.state for step in steps] + inner


# ---------------------------------------------------------------------- one case


async def _run(file: MockFile, subject: Subject, case: Case, trace: Trace, config: ServiceConfig) -> CaseReport:
    begun = time.monotonic()
    input_ = case.input()
    start = _start(subject, case, config)
    mocks = Mocks(file, case)
    limit = EXPRESS_SECONDS if start.is_express else None
    host = InProcessHost(
        subject.definition, start, input_, mocks, mocks.invoke, skip_time=True, time_limit_seconds=limit
    )
    host.execution.mocked = True
    trace.watch(host.execution)
    outcome: Outcome | None = None
    try:
        outcome = _outcome(await host.run(), input_)
    except (MissingMock, EndlessExecution) as given_up:
        problems: Sequence[Problem] = [Problem(str(given_up))]
    else:
        problems = await check(case.expect, subject.assertions[case.name], outcome, trace, start)
    failed: Result = "ERROR" if outcome is None else "FAILED"
    return CaseReport(
        case,
        failed if problems else "PASSED",
        tuple(problems),
        outcome,
        time.monotonic() - begun,
        (host.now() - start.start_date) / 1000,
        trace.path(),
    )


def _start(subject: Subject, case: Case, config: ServiceConfig) -> ExecutionStart:
    """The same start each time, so that tests repeat: its UUIDs and random numbers too depend on the case's name."""
    arns = Arns(config)
    seed = hashlib.sha256(case.label.encode()).hexdigest()
    name = _UNNAMED.sub("-", case.name)[:80]
    if subject.tests.type == "EXPRESS":
        arn = arns.express_execution(subject.name, name, str(UUID(seed[:32])))
    else:
        arn = arns.execution(subject.name, name)
    return ExecutionStart(
        definition="",
        execution_arn=arn,
        state_machine_arn=arns.state_machine(subject.name),
        name=name,
        role_arn=_ROLE.format(partition=config.partition, account=config.account_id),
        start_date=epoch_milliseconds(case.test.start_time or _START),
        seed=seed,
        mode=config.mode,
    )


def _outcome(ended: Ended, input_: JsonValue) -> Outcome:
    match ended.result:
        case Succeeded(output):
            return Outcome(ended.status, input_, output, None, None)
        case FailedWith(error):
            return Outcome(ended.status, input_, MISSING, error.name, error.cause)
        case None:
            return Outcome(ended.status, input_, MISSING, "States.Timeout", None)
