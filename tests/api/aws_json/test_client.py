"""The door as a boto3 program sees it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.session import Session

from api.service import application, shapes
from api.service.gateway import ExecutionStatus
from tests.api.service.installation import PASS, ROLE, Installation, execution_arn, machine_arn
from tests.support.aws_client import AwsClient, AwsError

NOW = datetime(2026, 11, 22, 21, 30, 0, 123_000, tzinfo=UTC)
OPERATIONS = Session().get_service_model("stepfunctions").operation_names


async def create(client: AwsClient, name: str = "m", **params: Any) -> str:
    answer = await client.call("create_state_machine", name=name, definition=PASS, roleArn=ROLE, **params)
    arn: str = answer["stateMachineArn"]
    return arn


async def test_the_life_of_a_state_machine(client: AwsClient, installation: Installation) -> None:
    created = await client.call(
        "create_state_machine", name="mächine", definition=PASS, roleArn=ROLE, tags=[{"key": "k", "value": "v"}]
    )
    arn = machine_arn("mächine")
    assert created == {"stateMachineArn": arn, "creationDate": NOW}
    assert await client.call("describe_state_machine", stateMachineArn=arn) == {
        "stateMachineArn": arn,
        "name": "mächine",
        "status": "ACTIVE",
        "definition": PASS,
        "roleArn": ROLE,
        "type": "STANDARD",
        "creationDate": NOW,
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }
    installation.clock.move(seconds=1)
    updated = await client.call("update_state_machine", stateMachineArn=arn, tracingConfiguration={"enabled": True})
    assert updated.keys() == {"updateDate", "revisionId"}
    assert updated["updateDate"] == NOW + timedelta(seconds=1)
    listed = {"stateMachineArn": arn, "name": "mächine", "type": "STANDARD", "creationDate": NOW}
    assert await client.call("list_state_machines") == {"stateMachines": [listed]}
    assert await client.call("delete_state_machine", stateMachineArn=arn) == {}
    await installation.service.deletions.drained()
    assert await client.call("list_state_machines") == {"stateMachines": []}


async def test_the_life_of_an_execution(client: AwsClient, installation: Installation) -> None:
    machine, arn = await create(client), execution_arn("m", "e")
    started = await client.call("start_execution", stateMachineArn=machine, name="e", input='{"a": "é"}')
    assert started == {"executionArn": arn, "startDate": NOW}
    running = {
        "executionArn": arn,
        "stateMachineArn": machine,
        "name": "e",
        "status": "RUNNING",
        "startDate": NOW,
        "input": '{"a": "é"}',
        "inputDetails": {"included": True},
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
    }
    assert await client.call("describe_execution", executionArn=arn) == running
    await installation.gateway.record("m", "e", 3)
    await installation.gateway.end("m", "e", ExecutionStatus.SUCCEEDED, output="[1]")
    assert await client.call("describe_execution", executionArn=arn) == running | {
        "status": "SUCCEEDED",
        "stopDate": NOW + timedelta(seconds=1),
        "output": "[1]",
        "outputDetails": {"included": True},
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }
    history = await client.call("get_execution_history", executionArn=arn)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert history["events"][0] == {
        "timestamp": epoch + timedelta(seconds=1.5),
        "type": "PassStateEntered",
        "id": 1,
        "previousEventId": 0,
    }
    assert [event["id"] for event in history["events"]] == [1, 2, 3]


async def test_paginators(client: AwsClient, installation: Installation) -> None:
    for number in range(7):
        await installation.create(f"m{number}")
        await installation.start("m0", f"e{number}")
    await installation.gateway.record("m0", "e0", 250)
    pages = await client.pages("list_state_machines", PaginationConfig={"PageSize": 3})
    assert [[each["name"] for each in page["stateMachines"]] for page in pages] == [
        ["m0", "m1", "m2"],
        ["m3", "m4", "m5"],
        ["m6"],
    ]
    pages = await client.pages("list_executions", stateMachineArn=machine_arn("m0"), PaginationConfig={"PageSize": 5})
    assert [[each["name"] for each in page["executions"]] for page in pages] == [
        ["e6", "e5", "e4", "e3", "e2"],
        ["e1", "e0"],
    ]
    pages = await client.pages("get_execution_history", executionArn=execution_arn("m0", "e0"), reverseOrder=True)
    assert [[page["events"][0]["id"], page["events"][-1]["id"]] for page in pages] == [[250, 151], [150, 51], [50, 1]]


async def test_errors_have_class_message_and_status(client: AwsClient) -> None:
    arn = machine_arn("none")
    assert await client.error("describe_state_machine", stateMachineArn=arn) == AwsError(
        "StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'", 400
    )


async def test_what_is_not_built_yet_is_said(client: AwsClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later model may have operations that steploom does not know."""
    monkeypatch.delitem(application._REQUESTS, "ListActivities")
    assert await client.error("list_activities") == AwsError(
        "UnsupportedOperationException", "ListActivities is not available yet.", 400
    )


