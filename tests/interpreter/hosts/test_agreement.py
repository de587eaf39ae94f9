"""Every execution case on every host: the same end and the same history, event by event.

And every case's Temporal history replays in the SDK's sandbox, which guards determinism. Production runs unsandboxed,
for speed. The sandbox lets nothing be imported at run time, refuses builtins that reach the world, and runs workflow
code with its own checks; our modules are passed through, as their classes are compared by identity with those of the
compiled definitions. Clocks and chance in the core are forbidden by the import contracts of pyproject.toml.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.payloads import CompiledDefinitions, data_converter
from activities.worker import wiring
from interpreter.hosts.temporal.wiring import install
from interpreter.hosts.temporal.workflow import ExecutionWorkflow
from interpreter.values import MISSING
from tests.support.executions import Case, InProcessRun, Run, all_cases
from tests.support.short_histories import compact, comparable
from tests.support.temporal import TemporalRun, run_cases

CASES = all_cases()
_PASSED_THROUGH: Final = ("interpreter", "activities", "orjson", "jsonpath_ng", "ply", "temporalio", "google")


@pytest.fixture(scope="module")
def in_process() -> Mapping[str, Run | BaseException]:
    return asyncio.run(_run_in_process())


@pytest.fixture(scope="module")
def on_temporal() -> Mapping[str, TemporalRun | BaseException]:
    return asyncio.run(run_cases(CASES))


@pytest.fixture(scope="module")
def replayed(on_temporal: Mapping[str, TemporalRun | BaseException]) -> Mapping[str, Exception | None]:
    """What each replay failed with, by the run's id."""
    return asyncio.run(_replay_in_the_sandbox([run for run in on_temporal.values() if isinstance(run, TemporalRun)]))


async def _replay_in_the_sandbox(runs: Sequence[TemporalRun]) -> Mapping[str, Exception | None]:
    store = runs[0].store
    definitions = CompiledDefinitions(store)
    install(wiring(definitions))
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH)
    replayer = Replayer(
        workflows=[ExecutionWorkflow],
        data_converter=data_converter(definitions, store),
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
    )

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for run in runs:
            yield run.history

    async with replayer.workflow_replay_iterator(histories()) as results:
        return {result.history.run_id: result.replay_failure async for result in results}


async def _run_in_process() -> Mapping[str, Run | BaseException]:
    runs = await asyncio.gather(*(InProcessRun(case).run() for case in CASES), return_exceptions=True)
    return dict(zip((case.name for case in CASES), runs, strict=True))


def _ended(run: Run | TemporalRun | BaseException) -> Run:
    if isinstance(run, BaseException):
        raise run
    return run.run if isinstance(run, TemporalRun) else run


def test_names_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_in_process(case: Case, in_process: Mapping[str, Run | BaseException]) -> None:
    run = _ended(in_process[case.name])

    assert (run.status, run.output, run.error, run.cause) == (case.status, case.output, case.error, case.cause)
    assert _as_written(case, compact(run.events)) == list(case.history)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_on_temporal(
    case: Case, in_process: Mapping[str, Run | BaseException], on_temporal: Mapping[str, TemporalRun | BaseException]
) -> None:
    expected, run = _ended(in_process[case.name]), _ended(on_temporal[case.name])

    assert (run.status, run.output, run.error, run.cause) == (
        expected.status,
        expected.output,
        expected.error,
        expected.cause,
    )
    assert comparable(case, run.events) == comparable(case, expected.events)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_last_event_tells_the_end(case: Case, on_temporal: Mapping[str, TemporalRun | BaseException]) -> None:
    """The workflow said how it ended; the projection computed it anew."""
    run = _ended(on_temporal[case.name])
    last = run.events[-1]

    expected: dict[str, object] = {
        "type": last["type"],
        "id": len(run.events),
        "previousEventId": last["previousEventId"],
    }
    match run.status:
        case "SUCCEEDED":
            assert run.output is not MISSING
            assert last["type"] == "ExecutionSucceeded"
        case "FAILED":
            said = {name: text for name, text in (("error", run.error), ("cause", run.cause)) if text is not None}
            assert last == {**expected, "type": "ExecutionFailed", "executionFailedEventDetails": said}
        case _:
            assert last["type"] == "ExecutionTimedOut"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_replays_in_the_sandbox(
    case: Case,
    on_temporal: Mapping[str, TemporalRun | BaseException],
    replayed: Mapping[str, Exception | None],
) -> None:
    run = on_temporal[case.name]
    if isinstance(run, BaseException):
        raise run

    failure = replayed[run.history.run_id]
    if failure is not None:
        raise failure


def _as_written(case: Case, events: list[str]) -> list[str]:
    """Long histories are written with their middle left out."""
    if "..." not in case.history:
        return events
    cut = list(case.history).index("...")
    return [*events[:cut], "...", *events[cut + 1 - len(case.history) :]]
