"""The hammer's verdict: each kind of acknowledged write, lost, is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.resilience.hammer.ledger import RUNNING, TEXT, End, Execution, Ledger, Machine
from tests.resilience.hammer.verdict import lost

ARN = "arn:machine"


@dataclass
class Door:
    """Answers as a door behind which there is what it is given."""

    machines: dict[str, str] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    activities: set[str] = field(default_factory=set)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def describe_state_machine(self, *, stateMachineArn: str) -> dict[str, Any]:  # noqa: N803  # AWS's names
        return {"definition": _found(self.machines, stateMachineArn, "StateMachineDoesNotExist")}

    def list_state_machine_versions(self, *, stateMachineArn: str) -> dict[str, Any]:  # noqa: N803
        return {"stateMachineVersions": [{"stateMachineVersionArn": each} for each in self.versions]}

    def describe_state_machine_alias(self, *, stateMachineAliasArn: str) -> dict[str, Any]:  # noqa: N803
        version = _found(self.aliases, stateMachineAliasArn, "ResourceNotFound")
        return {"routingConfiguration": [{"stateMachineVersionArn": version, "weight": 100}]}

    def list_tags_for_resource(self, *, resourceArn: str) -> dict[str, Any]:  # noqa: N803
        return {"tags": [{"key": key, "value": value} for key, value in self.tags.items()]}

    def describe_activity(self, *, activityArn: str) -> dict[str, Any]:  # noqa: N803
        return {"activityArn": _found(dict.fromkeys(self.activities), activityArn, "ActivityDoesNotExist")}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803
        found: dict[str, Any] = _found(self.executions, executionArn, "ExecutionDoesNotExist")
        return found


def _found(known: dict[str, Any], arn: str, code: str) -> Any:
    if arn not in known:
        raise ClientError({"Error": {"Code": code, "Message": arn}}, "Describe")
    return known[arn]


def machine(**told: Any) -> Ledger:
    return Ledger(machines={"m": Machine(ARN, "text", **told)})


def execution(*ends: End, redrives: int = 0, perhaps: int = 0) -> Ledger:
    return Ledger(executions={"e": Execution("e", [*ends], redrives=redrives, perhaps_redriven=perhaps)})


def ran(status: str, **members: Any) -> Callable[[], Door]:
    return lambda: Door(executions={"e": {"status": status, **members}})


def there(**members: Any) -> Callable[[], Door]:
    return lambda: Door(machines={ARN: "text"}, **members)


@dataclass(frozen=True)
class Case:
    """What a client was told, what is there, and how the loss is told; None if nothing is lost."""

    name: str
    told: Ledger
    door: Callable[[], Door]
    loss: str | None = None


STOPPED = End("ABORTED", error="stop")
CASES = [
    Case("a state machine", machine(), Door, "the state machine arn:machine"),
    Case("an update", machine(), lambda: Door(machines={ARN: "old"}), "an update of arn:machine"),
    Case("an update that was not answered", machine(uncertain={TEXT}), lambda: Door(machines={ARN: "old"})),
    Case("a version", machine(versions={"v1"}), there(), "the version v1"),
    Case("a deleted version", machine(deleted_versions={"v1"}), there(versions=["v1"]), "the deletion of the version"),
    Case("an alias", machine(aliases={"a": "v1"}), there(), "the alias a for v1"),
    Case("an alias' routing", machine(aliases={"a": "v2"}), there(aliases={"a": "v1"}), "the alias a for v2"),
    Case("a deleted alias", machine(deleted_aliases={"a"}), there(aliases={"a": "v1"}), "the deletion of the alias a"),
    Case("a tag", machine(tags={"x": "1"}), there(tags={"x": "0"}), "the tag x=1"),
    Case("a removed tag", machine(removed_tags={"x"}), there(tags={"x": "0"}), "the removal of the tag x"),
    Case("a tag that was not answered", machine(tags={"x": "1"}, uncertain={"x"}), there()),
    Case("an activity", Ledger(activities={"a"}), Door, "the activity a"),
    Case("a deleted activity", Ledger(deleted_activities={"a"}), lambda: Door(activities={"a"}), "the deletion of a"),
    Case("a deleted state machine", Ledger(deleted={ARN}), there(), "the deletion of arn:machine"),
    Case("an execution", execution(RUNNING), Door, "the execution e"),
    Case("an execution's end", execution(End("SUCCEEDED")), ran("RUNNING"), "of e, which is"),
    Case("another end", execution(End("SUCCEEDED")), ran("FAILED"), "of e, which is"),
    Case("another output", execution(End("SUCCEEDED", output="1")), ran("SUCCEEDED", output="2"), "of e, which is"),
    Case("a stop", execution(STOPPED), ran("RUNNING"), "of e, which is"),
    Case("a stop with its error", execution(STOPPED), ran("ABORTED"), "of e, which is"),
    Case("a stop that was not answered", execution(RUNNING, STOPPED), ran("RUNNING")),
    Case("a redrive", execution(End("FAILED"), redrives=2), ran("FAILED", redriveCount=1), "redrives of e"),
    Case("one redrive too many", execution(End("FAILED")), ran("FAILED", redriveCount=1), "redrives of e"),
    Case("a redrive that was not answered", execution(End("FAILED"), perhaps=1), ran("FAILED", redriveCount=1)),
    Case(
        "nothing",
        machine(versions={"v1"}, aliases={"a": "v1"}, tags={"x": "1"}, deleted_versions={"v0"}, removed_tags={"y"}),
        there(versions=["v1", "v2"], aliases={"a": "v1"}, tags={"x": "1"}),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_lost(case: Case) -> None:
    losses = lost(case.door(), [case.told], patience_seconds=0)
    assert len(losses) == (0 if case.loss is None else 1), losses
    assert all(case.loss is not None and loss.startswith(case.loss) for loss in losses)
