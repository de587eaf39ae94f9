"""StartSyncExecution, and StartExecution of EXPRESS state machines."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from activities.log_groups import LogGroups
from api.service.config import ServiceConfig
from api.service.errors import ServiceError
from interpreter.effects import ActivityFailure
from tests.api.service.installation import PASS, ROLE, Installation, install, machine_arn

TASK: Final = json.dumps(
    {
        "StartAt": "T",
        "States": {
            "T": {
                "Type": "Task",
                "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "Retry": [{"ErrorEquals": ["Again"], "IntervalSeconds": 1, "MaxAttempts": 0}],
                "End": True,
            }
        },
    }
)


async def run(installation: Installation, definition: str = PASS, logging: Any = None, **params: Any) -> dict[str, Any]:
    logged = {} if logging is None else {"loggingConfiguration": logging}
    arn = await installation.create("x", definition, type="EXPRESS", **logged)
    return await installation.call("StartSyncExecution", stateMachineArn=arn, **params)


async def test_answer(installation: Installation) -> None:
    answer = await run(installation, name="e", input='{"a": 1}', traceHeader="Root=1")
    head, uuid = answer.pop("executionArn").rsplit(":", 1)
    assert head == "arn:aws:states:us-east-1:123456789012:express:x:e"
    assert len(uuid) == 36
    seconds = installation.clock.now.timestamp()
    assert answer == {
        "stateMachineArn": machine_arn("x"),
        "name": "e",
        "startDate": seconds,
        "stopDate": seconds,
        "status": "SUCCEEDED",
        "input": '{"a": 1}',
        "inputDetails": {"included": True},
        "output": '{"a":1}',
        "outputDetails": {"included": True},
        "traceHeader": "Root=1",
        "billingDetails": {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100},
    }


async def test_metadata_only(installation: Installation) -> None:
    answer = await run(installation, includedData="METADATA_ONLY")
    assert "input" not in answer
    assert "output" not in answer
    assert (answer["inputDetails"], answer["outputDetails"]) == ({"included": False}, {"included": False})


async def test_failure_is_an_answer(installation: Installation) -> None:
    installation.calls.answers["f"] = ActivityFailure("application", "Again", "why", (), heartbeat_asked=False)
    answer = await run(installation, TASK)
    assert (answer["status"], answer["error"]) == ("FAILED", "Again")
    assert json.loads(answer["cause"])["errorMessage"] == "why"
    assert "output" not in answer
    assert answer["outputDetails"] == {"included": True}


async def test_each_run_is_one_run(installation: Installation) -> None:
    installation.calls.answers["f"] = {"b": 2}
    first = await run(installation, TASK, name="same", input='{"n":1}')
    second = await installation.call("StartSyncExecution", stateMachineArn=machine_arn("x"), name="same")
    assert first["executionArn"] != second["executionArn"]
    assert (first["output"], second["output"]) == ('{"b":2}', '{"b":2}')
    assert installation.calls.made == [("f", {"n": 1}), ("f", {})]
    assert installation.gateway.executions == {}


async def test_context_object(installation: Installation) -> None:
    state = {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}
    answer = await run(installation, json.dumps({"StartAt": "S", "States": {"S": state}}), name="e", input="[1]")
    context = json.loads(answer["output"])["c"]
    assert context["Execution"] | {"StartTime": "t"} == {
        "Id": answer["executionArn"],
        "Input": [1],
        "Name": "e",
        "RoleArn": ROLE,
        "StartTime": "t",
    }


async def test_all_that_tells_the_start_tells_the_same(installation: Installation) -> None:
    installation.clock.step = timedelta(milliseconds=7)
    state = {"Type": "Pass", "Parameters": {"c.$": "$$.Execution.StartTime"}, "End": True}
    answer = await run(installation, json.dumps({"StartAt": "S", "States": {"S": state}}))
    assert datetime.fromisoformat(json.loads(answer["output"])["c"]).timestamp() == answer["startDate"]


async def test_a_timeout_is_an_answer(installation: Installation) -> None:
    # A second of real time: nothing else can end a Wait in this host.
    definition = {
        "TimeoutSeconds": 1,
        "StartAt": "W",
        "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}},
    }
    answer = await run(installation, json.dumps(definition))
    assert answer["status"] == "TIMED_OUT"
    assert "output" not in answer


async def test_more_than_25_000_events(installation: Installation) -> None:
    count = {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "More"}
    more = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.n", "NumericLessThan": 7_000, "Next": "Count"}],
        "Default": "Done",
    }
    states = {"Count": count, "More": more, "Done": {"Type": "Succeed"}}
    answer = await run(installation, json.dumps({"StartAt": "Count", "States": states}), input='{"n": 0}')
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"n":7000}')


@pytest.mark.parametrize(
    "params, code, message",
    [
        ({}, "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"),
        ({"name": "a b"}, "InvalidName", "Invalid Name: 'a b'"),
        (
            {"stateMachineArn": machine_arn("none")},
            "StateMachineDoesNotExist",
            f"State Machine Does Not Exist: '{machine_arn('none')}'",
        ),
        (
            {"stateMachineArn": machine_arn("x"), "input": ""},
            "InvalidExecutionInput",
            "Invalid State Machine Execution Input: 'Invalid execution input.'",
        ),
    ],
)
async def test_refusal(installation: Installation, params: dict[str, Any], code: str, message: str) -> None:
    await installation.create("x", type="EXPRESS")
    standard = {"stateMachineArn": await installation.create("standard")}
    with pytest.raises(ServiceError) as raised:
        await installation.call("StartSyncExecution", **standard | params)
    assert (raised.value.code, raised.value.message) == (code, message)


async def test_an_asynchronous_name_repeats(installation: Installation) -> None:
    arn = await installation.create("x", type="EXPRESS")
    answers = [await installation.call("StartExecution", stateMachineArn=arn, name="same") for _ in range(2)]
    keys = [answer["executionArn"].split(":", 7)[7] for answer in answers]
    assert [key.split(":")[0] for key in keys] == ["same", "same"]
    assert [name for _, name in installation.gateway.executions] == keys
    assert [each.timeout_seconds for each in installation.gateway.executions.values()] == [300, 300]
    assert [each.description.start.name for each in installation.gateway.executions.values()] == ["same", "same"]


async def test_is_logged(tmp_path: Path) -> None:
    group = {"logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/x:*"}
    destinations = [{"cloudWatchLogsLogGroup": group}]
    logging = {"level": "ALL", "includeExecutionData": True, "destinations": destinations}
    config = ServiceConfig(log_groups=LogGroups({"*": {"folder": str(tmp_path / "logs")}}))
    async with install(tmp_path, config) as installation:
        answer = await run(installation, logging=logging, name="e", input='{"a": 1}')
    records = [json.loads(line) for line in (tmp_path / "logs" / "+aws+x.jsonl").read_text("utf-8").splitlines()]
    assert [(record["id"], record["previous_event_id"], record["type"]) for record in records] == [
        ("1", "0", "ExecutionStarted"),
        ("2", "0", "PassStateEntered"),
        ("3", "2", "PassStateExited"),
        ("4", "3", "ExecutionSucceeded"),
    ]
    assert {record["execution_arn"] for record in records} == {answer["executionArn"]}
    assert records[0]["details"] == {"input": '{"a": 1}', "inputDetails": {"truncated": False}, "roleArn": ROLE}
