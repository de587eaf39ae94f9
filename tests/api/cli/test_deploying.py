"""`steploom deploy`, and `start --wait` of what it made, against an HTTP door over an engine in memory."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from api.cli.output import print_made
from tests.api.cli.conftest import Service, Told
from tests.api.service.installation import PASS, machine_arn

FAIL = '{"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Boom", "Cause": "it broke"}}}'
WARNED = json.dumps(
    {
        "StartAt": "A",
        "States": {
            "A": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Parameters": {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"},
                "End": True,
            }
        },
    }
)


CommandLine = Callable[..., Awaitable[Told]]


@pytest.fixture
def steploom(service: Service, tmp_path: Path) -> CommandLine:
    """Runs commands against the service, in a folder with definitions."""
    for name, definition in (("pass", PASS), ("fail", FAIL), ("warned", WARNED)):
        (tmp_path / f"{name}.json").write_text(definition)
    return service.run


async def test_scripts_get_the_bare_arn(steploom: CommandLine) -> None:
    assert await steploom("deploy", "pass.json", "--name", "m") == Told(0, machine_arn("m") + "\n", "created\n")
    assert await steploom("deploy", "fail.json", "--name", "m") == Told(0, machine_arn("m") + "\n", "updated\n")


async def test_what_is_there_already_stays(steploom: CommandLine) -> None:
    async def revision() -> object:
        return json.loads((await steploom("describe", "m", "--json")).out)["revisionId"]

    role = "arn:aws:iam::123456789012:role/other"
    await steploom("deploy", "pass.json", "--name", "m")
    await steploom("deploy", "fail.json", "--name", "m")
    before = await revision()
    assert (await steploom("deploy", "fail.json", "--name", "m")).err == "unchanged\n"
    assert await revision() == before
    assert (await steploom("deploy", "fail.json", "--name", "m", "--role", role)).err == "updated\n"
    assert (await steploom("deploy", "fail.json", "--name", "m", "--role", role)).err == "unchanged\n"
    assert json.loads((await steploom("deploy", "fail.json", "--name", "m", "--json")).out)["result"] == "unchanged"


def test_people_get_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_made("updated", "arn:x", "as it was")
    assert capsys.readouterr() == ("updated arn:x (as it was)\n", "")


async def test_warnings_are_told_and_do_not_stop_it(steploom: CommandLine) -> None:
    told = await steploom("deploy", "warned.json", "--name", "m", "--json")
    assert json.loads(told.out) == {"stateMachineArn": machine_arn("m"), "type": "STANDARD", "result": "created"}
    assert told.err.startswith("warned.json:1:")
    assert " warning STEPLOOM_NO_TIMEOUT: " in told.err


async def test_the_type_stays(steploom: CommandLine) -> None:
    await steploom("deploy", "pass.json", "--name", "quick", "--express")
    told = await steploom("deploy", "fail.json", "--name", "quick")
    assert told == Told(0, machine_arn("quick") + "\n", "updated (its type stays EXPRESS)\n")
    assert (await steploom("deploy", "pass.json", "--name", "quick", "--express")).err == "updated\n"
    assert (await steploom("deploy", "pass.json", "--name", "quick")).err == "unchanged (its type stays EXPRESS)\n"


async def test_a_standard_machine_does_not_become_express(steploom: CommandLine) -> None:
    await steploom("deploy", "pass.json", "--name", "slow")
    told = await steploom("deploy", "fail.json", "--name", "slow", "--express")
    assert (told.code, told.out) == (1, "")
    assert "'slow' is a STANDARD state machine, and its type cannot be changed." in told.err
    assert json.loads((await steploom("describe", "slow", "--json")).out)["definition"] == PASS


async def test_express_is_waited_for(steploom: CommandLine) -> None:
    await steploom("deploy", "pass.json", "--name", "quick", "--express")
    told = await steploom("start", "quick", "--input", '{"a": 1}', "--wait")
    arn, status, output = told.out.splitlines()
    assert (told.code, arn.split(":")[5:7], status, json.loads(output)) == (
        0, ["express", "quick"], "SUCCEEDED", {"a": 1}
    )  # fmt: skip


@pytest.mark.parametrize("name", ["broken", "broken:1", machine_arn("broken"), machine_arn("broken") + ":1"])
async def test_express_that_fails_is_exit_code_1(steploom: CommandLine, service: Service, name: str) -> None:
    await steploom("deploy", "fail.json", "--name", "broken", "--express")
    if name.endswith(":1"):
        await service.installation.call("PublishStateMachineVersion", stateMachineArn=machine_arn("broken"))
    told = await steploom("start", name, "--wait")
    assert (told.code, told.out.splitlines()[1:]) == (1, ["FAILED", "Boom: it broke"])
    told = await steploom("start", name, "--wait", "--json")
    ended = json.loads(told.out)
    assert (told.code, ended["status"], ended["error"], ended["cause"]) == (1, "FAILED", "Boom", "it broke")


async def test_express_without_waiting_is_started(steploom: CommandLine) -> None:
    await steploom("deploy", "fail.json", "--name", "broken", "--express")
    told = await steploom("start", "broken")
    assert (told.code, told.out.split(":")[5:7]) == (0, ["express", "broken"])


@pytest.mark.parametrize("options", [["pass.json"], ["fail.json"], ["pass.json", "--express"]], ids="-".join)
async def test_what_is_being_deleted_is_refused(service: Service, steploom: CommandLine, options: list[str]) -> None:
    await steploom("deploy", "pass.json", "--name", "m")
    await service.installation.store.mark_deleting("m", service.installation.clock())
    assert await steploom("deploy", *options, "--name", "m") == Told(
        1, "", "error: StateMachineDeleting: 'm' is being deleted. Deploy it again in a few seconds, when it is gone.\n"
    )
