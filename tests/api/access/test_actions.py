"""The table of actions and resources: complete, and as IAM sees the operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from api.access.actions import Need, changes, known_actions, known_operations, needs
from api.proto.v1 import steploom_pb2
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.model import CONNECTION_OPERATIONS, operation_names

ARNS = Arns(ServiceConfig())
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE, ACTIVITY = f"{PREFIX}:stateMachine:m", f"{PREFIX}:activity:a"
EXECUTION, MAP_RUN = f"{PREFIX}:execution:m:e", f"{PREFIX}:mapRun:m/label:1"


def test_every_operation_of_both_doors_is_in_the_table() -> None:
    methods = {method.name for method in steploom_pb2.DESCRIPTOR.services_by_name["StepFunctions"].methods}
    assert known_operations() == methods | set(CONNECTION_OPERATIONS)
    assert operation_names() <= known_operations()


def test_all_but_what_only_tells_is_a_change() -> None:
    telling = {operation for operation in known_operations() if not changes(operation)}
    assert {name.removeprefix("events:") for name in telling} == {
        "DescribeActivity",
        "DescribeConnection",
        "DescribeExecution",
        "DescribeMapRun",
        "DescribeStateMachine",
        "DescribeStateMachineAlias",
        "DescribeStateMachineForExecution",
        "GetExecutionHistory",
        "ListActivities",
        "ListConnections",
        "ListExecutions",
        "ListMapRuns",
        "ListStateMachineAliases",
        "ListStateMachineVersions",
        "ListStateMachines",
        "ListTagsForResource",
        "ValidateStateMachineDefinition",
        "WaitForExecution",
        "WatchExecution",
    }
    assert not changes("MakeCoffee")


def test_every_operation_of_aws_is_an_action() -> None:
    assert {f"states:{operation}" for operation in operation_names()} <= known_actions()


@dataclass(frozen=True)
class Case:
    operation: str
    params: dict[str, Any]
    result: list[tuple[str, str]]
    name: str = ""

    def __str__(self) -> str:
        return f"{self.operation}{self.name and ': '}{self.name}"


CASES = [
    Case("CreateActivity", {"name": "a"}, [("CreateActivity", ACTIVITY)]),
    Case("CreateActivity", {"name": "a", "tags": [{"key": "k"}]},
         [("CreateActivity", ACTIVITY), ("TagResource", ACTIVITY)], "with tags"),
    Case("CreateStateMachine", {"name": "m", "tags": [], "publish": False}, [("CreateStateMachine", MACHINE)]),
    Case("CreateStateMachine", {"name": "m", "tags": [{}], "publish": True},
         [("CreateStateMachine", MACHINE), ("PublishStateMachineVersion", MACHINE), ("TagResource", MACHINE)],
         "published, with tags"),
    Case("CreateStateMachine", {"name": 5}, [("CreateStateMachine", "*")], "no name"),
    Case("UpdateStateMachine", {"stateMachineArn": MACHINE, "publish": True},
         [("UpdateStateMachine", MACHINE), ("PublishStateMachineVersion", MACHINE)]),
    Case("CreateStateMachineAlias", {"name": "x", "routingConfiguration": [
        {"stateMachineVersionArn": f"{MACHINE}:1"}, {"stateMachineVersionArn": f"{MACHINE}2:2"}]},
        [("CreateStateMachineAlias", MACHINE), ("CreateStateMachineAlias", f"{MACHINE}2")]),
    Case("CreateStateMachineAlias", {"routingConfiguration": [{"stateMachineVersionArn": f"{MACHINE}:1"}] * 3},
         [("CreateStateMachineAlias", "*")], "more versions than there may be"),
    Case("UpdateStateMachineAlias", {"stateMachineAliasArn": f"{MACHINE}:x"},
         [("UpdateStateMachineAlias", MACHINE)], "without routes"),
    Case("StartExecution", {"stateMachineArn": MACHINE + ":" * 9}, [("StartExecution", MACHINE)], "many colons"),
    Case("CreateStateMachineAlias", {"routingConfiguration": [5]}, [("CreateStateMachineAlias", "*")], "no version"),
    Case("UpdateStateMachineAlias", {"stateMachineAliasArn": f"{MACHINE}:x", "routingConfiguration": [
        {"stateMachineVersionArn": f"{MACHINE}2:1"}]},
        [("UpdateStateMachineAlias", MACHINE), ("UpdateStateMachineAlias", f"{MACHINE}2")]),
    Case("StartExecution", {"stateMachineArn": MACHINE}, [("StartExecution", MACHINE)]),
    Case("StartExecution", {"stateMachineArn": f"{MACHINE}:1"}, [("StartExecution", MACHINE)], "a version"),
    Case("StartExecution", {"stateMachineArn": f"{MACHINE}:live"}, [("StartExecution", MACHINE)], "an alias"),
    Case("DescribeStateMachine", {"stateMachineArn": f"{MACHINE}/label"}, [("DescribeStateMachine", MACHINE)], "label"),
    Case("StartExecution", {"stateMachineArn": "nonsense"}, [("StartExecution", "nonsense")], "no ARN"),
    Case("StartExecution", {"stateMachineArn": None}, [("StartExecution", "*")], "nothing"),
    Case("StartExecution", {"stateMachineArn": [MACHINE]}, [("StartExecution", "*")], "a list"),
    Case("ListExecutions", {"stateMachineArn": MACHINE}, [("ListExecutions", MACHINE)]),
    Case("ListExecutions", {"mapRunArn": MAP_RUN}, [("ListExecutions", MAP_RUN)], "of a map run"),
    Case("ListExecutions", {"stateMachineArn": MACHINE, "mapRunArn": MAP_RUN},
         [("ListExecutions", MACHINE), ("ListExecutions", MAP_RUN)], "of both"),
    Case("TagResource", {"resourceArn": ACTIVITY}, [("TagResource", ACTIVITY)]),
    Case("DescribeExecution", {"executionArn": EXECUTION}, [("DescribeExecution", EXECUTION)]),
    Case("SendTaskSuccess", {"taskToken": "t"}, [("SendTaskSuccess", "*")]),
    Case("TestState", {}, [("TestState", "*")]),
    Case("TestState", {"revealSecrets": True}, [("TestState", "*"), ("RevealSecrets", "*")], "with secrets"),
    Case("WatchExecution", {"executionArn": EXECUTION}, [("GetExecutionHistory", EXECUTION)]),
    Case("WaitForExecution", {"executionArn": EXECUTION}, [("DescribeExecution", EXECUTION)]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_needs(case: Case) -> None:
    assert [*needs(case.operation, case.params, ARNS)] == [
        Need(f"states:{action}", resource) for action, resource in case.result
    ]


@pytest.mark.parametrize("operation", CONNECTION_OPERATIONS)
def test_connections_have_the_actions_of_eventbridge(operation: str) -> None:
    connection = "arn:aws:events:us-east-1:123456789012:connection/shop"
    assert [*needs(operation, {"Name": "shop"}, ARNS)] == [Need(operation, connection)]
    assert [*needs(operation, {}, ARNS)] == [Need(operation, "*")]
