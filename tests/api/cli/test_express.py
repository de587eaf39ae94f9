"""EXPRESS state machines on the command line: waited for, and described where the installation keeps executions."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.cli import main
from api.cli.client import names_execution
from api.service.config import ServiceConfig
from tests.api.service.installation import install


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


def exit_code(arguments: list[str]) -> object:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


async def test_they_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def ready() -> bool:
        return True

    config = ServiceConfig(express_retention_seconds=60)
    async with install(tmp_path, config) as installation:
        arn = await installation.create("x", type="EXPRESS")
        answer = await installation.call("StartSyncExecution", stateMachineArn=arn, name="e")
        async with serve(create_app(installation.service, ready=ready), "127.0.0.1", 0) as port:
            options = ("--endpoint", f"http://127.0.0.1:{port}", "--json")
            shown = []
            for command in ("describe", "history"):
                assert await asyncio.to_thread(exit_code, [command, answer["executionArn"], *options]) == 0
                shown.append(capsys.readouterr().out)
    assert json.loads(shown[0])["status"] == "SUCCEEDED"
    assert "ExecutionSucceeded" in shown[1]
