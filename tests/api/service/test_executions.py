"""Tests of the operations on executions, over an engine in memory."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from api.service.config import ServiceConfig
from api.service.errors import ServiceError
from api.service.gateway import ExecutionStatus
from interpreter.start import ENGINE
from tests.api.service.installation import (
    PASS,
    ROLE,
    Installation,
    definition,
    execution_arn,
    install,
    machine_arn,
)

NOW = 1795383000.123
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def refused(call: Any) -> tuple[str, str]:
    """Code and message of a refusal."""
    with pytest.raises(ServiceError) as caught:
        await call
    return caught.value.code, caught.value.message


async def revision_id(installation: Installation, machine: str) -> str:
    """The id of a state machine's current revision."""
    found = await installation.store.get_state_machine(machine)
    assert found is not None
    return found.revision.id


class TestStart:
    async def test_hands_everything_to_the_engine(self, installation: Installation) -> None:
        arn = await installation.create("m")
        await installation.call("StartExecution", stateMachineArn=arn, name="e", input=' {"a": 1.0}')
        description = installation.gateway.executions["m", "e"].description
        start = description.start
        assert description.input == ' {"a": 1.0}'
        assert await installation.store.get_definition(start.definition) == PASS
        assert replace(start, definition="", seed="").to_json() == {
            "definition": "",
            "execution_arn": execution_arn("m", "e"),
            "state_machine_arn": arn,
            "name": "e",
            "role_arn": ROLE,
            "start_date": 1795383000123,
            "seed": "",
            "mode": "aws",
            "functions": "temporal",
            "revision_id": await revision_id(installation, "m"),
            "engine": ENGINE,
        }
        assert re.fullmatch("[0-9a-f]{64}", start.seed)

    async def test_defaults(self, installation: Installation) -> None:
        arn = await installation.create("m")
        answers = [await installation.call("StartExecution", stateMachineArn=arn) for _ in range(2)]
        names = [answer["executionArn"].removeprefix(execution_arn("m", "")) for answer in answers]
        assert all(UUID.fullmatch(name) for name in names)
        assert len(set(names)) == 2
        executions = [installation.gateway.executions["m", name].description for name in names]
        assert [each.input for each in executions] == ["{}", "{}"]
        assert executions[0].start.seed != executions[1].start.seed

    @pytest.mark.parametrize("text", ["2", '"text"', "null", "[]", '{"a": 1}', "true"])
    async def test_takes_any_json(self, installation: Installation, text: str) -> None:
        await installation.create("m")
        await installation.start("m", "e", text)
        assert installation.gateway.executions["m", "e"].description.input == text

    async def test_is_idempotent_while_running(self, installation: Installation) -> None:
        arn = await installation.create("m")
        first = await installation.call("StartExecution", stateMachineArn=arn, name="e", input="[1]")
        installation.clock.move(seconds=5)
        assert await installation.call("StartExecution", stateMachineArn=arn, name="e", input="[1]") == first

    @pytest.mark.parametrize("status", [None, *(each for each in ExecutionStatus if each != "RUNNING")])
    async def test_names_are_taken(self, installation: Installation, status: ExecutionStatus | None) -> None:
        await installation.create("m")
        await installation.start("m", "e", "[1]")
        if status is not None:
            await installation.gateway.end("m", "e", status)
        again = installation.start("m", "e", "[2]" if status is None else "[1]")
        assert await refused(again) == (
            "ExecutionAlreadyExists",
            f"Execution Already Exists: '{execution_arn('m', 'e')}'",
        )


@dataclass(frozen=True)
class Case:
    name: str
    params: dict[str, Any]
    result: tuple[str, str]


TOKENS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
INPUT = "Invalid State Machine Execution Input: "
STARTS = [
    Case("name", {"name": "a b"}, ("InvalidName", "Invalid Name: 'a b'")),
    Case("empty input", {"input": ""}, ("InvalidExecutionInput", f"{INPUT}'Invalid execution input.'")),
    Case(
        "words",
        {"input": "not some json"},
        ("InvalidExecutionInput", f"{INPUT}'Unrecognized token 'not': was expecting {TOKENS}'"),
    ),
    Case(
        "quotes",
        {"input": "{'not': 'json'"},
        (
            "InvalidExecutionInput",
            f"{INPUT}'Unexpected character (''' (code 39)): was expecting double-quote to start field name'",
        ),
    ),
    Case(
        "nested too deeply",
        {"input": "[" * 201 + "]" * 201},
        ("InvalidExecutionInput", f"{INPUT}'arrays and objects are nested more than 200 deep'"),
    ),
    Case(
        "nested without end",
        {"input": "[" * 200_000},
        ("InvalidExecutionInput", f"{INPUT}'Document nesting depth exceeds the maximum allowed'"),
    ),
    Case(
        "unknown machine",
        {"stateMachineArn": machine_arn("none")},
        ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine_arn('none')}'"),
    ),
    Case(
        "unknown version",
        {"stateMachineArn": machine_arn("m:1")},
        ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine_arn('m:1')}'"),
    ),
    Case("junk", {"stateMachineArn": "junk"}, ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: junk'")),
]


