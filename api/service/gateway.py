"""What the application service asks of the engine: the port that `api.gateway` implements over Temporal.

Executions live in Temporal alone; everything here is keyed by state machine name and execution name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from interpreter.start import ExecutionStart
from interpreter.values import JsonValue


class ExecutionStatus(StrEnum):
    """The status of an execution, as AWS spells it."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class Started:
    """A new execution was started."""

    start_date: datetime


@dataclass(frozen=True, slots=True)
class AlreadyStarted:
    """The name is taken. `same_input` tells whether that execution got the same input text."""

    start_date: datetime
    running: bool
    same_input: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionSummary:
    """One execution as lists show it. Dates are aware, UTC, in milliseconds.

    `run_id` is the engine's: each redrive goes on in a run of its own.
    """

    run_id: str
    name: str
    status: ExecutionStatus
    start_date: datetime
    stop_date: datetime | None
    version_arn: str | None
    alias_arn: str | None
    redrive_count: int = 0
    redrive_date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionDescription:
    """One execution in full. `input` and `output` are JSON texts; error and cause None where absent."""

    summary: ExecutionSummary
    start: ExecutionStart
    input: str
    output: str | None
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFilter:
    """Which executions to list; None means any. Newest first."""

    state_machine_name: str
    status: ExecutionStatus | None = None
    version_arn: str | None = None
    alias_arn: str | None = None
    redriven: bool | None = None


@dataclass(frozen=True, slots=True)
class ExecutionPage:
    """A page of executions; `next_token` None on the last."""

    executions: Sequence[ExecutionSummary]
    next_token: bytes | None


@dataclass(frozen=True, slots=True)
class ActivityTask:
    """A task of an activity: the token that answers it, and its input as JSON text."""

    token: str
    input: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveRequest:
    """How to go on with an execution of which run `run_id` has ended without success.

    Attributes:
        date: the date of the redrive.
        timeout_seconds: how long the new run may take.
        functions: see `interpreter.start.ExecutionStart`.
    """

    run_id: str
    date: datetime
    timeout_seconds: int
    functions: JsonValue


class PreparedRedrive(Protocol):
    """A redrive of which all is known and nothing has been begun."""

    @property
    def events(self) -> int:
        """How many history events the execution has so far."""
        ...

    async def start(self) -> datetime:
        """Go on, durably when this returns; the date of the redrive.

        However often and by whomever a run's redrive is started, it is one, and its date that of the first start.

        Raises: RunSuperseded.
        """
        ...


class NoSuchExecution(Exception):
    """No execution of that name is known."""


class RunSuperseded(Exception):
    """The execution goes on in another run by now."""


class NoSuchTask(Exception):
    """The token is well formed, but its task is over or never was (AWS: TaskTimedOut)."""


class MalformedToken(Exception):
    """The text is no token of a task, or of a page (AWS: InvalidToken)."""


class EngineUnavailable(Exception):
    """Temporal cannot be reached or is overloaded; the call may be repeated (HTTP 503)."""


class ExecutionGateway(Protocol):
    """The engine, as the application service sees it."""

    async def start(
        self, state_machine_name: str, start: ExecutionStart, input_text: str, timeout_seconds: int
    ) -> Started | AlreadyStarted:
        """Start an execution that ends after `timeout_seconds` at the latest; durable when this returns."""
        ...

    async def describe(self, state_machine_name: str, name: str) -> ExecutionDescription:
        """Raises: NoSuchExecution."""
        ...

    async def list(self, filter_: ExecutionFilter, page_size: int, token: bytes | None) -> ExecutionPage:
        """One page; `token` is the `next_token` of the page before. Raises: MalformedToken."""
        ...

    async def history(
        self, state_machine_name: str, name: str, *, include_data: bool = True
    ) -> Sequence[dict[str, JsonValue]]:
        """All events so far in AWS's HistoryEvent shape, ids ascending, `timestamp` in epoch seconds (float).

        Raises: NoSuchExecution.
        """
        ...

    def watch(self, state_machine_name: str, name: str) -> AsyncIterator[dict[str, JsonValue]]:
        """Events as they happen, from the first on; ends after the execution's last event.

        Raises: NoSuchExecution.
        """
        ...

    async def wait(self, state_machine_name: str, name: str) -> ExecutionDescription:
        """Return once the execution has ended. Raises: NoSuchExecution."""
        ...

    async def prepare_redrive(self, state_machine_name: str, name: str, request: RedriveRequest) -> PreparedRedrive:
        """Compute from where the execution goes on. Raises: NoSuchExecution, RunSuperseded."""
        ...

    async def stop(self, state_machine_name: str, name: str, error: str | None, cause: str | None) -> datetime:
        """Stop an execution and return its stop date; that of a closed one is its own. Raises: NoSuchExecution."""
        ...

    def check_token(self, token: str) -> str | None:
        """The name of the state machine that a callback's token belongs to; None for a task of an activity.

        Raises: MalformedToken. Whether there is still such a task is not asked.
        """
        ...

    async def complete_task(self, token: str, output: JsonValue) -> None:
        """Raises: MalformedToken, NoSuchTask."""
        ...

    async def fail_task(self, token: str, error: str | None, cause: str | None) -> None:
        """Raises: MalformedToken, NoSuchTask."""
        ...

    async def heartbeat_task(self, token: str) -> None:
        """Raises: MalformedToken, NoSuchTask."""
        ...

    async def poll_activity(self, activity_arn: str, worker_name: str | None) -> ActivityTask | None:
        """Wait about a minute for a task of an activity; None if there came none.

        A call that is cancelled loses no task: one that comes to it all the same is given back.
        """
        ...

    async def return_activity_task(self, token: str) -> None:
        """Give back a task that reached no worker; one that is over stays so. Raises: MalformedToken."""
        ...
