"""Every execution case on every host: the same end and the same history, event by event."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from interpreter.values import MISSING
from tests.support.executions import Case, InProcessRun, Run, all_cases
from tests.support.short_histories import compact, comparable
from tests.support.temporal import TemporalRun, run_cases

CASES = all_cases()


@pytest.fixture(scope="module")
def in_process() -> Mapping[str, Run | BaseException]:
    return asyncio.run(_run_in_process())


@pytest.fixture(scope="module")
def on_temporal() -> Mapping[str, TemporalRun | BaseException]:
    return asyncio.run(run_cases(CASES))


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


def _as_written(case: Case, events: list[str]) -> list[str]:
    """Long histories are written with their middle left out."""
    if "..." not in case.history:
        return events
    cut = list(case.history).index("...")
    return [*events[:cut], "...", *events[cut + 1 - len(case.history) :]]
