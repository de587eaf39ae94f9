"""Tests of the mode of a state machine: its tag over the installation's setting, and what it lets pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from api.service.config import ServiceConfig
from tests.api.service.installation import PASS, Installation, install, machine_arn
from tests.api.service.test_state_machines import refused

FITS = '"' + "x" * 262_142 + '"'
TOO_LARGE = '"' + "x" * 262_143 + '"'
OVER_QUOTA = (
    "1 validation error detected: Value at '{}' failed to satisfy constraint: "
    "Member must have length less than or equal to 262144"
)
NO_MODE = "The tag 'steploom:mode' of a state machine must have one of the values [aws, native], but has 'fast'"


def mode_tag(value: str) -> list[dict[str, str]]:
    return [{"key": "steploom:mode", "value": value}]


@dataclass(frozen=True)
class Case:
    setting: Literal["aws", "native"]
    tag: str | None
    mode: str


CASES = [
    Case("aws", None, "aws"),
    Case("aws", "native", "native"),
    Case("aws", "aws", "aws"),
    Case("native", None, "native"),
    Case("native", "aws", "aws"),
]


async def start(installation: Installation, input_: str = "{}") -> str:
    await installation.start("m", "e", input_)
    started = installation.gateway.executions["m", "e"].description.start
    assert started is not None
    return started.mode


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.setting}, tagged {case.tag}")
async def test_the_tag_counts_more_than_the_setting(tmp_path: Path, case: Case) -> None:
    async with install(tmp_path, ServiceConfig(mode=case.setting)) as installation:
        await installation.create("m", PASS, tags=[] if case.tag is None else mode_tag(case.tag))
        assert await start(installation) == case.mode


LONG_NAME = json.dumps({"StartAt": "s" * 120, "States": {"s" * 120: {"Type": "Succeed"}}})


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.setting}, tagged {case.tag}")
async def test_names_of_states_may_be_longer_in_native_mode(tmp_path: Path, case: Case) -> None:
    tags = [] if case.tag is None else mode_tag(case.tag)
    async with install(tmp_path, ServiceConfig(mode=case.setting)) as installation:
        await installation.create("short", PASS, tags=tags)
        creating = installation.create("long", LONG_NAME, tags=tags)
        updating = installation.call("UpdateStateMachine", stateMachineArn=machine_arn("short"), definition=LONG_NAME)
        if case.mode == "native":
            await creating
            await updating
        else:
            assert (await refused(creating))[0] == "InvalidDefinition"
            assert (await refused(updating))[0] == "InvalidDefinition"


@pytest.mark.parametrize("mode, result", [("aws", "FAIL"), ("native", "OK")])
async def test_validation_knows_the_installations_mode(
    tmp_path: Path, mode: Literal["aws", "native"], result: str
) -> None:
    async with install(tmp_path, ServiceConfig(mode=mode)) as installation:
        answer = await installation.call("ValidateStateMachineDefinition", definition=LONG_NAME)
        assert answer["result"] == result


async def test_a_tag_set_later_counts_from_then_on(installation: Installation) -> None:
    await installation.create("m", PASS)
    await installation.call("TagResource", resourceArn=machine_arn("m"), tags=mode_tag("native"))
    assert await start(installation, TOO_LARGE) == "native"
    await installation.call("UntagResource", resourceArn=machine_arn("m"), tagKeys=["steploom:mode"])
    assert await refused(installation.start("m", "f", TOO_LARGE)) == ("ValidationException", OVER_QUOTA.format("input"))


async def test_versions_and_aliases_have_the_mode_of_their_state_machine(installation: Installation) -> None:
    await installation.create("m", PASS, tags=mode_tag("native"), publish=True)
    await installation.start("m:1", "e", TOO_LARGE)
    started = installation.gateway.executions["m", "e"].description.start
    assert started is not None
    assert started.mode == "native"


async def test_no_other_value_is_taken(installation: Installation) -> None:
    creating = installation.create("m", PASS, tags=mode_tag("fast"))
    assert await refused(creating) == ("ValidationException", NO_MODE)
    await installation.create("m", PASS)
    tagging = installation.call("TagResource", resourceArn=machine_arn("m"), tags=mode_tag("fast"))
    assert await refused(tagging) == ("ValidationException", NO_MODE)


async def test_the_tag_means_nothing_to_an_activity(installation: Installation) -> None:
    answer = await installation.call("CreateActivity", name="a", tags=mode_tag("fast"))
    tags = await installation.call("ListTagsForResource", resourceArn=answer["activityArn"])
    assert tags == {"tags": mode_tag("fast")}


@pytest.mark.parametrize("tag", ["aws", "native"])
async def test_the_size_of_an_input(installation: Installation, tag: str) -> None:
    await installation.create("m", PASS, tags=mode_tag(tag))
    await installation.start("m", "fits", FITS)
    if tag == "native":
        await installation.start("m", "e", TOO_LARGE)
    else:
        assert await refused(installation.start("m", "e", TOO_LARGE)) == (
            "ValidationException",
            OVER_QUOTA.format("input"),
        )


@dataclass(frozen=True)
class Answer:
    name: str
    owner: str | None
    taken: bool


ANSWERS = [Answer("native machine", "m", True), Answer("another", "n", False), Answer("activity", None, False)]


@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case.name)
async def test_the_size_of_a_tasks_output(installation: Installation, case: Answer) -> None:
    await installation.create("m", PASS, tags=mode_tag("native"))
    await installation.create("n", PASS)
    installation.gateway.tasks["t"] = None
    if case.owner is not None:
        installation.gateway.task_owners["t"] = case.owner
    sending: Any = installation.call("SendTaskSuccess", taskToken="t", output=TOO_LARGE)
    if case.taken:
        assert await sending == {}
    else:
        assert await refused(sending) == ("ValidationException", OVER_QUOTA.format("output"))
