"""Commands on state machines: what is deleted, and what is not there to be."""

from __future__ import annotations

import pytest

from tests.api.cli.conftest import Service, Told
from tests.api.service.installation import machine_arn


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
