"""Tests of the operations on aliases, over a real database."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from tests.api.service.installation import OTHER, PASS, Installation, execution_arn, machine_arn
from tests.api.service.test_state_machines import NOW, refused

ARN = machine_arn("m")
V1, V2 = f"{ARN}:1", f"{ARN}:2"
LIVE = f"{ARN}:live"


def routing(*routes: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in routes]


async def create(installation: Installation, name: str, *routes: tuple[str, int], **params: Any) -> dict[str, Any]:
    params = {"name": name, "routingConfiguration": routing(*(routes or ((V1, 100),)))} | params
    return await installation.call("CreateStateMachineAlias", **params)


async def listed(installation: Installation, **params: Any) -> list[str]:
    answer = await installation.call("ListStateMachineAliases", **{"stateMachineArn": ARN} | params)
    return [each["stateMachineAliasArn"].rpartition(":")[2] for each in answer["stateMachineAliases"]]


@pytest_asyncio.fixture
async def machine(installation: Installation) -> AsyncIterator[Installation]:
    """An installation with a state machine `m` of two versions, and `other` of one."""
    await installation.create("m", publish=True)
    await installation.call("UpdateStateMachine", stateMachineArn=ARN, definition=OTHER, publish=True)
    await installation.create("other", publish=True)
    yield installation


class TestCreate:
    async def test_answers_the_arn(self, machine: Installation) -> None:
        assert await create(machine, "live") == {"stateMachineAliasArn": LIVE, "creationDate": NOW}

    async def test_is_idempotent(self, machine: Installation) -> None:
        first = await create(machine, "live", (V1, 30), (V2, 70), description="d")
        machine.clock.move(seconds=1)
        assert await create(machine, "live", (V2, 70), (V1, 30), description="d") == first

    @pytest.mark.parametrize(
        "change",
        [{"description": "e"}, {"routingConfiguration": routing((V2, 100))}],
        ids=lambda each: next(iter(each)),
    )
    async def test_refuses_another_of_the_name(self, machine: Installation, change: dict[str, Any]) -> None:
        await create(machine, "live", description="d")
        assert await refused(create(machine, "live", **{"description": "d"} | change)) == (
            "ConflictException",
            "Failed to create alias because an alias with the same name and a different routing configuration"
            " already exists.",
        )

    async def test_of_a_deleting_machine(self, machine: Installation) -> None:
        await machine.store.mark_deleting("m", machine.clock())
        assert (await refused(create(machine, "live")))[0] == "StateMachineDeleting"


@dataclass(frozen=True)
class Refusal:
    name: str
    message: str
    routes: list[tuple[str, int]]
    params: dict[str, Any] = field(default_factory=dict)


NOT_VERSIONS = "Routing configuration must contain state machine version ARNs. Received: "
SHOWN = f"RoutingConfigurationListItem(stateMachineVersionArn={V1}, weight=50)"
REFUSALS = [
    Refusal(
        "three",
        f"1 validation error detected: Value '[{SHOWN}, {SHOWN}, {SHOWN}]' at 'routingConfiguration' failed to satisfy"
        " constraint: Member must have length less than or equal to 2",
        [(V1, 50), (V1, 50), (V1, 50)],
    ),
    Refusal(
        "too heavy",
        "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy"
        " constraint: Member must have value less than or equal to 100",
        [(V1, 101)],
    ),
    Refusal(
        "twice the same",
        f"Routing configuration must contain distinct state machine version ARNs. Received: [{V1}, {V1}]",
        [(V1, 50), (V1, 50)],
    ),
    Refusal("unqualified", f"{NOT_VERSIONS}[{ARN}]", [(ARN, 100)]),
    Refusal("an alias", f"{NOT_VERSIONS}[{LIVE}]", [(LIVE, 100)]),
    Refusal("no such version", f"{NOT_VERSIONS}[{V1}, {ARN}:3]", [(V1, 50), (f"{ARN}:3", 50)]),
    Refusal(
        "too little",
        "Sum of routing configuration weights must equal 100. Received: [70, 29]",
        [(V1, 70), (V2, 29)],
    ),
    Refusal(
        "of two machines",
        f"Routing configuration must contain versions of one state machine. Received: [{V1}, {machine_arn('other:1')}]",
        [(V1, 50), (machine_arn("other:1"), 50)],
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
async def test_routings_that_are_refused(machine: Installation, case: Refusal) -> None:
    assert await refused(create(machine, "live", *case.routes)) == ("ValidationException", case.message)
    await create(machine, "live")
    update = machine.call(
        "UpdateStateMachineAlias", stateMachineAliasArn=LIVE, routingConfiguration=routing(*case.routes)
    )
    assert await refused(update) == ("ValidationException", case.message)
    assert await listed(machine) == ["live"]


class TestReadAndChange:
    async def test_describes_it(self, machine: Installation) -> None:
        await create(machine, "live", (V1, 30), (V2, 70), description="d")
        assert await machine.call("DescribeStateMachineAlias", stateMachineAliasArn=LIVE) == {
            "stateMachineAliasArn": LIVE,
            "name": "live",
            "description": "d",
            "routingConfiguration": routing((V1, 30), (V2, 70)),
            "creationDate": NOW,
            "updateDate": NOW,
        }

    @pytest.mark.parametrize(
        "change",
        [{"description": "e"}, {"routingConfiguration": routing((V2, 100))}],
        ids=lambda each: next(iter(each)),
    )
    async def test_changes_what_is_given(self, machine: Installation, change: dict[str, Any]) -> None:
        await create(machine, "live", description="d")
        before = await machine.call("DescribeStateMachineAlias", stateMachineAliasArn=LIVE)
        machine.clock.move(seconds=1)
        answer = await machine.call("UpdateStateMachineAlias", stateMachineAliasArn=LIVE, **change)
        assert answer == {"updateDate": NOW + 1}
        after = await machine.call("DescribeStateMachineAlias", stateMachineAliasArn=LIVE)
        assert after == before | answer | change

    async def test_needs_a_change(self, machine: Installation) -> None:
        await create(machine, "live")
        assert (await refused(machine.call("UpdateStateMachineAlias", stateMachineAliasArn=LIVE)))[
            0
        ] == "ValidationException"

    @pytest.mark.parametrize("operation", ["DescribeStateMachineAlias", "UpdateStateMachineAlias"])
    async def test_of_nothing(self, machine: Installation, operation: str) -> None:
        params = {"description": "d"} if operation.startswith("Update") else {}
        assert await refused(machine.call(operation, stateMachineAliasArn=LIVE, **params)) == (
            "ResourceNotFound",
            "Request references a resource that does not exist.",
        )

    async def test_deletes_also_nothing(self, machine: Installation) -> None:
        await create(machine, "live")
        for _ in range(2):
            assert await machine.call("DeleteStateMachineAlias", stateMachineAliasArn=LIVE) == {}
        assert await listed(machine) == []

    async def test_lists_oldest_first_in_pages(self, machine: Installation) -> None:
        for name in ("c", "b", "a"):
            await create(machine, name, (V1, 100))
            machine.clock.move(seconds=1)
        await create(machine, "d", (V2, 100))
        assert await listed(machine) == ["c", "b", "a", "d"]
        assert await listed(machine, stateMachineArn=V1) == ["c", "b", "a"]
        first = await machine.call("ListStateMachineAliases", stateMachineArn=ARN, maxResults=3)
        await machine.call("DeleteStateMachineAlias", stateMachineAliasArn=f"{ARN}:a")
        assert await listed(machine, nextToken=first["nextToken"]) == ["d"]

    async def test_lists_nothing_of_nothing(self, machine: Installation) -> None:
        call = machine.call("ListStateMachineAliases", stateMachineArn=machine_arn("none"))
        assert (await refused(call))[0] == "StateMachineDoesNotExist"


class TestExecutions:
    async def test_remember_version_and_alias(self, machine: Installation) -> None:
        await create(machine, "live", (V1, 0), (V2, 100))
        for number in range(5):
            await machine.call("StartExecution", stateMachineArn=LIVE, name=f"e{number}")
            described = await machine.call("DescribeExecution", executionArn=execution_arn("m", f"e{number}"))
            assert (described["stateMachineVersionArn"], described["stateMachineAliasArn"]) == (V2, LIVE)
        only = await machine.call("ListExecutions", stateMachineArn=LIVE)
        assert len(only["executions"]) == 5

    async def test_are_shared_out_by_weight(self, machine: Installation) -> None:
        await create(machine, "live", (V1, 50), (V2, 50))
        for number in range(100):  # all of one version: once in 2 ** 99
            await machine.call("StartExecution", stateMachineArn=LIVE, name=f"e{number}")
        versions = Counter(each.description.start.version_arn for each in machine.gateway.executions.values())
        assert set(versions) == {V1, V2}

    async def test_of_no_alias(self, machine: Installation) -> None:
        call = machine.call("StartExecution", stateMachineArn=LIVE)
        assert (await refused(call))[0] == "StateMachineDoesNotExist"


async def test_describes_the_machine_behind_it(machine: Installation) -> None:
    await create(machine, "live", (V1, 60), (V2, 40))
    described = await machine.call("DescribeStateMachine", stateMachineArn=LIVE)
    assert (described["stateMachineArn"], described["definition"]) == (LIVE, PASS)
