"""What StartExecution hands to a run: everything about an execution that its definition and input do not say.

It is the first argument of the Temporal workflow (the second is the execution's input, byte for byte as the caller
sent it) and so part of every recorded history: members are only ever added, with a default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal, cast

from interpreter.values import JsonValue

ENGINE: Final = 3
"""The version of behaviour with which executions begin today."""


@dataclass(frozen=True, slots=True)
class Redrive:
    """What RedriveExecution adds to the start of the run that goes on with an execution.

    Attributes:
        count: how often the execution was redriven, this time included.
        date: when, milliseconds since the epoch.
        earlier_runs: Temporal's ids of the runs before, the first one first.
    """

    count: int
    date: int
    earlier_runs: tuple[str, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """All members by name."""
        return {"count": self.count, "date": self.date, "earlier_runs": list(self.earlier_runs)}

    @classmethod
    def from_json(cls, value: dict[str, JsonValue]) -> Redrive:
        """The inverse of `to_json`."""
        runs = cast("Sequence[str]", value["earlier_runs"])
        return cls(cast(int, value["count"]), cast(int, value["date"]), tuple(runs))


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
        logging: what of the execution is logged where, as of `interpreter.event_log.Logging`; None for nothing.
        redrive: set where this run goes on with an execution that had ended.
        continued: Temporal's ids of the runs, since the start or the last redrive, that grew too long and were gone on
            with in a new one, the first one first.

    A run that has earlier ones has a third argument: the checkpoint from which it goes on.
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
    logging: JsonValue = None
    redrive: Redrive | None = None
    continued: tuple[str, ...] = ()

    @property
    def earlier_runs(self) -> tuple[str, ...]:
        """Temporal's ids of all runs before this one, the first one first."""
        return (*(() if self.redrive is None else self.redrive.earlier_runs), *self.continued)

    @property
    def redrive_count(self) -> int:
        """How often the execution was redriven."""
        return 0 if self.redrive is None else self.redrive.count

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
        members["redrive"] = None if self.redrive is None else self.redrive.to_json()
        members["continued"] = list(self.continued) or None
        return {name: value for name, value in members.items() if value is not None}

    @classmethod
    def from_json(cls, value: dict[str, JsonValue]) -> ExecutionStart:
        """The inverse of `to_json`; members unknown to this release are ignored."""
        known = {field.name for field in fields(cls)} - {"redrive", "continued"}
        redrive = cast("dict[str, JsonValue] | None", value.get("redrive"))
        return cls(
            **{name: member for name, member in value.items() if name in known},  # type: ignore[arg-type]  # from JSON
            redrive=None if redrive is None else Redrive.from_json(redrive),
            continued=tuple(cast("Sequence[str]", value.get("continued", ()))),
        )
