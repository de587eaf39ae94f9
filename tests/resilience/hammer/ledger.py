"""What a client of the hammer was told, and so what must be there afterwards.

A write whose answer did not come may have happened or not: what it touched is *uncertain*, and may be found either way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ROLE: Final = "arn:aws:iam::123456789012:role/hammer"
TEXT: Final = "the definition"


@dataclass(slots=True)
class Machine:
    """What is known of a state machine.

    Attributes:
        arn: its ARN.
        text: the definition that was acknowledged last.
        versions: ARNs of versions that are there.
        deleted_versions: ARNs of those that were deleted.
        aliases: the version's ARN by the alias' ARN.
        deleted_aliases: ARNs of those that were deleted and not made again.
        tags: values by keys.
        removed_tags: keys that were removed and not given again.
        uncertain: what may be otherwise: `TEXT`, an alias' or a version's ARN, a tag's key.
        late: what may change at any time, by a call that its caller gave up waiting for.
    """

    arn: str
    text: str
    versions: set[str] = field(default_factory=set)
    deleted_versions: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    deleted_aliases: set[str] = field(default_factory=set)
    tags: dict[str, str] = field(default_factory=dict)
    removed_tags: set[str] = field(default_factory=set)
    uncertain: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)

    def is_certain(self, what: str) -> bool:
        """Whether it must be found as it is written here."""
        return what not in self.uncertain and what not in self.late


@dataclass(frozen=True, slots=True)
class End:
    """One way in which an execution may be found; what is None may be anything."""

    status: str
    output: str | None = None
    error: str | None = None

    def is_that_of(self, description: Mapping[str, Any]) -> bool:
        """Whether DescribeExecution answers so."""
        return (
            description["status"] == self.status
            and self.output in (None, description.get("output"))
            and self.error in (None, description.get("error"))
        )


RUNNING: Final = End("RUNNING")
ABORTED: Final = End("ABORTED")


@dataclass(slots=True)
class Execution:
    """An execution whose start was acknowledged.

    Attributes:
        arn: its ARN.
        ends: any of these will do, and nothing else.
        stops: errors of the calls of StopExecution for it, answered or not.
        redrives: how many were acknowledged.
        perhaps_redriven: how many were not answered.
    """

    arn: str
    ends: list[End]
    stops: list[str] = field(default_factory=list)
    redrives: int = 0
    perhaps_redriven: int = 0


@dataclass(slots=True)
class Ledger:
    """All that one client was told.

    Attributes:
        machines: state machines that are there, by name.
        deleted: ARNs of those that were deleted.
        executions: by ARN.
        activities: ARNs of those that are there.
        deleted_activities: ARNs of those that were deleted.
    """

    machines: dict[str, Machine] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    executions: dict[str, Execution] = field(default_factory=dict)
    activities: set[str] = field(default_factory=set)
    deleted_activities: set[str] = field(default_factory=set)


def passing(mark: str) -> str:
    """A state machine that ends with its `mark`, which tells it apart from others."""
    return _of_one_state({"Type": "Pass", "Result": mark, "End": True})


def waiting() -> str:
    """A state machine that goes on until it is stopped."""
    return _of_one_state({"Type": "Wait", "Seconds": 100_000, "End": True})


def failing() -> str:
    """A state machine that fails, however often it is redriven."""
    return _of_one_state({"Type": "Fail", "Error": "Never"})


def working(activity_arn: str) -> str:
    """A state machine that waits for a worker, and tells it which execution it is."""
    input_ = {"execution.$": "$$.Execution.Id"}
    return _of_one_state({"Type": "Task", "Resource": activity_arn, "Parameters": input_, "End": True})


def _of_one_state(state: Mapping[str, Any]) -> str:
    return json.dumps({"StartAt": "S", "States": {"S": state}})
