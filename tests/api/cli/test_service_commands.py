"""Client commands against an installation in memory: delete, answers to task tokens, connections, what is awaited."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from activities.connections import ApiKey, Basic, OAuthClient
from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.cli import main
from api.service.config import ServiceConfig
from api.service.connections import StoredConnectionBook
from api.service.gateway import ExecutionStatus
from tests.api.service.installation import Installation, install, machine_arn
from tests.support.sealing import SEALER

_TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": True}
CALL = json.dumps({"StartAt": "Call", "States": {"Call": _TASK}})


@dataclass(frozen=True)
class Told:
    code: object
    out: str
    err: str


class Service:
    """A service in memory, and commands that call it."""

    def __init__(self, url: str, installation: Installation, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self.installation = installation
        self._capsys = capsys

    async def run(self, *arguments: str) -> Told:
        def command() -> object:
            with pytest.raises(SystemExit) as ended:
                main([*arguments, "--endpoint", self.url])
            return ended.value.code

        code = await asyncio.to_thread(command)
        told = self._capsys.readouterr()
        return Told(code, told.out, told.err)


@pytest_asyncio.fixture
async def service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Service]:
    async def ready() -> bool:
        return True

    monkeypatch.chdir(tmp_path)
    async with (
        install(tmp_path) as installation,
        serve(create_app(installation.service, ready=ready), "127.0.0.1", 0) as port,
    ):
        yield Service(f"http://127.0.0.1:{port}", installation, capsys)


# ------------------------------------------------------------------------------------------------------------- delete


async def test_a_state_machine_is_deleted(service: Service) -> None:
    await service.installation.create("m")
    assert await service.run("delete", "m") == Told(0, "deleting m\n", "")
    described = await service.installation.service.invoke("DescribeStateMachine", {"stateMachineArn": machine_arn("m")})
    assert described["status"] == "DELETING"


async def test_versions_and_aliases_are_deleted(service: Service) -> None:
    invoke = service.installation.service.invoke
    await service.installation.create("m", publish=True)
    routes = [{"stateMachineVersionArn": f"{machine_arn('m')}:1", "weight": 100}]
    await invoke("CreateStateMachineAlias", {"name": "prod", "routingConfiguration": routes})  # type: ignore[dict-item]  # JSON
    refused = await service.run("delete", "m:1")
    assert (refused.code, "ConflictException" in refused.err) == (1, True)
    assert await service.run("delete", f"{machine_arn('m')}:prod") == Told(0, f"deleted {machine_arn('m')}:prod\n", "")
    assert await service.run("delete", "m:1") == Told(0, "deleted m:1\n", "")
    assert (await invoke("ListStateMachineVersions", {"stateMachineArn": machine_arn("m")}))[
        "stateMachineVersions"
    ] == []


@pytest.mark.parametrize(
    "target, code, told",
    [
        ("nobody", 1, "There is no state machine 'nobody'."),
        (machine_arn("nobody"), 1, "StateMachineDoesNotExist"),
        ("m:9", 1, "StateMachineDoesNotExist"),
        ("m:none", 1, "StateMachineDoesNotExist"),
        (machine_arn("m").replace("stateMachine", "activity"), 2, "is no state machine."),
    ],
)
async def test_what_is_not_there_cannot_be_deleted(service: Service, target: str, code: int, told: str) -> None:
    await service.installation.create("m")
    ended = await service.run("delete", target)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err


# -------------------------------------------------------------------------------------------------------- task tokens


async def test_tasks_are_answered(service: Service, tmp_path: Path) -> None:
    tasks = service.installation.gateway.tasks
    tasks.update(dict.fromkeys(("yes", "file", "no", "silent", "goes-on")))
    (tmp_path / "output.json").write_text('{"from": "a file"}')
    assert await service.run("send-task-success", "yes", "--task-output", "1.0") == Told(
        0, "the task has succeeded\n", ""
    )
    await service.run("send-task-success", "file", "--task-output", "@output.json")
    told = await service.run("send-task-failure", "no", "--error", "Refused", "--cause", "over budget")
    assert told == Told(0, "the task has failed\n", "")
    await service.run("send-task-failure", "silent")
    assert await service.run("send-task-heartbeat", "goes-on") == Told(0, "the task goes on\n", "")
    assert tasks == {
        "yes": {"output": 1.0},
        "file": {"output": {"from": "a file"}},
        "no": {"error": "Refused", "cause": "over budget"},
        "silent": {"error": None, "cause": None},
        "goes-on": None,
    }


async def test_answers_that_cannot_be_given(service: Service) -> None:
    wrong = await service.run("send-task-success", "token", "--task-output", "{")
    assert (wrong.code, "--task-output is not JSON" in wrong.err) == (2, True)
    unknown = await service.run("send-task-success", "token", "--task-output", "{}")
    assert (unknown.code, "InvalidToken" in unknown.err) == (1, True)


# -------------------------------------------------------------------------------------------------------- connections


@dataclass(frozen=True)
class Change:
    name: str
    created: list[str]
    changes: list[str]
    authorization: Any


def oauth(endpoint: str, secret: str) -> OAuthClient:
    return OAuthClient(endpoint=endpoint, method="POST", client_id="client", client_secret=secret)


OAUTH = ["--oauth", "client", "--token-url", "https://login.example.org/token"]
CHANGES = [
    Change("a new password", ["--basic", "me"], ["--secret-file", "new"], Basic(username="me", password="new")),
    Change("another user", ["--basic", "me"], ["--basic", "you"], Basic(username="you", password="old")),
    Change("another header", ["--api-key", "X-A"], ["--api-key", "X-B"], ApiKey(name="X-B", value="old")),
    Change("a new key", ["--api-key", "X-A"], ["--secret-file", "new"], ApiKey(name="X-A", value="new")),
    Change("a new client secret", OAUTH, ["--secret-file", "new"],
           oauth("https://login.example.org/token", "new")),
    Change("another token URL", OAUTH, ["--token-url", "https://sso.example.org/"],
           oauth("https://sso.example.org/", "old")),
    Change("another kind", ["--basic", "me"], ["--api-key", "X-A", "--secret-file", "new"],
           ApiKey(name="X-A", value="new")),
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
async def test_a_connection_is_changed(service: Service, tmp_path: Path, change: Change) -> None:
    for name in ("old", "new"):
        (tmp_path / name).write_text(name)
    await service.run("connections", "create", "shop", *change.created, "--secret-file", "old")
    told = await service.run("connections", "update", "shop", *change.changes)
    assert (told.code, told.err) == (0, "updated\n")
    arn = told.out.strip()
    found = await StoredConnectionBook(service.installation.store, ServiceConfig(), SEALER).find(arn)
    assert found is not None
    assert found.authorization == change.authorization


@pytest.mark.parametrize(
    "arguments, code, told",
    [
        ([], 2, "Say what is to change"),
        (["--basic", "me", "--api-key", "X"], 2, "Give one of --basic, --api-key and --oauth."),
        (["--token-url", "https://login.example.org/"], 2, "--token-url is of OAuth clients only, and shop is BASIC."),
        (["--api-key", "X-A"], 1, "ValidationException"),
    ],
)
async def test_a_change_that_cannot_be_made(
    service: Service, tmp_path: Path, arguments: list[str], code: int, told: str
) -> None:
    (tmp_path / "old").write_text("old")
    await service.run("connections", "create", "shop", "--basic", "me", "--secret-file", "old")
    ended = await service.run("connections", "update", "shop", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err


# ----------------------------------------------------------------------------------------------- what does not go on


async def test_describe_says_what_a_running_execution_waits_for(service: Service) -> None:
    await service.installation.create("m", CALL)
    await service.installation.start("m", "e")
    service.installation.gateway.executions["m", "e"].events = [
        {"id": 1, "previousEventId": 0, "type": "ExecutionStarted", "timestamp": 1},
        {"id": 2, "previousEventId": 1, "type": "TaskStateEntered", "timestamp": 1,
         "stateEnteredEventDetails": {"name": "Call"}},
        {"id": 3, "previousEventId": 2, "type": "TaskScheduled", "timestamp": 1,
         "taskScheduledEventDetails": {"resourceType": "lambda", "resource": "invoke",
                                       "parameters": '{"FunctionName": "charge-card"}'}},
    ]  # fmt: skip
    told = await service.run("describe", "m:e")
    assert told.out.splitlines()[-1] == (
        "still waiting at Call: function charge-card; if nothing serves it, start: steploom functions DIR"
    )


async def test_describe_says_what_to_do_about_a_missing_function(service: Service) -> None:
    await service.installation.create("m", CALL)
    await service.installation.start("m", "e")
    cause = (
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:charge-card:$LATEST (Service: Lambda, "
        "Status Code: 404, Request ID: 1)"
    )
    await service.installation.gateway.end(
        "m", "e", ExecutionStatus.FAILED, error="Lambda.ResourceNotFoundException", cause=cause
    )
    told = await service.run("describe", "m:e")
    assert told.out.splitlines()[-1].startswith(
        "No function charge-card is served: it must be in the folder of `steploom functions DIR`, as charge_card.py or "
    )


async def test_following_goes_on_where_a_service_was_away(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = service.installation.gateway
    await service.installation.create("m")
    execution = await service.installation.start("m", "e")
    await gateway.end("m", "e", ExecutionStatus.SUCCEEDED, output="{}")
    waits: list[int] = []

    def wait(*_: object) -> float:
        """The service is back when the client has waited three times."""
        waits.append(1)
        gateway.available = len(waits) == 3
        return 0

    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", wait)
    gateway.available = False
    told = await service.run("history", execution, "--follow")
    assert (told.code, told.err, len(waits)) == (0, "", 3)


async def test_a_service_that_cannot_reach_temporal(service: Service) -> None:
    await service.installation.create("m")
    service.installation.gateway.available = False
    told = await service.run("start", "m")
    assert (told.code, told.out) == (1, "")
    assert "ServiceUnavailable" in told.err
    assert f"The service at {service.url} lives, but cannot reach what it needs." in told.err
