"""Tests of the operations on versions, over a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.service.errors import ServiceError
from tests.api.service.installation import (
    OTHER,
    PASS,
    ROLE,
    Installation,
    execution_arn,
    machine_arn,
)
from tests.api.service.test_state_machines import NOW, refused

ARN = machine_arn("m")
V1, V2, V3 = (f"{ARN}:{number}" for number in (1, 2, 3))


async def listed(installation: Installation) -> list[str]:
    answer = await installation.call("ListStateMachineVersions", stateMachineArn=ARN)
    return [each["stateMachineVersionArn"] for each in answer["stateMachineVersions"]]


async def update(installation: Installation, definition: str = OTHER, **params: object) -> dict[str, object]:
    return await installation.call("UpdateStateMachine", stateMachineArn=ARN, definition=definition, **params)


class TestWithCreation:
    async def test_answers_the_version(self, installation: Installation) -> None:
        answer = await installation.call(
            "CreateStateMachine", name="m", definition=PASS, roleArn=ROLE, publish=True, versionDescription="d"
        )
        assert answer == {"stateMachineArn": ARN, "stateMachineVersionArn": V1, "creationDate": NOW}

    async def test_is_idempotent(self, installation: Installation) -> None:
        params = {"name": "m", "definition": PASS, "roleArn": ROLE, "publish": True, "versionDescription": "d"}
        first = await installation.call("CreateStateMachine", **params)
        installation.clock.move(hours=1)
        assert await installation.call("CreateStateMachine", **params) == first

    async def test_is_idempotent_while_time_goes_on(self, installation: Installation) -> None:
        installation.clock.step = timedelta(milliseconds=7)
        params = {"name": "m", "definition": PASS, "roleArn": ROLE, "publish": True}
        first = await installation.call("CreateStateMachine", **params)
        assert await installation.call("CreateStateMachine", **params) == first

    @pytest.mark.parametrize(
        "first, then",
        [
            ({"publish": True}, {}),
            ({}, {"publish": True}),
            ({"publish": True, "versionDescription": "d"}, {"publish": True}),
        ],
        ids=str,
    )
    async def test_refuses_another_publication(
        self, installation: Installation, first: dict[str, Any], then: dict[str, Any]
    ) -> None:
        await installation.create("m", **first)
        with pytest.raises(ServiceError, match="State Machine Already Exists"):
            await installation.create("m", **then)

    async def test_of_express(self, installation: Installation) -> None:
        await installation.create("m", publish=True, type="EXPRESS")
        assert await listed(installation) == [V1]


class TestWithUpdate:
    async def test_a_change(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        answer = await update(installation, publish=True, versionDescription="second")
        assert answer["stateMachineVersionArn"] == V2
        described = await installation.call("DescribeStateMachine", stateMachineArn=V2)
        assert (described["revisionId"], described["description"]) == (answer["revisionId"], "second")

    async def test_without_change(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        again = {"updateDate": NOW, "stateMachineVersionArn": V1}
        assert await update(installation, PASS, publish=True) == again
        assert await update(installation, PASS, publish=True) == again

    async def test_of_what_was_not_published(self, installation: Installation) -> None:
        await installation.create("m")
        revised = await update(installation)
        assert await update(installation, publish=True) == revised | {"stateMachineVersionArn": V1}

    async def test_by_the_arn_of_a_version(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        call = installation.call("UpdateStateMachine", stateMachineArn=V1, definition=OTHER)
        assert await refused(call) == ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{V1}'")


class TestPublish:
    async def test_is_idempotent(self, installation: Installation) -> None:
        await installation.create("m")
        installation.clock.move(seconds=1)
        answer = await installation.call("PublishStateMachineVersion", stateMachineArn=ARN, description="d")
        assert answer == {"stateMachineVersionArn": V1, "creationDate": NOW + 1}
        installation.clock.move(seconds=1)
        assert await installation.call("PublishStateMachineVersion", stateMachineArn=ARN) == answer

    async def test_after_deletion_counts_on(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        await update(installation, publish=True)
        assert await installation.call("DeleteStateMachineVersion", stateMachineVersionArn=V2) == {}
        answer = await installation.call("PublishStateMachineVersion", stateMachineArn=ARN)
        assert answer["stateMachineVersionArn"] == V3
        assert await listed(installation) == [V3, V1]

    async def test_of_an_expected_revision(self, installation: Installation) -> None:
        await installation.create("m")
        await installation.call("PublishStateMachineVersion", stateMachineArn=ARN, revisionId="INITIAL")
        current = (await update(installation))["revisionId"]
        await installation.call("PublishStateMachineVersion", stateMachineArn=ARN, revisionId=current)
        assert await listed(installation) == [V2, V1]

    async def test_of_another_revision(self, installation: Installation) -> None:
        await installation.create("m")
        call = installation.call("PublishStateMachineVersion", stateMachineArn=ARN, revisionId="r")
        assert await refused(call) == (
            "ConflictException",
            "Failed to publish the State Machine version for revision r."
            " The current State Machine revision is INITIAL.",
        )

    @pytest.mark.parametrize(
        "arn, code",
        [(machine_arn("none"), "StateMachineDoesNotExist"), ("none", "InvalidArn"), (V1, "StateMachineDoesNotExist")],
    )
    async def test_of_nothing(self, installation: Installation, arn: str, code: str) -> None:
        await installation.create("m", publish=True)
        assert (await refused(installation.call("PublishStateMachineVersion", stateMachineArn=arn)))[0] == code

    async def test_of_a_deleting_machine(self, installation: Installation) -> None:
        await installation.create("m")
        await installation.store.mark_deleting("m", installation.clock())
        call = installation.call("PublishStateMachineVersion", stateMachineArn=ARN)
        assert (await refused(call))[0] == "StateMachineDeleting"


class TestRead:
    async def test_describes_what_was_published(self, installation: Installation) -> None:
        await installation.create("m")
        installation.clock.move(seconds=1)
        await installation.call("PublishStateMachineVersion", stateMachineArn=ARN, description="d")
        await update(installation)
        described = await installation.call("DescribeStateMachine", stateMachineArn=V1)
        assert described == {
            "stateMachineArn": V1,
            "name": "m",
            "status": "ACTIVE",
            "definition": PASS,
            "roleArn": ROLE,
            "type": "STANDARD",
            "creationDate": NOW + 1,
            "description": "d",
            "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
            "tracingConfiguration": {"enabled": False},
            "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        }

    @pytest.mark.parametrize("qualifier", ["2", "01", "1" * 10, "live"])
    async def test_of_nothing(self, installation: Installation, qualifier: str) -> None:
        await installation.create("m", publish=True)
        arn = f"{ARN}:{qualifier}"
        call = installation.call("DescribeStateMachine", stateMachineArn=arn)
        assert await refused(call) == ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")

    async def test_lists_pages_newest_first(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        for number in range(4):
            await update(installation, PASS + " " * number if number else OTHER, publish=True)
        pages: list[list[str]] = []
        token: dict[str, str] = {}
        while True:
            page = await installation.call("ListStateMachineVersions", stateMachineArn=ARN, maxResults=2, **token)
            pages.append([each["stateMachineVersionArn"][-1] for each in page["stateMachineVersions"]])
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
        assert pages == [["5", "4"], ["3", "2"], ["1"]]

    async def test_lists_nothing_of_nothing(self, installation: Installation) -> None:
        call = installation.call("ListStateMachineVersions", stateMachineArn=ARN)
        assert (await refused(call))[0] == "InvalidArn"


class TestDelete:
    @pytest.mark.parametrize("arn", [V1, V2, machine_arn("none:1"), machine_arn("m:00")])
    async def test_twice_and_of_nothing(self, installation: Installation, arn: str) -> None:
        await installation.create("m", publish=True)
        for _ in range(2):
            assert await installation.call("DeleteStateMachineVersion", stateMachineVersionArn=arn) == {}

    @pytest.mark.parametrize("arn", [ARN, f"{ARN}:live", "m:1"])
    async def test_of_something_else(self, installation: Installation, arn: str) -> None:
        call = installation.call("DeleteStateMachineVersion", stateMachineVersionArn=arn)
        assert (await refused(call))[0] == "InvalidArn"

    async def test_of_one_that_aliases_name(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        for name in ("live", "next"):
            routing = [{"stateMachineVersionArn": V1, "weight": 100}]
            await installation.call("CreateStateMachineAlias", name=name, routingConfiguration=routing)
        assert await refused(installation.call("DeleteStateMachineVersion", stateMachineVersionArn=V1)) == (
            "ConflictException",
            "Version to be deleted must not be referenced by an alias."
            " Current list of aliases referencing this version: [live, next]",
        )


class TestExecutions:
    async def test_run_their_version(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        revision_id = (await update(installation, publish=True))["revisionId"]
        for version, name in ((V1, "one"), (V2, "two"), (ARN, "plain")):
            await installation.call("StartExecution", stateMachineArn=version, name=name)
        described = [
            await installation.call("DescribeExecution", executionArn=execution_arn("m", name))
            for name in ("one", "two", "plain")
        ]
        assert [each.get("stateMachineVersionArn") for each in described] == [V1, V2, None]
        assert [each["stateMachineArn"] for each in described] == [ARN] * 3
        run = [
            await installation.call("DescribeStateMachineForExecution", executionArn=execution_arn("m", name))
            for name in ("one", "two", "plain")
        ]
        assert [each["definition"] for each in run] == [PASS, OTHER, OTHER]
        assert [each.get("revisionId") for each in run] == [None, revision_id, revision_id]
        assert [each["stateMachineArn"] for each in run] == [ARN] * 3
        only = await installation.call("ListExecutions", stateMachineArn=V1)
        assert [each["name"] for each in only["executions"]] == ["one"]

    async def test_of_one_name_are_the_same_whatever_started_them(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        first = await installation.call("StartExecution", stateMachineArn=V1, name="e")
        assert await installation.call("StartExecution", stateMachineArn=ARN, name="e") == first

    async def test_go_on_when_their_version_is_deleted(self, installation: Installation) -> None:
        await installation.create("m", publish=True)
        await installation.call("StartExecution", stateMachineArn=V1, name="e")
        await installation.call("DeleteStateMachineVersion", stateMachineVersionArn=V1)
        arn = execution_arn("m", "e")
        described = await installation.call("DescribeStateMachineForExecution", executionArn=arn)
        assert described["definition"] == PASS
        assert (await installation.call("DescribeExecution", executionArn=arn))["status"] == "RUNNING"

    async def test_show_their_trace_header(self, installation: Installation) -> None:
        await installation.create("m")
        await installation.call("StartExecution", stateMachineArn=ARN, name="e", traceHeader="Root=1")
        described = await installation.call("DescribeExecution", executionArn=execution_arn("m", "e"))
        assert described["traceHeader"] == "Root=1"


async def test_a_version_of_an_equal_revision_before_is_told_apart(installation: Installation) -> None:
    """Definition and role do not say which revision ran; its id does."""
    await installation.create("m")
    await update(installation)
    installation.clock.move(seconds=1)
    third = (await update(installation, PASS))["revisionId"]
    await installation.start("m", "e")
    described = await installation.call("DescribeStateMachineForExecution", executionArn=execution_arn("m", "e"))
    assert described["revisionId"] == third
