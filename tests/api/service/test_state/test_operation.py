"""TestState through the service: statuses, inspection data, and what calls are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from interpreter.effects import ActivityFailure
from tests.api.service.installation import ROLE, Installation
from tests.api.service.test_state.trying import BOOM, MAP, PARALLEL, TASK, result, try_state

RETRY: Final = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 1, "MaxAttempts": 5, "BackoffRate": 2.0}]
CATCH: Final = [
    {"ErrorEquals": ["Other"], "Next": "Never"},
    {"ErrorEquals": ["States.ALL"], "Next": "Handler", "ResultPath": "$.error"},
]


@dataclass(frozen=True)
class Case:
    """One state, what it is given, and the whole answer."""

    name: str
    definition: dict[str, Any]
    want: dict[str, Any]
    params: dict[str, Any] = field(default_factory=dict)


ANSWERS = [
    Case(
        "a Pass with Parameters",
        {"Type": "Pass", "InputPath": "$.a", "Parameters": {"x.$": "$.b"}, "ResultPath": "$.r", "Next": "N"},
        {
            "status": "SUCCEEDED",
            "output": {"a": {"b": 1}, "r": {"x": 1}},
            "nextState": "N",
            "inspectionData": {
                "input": {"a": {"b": 1}},
                "afterInputPath": {"b": 1},
                "afterParameters": {"x": 1},
                "afterResultSelector": {"x": 1},
                "afterResultPath": {"a": {"b": 1}, "r": {"x": 1}},
            },
        },
        {"input": {"a": {"b": 1}}},
    ),
    Case(
        "a Pass with Result does not look at its input",
        {"Type": "Pass", "InputPath": "$.missing", "Result": 5, "End": True},
        {
            "status": "SUCCEEDED",
            "output": 5,
            "inspectionData": {"input": {}, "result": 5, "afterResultSelector": 5, "afterResultPath": 5},
        },
    ),
    Case(
        "a Pass that assigns shows the variables after it",
        {"Type": "Pass", "Parameters": {"n.$": "$old"}, "Assign": {"new.$": "$.n"}, "End": True},
        {
            "status": "SUCCEEDED",
            "output": {"n": 7},
            "inspectionData": {
                "input": {},
                "afterInputPath": {},
                "afterParameters": {"n": 7},
                "afterResultSelector": {"n": 7},
                "afterResultPath": {"n": 7},
                "variables": {"old": 7, "new": 7},
            },
        },
        {"variables": {"old": 7}},
    ),
    Case(
        "a Choice tells where it leads",
        {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "One"}], "Default": "Else"},
        {
            "status": "SUCCEEDED",
            "output": {"n": 1},
            "nextState": "One",
            "inspectionData": {"input": {"n": 1}, "afterInputPath": {"n": 1}},
        },
        {"input": {"n": 1}},
    ),
    Case(
        "a Fail",
        {"Type": "Fail", "Error": "E", "CausePath": "$.why"},
        {
            "status": "FAILED",
            "error": "E",
            "cause": "so",
            "inspectionData": {"input": {"why": "so"}, "afterInputPath": {"why": "so"}},
        },
        {"input": {"why": "so"}},
    ),
    Case(
        "a path that leads nowhere fails without the prefix of histories",
        {"Type": "Pass", "InputPath": "$.x", "End": True},
        {
            "status": "FAILED",
            "error": "States.Runtime",
            "cause": "Invalid path '$.x' : No results for path: $['x']",
            "inspectionData": {"input": {}},
        },
    ),
    Case(
        "a Task with a mocked result",
        TASK | {"Parameters": {"k.$": "$.v"}, "ResultSelector": {"s.$": "$.r"}, "ResultPath": "$.t"},
        {
            "status": "SUCCEEDED",
            "output": {"v": 1, "t": {"s": 2}},
            "nextState": "After",
            "inspectionData": {
                "input": {"v": 1},
                "afterInputPath": {"v": 1},
                "afterParameters": {"k": 1},
                "result": {"r": 2},
                "afterResultSelector": {"s": 2},
                "afterResultPath": {"v": 1, "t": {"s": 2}},
            },
        },
        {"input": {"v": 1}} | result({"r": 2}),
    ),
    Case(
        "an error that a retrier takes",
        TASK | {"Retry": RETRY},
        {
            "status": "RETRIABLE",
            "error": "Boom",
            "cause": "why",
            "inspectionData": {
                "input": {},
                "afterInputPath": {},
                "afterParameters": {},
                "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 16},
            },
        },
        {"mock": BOOM, "stateConfiguration": {"retrierRetryCount": 4}},
    ),
    Case(
        "an error whose retries are used up",
        TASK | {"Retry": RETRY},
        {
            "status": "FAILED",
            "error": "Boom",
            "cause": "why",
            "inspectionData": {
                "input": {},
                "afterInputPath": {},
                "afterParameters": {},
                "errorDetails": {"retryIndex": 0},
            },
        },
        {"mock": BOOM, "stateConfiguration": {"retrierRetryCount": 5}},
    ),
    Case(
        "an error that a catcher takes after the retries",
        TASK | {"Retry": RETRY, "Catch": CATCH},
        {
            "status": "CAUGHT_ERROR",
            "error": "Boom",
            "cause": "why",
            "output": {"v": 1, "error": {"Error": "Boom", "Cause": "why"}},
            "nextState": "Handler",
            "inspectionData": {
                "input": {"v": 1},
                "afterInputPath": {"v": 1},
                "afterParameters": {"v": 1},
                "errorDetails": {"catchIndex": 1},
            },
        },
        {"mock": BOOM, "input": {"v": 1}, "stateConfiguration": {"retrierRetryCount": 5}},
    ),
    Case(
        "a Parallel with a mocked result",
        PARALLEL,
        {
            "status": "SUCCEEDED",
            "output": {"r": [1, 2]},
            "inspectionData": {"input": {}, "afterResultSelector": [1, 2], "afterResultPath": {"r": [1, 2]}},
        },
        result([1, 2]),
    ),
    Case(
        "a Map with a mocked result",
        MAP | {"ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"}, "MaxConcurrency": 3},
        {
            "status": "SUCCEEDED",
            "output": ["x"],
            "inspectionData": {
                "input": {"items": ["a", "b"]},
                "afterInputPath": {"items": ["a", "b"]},
                "afterItemsPath": ["a", "b"],
                "afterItemSelector": [{"i": 0, "v": "a"}, {"i": 1, "v": "b"}],
                "maxConcurrency": 3,
                "afterResultSelector": ["x"],
                "afterResultPath": ["x"],
            },
        },
        {"input": {"items": ["a", "b"]}} | result(["x"]),
    ),
    Case(
        "a Map with a mocked error",
        MAP | {"Retry": RETRY},
        {
            "status": "RETRIABLE",
            "error": "Boom",
            "cause": "why",
            "inspectionData": {
                "input": {"items": [1]},
                "afterInputPath": {"items": [1]},
                "afterItemsPath": [1],
                "maxConcurrency": 0,
                "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 1},
            },
        },
        {"input": {"items": [1]}, "mock": BOOM, "stateConfiguration": {"errorCausedByState": "Inner"}},
    ),
]


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case.name)
@pytest.mark.parametrize("level", ["INFO", "DEBUG", "TRACE"])
async def test_answer(installation: Installation, case: Case, level: str) -> None:
    want = dict(case.want)
    if level == "INFO":
        want.pop("inspectionData")
    assert await try_state(installation, case.definition, inspectionLevel=level, **case.params) == want
    assert installation.calls.made == []


async def test_a_task_without_mock_is_called(installation: Installation) -> None:
    installation.calls.answers["f"] = {"done": 1}
    answer = await try_state(installation, TASK, input={"n": 1}, roleArn=ROLE)
    assert answer == {"status": "SUCCEEDED", "output": {"done": 1}, "nextState": "After"}
    assert installation.calls.made == [("f", {"n": 1})]


async def test_a_task_without_mock_is_called_once_for_all_retriers(installation: Installation) -> None:
    installation.calls.answers["f"] = ActivityFailure("application", "Boom", "why", (), heartbeat_asked=False)
    answer = await try_state(installation, TASK | {"Retry": RETRY}, roleArn=ROLE)
    assert (answer["status"], answer["error"]) == ("RETRIABLE", "Boom")
    assert len(installation.calls.made) == 1


async def test_a_nested_execution_can_be_mocked(installation: Installation) -> None:
    task = TASK | {"Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"StateMachineArn": "a"}}
    answer = await try_state(installation, task, **result({"Output": "o"}, fieldValidationMode="PRESENT"))
    assert answer["output"] == {"Output": "o"}
