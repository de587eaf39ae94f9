"""Tests of the operations on state machines, over a real database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.service.errors import ServiceError
from api.service.gateway import ExecutionStatus
from tests.api.service.installation import DISTRIBUTED, OTHER, PASS, ROLE, Installation, execution_arn, machine_arn

ROLE_2 = "arn:aws:iam::123456789012:role/other"
NOW = 1795383000.123


async def refused(call: Any) -> tuple[str, str]:
    """Code and message of a refusal."""
    with pytest.raises(ServiceError) as caught:
        await call
    return caught.value.code, caught.value.message


class TestCreate:
    async def test_answers_the_arn(self, installation: Installation) -> None:
        answer = await installation.call("CreateStateMachine", name="m", definition=PASS, roleArn=ROLE)
        assert answer == {"stateMachineArn": machine_arn("m"), "creationDate": NOW}

    async def test_keeps_tags(self, installation: Installation) -> None:
        await installation.create("m", tags=[{"key": "k", "value": "v"}])
        assert await installation.store.get_tags("state machine", "m") == {"k": "v"}

    async def test_is_idempotent_but_for_role_and_tags(self, installation: Installation) -> None:
        await installation.create("m", tags=[{"key": "k", "value": "v"}])
        installation.clock.move(hours=1)
        answer = await installation.call(
            "CreateStateMachine",
            name="m",
            definition=PASS,
            roleArn=ROLE_2,
            tags=[{"key": "x"}],
            type="STANDARD",
            loggingConfiguration={},
            tracingConfiguration={"enabled": False},
            encryptionConfiguration={"type": "AWS_OWNED_KEY"},
        )
        assert answer == {"stateMachineArn": machine_arn("m"), "creationDate": NOW}
        described = await installation.call("DescribeStateMachine", stateMachineArn=machine_arn("m"))
        assert described["roleArn"] == ROLE
        assert await installation.store.get_tags("state machine", "m") == {"k": "v"}

    @pytest.mark.parametrize(
        "change",
        [
            {"definition": OTHER},
            {"definition": PASS + " "},
            {"type": "EXPRESS"},
            {"tracingConfiguration": {"enabled": True}},
            {"loggingConfiguration": {"includeExecutionData": True}},
        ],
        ids=lambda change: next(iter(change)),
    )
    async def test_refuses_another_of_the_same_name(self, installation: Installation, change: dict[str, Any]) -> None:
        await installation.create("m")
        params = {"name": "m", "definition": PASS, "roleArn": ROLE} | change
        assert await refused(installation.call("CreateStateMachine", **params)) == (
            "StateMachineAlreadyExists",
            f"State Machine Already Exists: '{machine_arn('m')}'",
        )


@dataclass(frozen=True)
class Case:
    name: str
    result: tuple[str, str]
    params: dict[str, Any] = field(default_factory=dict)


NOT_YET = (
    "InvalidDefinition",
    "Invalid State Machine Definition: 'NOT_SUPPORTED_YET: steploom does not support Map in DISTRIBUTED mode yet;"
    " use the mode INLINE at /States/A/ItemProcessor/ProcessorConfig/Mode'",
)
REFUSALS = [
    Case("name", ("InvalidName", "Invalid Name: 'a b'"), {"name": "a b"}),
    Case("role", ("InvalidArn", "Invalid Role Arn: 'r'"), {"roleArn": "r"}),
    Case(
        "description without publish",
        ("ValidationException", "Version description can only be set when publish is true"),
        {"versionDescription": "d"},
    ),
    Case(
        "definition",
        (
            "InvalidDefinition",
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'",
        ),
        {"definition": '{"StartAt": "A"}'},
    ),
    Case(
        "blank definition",
        (
            "InvalidDefinition",
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object"
            " at null'",
        ),
        {"definition": " "},
    ),
    Case("Distributed Map", NOT_YET, {"definition": DISTRIBUTED}),
    Case(
        "logging",
        ("InvalidLoggingConfiguration", "Invalid Logging Configuration: Must specify exactly one Log Destination."),
        {"loggingConfiguration": {"level": "ALL"}},
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
async def test_create_refuses_and_keeps_nothing(installation: Installation, case: Case) -> None:
    params = {"name": "m", "definition": PASS, "roleArn": ROLE} | case.params
    assert await refused(installation.call("CreateStateMachine", **params)) == case.result
    assert await installation.call("ListStateMachines") == {"stateMachines": []}


@pytest.mark.parametrize("case", REFUSALS[1:], ids=lambda case: case.name)
async def test_update_refuses_and_changes_nothing(installation: Installation, case: Case) -> None:
    arn = await installation.create("m")
    before = await installation.call("DescribeStateMachine", stateMachineArn=arn)
    assert await refused(installation.call("UpdateStateMachine", stateMachineArn=arn, **case.params)) == case.result
    assert await installation.call("DescribeStateMachine", stateMachineArn=arn) == before


class TestDescribe:
    async def test_metadata_only(self, installation: Installation) -> None:
        arn = await installation.create("m")
        answer = await installation.call("DescribeStateMachine", stateMachineArn=arn, includedData="METADATA_ONLY")
        assert answer["definition"] == "{}"

    async def test_variable_references(self, installation: Installation) -> None:
        text = (
            '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"x": 1, "y": 2}, "Next": "B"},'
            ' "B": {"Type": "Pass", "Parameters": {"b.$": "$y", "a.$": "$x"}, "End": true}}}'
        )
        arn = await installation.create("m", text)
        answer = await installation.call("DescribeStateMachine", stateMachineArn=arn)
        assert answer["variableReferences"] == {"B": ["x", "y"]}

    @pytest.mark.parametrize(
        "arn", [machine_arn("none"), machine_arn("m:1"), machine_arn("m:live"), machine_arn("m/l")]
    )
    async def test_unknown(self, installation: Installation, arn: str) -> None:
        await installation.create("m")
        assert await refused(installation.call("DescribeStateMachine", stateMachineArn=arn)) == (
            "StateMachineDoesNotExist",
            f"State Machine Does Not Exist: '{arn}'",
        )


class TestUpdate:
    async def test_a_change_makes_a_revision(self, installation: Installation) -> None:
        arn = await installation.create("m")
        installation.clock.move(seconds=1)
        first = await installation.call("UpdateStateMachine", stateMachineArn=arn, definition=OTHER, roleArn=ROLE_2)
        described = await installation.call("DescribeStateMachine", stateMachineArn=arn)
        assert first == {"updateDate": NOW + 1, "revisionId": described["revisionId"]}
        assert (described["definition"], described["roleArn"], described["creationDate"]) == (OTHER, ROLE_2, NOW)
        second = await installation.call(
            "UpdateStateMachine", stateMachineArn=arn, loggingConfiguration={"includeExecutionData": True}
        )
        assert second["revisionId"] != first["revisionId"]
        described = await installation.call("DescribeStateMachine", stateMachineArn=arn)
        assert (described["definition"], described["roleArn"]) == (OTHER, ROLE_2)

    async def test_no_change_makes_none(self, installation: Installation) -> None:
        arn = await installation.create("m")
        installation.clock.move(seconds=1)
        same = await installation.call("UpdateStateMachine", stateMachineArn=arn, definition=PASS, roleArn=ROLE)
        assert same == {"updateDate": NOW}
        changed = await installation.call("UpdateStateMachine", stateMachineArn=arn, definition=OTHER)
        again = await installation.call("UpdateStateMachine", stateMachineArn=arn, definition=OTHER)
        assert again == changed

    async def test_to_what_cannot_run(self, installation: Installation) -> None:
        arn = await installation.create("m")
        assert await refused(installation.call("UpdateStateMachine", stateMachineArn=arn, definition=DISTRIBUTED)) == (
            NOT_YET
        )

    async def test_nothing_given(self, installation: Installation) -> None:
        arn = await installation.create("m")
        assert await refused(installation.call("UpdateStateMachine", stateMachineArn=arn)) == (
            "MissingRequiredParameter",
            "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be"
            " specified",
        )

    async def test_all_of_many_at_once_are_done(self, installation: Installation) -> None:
        arn = await installation.create("m")
        roles = [f"{ROLE}-{number}" for number in range(8)]
        calls = (installation.call("UpdateStateMachine", stateMachineArn=arn, roleArn=role) for role in roles)
        answers = await asyncio.gather(*calls)
        assert len({answer["revisionId"] for answer in answers}) == 8

    async def test_a_version(self, installation: Installation) -> None:
        await installation.create("m")
        arn = machine_arn("m:1")
        assert await refused(installation.call("UpdateStateMachine", stateMachineArn=arn, roleArn=ROLE_2)) == (
            "StateMachineDoesNotExist",
            f"State Machine Does Not Exist: '{arn}'",
        )

    @pytest.mark.parametrize("operation", ["UpdateStateMachine", "DeleteStateMachine", "StartExecution"])
    async def test_a_label(self, installation: Installation, operation: str) -> None:
        with pytest.raises(ServiceError) as caught:
            await installation.call(operation, stateMachineArn=machine_arn("m/l"), roleArn=ROLE)
        assert caught.value.code == "ValidationException"
        assert caught.value.members == {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"}


class TestForExecution:
    async def test_shows_what_the_execution_runs(self, installation: Installation) -> None:
        arn = await installation.create("m")
        await installation.start("m", "before")
        installation.clock.move(seconds=1)
        revision = await installation.call("UpdateStateMachine", stateMachineArn=arn, definition=OTHER)
        await installation.start("m", "after")
        before = await installation.call("DescribeStateMachineForExecution", executionArn=execution_arn("m", "before"))
        assert before == {
            "stateMachineArn": arn,
            "name": "m",
            "definition": PASS,
            "roleArn": ROLE,
            "updateDate": NOW,
            "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
            "tracingConfiguration": {"enabled": False},
            "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        }
        after = await installation.call("DescribeStateMachineForExecution", executionArn=execution_arn("m", "after"))
        assert (after["definition"], after["revisionId"], after["updateDate"]) == (
            OTHER,
            revision["revisionId"],
            NOW + 1,
        )

    async def test_outlives_the_state_machine(self, installation: Installation) -> None:
        arn = await installation.create("m")
        await installation.start("m", "e")
        await installation.gateway.end("m", "e", ExecutionStatus.SUCCEEDED, output="{}")
        await installation.call("DeleteStateMachine", stateMachineArn=arn)
        await installation.service.deletions.drained()
        answer = await installation.call("DescribeStateMachineForExecution", executionArn=execution_arn("m", "e"))
        assert answer["definition"] == PASS

    async def test_unknown(self, installation: Installation) -> None:
        arn = execution_arn("m", "e")
        assert await refused(installation.call("DescribeStateMachineForExecution", executionArn=arn)) == (
            "ExecutionDoesNotExist",
            f"Execution Does Not Exist: '{arn}'",
        )


class TestList:
    async def test_pages(self, installation: Installation) -> None:
        for name in ("b", "é", "a", "B", "c"):
            await installation.create(name)
        first = await installation.call("ListStateMachines", maxResults=2)
        second = await installation.call("ListStateMachines", maxResults=2, nextToken=first["nextToken"])
        last = await installation.call("ListStateMachines", nextToken=second["nextToken"])
        pages = [[each["name"] for each in page["stateMachines"]] for page in (first, second, last)]
        assert pages == [["B", "a"], ["b", "c"], ["é"]]
        assert "nextToken" not in last

    async def test_a_full_last_page_is_the_last(self, installation: Installation) -> None:
        await installation.create("a")
        assert "nextToken" not in await installation.call("ListStateMachines", maxResults=1)

    async def test_a_token_of_another_list(self, installation: Installation) -> None:
        for name in ("a", "b"):
            await installation.create(name)
            await installation.start("a", name)
        page = await installation.call("ListExecutions", stateMachineArn=machine_arn("a"), maxResults=1)
        assert await refused(installation.call("ListStateMachines", nextToken=page["nextToken"])) == (
            "InvalidToken",
            "Invalid Token: 'Invalid token'",
        )
