"""What the application service needs to know about its installation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from activities.log_groups import LogGroups
from interpreter.values import JsonValue

TracedExecutions: TypeAlias = Literal["none", "enabled", "all"]
"""Which executions are traced; `enabled`: those of state machines whose tracingConfiguration says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfig:
    """One installation: one account in one region.

    Attributes:
        partition: the second part of all ARNs.
        mode: see `interpreter.start.ExecutionStart`.
        functions: see `interpreter.start.ExecutionStart`.
        express_retention_seconds: how long EXPRESS executions are described after their end; 0: not at all, as AWS.
        log_groups: the log groups that there are.
        traced: which executions are traced; none where spans go nowhere.
        deletion_settle_seconds: how long a state machine stays DELETING at least. An execution that was being started
            when the deletion began must have come into sight by then, to be stopped like the others.
    """

    account_id: str = "123456789012"
    region: str = "us-east-1"
    partition: str = "aws"
    mode: Literal["aws", "native"] = "aws"
    functions: JsonValue = "temporal"
    express_retention_seconds: int = 0
    log_groups: LogGroups = field(default_factory=LogGroups)
    traced: TracedExecutions = "none"
    deletion_settle_seconds: float = 3.0
