"""TestState through the service: statuses, inspection data, and what is refused (messages as recorded of AWS)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from api.service.errors import ServiceError
from interpreter.effects import ActivityFailure
from tests.api.service.installation import ROLE, Installation

FUNCTION: Final = "arn:aws:lambda:us-east-1:123456789012:function:f"
TASK: Final[dict[str, Any]] = {"Type": "Task", "Resource": FUNCTION, "Next": "After"}
RETRY: Final = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 1, "MaxAttempts": 5, "BackoffRate": 2.0}]
CATCH: Final = [
    {"ErrorEquals": ["Other"], "Next": "Never"},
    {"ErrorEquals": ["States.ALL"], "Next": "Handler", "ResultPath": "$.error"},
]
BOOM: Final = {"errorOutput": {"error": "Boom", "cause": "why"}}
MAP: Final[dict[str, Any]] = {
    "Type": "Map",
    "ItemsPath": "$.items",
    "ItemProcessor": {
        "StartAt": "Inner",
        "States": {"Inner": {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}},
    },
    "End": True,
}
PARALLEL: Final[dict[str, Any]] = {
    "Type": "Parallel",
    "Branches": [
        {"StartAt": "L", "States": {"L": {"Type": "Pass", "End": True}}},
        {"StartAt": "R", "States": {"R": {"Type": "Pass", "End": True}}},
    ],
    "ResultPath": "$.r",
    "End": True,
}


async def try_state(installation: Installation, definition: Any, **params: Any) -> dict[str, Any]:
    """Call TestState; documents are given and returned as values."""
    texts = {name: json.dumps(params[name]) for name in ("input", "variables", "context") if name in params}
    answer: dict[str, Any] = await installation.call("TestState", definition=json.dumps(definition), **params | texts)
    if "output" in answer:
        answer["output"] = json.loads(answer["output"])
    data = answer.get("inspectionData", {})
    for name, value in data.items():
        if isinstance(value, str):
            data[name] = json.loads(value)
    return answer


@dataclass(frozen=True)
class Case:
    """One state, what it is given, and the whole answer."""

    name: str
    definition: dict[str, Any]
    want: dict[str, Any]
    params: dict[str, Any] = field(default_factory=dict)


def result(value: Any, **more: Any) -> dict[str, Any]:
    return {"mock": {"result": json.dumps(value), **more}}


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


MACHINE: Final = {"StartAt": "M", "States": {"M": MAP | {"End": True}}}


async def test_context_of_a_state_inside_a_map(installation: Installation) -> None:
    answer = await try_state(installation, MACHINE, stateName="Inner", input={"n": 1})
    context = answer["output"]["c"]
    assert list(context["Execution"]) == ["Id", "Input", "Name", "RoleArn", "StartTime"]
    assert context["Execution"]["RoleArn"] is None
    assert context["Execution"]["Id"].split(":")[5:] == [
        "express",
        context["StateMachine"]["Name"],
        context["Execution"]["Name"],
    ]
    assert context["Map"] == {"Item": {"Index": 0, "Value": {"n": 1}, "Source": "STATE_DATA"}}
    assert context["State"]["Name"] == "StateName"


async def test_a_given_context_replaces_the_whole(installation: Installation) -> None:
    task = TASK | {"ResultSelector": {"c.$": "$$"}}
    for context in ({}, {"Execution": {"Id": "e", "Input": [1]}, "State": {"RetryCount": 3}}):
        answer = await try_state(installation, task, context=context, **result({}))
        assert answer["output"] == {"c": context}


async def test_resources_that_cannot_run_yet_can_be_mocked(installation: Installation) -> None:
    task = TASK | {"Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"StateMachineArn": "a"}}
    answer = await try_state(installation, task, **result({"Output": "o"}, fieldValidationMode="PRESENT"))
    assert answer["output"] == {"Output": "o"}


async def refused(installation: Installation, definition: Any, **params: Any) -> tuple[str, str]:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    with pytest.raises(ServiceError) as raised:
        await installation.call("TestState", definition=text, **params)
    return raised.value.code, raised.value.message


@dataclass(frozen=True)
class Refusal:
    """A call that is refused."""

    name: str
    definition: Any
    params: dict[str, Any]
    message: str
    code: str = "ValidationException"


PASS: Final = {"Type": "Pass", "End": True}
UNSUPPORTED: Final = (
    "TestState API does not support Map or Parallel states. Supported state types include: "
    "[Task, Wait, Pass, Succeed, Fail, Choice]"
)
CUT_OFF = (
    "Unexpected end-of-input: expected close marker for Object (start marker at "
    '[Source: (String)"{"; line: 1, column: 1])'
)
REFUSALS = [
    Refusal("no role", TASK, {}, "RoleArn must be specified when testing a Task state"),
    Refusal("a Map", MAP, {"roleArn": ROLE}, UNSUPPORTED, "InvalidDefinition"),
    Refusal("a Parallel", PARALLEL, {"roleArn": ROLE}, UNSUPPORTED, "InvalidDefinition"),
    Refusal("a mocked Pass", PASS, result({}), "State type 'Pass' is not supported when a mock is specified"),
    Refusal(
        "both",
        TASK,
        {"mock": BOOM | {"result": "{}"}},
        "A test mock should have only one of the following fields: [result, errorOutput].",
    ),
    Refusal(
        "secrets",
        TASK,
        {"mock": BOOM, "revealSecrets": True},
        "TestState does not support RevealSecrets when a mock is specified.",
    ),
    Refusal("no JSON", TASK, {"mock": {"result": "{"}}, "Mocked result must be valid JSON"),
    Refusal("no array", MAP, {"input": '{"items": []}'} | result({}), "Mocked result must be an array."),
    Refusal(
        "wrong count",
        PARALLEL,
        result([1]),
        "Mocked result must contain the same number of items as number of Parallel branches.",
    ),
    Refusal(
        "failures without mock",
        MAP,
        {"stateConfiguration": {"mapIterationFailureCount": 0}},
        "TestState does not support MapIterationFailureCount when a mock is not specified.",
    ),
    Refusal(
        "too many failures",
        MAP,
        {"stateConfiguration": {"mapIterationFailureCount": 2}} | result([1]),
        "Map iteration failure count must be less than or equal to the number of Map iterations",
    ),
    Refusal("unknown state", MACHINE, {"stateName": "X"}, "State not found in definition"),
    Refusal(
        "no type",
        {"Type": "What", "End": True},
        {},
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these "
        "values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/StateName/Type'",
        "InvalidDefinition",
    ),
    Refusal(
        "no object",
        "[]",
        {},
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null'",
        "InvalidDefinition",
    ),
    Refusal(
        "no input",
        PASS,
        {"input": ""},
        "Invalid State Machine Execution Input: 'Invalid execution input.'",
        "InvalidExecutionInput",
    ),
    Refusal(
        "wrong field of a result",
        TASK | {"Resource": "arn:aws:states:::events:putEvents", "Parameters": {}},
        result({"Entries": [{"EventId": []}]}),
        "Mock result schema validation error: Field 'EventId' must be a string",
    ),
    Refusal(
        "missing field of a result",
        TASK | {"Resource": "arn:aws:states:::states:startExecution", "Parameters": {}},
        result({"executionArn": "a"}),
        "Mock result schema validation error: Required field 'ExecutionArn' is missing",
    ),
    Refusal(
        "a callback without mock",
        TASK | {"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {}},
        {"roleArn": ROLE},
        "TestState needs a mock for the resource arn:aws:states:::lambda:invoke.waitForTaskToken",
    ),
    Refusal("variables", PASS, {"variables": "[]"}, "Invalid variables provided: variables must be an object"),
    Refusal("variables that are no JSON", PASS, {"variables": "{"}, "Invalid variables provided: " + CUT_OFF),
    Refusal(
        "variables that are nested too deeply",
        PASS,
        {"variables": "[" * 300 + "]" * 300},
        "Invalid variables provided: arrays and objects are nested more than 200 deep",
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
async def test_refusal(installation: Installation, case: Refusal) -> None:
    assert await refused(installation, case.definition, **case.params) == (case.code, case.message)


@pytest.mark.parametrize(
    "context, reason",
    [
        ('{"Other": {}}', "Field 'Other' is not allowed"),
        ('{"Execution": {"Other": 1}}', "Field 'Other' is not allowed"),
        ('{"Execution": {"Id": 1}}', "Execution.Id must be a string"),
        ('{"State": {"RetryCount": "1"}}', "State.RetryCount must be a number"),
        ('{"State": []}', "State must be an object"),
        ("[]", "Context object must be an object"),
        ("{", CUT_OFF),
        ('{"Map": {}}', "'Map' field is not supported when mocking a Context object"),
        (
            '{"Task": {"Token": "t"}}',
            "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken'"
            " service integration pattern",
        ),
    ],
)
async def test_context_is_refused(installation: Installation, context: str, reason: str) -> None:
    assert await refused(installation, TASK, context=context, **result({})) == (
        "ValidationException",
        f"Invalid Context object provided: {reason}",
    )


async def test_a_callback_may_have_a_token_in_its_context(installation: Installation) -> None:
    task = TASK | {
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"t.$": "$$.Task.Token"},
    }
    answer = await try_state(
        installation, task, context={"Task": {"Token": "abc"}}, inspectionLevel="DEBUG", **result({"Payload": 1})
    )
    assert answer["inspectionData"]["afterParameters"] == {"t": "abc"}
    assert answer["output"] == {"Payload": 1}
