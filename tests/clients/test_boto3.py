"""boto3: with and without signatures, with each paginator that botocore has, and its waiters if it had any."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from tests.clients.conftest import DEFINITION, ROLE, boto3_client, ended, eventually
from tests.support.dev_service import DevService

PAGINATED = {"get_execution_history", "list_activities", "list_executions", "list_map_runs", "list_state_machines"}
EVENTS = 4
"""Of an execution that passes one state."""


@pytest.fixture(scope="module")
def machine(client: Any) -> str:
    """A state machine; two others exist beside it."""
    made = [
        client.create_state_machine(name=f"boto3-{number}", definition=DEFINITION, roleArn=ROLE) for number in range(3)
    ]
    arn: str = made[0]["stateMachineArn"]
    return arn


@pytest.fixture(scope="module")
def executions(client: Any, machine: str) -> list[str]:
    """Three executions that have ended and can be listed."""
    arns = [
        client.start_execution(stateMachineArn=machine, name=f"run-{number}", input='{"name": "Ada"}')["executionArn"]
        for number in range(3)
    ]
    for arn in arns:
        ended(client, arn)
    eventually(lambda: set(arns) <= {each["executionArn"] for each in _listed(client, machine)})
    return arns


def _listed(client: Any, machine: str) -> list[Any]:
    executions: list[Any] = client.list_executions(stateMachineArn=machine)["executions"]
    return executions


@pytest.mark.parametrize("config", [{}, {"signature_version": UNSIGNED}], ids=["signed", "unsigned"])
def test_an_execution_with_and_without_a_signature(config: dict[str, Any], service: DevService, machine: str) -> None:
    client = boto3_client(service.http, **config)
    started = client.start_execution(stateMachineArn=machine, input='{"name": "Ada"}')
    assert ended(client, started["executionArn"])["output"] == '{"text":"Hello, Ada!"}'
    with pytest.raises(client.exceptions.ExecutionDoesNotExist) as refused:
        client.describe_execution(executionArn=f"{started['executionArn']}x")
    assert isinstance(refused.value, ClientError)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_these_are_all_paginators(client: Any) -> None:
    operations = client.meta.method_to_api_mapping
    assert {name for name in operations if client.can_paginate(name)} == PAGINATED


def test_there_are_no_waiters_in_botocore(client: Any) -> None:
    """Whoever waits writes a loop; a waiter in a later botocore wants a test here."""
    assert client.waiter_names == []
    with pytest.raises(ValueError, match="Waiter does not exist"):
        client.get_waiter("execution_succeeded")


def pages(client: Any, operation: str, size: int, **params: Any) -> list[Any]:
    """The pages as boto3's paginator reads them, at most `size` members each."""
    return list(client.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **params))


def test_pages_of_a_history(client: Any, executions: list[str]) -> None:
    read = pages(client, "get_execution_history", 3, executionArn=executions[0])
    assert [[event["id"] for event in page["events"]] for page in read] == [[1, 2, 3], [4]]


def test_pages_of_executions(client: Any, machine: str, executions: list[str]) -> None:
    read = pages(client, "list_executions", 1, stateMachineArn=machine)
    found = [execution["executionArn"] for page in read for execution in page["executions"]]
    assert set(executions) <= set(found)
    assert len(found) == len(set(found))
    assert all(len(page["executions"]) <= 1 for page in read)


def test_pages_of_state_machines(client: Any, machine: str) -> None:
    read = pages(client, "list_state_machines", 2)
    found = [each["stateMachineArn"] for page in read for each in page["stateMachines"]]
    assert {machine.replace("boto3-0", f"boto3-{number}") for number in range(3)} <= set(found)
    assert len(read) > 1


def test_pages_of_activities(client: Any) -> None:
    made = {client.create_activity(name=f"boto3-{number}")["activityArn"] for number in range(3)}
    read = pages(client, "list_activities", 1)
    assert made <= {activity["activityArn"] for page in read for activity in page["activities"]}
    assert len(read) >= len(made)


def test_pages_of_map_runs(client: Any, executions: list[str]) -> None:
    assert [page["mapRuns"] for page in pages(client, "list_map_runs", 1, executionArn=executions[0])] == [[]]


def test_a_search_over_all_pages(client: Any, executions: list[str]) -> None:
    found = client.get_paginator("get_execution_history").paginate(executionArn=executions[0]).search("events[].type")
    assert len(list(found)) == EVENTS


def test_the_model_is_that_of_all_operations() -> None:
    """The CLI brings a botocore of its own; both know the same operations as boto3's."""
    from awscli.botocore.session import Session as CliSession

    ours = botocore.session.Session().get_service_model("stepfunctions").operation_names
    assert sorted(CliSession().get_service_model("stepfunctions").operation_names) == sorted(ours)
