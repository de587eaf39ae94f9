"""JSONata states: what `$states` has, how failures are recorded, and that costly expressions make the core pause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pytest

from activities.registry import Registry
from activities.router import Router
from interpreter.dataflow import jsonata
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.errors import StatesDataLimitExceeded
from interpreter.execution import FailedWith, Succeeded
from interpreter.history import render
from interpreter.hosts.inprocess import InProcessHost
from interpreter.jsonata import AWS_BOUNDS, EvaluationStuck
from interpreter.values import JsonValue, json_text
from tests.support.executions import Case, execution_start

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


async def _answer(call: TaskCall) -> JsonValue:
    return {"done": True}


async def run(*states: JsonValue) -> InProcessHost:
    """A machine that runs `states` one after the other on the input `{"n": 1}`."""
    host = prepared(*states)
    await host.run()
    return host


def prepared(*states: JsonValue, mode: Literal["aws", "native"] = "aws") -> InProcessHost:
    names = [f"S{index}" for index in range(len(states))]
    chained: dict[str, JsonValue] = {}
    for index, state in enumerate(states):
        assert isinstance(state, dict)
        leads: JsonValue = {"Next": names[index + 1]} if index + 1 < len(names) else {"End": True}
        assert isinstance(leads, dict)
        chained[names[index]] = {**state, **leads}
    text = json_text({"QueryLanguage": "JSONata", "StartAt": "S0", "States": chained})
    start = execution_start(Case(name="x", definition=None, source="", status="SUCCEEDED", history=()))
    start = replace(start, mode=mode)
    return InProcessHost(parse_definition(text, Registry()), start, {"n": 1}, Router(), _answer, skip_time=True)


@dataclass(frozen=True)
class Place:
    name: str
    state: dict[str, JsonValue]
    members: list[str]


_KEYS = "{% $keys($states) %}"
_ECHO: JsonValue = {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}

PLACES = [
    Place("Output of a Pass", {"Type": "Pass", "Output": _KEYS}, ["input", "context"]),
    Place("Output of a Wait", {"Type": "Wait", "Seconds": 0, "Output": _KEYS}, ["input", "context"]),
    Place(
        "Arguments of a Parallel",
        {"Type": "Parallel", "Arguments": _KEYS, "Branches": [_ECHO], "Output": "{% $states.result[0] %}"},
        ["input", "context"],
    ),
    Place(
        "Output of a Task",
        {"Type": "Task", "Resource": FUNCTION, "Output": _KEYS},
        ["input", "context", "result"],
    ),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_states_has_the_members_of_its_place(place: Place) -> None:
    host = await run(place.state)
    last = render(host.events)[-1]
    assert last["executionSucceededEventDetails"] == {
        "output": json_text(list(place.members)),
        "outputDetails": {"truncated": False},
    }


async def test_a_catcher_sees_the_error_output_and_no_result() -> None:
    text = json_text(
        {
            "QueryLanguage": "JSONata",
            "StartAt": "P",
            "States": {
                "P": {
                    "Type": "Parallel",
                    "Branches": [{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Boom"}}}],
                    "Catch": [{"ErrorEquals": ["Boom"], "Output": _KEYS, "Next": "E"}],
                    "Next": "E",
                },
                "E": {"Type": "Succeed"},
            },
        }
    )
    start = execution_start(Case(name="x", definition=None, source="", status="SUCCEEDED", history=()))
    host = InProcessHost(parse_definition(text, Registry()), start, None, Router(), _answer, skip_time=True)
    await host.run()
    last = render(host.events)[-1]
    assert last["executionSucceededEventDetails"] == {
        "output": '["input","context","errorOutput"]',
        "outputDetails": {"truncated": False},
    }


@dataclass(frozen=True)
class Failure:
    state: dict[str, JsonValue]
    location: str | None
    cause: str


FAILURES = [
    Failure(
        {"Type": "Pass", "Output": {"a": ["{% $states.input.no %}"]}},
        "Output/a[0]",
        "The JSONata expression '$states.input.no' specified for the field 'Output/a[0]' returned nothing (undefined).",
    ),
    Failure(
        {"Type": "Wait", "Timestamp": "{% 'tomorrow' %}"},
        "Timestamp",
        "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: tomorrow",
    ),
    Failure(
        {"Type": "Wait", "Seconds": "{% 1.5 %}"},
        "Seconds",
        "The Seconds field refers to value 1.5 which is not a valid integer",
    ),
    Failure(
        {"Type": "Map", "ItemProcessor": _ECHO},
        None,
        'Map state input must be an array but was: {"n":1}',
    ),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.cause)
async def test_a_failure_is_recorded_with_its_place(failure: Failure) -> None:
    host = await run(failure.state)
    details: dict[str, JsonValue] = {
        "error": "States.QueryEvaluationError",
        "cause": f"An error occurred while executing the state 'S0' (entered at the event id #2). {failure.cause}",
        "state": "S0",
    }
    if failure.location is not None:
        details["location"] = failure.location
    recorded = [event for event in render(host.events) if event["type"] == "EvaluationFailed"]
    assert [event["evaluationFailedEventDetails"] for event in recorded] == [details]


@pytest.mark.usefixtures("_patient")
@pytest.mark.parametrize(
    "items, pauses",
    [(10, 0), (60_000, 3)],
    ids=["cheap", "costly"],
)
async def test_costly_expressions_make_the_core_pause(items: int, pauses: int) -> None:
    """Each pause is a timer of a millisecond; after the last state nothing is left to pause for."""
    costly: JsonValue = {"Type": "Pass", "Output": f"{{% $count([1..{items}].($ * 2)) %}}"}
    host = await run(costly, costly, costly, costly)
    assert host.events[-1].type == "ExecutionSucceeded"
    assert host.events[-1].timestamp - host.events[0].timestamp == pauses


LONG = "$length($reduce([1..40000], function($text, $number) {$text & 'xxxxxxxxxxxxxxxxxxxxxxxx'}, ''))"


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jsonata._TRIES, "aws", ((replace(AWS_BOUNDS, seconds=0.01), 30),))


@pytest.mark.usefixtures("_impatient")
async def test_where_nothing_is_replayed_a_clock_may_fail_the_state() -> None:
    host = await run({"Type": "Pass", "Output": f"{{% {LONG} %}}"})
    result = host.execution.result
    assert isinstance(result, FailedWith)
    assert result.error.name == "States.QueryEvaluationError"
    assert str(result.error.cause).endswith(
        "specified for the field 'Output' threw an error during evaluation. "
        "Expression evaluation timeout: Check for infinite loop"
    )


@pytest.mark.usefixtures("_impatient")
async def test_where_an_execution_is_replayed_no_clock_decides() -> None:
    host = prepared({"Type": "Pass", "Output": f"{{% {LONG} %}}"})
    host.execution.clock_decides = False
    with pytest.raises(EvaluationStuck):
        await host.run()


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine changes no outcome."""
    tries = tuple((replace(bounds, seconds=20.0), cost) for bounds, cost in jsonata._TRIES["aws"])
    monkeypatch.setitem(jsonata._TRIES, "aws", tries)