@pytest.mark.parametrize("case", STARTS, ids=lambda case: case.name)
async def test_start_refuses(installation: Installation, case: Case) -> None:
    params = {"stateMachineArn": await installation.create("m")} | case.params
    assert await refused(installation.call("StartExecution", **params)) == case.result
    assert installation.gateway.executions == {}


@dataclass(frozen=True)
class TimeoutCase:
    given: int | None
    aws: int
    native: int


TIMEOUTS = [
    TimeoutCase(None, 31_536_000, 31_536_000),
    TimeoutCase(60, 60, 60),
    TimeoutCase(99_999_999, 31_536_000, 99_999_999),
]


@pytest.mark.parametrize("case", TIMEOUTS, ids=lambda case: str(case.given))
@pytest.mark.parametrize("mode", ["aws", "native"])
async def test_timeouts(tmp_path: Path, case: TimeoutCase, mode: Any) -> None:
    config = ServiceConfig(mode=mode, functions={"*": "lambda"})
    async with install(tmp_path, config) as installation:
        await installation.create("m", definition({} if case.given is None else {"TimeoutSeconds": case.given}))
        await installation.start("m", "e")
        execution = installation.gateway.executions["m", "e"]
    assert execution.timeout_seconds == (case.aws if mode == "aws" else case.native)
    assert (execution.description.start.mode, execution.description.start.functions) == (mode, {"*": "lambda"})


@dataclass(frozen=True)
class EndCase:
    status: ExecutionStatus
    members: dict[str, Any]


REDRIVABLE = {"redriveStatus": "REDRIVABLE"}
ENDS = [
    EndCase(
        ExecutionStatus.SUCCEEDED,
        {
            "output": "1",
            "outputDetails": {"included": True},
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        },
    ),
    EndCase(ExecutionStatus.FAILED, REDRIVABLE | {"error": "E", "cause": ""}),
    EndCase(ExecutionStatus.ABORTED, REDRIVABLE | {"error": "E", "cause": ""}),
    EndCase(ExecutionStatus.TIMED_OUT, REDRIVABLE),
]


@pytest.mark.parametrize("case", ENDS, ids=lambda case: case.status)
async def test_describe_after_the_end(installation: Installation, case: EndCase) -> None:
    await installation.create("m")
    arn = await installation.start("m", "e", "[1]")
    await installation.gateway.end("m", "e", case.status, output="1", error="E", cause="")
    assert await installation.call("DescribeExecution", executionArn=arn) == case.members | {
        "executionArn": arn,
        "stateMachineArn": machine_arn("m"),
        "name": "e",
        "status": case.status,
        "startDate": NOW,
        "stopDate": NOW + 1,
        "input": "[1]",
        "inputDetails": {"included": True},
        "redriveCount": 0,
    }
    bare = await installation.call("DescribeExecution", executionArn=arn, includedData="METADATA_ONLY")
    assert not bare.keys() & {"input", "output", "error", "cause"}
    assert bare["inputDetails"] == {"included": False}


async def test_redrivable_for_two_weeks(installation: Installation) -> None:
    await installation.create("m")
    arn = await installation.start("m", "e")
    await installation.gateway.end("m", "e", ExecutionStatus.FAILED)
    installation.clock.move(days=14, seconds=2)
    answer = await installation.call("DescribeExecution", executionArn=arn)
    assert (answer["redriveStatus"], answer["redriveStatusReason"]) == (
        "NOT_REDRIVABLE",
        "Execution redrivable period exceeded",
    )


@pytest.mark.parametrize("operation", ["DescribeExecution", "StopExecution", "GetExecutionHistory"])
class TestArns:
    async def test_unknown(self, installation: Installation, operation: str) -> None:
        arn = execution_arn("m", "none")
        assert await refused(installation.call(operation, executionArn=arn)) == (
            "ExecutionDoesNotExist",
            f"Execution Does Not Exist: '{arn}'",
        )

    async def test_express(self, installation: Installation, operation: str) -> None:
        arn = execution_arn("m", "e:u").replace(":execution:", ":express:")
        assert await refused(installation.call(operation, executionArn=arn)) == (
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: express'",
        )


