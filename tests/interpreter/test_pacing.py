"""Many frames at work in one turn: none is charged for what the others do, and together they pause in time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from activities.router import Router
from interpreter.effects import Done, TaskCall, Timer
from interpreter.execution import Execution, Succeeded
from interpreter.history import Ledger
from interpreter.hosts.inprocess import InProcessHost
from interpreter.values import JsonValue, json_text
from tests.support.executions import START_DATE, Case, execution_start, parsed
from tests.support.fake_effects import FakeEffects

ITERATIONS = 40
OBJECTS: JsonValue = [{"x": number} for number in range(3_000)]
COSTLY: JsonValue = {"n.$": "States.ArrayLength($..x)"}  # a fortieth of it all is well within what one state may do
TASK: dict[str, JsonValue] = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}


def case_of(state: Mapping[str, JsonValue], **more: JsonValue) -> Case:
    """A Map whose iterations run one state over the same objects."""
    processor: JsonValue = {"StartAt": "S", "States": {"S": {**state, "End": True}}}
    each: JsonValue = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "End": True, **more}
    definition: JsonValue = {"StartAt": "M", "States": {"M": each}}
    document: JsonValue = {"items": list(range(ITERATIONS)), "objects": OBJECTS}
    return Case(name="pacing", definition=definition, source="ours", status="SUCCEEDED", history=(), input=document)


WHOLE: JsonValue = {"objects.$": "$.objects"}


@pytest.mark.parametrize(
    "case",
    [
        case_of({**TASK, "ResultSelector": COSTLY}),
        case_of({"Type": "Pass", "Parameters": COSTLY}, ItemSelector=WHOLE),
        case_of({"Type": "Pass"}, ItemSelector=COSTLY),
    ],
    ids=["ResultSelector", "Parameters of a Pass", "ItemSelector"],
)
async def test_what_is_answered_at_once_is_worked_off_in_turns(case: Case) -> None:
    calls, all_called = 0, asyncio.Event()

    async def invoke(call: TaskCall) -> JsonValue:
        nonlocal calls
        calls += 1
        if calls == ITERATIONS:
            all_called.set()
        await all_called.wait()
        return OBJECTS

    start = execution_start(case)
    host = InProcessHost(parsed(case.text), start, case.input, Router(), invoke, skip_time=True)
    result = (await host.run()).result

    assert isinstance(result, Succeeded), result
    assert isinstance(result.output, list)
    assert len(result.output) == ITERATIONS
    assert host.events[-1].timestamp > start.start_date, "it paused"


async def test_a_pause_waits_for_no_call_where_time_is_skipped() -> None:
    """The first branch's call returns when the second has called too, after more work than one turn may do."""
    called = 0
    both = asyncio.Event()

    async def invoke(call: TaskCall) -> JsonValue:
        nonlocal called
        called += 1
        if called == 2:
            both.set()
        await both.wait()
        return None

    call: JsonValue = {"StartAt": "First", "States": {"First": {**TASK, "End": True}}}
    work: dict[str, JsonValue] = {
        "StartAt": "M",
        "States": {
            "M": {
                "Type": "Map",
                "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}},
                "Next": "Second",
            },
            "Second": {**TASK, "End": True},
        },
    }
    states: JsonValue = {"B": {"Type": "Parallel", "Branches": [call, work], "End": True}}
    definition: JsonValue = {"StartAt": "B", "States": states}
    items: JsonValue = list(range(3_000))
    case = Case(name="p", definition=definition, source="ours", status="SUCCEEDED", history=(), input=items)
    host = InProcessHost(parsed(case.text), execution_start(case), items, Router(), invoke, skip_time=True)

    assert (await host.run()).status == "SUCCEEDED"
    assert called == 2
    assert host.events[-1].timestamp > START_DATE, "it paused"


@pytest.mark.parametrize("new_task, pauses", [(False, True), (True, False)], ids=["one stretch", "each anew"])
def test_outcomes_of_one_stretch_count_together(new_task: bool, pauses: bool) -> None:
    """Local calls are told one by one, and yet all within one workflow task."""
    case, port = case_of({**TASK, "ResultSelector": COSTLY}), FakeEffects()
    execution = Execution(parsed(case.text), execution_start(case), case.input, port, Router(), Ledger(None))
    execution.begin(json_text(case.input))
    execution.run()
    calls = [number for number, operation in port.started.items() if isinstance(operation, TaskCall)]
    assert len(calls) == ITERATIONS
    for number in calls:
        execution.settle([(number, Done(OBJECTS))], new_task=new_task)
        execution.run()
    assert any(isinstance(operation, Timer) for operation in port.started.values()) is pauses