def test_all_are_built() -> None:
    assert [name for name in OPERATIONS if not hasattr(shapes, f"{name}Request")] == []


async def test_a_redrive(client: AwsClient, installation: Installation) -> None:
    machine = await create(client)
    execution = (await client.call("start_execution", stateMachineArn=machine, name="e"))["executionArn"]
    assert await client.error("redrive_execution", executionArn=execution) == AwsError(
        "ExecutionNotRedrivable", "Execution is RUNNING and cannot be redriven", 400
    )
    await installation.gateway.end("m", "e", ExecutionStatus.FAILED)
    date = (await client.call("redrive_execution", executionArn=execution))["redriveDate"]
    described = await client.call("describe_execution", executionArn=execution)
    assert (described["redriveDate"], described["redriveCount"], described["status"]) == (date, 1, "RUNNING")


async def test_an_engine_that_is_away(client: AwsClient, installation: Installation) -> None:
    machine = await create(client)
    installation.gateway.available = False
    assert await client.error("start_execution", stateMachineArn=machine) == AwsError(
        "ServiceUnavailable", "Temporal cannot be reached", 503
    )


async def test_a_surrogate_in_a_name_comes_back(client: AwsClient) -> None:
    answer = await client.error("create_state_machine", name="a\ud800b", definition=PASS, roleArn=ROLE)
    assert (answer.code, answer.status) == ("InvalidName", 400)
    assert answer.message == "Invalid Name: 'a\ud800b'"


async def test_many_at_once(client: AwsClient, installation: Installation) -> None:
    machine = await create(client)
    answers = await asyncio.gather(
        *(client.call("start_execution", stateMachineArn=machine, name="same") for _ in range(20)),
        *(client.call("create_state_machine", name="m", definition=PASS, roleArn=ROLE) for _ in range(20)),
        *(client.call("start_execution", stateMachineArn=machine) for _ in range(20)),
    )
    assert len({answer["executionArn"] for answer in answers[:20]}) == 1
    assert {answer["stateMachineArn"] for answer in answers[20:40]} == {machine}
    assert len(installation.gateway.executions) == 21


async def test_what_runs_inside_the_service(client: AwsClient) -> None:
    machine = await create(client, type="EXPRESS")
    answer = await client.call("start_sync_execution", stateMachineArn=machine, name="e", input="[1]")
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", "[1]")
    assert answer["billingDetails"] == {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100}
    answer = await client.call(
        "test_state",
        definition='{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}',
        input="2",
        inspectionLevel="DEBUG",
        mock={"errorOutput": {"error": "E"}},
        stateConfiguration={"retrierRetryCount": 1},
    )
    assert answer == {
        "status": "FAILED",
        "error": "E",
        "inspectionData": {"input": "2", "afterInputPath": "2", "afterParameters": "2"},
    }
