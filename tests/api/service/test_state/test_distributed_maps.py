"""TestState on Maps in DISTRIBUTED mode, whose children a mock takes the place of (answers by the API reference)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from tests.api.service.installation import Installation
from tests.api.service.test_state.trying import BOOM, refused, result, try_state

_PROCESSOR: Final[dict[str, Any]] = {
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
    "StartAt": "Inner",
    "States": {"Inner": {"Type": "Pass", "End": True}},
}
_READER: Final[dict[str, Any]] = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/deep~1er/list"},
    "Parameters": {"Bucket": "b", "Key": "k"},
}
_WRITER: Final[dict[str, Any]] = {
    "Resource": "arn:aws:states:::s3:putObject",
    "Parameters": {"Bucket": "b", "Prefix": "p"},
}
_EXCEEDED: Final = {
    "status": "FAILED",
    "error": "States.ExceedToleratedFailureThreshold",
    "cause": "The specified tolerated failure threshold was exceeded",
}


def _map(**fields: Any) -> dict[str, Any]:
    return {"Type": "Map", "ItemProcessor": _PROCESSOR, "End": True, **fields}


def _failed(iterations: int) -> dict[str, Any]:
    return {"stateConfiguration": {"mapIterationFailureCount": iterations}}


def _reader(**config: Any) -> dict[str, Any]:
    return {**_READER, "ReaderConfig": {"InputType": "JSON", **config}}


def _read(data: Any) -> dict[str, Any]:
    return {"stateConfiguration": {"mapItemReaderData": json.dumps(data)}}


@dataclass(frozen=True)
class Case:
    """A Map, what it is given beside the input `[1, 2, 3, 4]`, and parts of the answer and of its inspection data."""

    name: str
    definition: dict[str, Any]
    want: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=lambda: result([1, 2, 3, 4]))


_DONE: Final = {"status": "SUCCEEDED", "output": [1, 2, 3, 4]}
CASES: Final = [
    Case("nothing failed", _map(), _DONE, {"maxConcurrency": 0}),
    Case(
        "some failed, and nothing is declared",
        _map(),
        _DONE,
        params=result([1, 2, 3, 4]) | _failed(2),
    ),
    Case(
        "as many as are tolerated",
        _map(ToleratedFailureCount=2),
        _DONE,
        {"toleratedFailureCount": 2},
        result([1, 2, 3, 4]) | _failed(2),
    ),
    Case(
        "one more",
        _map(ToleratedFailureCountPath="$[1]"),
        _EXCEEDED,
        {"toleratedFailureCount": 2},
        result([1, 2, 3, 4]) | _failed(3),
    ),
    Case(
        "half of them are tolerated",
        _map(ToleratedFailurePercentage=50),
        _DONE,
        {"toleratedFailurePercentage": 50.0},
        result([1, 2, 3, 4]) | _failed(2),
    ),
    Case(
        "more than half",
        _map(ToleratedFailurePercentagePath="$[2]"),
        _EXCEEDED,
        {"toleratedFailurePercentage": 3.0},
        result([1, 2, 3, 4]) | _failed(1),
    ),
    Case(
        "a percentage as text",
        _map(ToleratedFailurePercentagePath="$half"),
        _DONE,
        {"toleratedFailurePercentage": 50.0},
        result([1, 2, 3, 4]) | _failed(2) | {"variables": {"half": "50.0"}},
    ),
    Case(
        "a percentage that is none",
        _map(ToleratedFailurePercentagePath="$half"),
        {
            "error": "States.Runtime",
            "cause": 'The ToleratedFailurePercentagePath field refers to value "x" which is not a valid float: $half',
        },
        params=result([1, 2, 3, 4]) | {"variables": {"half": "x"}},
    ),
    Case(
        "by expression",
        _map(ToleratedFailureCount="{% $states.input[0] %}", Items="{% $states.input %}", QueryLanguage="JSONata"),
        _EXCEEDED,
        {"toleratedFailureCount": 1},
        result([1, 2, 3, 4]) | _failed(2),
    ),
    Case(
        "too many of them are caught",
        _map(ToleratedFailureCount=0, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "N"}]),
        {**_EXCEEDED, "status": "CAUGHT_ERROR", "nextState": "N"},
        {"errorDetails": {"catchIndex": 0}},
        result([1, 2, 3, 4]) | _failed(1),
    ),
    Case(
        "a number that is none",
        _map(ToleratedFailureCountPath="$"),
        {"status": "FAILED", "error": "States.Runtime"},
    ),
    Case("an error", _map(), {"status": "FAILED", "error": "Boom", "cause": "why"}, params={"mock": BOOM}),
    Case(
        "batches by number",
        _map(ItemBatcher={"MaxItemsPerBatch": 3, "BatchInput": {"b": 7}}),
        _DONE,
        {"afterItemBatcher": [{"BatchInput": {"b": 7}, "Items": [1, 2, 3]}, {"BatchInput": {"b": 7}, "Items": [4]}]},
    ),
    Case(
        "batches by size, of what is selected",
        _map(ItemBatcher={"MaxInputBytesPerBatch": 8}, ItemSelector={"i.$": "$$.Map.Item.Value"}),
        _DONE,
        {
            "afterItemSelector": [{"i": 1}, {"i": 2}, {"i": 3}, {"i": 4}],
            "afterItemBatcher": [{"Items": [{"i": number}]} for number in (1, 2, 3, 4)],
        },
    ),
    Case(
        "what a reader read",
        _map(ItemReader=_READER, ItemSelector={"i.$": "$$.Map.Item.Value"}),
        {"status": "SUCCEEDED"},
        {"afterItemsPointer": [8, 9], "afterItemSelector": [{"i": 8}, {"i": 9}]},
        result([1, 2]) | _read({"deep/er": {"list": [8, 9]}}),
    ),
    Case(
        "what it did not find",
        _map(ItemReader=_READER),
        {
            "status": "FAILED",
            "error": "States.ItemReaderFailed",
            "cause": "Attempting to map over non-iterable node.",
        },
        {"afterItemsPointer": None},
    ),
    Case(
        "no more than MaxItems of it",
        _map(ItemReader=_reader(MaxItemsPath="$[1]"), ItemSelector={"i.$": "$$.Map.Item.Value"}),
        {"status": "SUCCEEDED"},
        {"afterItemsPath": [7, 8], "afterItemSelector": [{"i": 7}, {"i": 8}]},
        result([1, 2]) | _read([7, 8, 9]),
    ),
    Case(
        "MaxItems of members",
        _map(ItemReader=_reader(MaxItems=1)),
        {"status": "SUCCEEDED"},
        {"afterItemsPath": [{"Key": "a", "Value": 1}]},
        result([1]) | _read({"a": 1, "b": 2}),
    ),
    Case(
        "MaxItems of 0 are all",
        _map(ItemReader=_reader(MaxItems=0)),
        {"status": "SUCCEEDED"},
        {"afterItemsPath": [7, 8, 9]},
        result([1, 2]) | _read([7, 8, 9]),
    ),
    Case(
        "MaxItems by expression",
        _map(
            ItemReader={
                "Resource": _READER["Resource"],
                "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% $states.input[1] %}"},
                "Arguments": _READER["Parameters"],
            },
            ItemSelector={"i": "{% $states.context.Map.Item.Value %}"},
            QueryLanguage="JSONata",
        ),
        {"status": "SUCCEEDED"},
        {"afterItemSelector": [{"i": 7}, {"i": 8}]},
        result([1, 2]) | _read([7, 8, 9]),
    ),
    Case(
        "a percentage of no more than MaxItems",
        _map(ItemReader=_reader(MaxItems=2), ToleratedFailurePercentage=49),
        _EXCEEDED,
        params=result([1, 2])
        | {"stateConfiguration": {"mapItemReaderData": "[6, 7, 8, 9]", "mapIterationFailureCount": 1}},
    ),
    Case(
        "MaxItems that are none",
        _map(ItemReader=_reader(MaxItemsPath="$most")),
        {
            "error": "States.Runtime",
            "cause": 'The MaxItemsPath field refers to value "1.5" which is not a valid integer: $most',
        },
        params=result([1]) | _read([7]) | {"variables": {"most": "1.5"}},
    ),
    Case(
        "MaxItems below 0",
        _map(ItemReader=_reader(MaxItemsPath="$most")),
        {"error": "States.ItemReaderFailed", "cause": "field MaxItems must be positive"},
        params=result([1]) | _read([7]) | {"variables": {"most": -1}},
    ),
    Case(
        "what a writer wrote",
        _map(ResultWriter=_WRITER),
        {"status": "SUCCEEDED", "output": {"MapRunArn": "a", "ResultWriterDetails": {"Bucket": "b"}}},
        params=result({"MapRunArn": "a", "ResultWriterDetails": {"Bucket": "b"}}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_answer(installation: Installation, case: Case) -> None:
    answer = await try_state(installation, case.definition, input=[1, 2, 3, 4], inspectionLevel="DEBUG", **case.params)
    assert {name: answer.get(name) for name in case.want} | {"output": answer.get("output")} == {
        "output": answer.get("output"),
        **case.want,
    }
    assert {name: answer["inspectionData"].get(name) for name in case.data} == case.data


async def test_a_state_beside_one(installation: Installation) -> None:
    """A machine that steploom cannot run yet does not keep its other states from being tested."""
    beside = {"Type": "Pass", "End": True}
    choice = {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": True, "Next": "P"}], "Default": "M"}
    machine = {"StartAt": "C", "States": {"C": choice, "M": _map(), "P": beside}}
    answer = await try_state(installation, machine, stateName="P", input=5)
    assert answer == {"status": "SUCCEEDED", "output": 5}


@dataclass(frozen=True)
class Refusal:
    name: str
    definition: dict[str, Any]
    params: dict[str, Any]
    message: str


REFUSALS: Final = [
    Refusal(
        "without a mock",
        _map(),
        {},
        "TestState API does not support Map or Parallel states. Supported state types include: "
        "[Task, Wait, Pass, Succeed, Fail, Choice]",
    ),
    Refusal(
        "a writer's result that is a list",
        _map(ResultWriter=_WRITER),
        result([1]),
        "Mocked result must be a JSON object.",
    ),
    Refusal("a result that is none", _map(), result({}), "Mocked result must be an array."),
    Refusal(
        "data without a reader",
        _map(),
        result([1]) | {"stateConfiguration": {"mapItemReaderData": "[]"}},
        "TestState supports MapItemReaderData for Map states with an ItemReader only.",
    ),
    Refusal(
        "data that is no JSON",
        _map(ItemReader=_READER),
        result([1]) | {"stateConfiguration": {"mapItemReaderData": "a,b"}},
        "MapItemReaderData must be valid JSON, whatever the ItemReader reads: Unrecognized token 'a': ",
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
async def test_refusal(installation: Installation, case: Refusal) -> None:
    _, message = await refused(installation, case.definition, **case.params)
    assert message.startswith(case.message)
