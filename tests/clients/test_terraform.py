"""Terraform's calls for `aws_sfn_state_machine` and the resources beside it, as requests, in the provider's order.

Source: the provider's `internal/service/sfn`. A plan validates; create is followed by a read; a read is Describe, the
versions and the tags; an update is polled until it shows, a deletion until the machine is gone. The SDK for Go leaves
out booleans that are false.
"""

from __future__ import annotations

import pytest

from tests.clients.conftest import DEFINITION, FAILING, ROLE, eventually
from tests.clients.terraform import Provider
from tests.support.dev_service import DevService

PREFIX = "arn:aws:states:us-east-1:123456789012"


@pytest.fixture
def provider(service: DevService) -> Provider:
    return Provider(service.http)


def test_the_life_of_a_state_machine(provider: Provider) -> None:
    # plan
    plan = provider.call("ValidateStateMachineDefinition", definition=DEFINITION, type="STANDARD")
    assert (plan["result"], plan["diagnostics"]) == ("OK", [])

    # create
    created = provider.call(
        "CreateStateMachine",
        name="terraform",
        definition=DEFINITION,
        roleArn=ROLE,
        type="STANDARD",
        publish=True,
        loggingConfiguration={"level": "OFF"},
        tracingConfiguration={},
        encryptionConfiguration={"type": "AWS_OWNED_KEY"},
        tags=[{"key": "Name", "value": "terraform"}, {"key": "stage", "value": "test"}],
    )
    arn = created["stateMachineArn"]
    assert arn == f"{PREFIX}:stateMachine:terraform"
    state = provider.read(arn)
    assert state["status"] == "ACTIVE"
    assert (state["definition"], state["roleArn"], state["type"]) == (DEFINITION, ROLE, "STANDARD")
    assert state["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}
    assert state["tracingConfiguration"] == {"enabled": False}
    assert state["encryptionConfiguration"] == {"type": "AWS_OWNED_KEY"}
    assert state["versions"] == [f"{arn}:1"]
    assert state["tags"] == {"Name": "terraform", "stage": "test"}

    # a refresh finds no drift
    assert provider.read(arn) == state

    # update: another definition, published with the description that there is none of; tags are calls of their own
    update = {"stateMachineArn": arn, "definition": FAILING, "roleArn": ROLE}
    provider.call("UpdateStateMachine", **update, publish=True, versionDescription="")
    eventually(lambda: provider.call("DescribeStateMachine", stateMachineArn=arn)["definition"] == FAILING)
    provider.call("UntagResource", resourceArn=arn, tagKeys=["stage"])
    provider.call("TagResource", resourceArn=arn, tags=[{"key": "owner", "value": "Ada"}])
    state = provider.read(arn)
    assert state["versions"] == [f"{arn}:2", f"{arn}:1"]
    assert state["tags"] == {"Name": "terraform", "owner": "Ada"}
    assert state["revisionId"]

    # update without publish: tracing alone has changed, definition and role are sent again
    provider.call("UpdateStateMachine", **update, tracingConfiguration={"enabled": True})
    state = provider.read(arn)
    assert state["tracingConfiguration"] == {"enabled": True}
    assert state["versions"] == [f"{arn}:2", f"{arn}:1"]

    # destroy, and destroyed again
    provider.call("DeleteStateMachine", stateMachineArn=arn)
    eventually(provider.is_gone(arn))
    provider.call("DeleteStateMachine", stateMachineArn=arn)


def test_a_plan_shows_what_is_wrong(provider: Provider) -> None:
    plan = provider.call("ValidateStateMachineDefinition", definition='{"StartAt": "A"}', type="STANDARD")
    assert plan["result"] == "FAIL"
    assert plan["diagnostics"][0]["message"] == "These fields are required: [States]"


def test_versions_and_aliases(provider: Provider) -> None:
    """`aws_sfn_alias`, and the data source `aws_sfn_state_machine_versions`."""
    arn = provider.call(
        "CreateStateMachine", name="terraform-alias", definition=DEFINITION, roleArn=ROLE, publish=True
    )["stateMachineArn"]
    provider.call("UpdateStateMachine", stateMachineArn=arn, definition=FAILING, publish=True)
    created = provider.call(
        "CreateStateMachineAlias",
        name="live",
        description="what customers get",
        routingConfiguration=[{"stateMachineVersionArn": f"{arn}:1", "weight": 100}],
    )
    alias = created["stateMachineAliasArn"]
    assert alias == f"{arn}:live"
    described = provider.call("DescribeStateMachineAlias", stateMachineAliasArn=alias)
    assert described["routingConfiguration"] == [{"stateMachineVersionArn": f"{arn}:1", "weight": 100}]
    both = [
        {"stateMachineVersionArn": f"{arn}:1", "weight": 90},
        {"stateMachineVersionArn": f"{arn}:2", "weight": 10},
    ]
    provider.call("UpdateStateMachineAlias", stateMachineAliasArn=alias, routingConfiguration=both)
    described = provider.call("DescribeStateMachineAlias", stateMachineAliasArn=alias)
    assert (described["routingConfiguration"], described["description"]) == (both, "what customers get")
    versions = provider.call("ListStateMachineVersions", stateMachineArn=arn)["stateMachineVersions"]
    assert [version["stateMachineVersionArn"] for version in versions] == [f"{arn}:2", f"{arn}:1"]
    assert provider.error("DeleteStateMachineVersion", stateMachineVersionArn=f"{arn}:2") == "ConflictException"
    provider.call("DeleteStateMachineAlias", stateMachineAliasArn=alias)
    assert provider.error("DescribeStateMachineAlias", stateMachineAliasArn=alias) == "ResourceNotFound"
    provider.call("DeleteStateMachineVersion", stateMachineVersionArn=f"{arn}:2")
    assert provider.read(arn)["versions"] == [f"{arn}:1"]


def test_an_activity_and_a_look_up_by_name(provider: Provider) -> None:
    """`aws_sfn_activity`, and the data source `aws_sfn_state_machine`, which reads all pages."""
    arn = provider.call("CreateActivity", name="terraform", tags=[{"key": "a", "value": "b"}])["activityArn"]
    assert provider.call("DescribeActivity", activityArn=arn)["name"] == "terraform"
    assert provider.call("ListTagsForResource", resourceArn=arn)["tags"] == [{"key": "a", "value": "b"}]
    provider.call("DeleteActivity", activityArn=arn)
    assert provider.error("DescribeActivity", activityArn=arn) == "ActivityDoesNotExist"

    for number in range(3):
        provider.call("CreateStateMachine", name=f"terraform-{number}", definition=DEFINITION, roleArn=ROLE)
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = provider.call("ListStateMachines", maxResults=2, **token)
        found += [machine["name"] for machine in page["stateMachines"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert {f"terraform-{number}" for number in range(3)} <= set(found)
