"""docs/security.md says which actions the client commands need: what they ask for at the HTTP door, and no more."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from api.access.audit import AuditLog
from api.access.keys import KeyTerms
from api.service.clock import utc_now
from api.service.gateway import ExecutionStatus
from interpreter.values import JsonValue
from tests.api.cli.conftest import run_command
from tests.api.service.installation import OTHER, PASS, Installation, install, machine_arn
from tests.support.access import CREATED, guard_over, signer, terms
from tests.support.doors import http_door

PAGE: Final = (Path(__file__).parents[3] / "docs" / "security.md").read_text("utf-8")
ROW: Final = re.compile(
    r"^\| `((?:deploy|start|describe|history|list|stop|redrive|delete|send)[^`]*)`([^|]*)\| ([^|]+) \|$", re.M
)
DOCUMENTED: Final = {
    f"{row[1]}{row[2]}".strip(): set(re.findall(r"`(\w+)`", row[3])) for row in ROW.finditer(PAGE)
}  # fmt: skip

COMMANDS: Final = {
    "deploy": ["deploy", "other.json", "--name", "new"],
    "deploy of what is there": ["deploy", "other.json", "--name", "m"],
    "start MACHINE": ["start", "m"],
    "start MACHINE --wait": ["start", "m", "--wait"],
    "start MACHINE --wait of an EXPRESS one": ["start", "quick", "--wait"],
    "describe MACHINE": ["describe", "m"],
    "describe MACHINE:NAME": ["describe", "m:ended"],
    "describe MACHINE:NAME of what runs": ["describe", "m:open"],
    "history MACHINE:NAME": ["history", "m:ended"],
    "history MACHINE:NAME --follow": ["history", "m:ended", "--follow"],
    "list": ["list"],
    "list MACHINE": ["list", "m"],
    "stop MACHINE:NAME": ["stop", "m:open"],
    "redrive MACHINE:NAME": ["redrive", "m:failed"],
    "redrive MACHINE:NAME --wait": ["redrive", "m:failed", "--wait"],
    "delete MACHINE": ["delete", "quick"],
    "delete MACHINE:VERSION": ["delete", "m:1"],
    "delete MACHINE:ALIAS": ["delete", "m:spare"],
    "send-task-success TOKEN": ["send-task-success", "token", "--task-output", "{}"],
    "send-task-failure TOKEN": ["send-task-failure", "token"],
    "send-task-heartbeat TOKEN": ["send-task-heartbeat", "token"],
}


@asynccontextmanager
async def ending(installation: Installation) -> AsyncIterator[None]:
    """Ends every execution that runs, but one, as it is started or redriven."""

    async def end() -> None:
        while True:
            for (machine, name), execution in [*installation.gateway.executions.items()]:
                if execution.running and name != "open":
                    await installation.gateway.end(machine, name, ExecutionStatus.SUCCEEDED, output="{}")
            await asyncio.sleep(0.01)

    task = asyncio.create_task(end())
    try:
        yield
    finally:
        task.cancel()


async def asked_for(
    arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, key_terms: KeyTerms
) -> tuple[object, set[str]]:
    """The exit code of a command, and the actions for which the door looked into the key's policy."""
    async with install(folder) as installation:
        await installation.create("m")
        await installation.create("quick", type="EXPRESS")
        await _publish(installation)
        installation.gateway.tasks["token"] = None
        for name in ("open", "ended", "failed"):
            await installation.start("m", name)
        await installation.gateway.end("m", "ended", ExecutionStatus.SUCCEEDED, output="{}")
        await installation.gateway.end("m", "failed", ExecutionStatus.FAILED, error="E", cause="c")
        key = await signer(installation.store, key_terms)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key.key.id)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key.secret or "")
        guard = guard_over(installation.store, utc_now, audit=AuditLog(str(folder / "audit.jsonl")))
        async with http_door(installation.service, guard) as url, ending(installation):
            code = await run_command(*arguments, url=url)
    lines: list[dict[str, Any]] = [json.loads(line) for line in (folder / "audit.jsonl").read_text().splitlines()]
    return code, {line["action"].removeprefix("states:") for line in lines}


async def _publish(installation: Installation) -> None:
    """A version that nobody needs, and another one with an alias."""
    invoke = installation.service.invoke
    await invoke("PublishStateMachineVersion", {"stateMachineArn": machine_arn("m")})
    await invoke("UpdateStateMachine", {"stateMachineArn": machine_arn("m"), "definition": PASS.replace('"A"', '"C"')})
    second = await invoke("PublishStateMachineVersion", {"stateMachineArn": machine_arn("m")})
    routes: list[JsonValue] = [{"stateMachineVersionArn": second["stateMachineVersionArn"], "weight": 100}]
    await invoke("CreateStateMachineAlias", {"name": "spare", "routingConfiguration": routes})


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    (tmp_path / "pass.json").write_text(PASS)
    (tmp_path / "other.json").write_text(OTHER)


def test_every_command_is_in_the_table() -> None:
    assert DOCUMENTED.keys() == COMMANDS.keys()


@pytest.mark.parametrize("command", COMMANDS)
async def test_the_actions_of(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await asked_for(COMMANDS[command], tmp_path, monkeypatch, terms()) == (0, DOCUMENTED[command])


@pytest.mark.parametrize("command", [name for name in COMMANDS if "start MACHINE --wait" in name])
async def test_the_policy_of_the_page_suffices_to(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (policy,) = re.findall(r'^```json\n(\{"Version".*?)^```', PAGE, re.M | re.S)
    key_terms = KeyTerms(user="ci", policy=json.loads(policy), created=CREATED, expires=None)
    code, _ = await asked_for(COMMANDS[command], tmp_path, monkeypatch, key_terms)
    assert code == 0
