"""Tests of RedriveExecution, and of what is shown of redriven executions, over an engine in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest

from api.service.config import ServiceConfig
from api.service.gateway import ExecutionStatus
from tests.api.service.installation import OTHER, Installation, definition, execution_arn, install, machine_arn
from tests.api.service.test_executions import NOW, refused

_DELETING = "State machine is in DELETING status"
_FULL = "The execution reached the maximum number of history events (25000)."


async def failed(installation: Installation, name: str = "e") -> str:
    """An execution of `m` that has failed; its ARN."""
    arn = await installation.start("m", name)
    await installation.gateway.end("m", name, ExecutionStatus.FAILED, error="E")
    return arn


async def redrive(installation: Installation, arn: str, **params: Any) -> float:
    date: float = (await installation.call("RedriveExecution", executionArn=arn, **params))["redriveDate"]
    return date


@pytest.mark.parametrize("status", [ExecutionStatus.FAILED, ExecutionStatus.ABORTED, ExecutionStatus.TIMED_OUT])
async def test_it_runs_again(installation: Installation, status: ExecutionStatus) -> None:
    await installation.create("m")
    arn = await installation.start("m", "e", "[1]")
    await installation.gateway.end("m", "e", status, error="E", cause="why")
    installation.clock.move(seconds=5)
    assert await redrive(installation, arn) == NOW + 5
    assert await installation.call("DescribeExecution", executionArn=arn) == {
        "executionArn": arn,
        "stateMachineArn": machine_arn("m"),
        "name": "e",
        "status": "RUNNING",
        "startDate": NOW,
        "input": "[1]",
        "inputDetails": {"included": True},
        "redriveCount": 1,
        "redriveDate": NOW + 5,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
    }


@dataclass(frozen=True)
class Refusal:
    """What is done to a failed execution before its redrive; `described` where DescribeExecution says it, too."""

    name: str
    reason: str
    arrange: Callable[[Installation], Any]
    described: bool = True


async def _succeed(installation: Installation) -> None:
    await installation.gateway.end("m", "e", ExecutionStatus.SUCCEEDED, output="1")


async def _run(installation: Installation) -> None:
    await installation.gateway.end("m", "e", ExecutionStatus.RUNNING)


async def _wait(installation: Installation) -> None:
    installation.clock.move(days=14, seconds=2)


async def _take_a_year(installation: Installation) -> None:
    installation.clock.move(days=365)
    execution = installation.gateway.executions["m", "e"]
    ended = replace(execution.description.summary, stop_date=installation.clock())
    execution.description = replace(execution.description, summary=ended)


async def _fill(installation: Installation) -> None:
    await installation.gateway.end("m", "e", ExecutionStatus.FAILED, error="States.Runtime", cause=_FULL)


async def _nearly_fill(installation: Installation) -> None:
    await installation.gateway.record("m", "e", 24_999)


async def _delete(installation: Installation) -> None:
    await installation.call("DeleteStateMachine", stateMachineArn=machine_arn("m"))


async def _remove(installation: Installation) -> None:
    await _delete(installation)
    await installation.service.deletions.drained()


async def _replace(installation: Installation) -> None:
    await _remove(installation)
    installation.clock.move(seconds=1)
    await installation.create("m")


REFUSALS = [
    Refusal("running", "Execution is RUNNING and cannot be redriven", _run),
    Refusal("succeeded", "Execution is SUCCEEDED and cannot be redriven", _succeed),
    Refusal("ended long ago", "Execution redrivable period exceeded", _wait),
    Refusal("a year", "Execution has exceeded the max execution time", _take_a_year),
    Refusal("history full", "Execution history event limit exceeded", _fill),
    Refusal("history nearly full", "Execution history event limit exceeded", _nearly_fill, described=False),
    Refusal("machine being deleted", _DELETING, _delete),
    Refusal("machine deleted", _DELETING, _remove),
    Refusal("another machine of that name", _DELETING, _replace),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
async def test_refusals(installation: Installation, case: Refusal) -> None:
    await installation.create("m")
    arn = await failed(installation)
    await case.arrange(installation)
    described = await installation.call("DescribeExecution", executionArn=arn)
    assert described.get("redriveStatusReason") == (case.reason if case.described else None)
    assert described["redriveStatus"] == ("NOT_REDRIVABLE" if case.described else "REDRIVABLE")
    assert await refused(redrive(installation, arn)) == ("ExecutionNotRedrivable", case.reason)
    assert installation.gateway.redriven == []
    assert await installation.store.list_redrives("m", "e", 10) == []


async def test_one_event_less_is_enough(installation: Installation) -> None:
    await installation.create("m")
    arn = await failed(installation)
    await installation.gateway.record("m", "e", 24_998)
    await redrive(installation, arn)


async def test_an_unknown_execution(installation: Installation) -> None:
    arn = execution_arn("m", "none")
    assert await refused(redrive(installation, arn)) == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{arn}'",
    )


async def test_an_express_execution(installation: Installation) -> None:
    arn = execution_arn("m", "e:u").replace(":execution:", ":express:")
    assert await refused(redrive(installation, arn)) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )


@dataclass(frozen=True)
class TimeoutCase:
    """TimeoutSeconds of the machine, and the days since the start, to the seconds that the redriven run gets."""

    given: int | None
    days: int
    aws: int
    native: int


TIMEOUTS = [
    TimeoutCase(None, 0, 31_536_000, 31_536_000),
    TimeoutCase(60, 300, 60, 60),
    TimeoutCase(None, 364, 86_400, 31_536_000),
    TimeoutCase(99_999_999, 364, 86_400, 99_999_999),
]


@pytest.mark.parametrize("case", TIMEOUTS, ids=lambda case: f"{case.given} after {case.days} days")
@pytest.mark.parametrize("mode", ["aws", "native"])
async def test_timeouts_begin_anew(tmp_path: Path, case: TimeoutCase, mode: Literal["aws", "native"]) -> None:
    async with install(tmp_path, ServiceConfig(mode=mode, functions={"*": "lambda"})) as installation:
        await installation.create("m", definition({} if case.given is None else {"TimeoutSeconds": case.given}))
        arn = await failed(installation)
        await installation.call("UpdateStateMachine", stateMachineArn=machine_arn("m"), definition=OTHER)
        installation.clock.move(days=case.days)
        execution = installation.gateway.executions["m", "e"]
        ended = replace(execution.description.summary, stop_date=installation.clock())
        execution.description = replace(execution.description, summary=ended)
        await redrive(installation, arn)
        (request,) = installation.gateway.redriven
    assert request.timeout_seconds == (case.aws if mode == "aws" else case.native)
    assert request.functions == {"*": "lambda"}


class TestClientToken:
    async def test_a_repeated_call_is_answered_as_the_first(self, installation: Installation) -> None:
        await installation.create("m")
        arn = await failed(installation)
        date = await redrive(installation, arn, clientToken="t")
        for status in (ExecutionStatus.RUNNING, ExecutionStatus.FAILED):
            await installation.gateway.end("m", "e", status)
            installation.clock.move(minutes=7)
            assert await redrive(installation, arn, clientToken="t") == date
        assert len(installation.gateway.redriven) == 1

    async def test_it_is_forgotten_after_a_while(self, installation: Installation) -> None:
        await installation.create("m")
        arn = await failed(installation)
        await redrive(installation, arn, clientToken="t")
        installation.clock.move(minutes=15, seconds=1)
        assert (await refused(redrive(installation, arn, clientToken="t")))[0] == "ExecutionNotRedrivable"
        await installation.gateway.end("m", "e", ExecutionStatus.FAILED)
        assert await redrive(installation, arn, clientToken="t") == NOW + 901

    async def test_it_belongs_to_one_execution(self, installation: Installation) -> None:
        await installation.create("m")
        for name in ("e", "f"):
            await redrive(installation, await failed(installation, name), clientToken="t")
        assert len(installation.gateway.redriven) == 2

    async def test_ten_are_remembered(self, installation: Installation) -> None:
        await installation.create("m")
        arn = await failed(installation)
        for number in range(11):
            installation.clock.move(seconds=1)
            await redrive(installation, arn, clientToken=f"t{number}")
            await installation.gateway.end("m", "e", ExecutionStatus.FAILED)
        assert await redrive(installation, arn, clientToken="t1") == NOW + 2
        assert await redrive(installation, arn, clientToken="t0") == NOW + 11

    async def test_without_one_each_call_is_another(self, installation: Installation) -> None:
        await installation.create("m")
        arn = await failed(installation)
        for count in (1, 2):
            await redrive(installation, arn)
            assert (await installation.call("DescribeExecution", executionArn=arn))["redriveCount"] == count
            await installation.gateway.end("m", "e", ExecutionStatus.FAILED)


async def test_a_faster_call_in_between(installation: Installation) -> None:
    """The other call redrives first; this one sees the execution as it then is."""
    await installation.create("m")
    arn = await failed(installation)

    async def be_faster() -> None:
        installation.gateway.before_redrive = type(installation.gateway)().before_redrive
        await redrive(installation, arn, clientToken="other")

    installation.gateway.before_redrive = be_faster
    assert await refused(redrive(installation, arn)) == (
        "ExecutionNotRedrivable",
        "Execution is RUNNING and cannot be redriven",
    )
    assert len(installation.gateway.redriven) == 1


async def test_a_deletion_while_it_is_prepared(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    await installation.create("m")
    arn = await failed(installation)
    prepare = installation.gateway.prepare_redrive

    async def prepare_slowly(*arguments: Any) -> Any:
        await _delete(installation)
        return await prepare(*arguments)

    monkeypatch.setattr(installation.gateway, "prepare_redrive", prepare_slowly)
    assert await refused(redrive(installation, arn)) == ("ExecutionNotRedrivable", _DELETING)
    assert installation.gateway.redriven == []


class TestLists:
    async def listed(self, installation: Installation, **params: Any) -> list[tuple[str, str, int]]:
        """Name, status and redrive count of all executions, page by page; all pages but the last are full."""
        shown: list[tuple[str, str, int]] = []
        token = None
        while True:
            more: dict[str, Any] = {} if token is None else {"nextToken": token}
            answer = await installation.call("ListExecutions", stateMachineArn=machine_arn("m"), **params, **more)
            page = [(each["name"], each["status"], each["redriveCount"]) for each in answer["executions"]]
            shown += page
            token = answer.get("nextToken")
            if token is None:
                return shown
            assert len(page) == params["maxResults"]

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
    async def test_a_redriven_execution_is_shown_once(self, installation: Installation, size: int) -> None:
        await installation.create("m")
        for name in ("a", "b", "c", "d"):
            await failed(installation, name)
        for name in ("b", "d", "b"):
            await redrive(installation, execution_arn("m", name))
            await installation.gateway.end("m", name, ExecutionStatus.FAILED)
        await redrive(installation, execution_arn("m", "d"))
        assert sorted(await self.listed(installation, maxResults=size)) == [
            ("a", "FAILED", 0),
            ("b", "FAILED", 2),
            ("c", "FAILED", 0),
            ("d", "RUNNING", 2),
        ]
        failures = await self.listed(installation, maxResults=size, statusFilter="FAILED")
        assert sorted(name for name, _, _ in failures) == ["a", "b", "c"]

    @pytest.mark.parametrize("after", [False, True])
    async def test_a_process_that_died(self, installation: Installation, after: bool) -> None:
        """It died before the execution went on, or after: a list tells which."""
        await installation.create("m")
        arn = await failed(installation)

        async def die() -> None:
            raise SystemError

        setattr(installation.gateway, "after_redrive" if after else "before_redrive", die)
        with pytest.raises(SystemError):
            await redrive(installation, arn, clientToken="t")
        status = "RUNNING" if after else "FAILED"
        for _ in range(2):
            assert await self.listed(installation) == [("e", status, int(after))]
        (call,) = await installation.store.list_redrives("m", "e", 10)
        assert (call.redriven is not None) == after
        fresh = type(installation.gateway)()
        installation.gateway.before_redrive = fresh.before_redrive
        installation.gateway.after_redrive = fresh.after_redrive
        installation.clock.move(seconds=9)
        assert await redrive(installation, arn, clientToken="t") == NOW + (0 if after else 9)
        assert await self.listed(installation) == [("e", "RUNNING", 1)]


async def test_describe_shows_the_version_and_alias_of_the_start(installation: Installation) -> None:
    machine = await installation.create("m", publish=True)
    route = [{"stateMachineVersionArn": f"{machine}:1", "weight": 100}]
    await installation.call("CreateStateMachineAlias", name="live", routingConfiguration=route)
    started = await installation.call("StartExecution", stateMachineArn=f"{machine}:live", name="e")
    await installation.gateway.end("m", "e", ExecutionStatus.FAILED)
    await redrive(installation, started["executionArn"])
    described = await installation.call("DescribeExecution", executionArn=started["executionArn"])
    assert described["stateMachineVersionArn"] == f"{machine}:1"
    assert described["stateMachineAliasArn"] == f"{machine}:live"
    listed = await installation.call("ListExecutions", stateMachineArn=f"{machine}:live")
    assert [each["redriveCount"] for each in listed["executions"]] == [1]
