"""Places of events, held against data: each state's input says in which iterations it runs, and so does its output."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from activities.router import Router
from api.cli.places import Places
from interpreter.effects import TaskCall
from interpreter.history import render
from interpreter.hosts.inprocess import InProcessHost
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue
from tests.support.executions import Case, execution_start, parsed

State = dict[str, JsonValue]


def machine(**states: State) -> State:
    """States that run one after the other, in this order."""
    names = list(states)
    linked = zip(states.items(), [*names[1:], None], strict=True)
    return {"StartAt": names[0], "States": {name: _leading_to(state, then) for (name, state), then in linked}}


def _leading_to(state: State, then: str | None) -> State:
    if state["Type"] == "Fail":
        return state
    return state | ({"End": True} if then is None else {"Next": then})


def map_(width: int, processor: State, **more: JsonValue) -> State:
    """A Map over the input's `items`, whose iterations know where they are."""
    at = "States.Format('{}[{}]', $.at, $$.Map.Item.Index)"
    selector: State = {"at.$": at, "items.$": "$.items"}
    fixed: State = {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": selector, "ItemProcessor": processor}
    return fixed | {"MaxConcurrency": width, "ResultPath": None} | more


def parallel(*branches: State, **more: JsonValue) -> State:
    fixed: State = {"Type": "Parallel", "Branches": [*branches], "ResultPath": None}
    return fixed | more


PASS: State = {"Type": "Pass"}
FAIL: State = {"Type": "Fail", "Error": "Boom"}
WAIT: State = {"Type": "Wait", "Seconds": 60}
RETRY: State = {"Retry": [{"ErrorEquals": ["Boom"], "MaxAttempts": 1}]}
CATCH: State = {"Catch": [{"ErrorEquals": ["Boom"], "Next": "After", "ResultPath": None}]}


@dataclass(frozen=True)
class Run:
    id: str
    definition: State
    entered: int


def _one(width: int) -> State:
    return machine(Each=map_(width, machine(First=PASS, Second=WAIT)), After=PASS)


def _nested(outer: int, inner: int) -> State:
    deep = map_(inner, machine(Deep=PASS))
    return machine(Outer=map_(outer, machine(Inner=deep, Between=PASS)), After=PASS)


RUNS = [
    Run("one by one", _one(1), 8),
    Run("two at once", _one(2), 8),
    Run("all at once", _one(0), 8),
    Run("nested, one by one", _nested(1, 1), 1 + 3 * 5 + 1),
    Run("nested, two at once", _nested(2, 2), 1 + 3 * 5 + 1),
    Run(
        "Parallel in Map",
        machine(Each=map_(1, machine(Both=parallel(machine(L=PASS), machine(R=WAIT)), Between=PASS)), After=PASS),
        1 + 3 * 4 + 1,
    ),
    Run(
        "Map in Parallel",
        machine(Both=parallel(machine(Each=map_(2, machine(In=PASS))), machine(R=WAIT)), After=PASS),
        1 + 1 + 3 + 1 + 1,
    ),
    Run("two Maps", machine(One=map_(1, machine(In=PASS)), Two=map_(2, machine(InTwo=PASS)), After=PASS), 9),
    Run("caught", machine(Each=map_(1, machine(In=PASS, Bad=FAIL), **CATCH), After=PASS), 4),
    Run("tried again", machine(Each=map_(1, machine(In=PASS, Bad=FAIL), **RETRY, **CATCH), After=PASS), 6),
    Run(
        "Parallel tried again after a Map in it failed",
        machine(Both=parallel(machine(Each=map_(1, machine(In=PASS, Bad=FAIL))), **RETRY, **CATCH), After=PASS),
        1 + 2 * 3 + 1,
    ),
    Run(
        "Map tried again after a Parallel in it failed",
        machine(Each=map_(1, machine(Both=parallel(machine(In=PASS, Bad=FAIL))), **RETRY, **CATCH), After=PASS),
        1 + 2 * 3 + 1,
    ),
]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.id)
async def test_states_are_in_the_iterations_that_their_data_tells(run: Run) -> None:
    input_: JsonValue = {"at": "", "items": [1, 2, 3]}
    start = _start(run.definition)
    host = InProcessHost(parsed(json.dumps(run.definition)), start, input_, Router(), _call, skip_time=True)
    assert (await host.run()).status == "SUCCEEDED"
    places, told, expected = Places(), [], []
    for event in render(host.events):
        place = places.of(event).text()
        for member, data in (("stateEnteredEventDetails", "input"), ("stateExitedEventDetails", "output")):
            if isinstance(details := event.get(member), dict):
                at = json.loads(str(details[data]))["at"]
                told.append(place)
                expected.append(f"{details['name']} {at}".rstrip())
    assert told == expected
    assert sum(event.type.endswith("StateEntered") for event in host.events) == run.entered


def _start(definition: State) -> ExecutionStart:
    return execution_start(Case(name="p", definition=definition, source="", status="SUCCEEDED", history=[]))


async def _call(call: TaskCall) -> JsonValue:
    raise AssertionError(f"no Task is in these definitions: {call}")
