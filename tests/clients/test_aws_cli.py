"""The AWS CLI as people install it (version 1, from PyPI), as a program of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.clients.aws_cli import Cli
from tests.clients.conftest import DEFINITION, FAILING, ROLE, ended
from tests.support.dev_service import DevService


@pytest.fixture
def cli(service: DevService, tmp_path: Path) -> Cli:
    return Cli(service.http, tmp_path)


def test_a_state_machine_is_made_and_run(cli: Cli, client: Any, tmp_path: Path) -> None:
    (tmp_path / "definition.json").write_text(DEFINITION)
    made = cli.call(
        "create-state-machine",
        name="with-aws-cli",
        definition=f"file://{tmp_path / 'definition.json'}",
        role_arn=ROLE,
        tags="key=by,value=aws-cli",
    )
    machine = made["stateMachineArn"]
    started = cli.call("start-execution", state_machine_arn=machine, name="one", input='{"name": "Ada"}')
    ended(client, started["executionArn"])
    described = cli.call("describe-execution", execution_arn=started["executionArn"])
    assert (described["status"], described["output"]) == ("SUCCEEDED", '{"text":"Hello, Ada!"}')
    assert described["startDate"] <= described["stopDate"]  # version 1 shows dates as they come, in seconds


def test_it_reads_all_pages_of_a_history(cli: Cli, client: Any) -> None:
    machine = client.create_state_machine(name="aws-cli-pages", definition=DEFINITION, roleArn=ROLE)["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine, input='{"name": "Ada"}')["executionArn"]
    ended(client, execution)
    events = cli.call("get-execution-history", execution_arn=execution, page_size="1")["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


def test_it_starts_synchronously(cli: Cli, client: Any) -> None:
    made = client.create_state_machine(name="aws-cli-sync", definition=FAILING, roleArn=ROLE, type="EXPRESS")
    answer = cli.call("start-sync-execution", state_machine_arn=made["stateMachineArn"])
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "Oops", "so it goes")


def test_it_shows_errors(cli: Cli) -> None:
    missing = "arn:aws:states:us-east-1:123456789012:stateMachine:nowhere"
    done = cli.run("describe-state-machine", state_machine_arn=missing)
    assert done.returncode == 255
    assert "(StateMachineDoesNotExist) when calling the DescribeStateMachine operation" in done.stderr
    assert f"State Machine Does Not Exist: '{missing}'" in done.stderr
