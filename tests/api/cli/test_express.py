"""EXPRESS state machines on the command line: waited for, and described where the installation keeps executions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.client import names_execution
from api.service.config import ServiceConfig
from tests.api.cli.conftest import Service, run_command
from tests.api.service.installation import install
from tests.support.doors import http_door


@pytest.mark.parametrize(
    "target, is_execution",
    [
        ("arn:aws:states:us-east-1:123456789012:execution:m:e", True),
        ("arn:aws:states:us-east-1:123456789012:express:m:e:u", True),
        ("arn:aws:states:us-east-1:123456789012:stateMachine:m", False),
        ("m:e", True),
        ("m", False),
    ],
)
def test_what_names_an_execution(target: str, is_execution: bool) -> None:
    assert names_execution(target) is is_execution


async def test_they_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = ServiceConfig(express_retention_seconds=60)
    async with install(tmp_path, config) as installation:
        arn = await installation.create("x", type="EXPRESS")
        answer = await installation.call("StartSyncExecution", stateMachineArn=arn, name="e")
        async with http_door(installation.service) as url:
            shown = []
            for command in ("describe", "history"):
                assert await run_command(command, answer["executionArn"], "--json", url=url) == 0
                shown.append(capsys.readouterr().out)
    assert json.loads(shown[0])["status"] == "SUCCEEDED"
    assert "ExecutionSucceeded" in shown[1]


WHERE_THEY_ARE = (
    ". EXPRESS executions are in the execution log of their state machine (loggingConfiguration); where the setting "
    "express_retention (STEPLOOM_EXPRESS_RETENTION) is above 0, `describe` and `history` show each by its ARN, for so "
    "many seconds after its end.\n"
)
SHOWN = ("describe ARN", "history ARN", "history ARN --follow", "describe x:e", "history x:e", "list x")


@pytest.mark.parametrize("command", SHOWN)
async def test_where_they_are_is_told_where_none_is_kept(command: str, service: Service) -> None:
    arn = await service.installation.create("x", type="EXPRESS")
    answer = await service.installation.call("StartSyncExecution", stateMachineArn=arn, name="e")
    told = await service.run(*command.replace("ARN", answer["executionArn"]).split())
    assert (told.code, told.out) == (1, "")
    assert told.err.endswith(WHERE_THEY_ARE), told.err


@pytest.mark.parametrize("command", ["describe m:e", "describe ARN", "history m:e"])
async def test_a_missing_execution_of_another_machine_is_told_as_that(command: str, service: Service) -> None:
    await service.installation.create("m")
    told = await service.run(*command.replace("ARN", "arn:aws:states:us-east-1:123456789012:execution:gone:e").split())
    assert (told.code, "ExecutionDoesNotExist" in told.err, WHERE_THEY_ARE in told.err) == (1, True, False)