class TestList:
    async def names(self, installation: Installation, **params: Any) -> list[str]:
        answer = await installation.call("ListExecutions", **params)
        return [each["name"] for each in answer["executions"]]

    async def test_items(self, installation: Installation) -> None:
        arn = await installation.create("m")
        await installation.start("m", "e")
        await installation.gateway.end("m", "e", ExecutionStatus.FAILED)
        assert await installation.call("ListExecutions", stateMachineArn=arn) == {
            "executions": [
                {
                    "executionArn": execution_arn("m", "e"),
                    "stateMachineArn": arn,
                    "name": "e",
                    "status": "FAILED",
                    "startDate": NOW,
                    "stopDate": NOW + 1,
                    "redriveCount": 0,
                }
            ]
        }

    async def test_filters_by_status(self, installation: Installation) -> None:
        arn = await installation.create("m")
        for status in ExecutionStatus:
            await installation.start("m", status)
            if status is not ExecutionStatus.RUNNING:
                await installation.gateway.end("m", status, status)
        for status in ExecutionStatus:
            assert await self.names(installation, stateMachineArn=arn, statusFilter=status) == [status]
        assert len(await self.names(installation, stateMachineArn=arn)) == len(ExecutionStatus)

    async def test_filters_by_version_and_alias(self, installation: Installation) -> None:
        arn = await installation.create("m")
        for name, version, alias in (
            ("plain", None, None),
            ("version", f"{arn}:1", None),
            ("alias", f"{arn}:1", f"{arn}:live"),
        ):
            await installation.start("m", name)
            execution = installation.gateway.executions["m", name]
            summary = replace(execution.description.summary, version_arn=version, alias_arn=alias)
            execution.description = replace(execution.description, summary=summary)
        assert await self.names(installation, stateMachineArn=f"{arn}:1") == ["alias", "version"]
        assert await self.names(installation, stateMachineArn=f"{arn}:live") == ["alias"]
        assert await self.names(installation, stateMachineArn=arn) == ["alias", "version", "plain"]

    async def test_pages_are_bound_to_their_filter(self, installation: Installation) -> None:
        arn = await installation.create("m")
        for number in range(5):
            await installation.start("m", f"e{number}")
        first = await installation.call("ListExecutions", stateMachineArn=arn, maxResults=2)
        token = first["nextToken"]
        assert await self.names(installation, stateMachineArn=arn, nextToken=token) == ["e2", "e1", "e0"]
        for other in ({"stateMachineArn": arn, "statusFilter": "RUNNING"}, {"stateMachineArn": f"{arn}:1"}):
            assert await refused(installation.call("ListExecutions", **other, nextToken=token)) == (
                "InvalidToken",
                "Invalid Token: 'Invalid token'",
            )

    @pytest.mark.parametrize(
        "case",
        [
            Case("nothing", {}, ("ValidationException", "Must provide a StateMachine ARN or MapRun ARN")),
            Case(
                "unknown",
                {"stateMachineArn": machine_arn("none")},
                ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine_arn('none')}'"),
            ),
            Case(
                "express",
                {"stateMachineArn": machine_arn("x")},
                (
                    "StateMachineTypeNotSupported",
                    "This operation is not supported by this type of state machine",
                ),
            ),
            Case(
                "redrive filter",
                {"stateMachineArn": machine_arn("m"), "redriveFilter": "REDRIVEN"},
                ("ValidationException", "A redrive filter can only be used with a MapRun ARN"),
            ),
            Case(
                "pending redrive",
                {"stateMachineArn": machine_arn("m"), "statusFilter": "PENDING_REDRIVE"},
                ("ValidationException", "The status PENDING_REDRIVE can only be used with a MapRun ARN"),
            ),
            Case("map run", {"mapRunArn": "arn:x"}, ("ResourceNotFound", "Resource not found: 'arn:x'")),
            Case("junk", {"mapRunArn": "x"}, ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: x'")),
            Case(
                "bad token",
                {"stateMachineArn": machine_arn("m"), "nextToken": "x"},
                ("InvalidToken", "Invalid Token: 'Invalid token'"),
            ),
        ],
        ids=lambda case: case.name,
    )
    async def test_refuses(self, installation: Installation, case: Case) -> None:
        await installation.create("m")
        await installation.create("x", type="EXPRESS")
        assert await refused(installation.call("ListExecutions", **case.params)) == case.result


class TestStop:
    async def test_hands_error_and_cause_on(self, installation: Installation) -> None:
        await installation.create("m")
        arn = await installation.start("m", "e")
        answer = await installation.call("StopExecution", executionArn=arn, error="E", cause="C")
        assert answer == {"stopDate": NOW + 1}
        described = await installation.call("DescribeExecution", executionArn=arn)
        assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "E", "C")

    async def test_leaves_what_has_ended(self, installation: Installation) -> None:
        await installation.create("m")
        arn = await installation.start("m", "e")
        await installation.gateway.end("m", "e", ExecutionStatus.SUCCEEDED, output="1")
        assert await installation.call("StopExecution", executionArn=arn, error="E") == {"stopDate": NOW + 1}
        assert (await installation.call("DescribeExecution", executionArn=arn))["status"] == "SUCCEEDED"


async def test_waits_for_the_end(installation: Installation) -> None:
    await installation.create("m")
    arn = await installation.start("m", "e")
    waiting = asyncio.create_task(installation.service.wait_for_execution(arn))
    await asyncio.sleep(0)
    assert not waiting.done()
    await installation.gateway.end("m", "e", ExecutionStatus.SUCCEEDED, output=json.dumps([1]))
    answer = await waiting
    assert (answer.status, answer.output) == ("SUCCEEDED", "[1]")
    assert (await refused(installation.service.wait_for_execution(execution_arn("m", "none"))))[0] == (
        "ExecutionDoesNotExist"
    )
