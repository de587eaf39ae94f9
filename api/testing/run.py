"""Runs the cases of a state machine, one after the other, each in process with time skipped."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from api.service.arns import Arns
from api.service.clock import epoch_milliseconds
from api.service.config import ServiceConfig
from api.testing.coverage import Coverage, coverage_of
from api.testing.expectations import Outcome, Problem, check
from api.testing.mock_file import Case, MockFile
from api.testing.mocks import MissingMock, Mocks
from api.testing.subjects import Subject
from api.testing.trace import EndlessExecution, Point, Trace
from interpreter.definition.model import Definition
from interpreter.execution import FailedWith, Succeeded
from interpreter.hosts.inprocess import Ended, InProcessHost
from interpreter.limits import EXPRESS_SECONDS
from interpreter.start import ExecutionStart
from interpreter.values import MISSING, JsonValue

_ROLE: Final = "arn:{partition}:iam::{account}:role/steploom"
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_UNNAMED: Final = re.compile(r"[^0-9A-Za-z_-]+")

Result: TypeAlias = Literal["PASSED", "FAILED", "ERROR"]


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


async def run_subject(file: MockFile, subject: Subject, config: ServiceConfig) -> MachineReport:
    """Run all cases of a state machine."""
    reached: set[Point] = set()
    reports = []
    for case in subject.cases:
        trace = Trace()
        reports.append(await _run(file, subject, case, trace, config))
        reached |= trace.reached
    return MachineReport(subject.name, subject.definition, tuple(reports), coverage_of(subject.definition, reached))


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
