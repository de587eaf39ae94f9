"""What StartExecution hands to a run: everything about an execution that its definition and input do not say.

It is the first argument of the Temporal workflow (the second is the execution's input, byte for byte as the caller
sent it) and so part of every recorded history: members are only ever added, with a default.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal, cast

from interpreter.values import JsonValue

ENGINE: Final = 3
"""The version of behaviour with which executions begin today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionStart:
    """The start of one execution.

    Attributes:
        definition: SHA-256 of the definition's text, lower-case hex; workers look the text up by it.
        execution_arn: the execution's ARN.
        state_machine_arn: ARN of the state machine, without version or alias.
        name: the execution's name.
        role_arn: the role of the state machine.
        start_date: milliseconds since the epoch.
        seed: 32 random bytes in hex, the source of all the execution's UUIDs and random numbers.
        mode: `"aws"` enforces AWS's quotas, `"native"` lifts them to what Temporal carries.
        functions: how functions are reached, as `activities.router` reads it.
        version_arn: the version that was started, or the one an alias chose.
        alias_arn: the alias that was started.
        trace_header: the X-Ray trace header that the caller gave; only shown.
        revision_id: the revision of the state machine that runs; None where an earlier release started it.
        engine: the interpreter's version of behaviour, for changes that old runs must not see.
    """

    definition: str
    execution_arn: str
    state_machine_arn: str
    name: str
    role_arn: str
    start_date: int
    seed: str
    mode: Literal["aws", "native"] = "aws"
    functions: JsonValue = "temporal"
    version_arn: str | None = None
    alias_arn: str | None = None
    trace_header: str | None = None
    revision_id: str | None = None
    engine: int = ENGINE

    @property
    def key(self) -> str:
        """What tells this execution from all others of its machine: its name, for EXPRESS with the UUID behind."""
        return self.execution_arn.split(":", 7)[7]

    @property
    def is_express(self) -> bool:
        """Whether this is an execution of an EXPRESS state machine, whose context object and ARN differ."""
        return self.execution_arn.split(":", 6)[5] == "express"

    def to_json(self) -> dict[str, JsonValue]:
        """All members by name; those that are None are left out."""
        members = {field.name: cast(JsonValue, getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in members.items() if value is not None}

    @classmethod
    def from_json(cls, value: dict[str, JsonValue]) -> ExecutionStart:
        """The inverse of `to_json`; members unknown to this release are ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: member for name, member in value.items() if name in known})  # type: ignore[arg-type]  # from JSON
