"""One state on the in-process host: it is entered once, left at once, and tells what it computed."""

from __future__ import annotations

import json
from typing import Any, Final

from activities.registry import Registry
from activities.router import Router
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.errors import StatesError
from interpreter.execution import FailedWith, Succeeded
from interpreter.frames import MapItem
from interpreter.hosts.inprocess import Ended, InProcessHost
from interpreter.inspection import CatchMatched, FixedContext, Inspection, Mock, RetryMatched
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue

START: Final = ExecutionStart(
    definition="",
    execution_arn="arn:aws:states:us-east-1:123456789012:express:m:e",
    state_machine_arn="arn:aws:states:us-east-1:123456789012:stateMachine:m",
    name="e",
    role_arn="",
    start_date=1_700_000_000_000,
    seed="00" * 32,
)
TASK: Final[dict[str, Any]] = {
    "Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "Next": "B",
}


async def never(call: TaskCall) -> JsonValue:
    raise AssertionError(f"{call} was made")


async def inspect(state: dict[str, Any], input_: JsonValue, inspection: Inspection) -> Ended:
    """Run state A; state B would fail."""
    machine = {"StartAt": "A", "States": {"A": state, "B": {"Type": "Fail", "Error": "entered"}}}
    definition = parse_definition(json.dumps(machine), Registry())
    host = InProcessHost(definition, START, input_, Router(), never, skip_time=True, inspection=inspection)
    return await host.run()


async def test_the_next_state_is_told_and_not_entered() -> None:
    inspection = Inspection(variables={"v": 3}, item=MapItem(4, "i"))
    parameters = {"v.$": "$v", "i.$": "$$.Map.Item.Index", "role.$": "$$.Execution.RoleArn"}
    ended = await inspect({"Type": "Pass", "Parameters": parameters, "Next": "B"}, {"a": 1}, inspection)
    output: JsonValue = {"v": 3, "i": 4, "role": None}
    assert ended == Ended("SUCCEEDED", Succeeded(output))
    assert inspection.next_state == "B"
    assert inspection.stages == {
        "afterInputPath": {"a": 1},
        "afterParameters": output,
        "afterResultSelector": output,
        "afterResultPath": output,
    }


async def test_what_was_computed_before_a_failure_is_kept() -> None:
    inspection = Inspection()
    state = {"Type": "Pass", "InputPath": "$.a", "Parameters": {"x.$": "$.missing"}, "Next": "B"}
    ended = await inspect(state, {"a": {"b": 1}}, inspection)
    assert isinstance(ended.result, FailedWith)
    assert not str(ended.result.error.cause).startswith("An error occurred while executing the state")
    assert inspection.stages == {"afterInputPath": {"b": 1}}


async def test_a_mock_is_taken_for_the_call() -> None:
    inspection = Inspection(mock=Mock({"r": 1}), context=FixedContext({"c": 2}))
    ended = await inspect(TASK | {"ResultSelector": {"r.$": "$.r", "c.$": "$$.c"}}, {}, inspection)
    assert ended.result == Succeeded({"r": 1, "c": 2})
    assert inspection.stages["result"] == {"r": 1}


async def test_a_retry_is_told_and_not_made() -> None:
    error = StatesError("Boom", "why")
    inspection = Inspection(mock=Mock(error), retries_used=2)
    retriers = [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Boom"], "IntervalSeconds": 3, "MaxAttempts": 3}]
    ended = await inspect(TASK | {"Retry": retriers}, {}, inspection)
    assert ended == Ended("FAILED", FailedWith(error))
    assert inspection.retry == RetryMatched(1, 12_000)


async def test_a_catcher_takes_what_no_retry_is_left_for() -> None:
    error = StatesError("Boom", "why")
    inspection = Inspection(mock=Mock(error), retries_used=3)
    handled = {"Retry": [{"ErrorEquals": ["Boom"]}], "Catch": [{"ErrorEquals": ["Boom"], "Next": "B"}]}
    ended = await inspect(TASK | handled, {}, inspection)
    assert ended.result == Succeeded({"Error": "Boom", "Cause": "why"})
    assert (inspection.retry, inspection.catch) == (RetryMatched(0, None), CatchMatched(0, error))
    assert inspection.next_state == "B"


async def test_children_are_mocked_together() -> None:
    inspection = Inspection(mock=Mock([7]))
    branches = [{"StartAt": "X", "States": {"X": {"Type": "Fail"}}}]
    ended = await inspect({"Type": "Parallel", "Branches": branches, "Next": "B"}, {}, inspection)
    assert ended.result == Succeeded([7])
    assert inspection.stages == {"afterResultSelector": [7], "afterResultPath": [7]}