@pytest.mark.usefixtures("_patient")
async def test_the_expressions_of_a_state_are_one_stretch_of_work() -> None:
    """Each alone would do; together they would outlast a workflow task, which would fail for ever."""
    costly = "{% $count([1..60000].($ * 2 + 1)) %}"
    assert await _error_of({"Type": "Pass", "Output": [costly] * 3}) is None
    assert await _error_of({"Type": "Pass", "Output": [costly] * 4}) == (
        f"The JSONata expression '{costly[3:-3]}' specified for the field 'Output[3]' "
        "threw an error during evaluation. Expression evaluation timeout: Check for infinite loop"
    )


async def _error_of(state: JsonValue) -> str | None:
    result = (await run(state)).execution.result
    return str(result.error.cause).split("). ", 1)[1] if isinstance(result, FailedWith) else None


def _nested(depth: int) -> str:
    """Brackets around the input; the innermost ones only copy an array."""
    return f"{{% {'[' * depth}$states.input{']' * depth} %}}"


async def test_what_branches_put_out_may_be_nested_too_deep_to_be_printed_together() -> None:
    """The array of outputs that have 254 levels has 255; its size, by which slow functions are charged, is theirs."""
    deep: JsonValue = {"Type": "Pass", "Output": _nested(100)}
    branch: JsonValue = {"StartAt": "B", "States": {"B": {"Type": "Pass", "Output": _nested(55), "End": True}}}
    both: JsonValue = {"Type": "Parallel", "Branches": [branch], "Output": "{% $count($distinct($states.result)) %}"}
    host = await run(deep, deep, both)
    assert isinstance(host.execution.result, Succeeded)
    assert host.execution.result.output == 1


def _passes_on(name: str) -> JsonValue:
    return {"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}}


FILLING: dict[str, JsonValue] = {
    "template": {"Type": "Pass", "Output": ["{% $states.input %}"] * 5_000},
    "iterations": {
        "Type": "Map",
        "Items": "{% [1..800] %}",
        "ItemSelector": "{% $states.input %}",
        "ItemProcessor": _passes_on("I"),
    },
    "branches": {"Type": "Parallel", "Branches": [_passes_on(f"B{number}") for number in range(800)]},
}


@pytest.mark.parametrize("state", FILLING.values(), ids=FILLING)
async def test_a_value_that_would_fill_the_memory_is_not_printed(state: JsonValue) -> None:
    text: JsonValue = {"Type": "Pass", "Output": "{% $pad('', 100000, 'x') %}"}
    await _fails_for_its_size(prepared(text, state))


async def test_a_value_may_not_grow_from_state_to_state_without_end() -> None:
    """Not in the mode `native` either, which bounds no payload."""
    text: JsonValue = {"Type": "Pass", "Output": "{% $pad('', 9000000, 'x') %}"}
    doubling: JsonValue = {"Type": "Pass", "Output": ["{% $states.input %}"] * 2}
    await _fails_for_its_size(prepared(text, *[doubling] * 20, mode="native"))


async def _fails_for_its_size(host: InProcessHost) -> None:
    outcome = (await host.run()).result
    assert isinstance(outcome, FailedWith)
    assert isinstance(outcome.error, StatesDataLimitExceeded)
    assert "would have more than" in (outcome.error.cause or "")
