"""Executions under test end as they end in production: the compliance cases, with mocks in place of their functions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from api.service.config import ServiceConfig
from api.testing.mock_file import read_mock_file
from api.testing.run import run_subject
from api.testing.subjects import find_subjects
from tests.support.executions import MACHINE, Behaviour, Case, all_cases, slug

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
MOST_INVOCATIONS = 10_000
END = {"TIMED_OUT": "States.Timeout"}


def task_states(value: Any, name: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every Task state of a definition with its name."""
    if isinstance(value, dict):
        if value.get("Type") == "Task":
            yield name, value
        for key, member in value.items():
            yield from task_states(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from task_states(member)


def mocks_of(case: Case) -> dict[str, Any] | None:
    """Mocks by state that do what the functions of a case do; None where mocks cannot."""
    mocks: dict[str, Any] = {}
    called: set[str] = set()
    for state, task in task_states(case.definition):
        resource = str(task["Resource"])
        function = resource.removeprefix(FUNCTION)
        if function == resource or function not in case.functions or function in called:
            return None
        called.add(function)
        responses = [response_of(Behaviour.from_json(shown)) for shown in case.functions[function]]
        if None in responses:
            return None
        numbers = [str(number) for number in range(len(responses))]
        numbers[-1] += f"-{MOST_INVOCATIONS}"  # the last behaviour repeats
        mocks[state] = dict(zip(numbers, responses, strict=True))
    return mocks


def response_of(behaviour: Behaviour) -> dict[str, Any] | None:
    """What a mock says in place of a function; None where it cannot: a call that hangs, that echoes, a callback."""
    if behaviour.hangs or behaviour.callback is not None:
        return None
    failure = behaviour.failure
    if failure is not None and failure.details:
        return {"Throw": {"Error": failure.type, "Cause": failure.message}}
    if failure is not None:
        body: dict[str, Any] = {"errorMessage": failure.message, "errorType": failure.type, "stackTrace": []}
        return {"Throw": {"Error": failure.type, "Cause": json.dumps(body, ensure_ascii=False)}}
    return {"Return": behaviour.result} if isinstance(behaviour.result, (dict, list, str, int, float, bool)) else None


FROM_THE_SEED = frozenset(
    (
        "dataflow: intrinsic functions, random ones from the seed",
        "jsonata: a costly expression draws no chance twice",
        "retry: jitter from the seed",
    )
)
"""Cases whose output shows random numbers, which depend on the case's name here."""

MOCKED = [
    (case, mocks)
    for case in all_cases()
    if case.time != "real" and case.name not in FROM_THE_SEED and (mocks := mocks_of(case)) is not None
]


@pytest.mark.parametrize("mocked", MOCKED, ids=lambda mocked: mocked[0].name)
async def test_it_ends_in_the_same_way(mocked: tuple[Case, Mapping[str, Any]], tmp_path: Path) -> None:
    case, mocks = mocked
    name = slug(case.name)
    tests = {
        "Definition": case.definition,
        "TestCases": {name: {state: state for state in mocks}},
        "Tests": {name: {"Input": case.input, "StartTime": "2023-11-14T22:13:20Z"}},
    }
    path = tmp_path / "m.test.json"
    path.write_text(json.dumps({"StateMachines": {MACHINE: tests}, "MockedResponses": mocks}))
    file = read_mock_file(path)
    [subject] = find_subjects(file, {})
    [report] = (await run_subject(file, subject, ServiceConfig())).cases
    outcome = report.outcome
    assert outcome is not None, report.problems
    assert (outcome.status, outcome.output) == (case.status, case.output)
    assert (outcome.error, outcome.cause) == (case.error or END.get(case.status), case.cause)
