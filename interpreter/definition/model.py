"""The definition model: a state machine as frozen data, made by `interpreter.definition.parse`.

A state's type is its class; behaviour is functions elsewhere, chosen by `match`. Field meanings follow the States
Language and the Step Functions developer guide. Where a field may be a literal or a `...Path`, the model has one member
for each; at most one is set. `next` is None for a state with `"End": true`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from interpreter.choice_rules import ChoiceRule
from interpreter.dataflow.template import FailText, PayloadTemplate
from interpreter.jsonpath import Path, ReferencePath
from interpreter.values import JsonValue, Missing


class TaskPattern(StrEnum):
    """How a Task waits for its service."""

    REQUEST_RESPONSE = ""
    SYNC = ".sync"
    SYNC_2 = ".sync:2"
    WAIT_FOR_TASK_TOKEN = ".waitForTaskToken"


@dataclass(frozen=True, slots=True)
class LambdaFunctionResource:
    """`arn:<p>:lambda:<region>:<account>:function:<name>[:<qualifier>]` as Resource; history events LambdaFunction*."""

    arn: str


@dataclass(frozen=True, slots=True)
class ActivityResource:
    """`arn:<p>:states:<region>:<account>:activity:<name>`; history events Activity*."""

    arn: str


@dataclass(frozen=True, slots=True)
class ServiceResource:
    """`arn:<p>:states:::<service>:<action><pattern>`, as `lambda`/`invoke` or `aws-sdk:s3`/`getObject`; events Task*."""

    arn: str
    service: str
    action: str
    pattern: TaskPattern


TaskResource: TypeAlias = LambdaFunctionResource | ActivityResource | ServiceResource


@dataclass(frozen=True, slots=True)
class Retrier:
    """One entry of Retry. Delays in seconds; `max_delay_seconds` None for no bound."""

    error_equals: tuple[str, ...]
    interval_seconds: int = 1
    max_attempts: int = 3
    backoff_rate: float = 2.0
    max_delay_seconds: int | None = None
    full_jitter: bool = False


@dataclass(frozen=True, slots=True)
class Catcher:
    """One entry of Catch. `result_path` None stands for `null`: the error output is dropped."""

    error_equals: tuple[str, ...]
    next: str
    result_path: ReferencePath | None
    assign: PayloadTemplate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassState:
    """Pass. `input_path` and `output_path` None stand for `null`; `result` may be any JSON or MISSING."""

    name: str
    next: str | None
    input_path: Path | None
    parameters: PayloadTemplate | None
    result: JsonValue | Missing
    result_path: ReferencePath | None
    output_path: Path | None
    assign: PayloadTemplate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """Task. `credentials` is a template giving `{"RoleArn": ...}`."""

    name: str
    next: str | None
    resource: TaskResource
    input_path: Path | None
    parameters: PayloadTemplate | None
    result_selector: PayloadTemplate | None
    result_path: ReferencePath | None
    output_path: Path | None
    assign: PayloadTemplate | None
    credentials: PayloadTemplate | None
    timeout_seconds: int | None
    timeout_seconds_path: Path | None
    heartbeat_seconds: int | None
    heartbeat_seconds_path: Path | None
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceBranch:
    """One entry of Choices: the rule, where it leads, and what it assigns."""

    rule: ChoiceRule
    next: str
    assign: PayloadTemplate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceState:
    """Choice. `assign` is the state's own, used only when `default` is taken."""

    name: str
    input_path: Path | None
    output_path: Path | None
    choices: tuple[ChoiceBranch, ...]
    default: str | None
    assign: PayloadTemplate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitState:
    """Wait: exactly one of the four forms is set. `timestamp` is the RFC 3339 text."""

    name: str
    next: str | None
    input_path: Path | None
    output_path: Path | None
    assign: PayloadTemplate | None
    seconds: int | None
    seconds_path: Path | None
    timestamp: str | None
    timestamp_path: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedState:
    """Succeed."""

    name: str
    input_path: Path | None
    output_path: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailState:
    """Fail. A `FailText` is a path or an intrinsic function call."""

    name: str
    error: str | None
    error_path: FailText | None
    cause: str | None
    cause_path: FailText | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelState:
    """Parallel."""

    name: str
    next: str | None
    branches: tuple[Machine, ...]
    input_path: Path | None
    parameters: PayloadTemplate | None
    result_selector: PayloadTemplate | None
    result_path: ReferencePath | None
    output_path: Path | None
    assign: PayloadTemplate | None
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapState:
    """Map in INLINE mode. `max_concurrency` 0 stands for the service's own limit.

    `item_selector` is ItemSelector or its legacy name Parameters; `tolerated_*` are kept for later.
    """

    name: str
    next: str | None
    processor: Machine
    input_path: Path | None
    items_path: Path
    item_selector: PayloadTemplate | None
    max_concurrency: int
    max_concurrency_path: Path | None
    result_selector: PayloadTemplate | None
    result_path: ReferencePath | None
    output_path: Path | None
    assign: PayloadTemplate | None
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]


State: TypeAlias = PassState | TaskState | ChoiceState | WaitState | SucceedState | FailState | ParallelState | MapState


@dataclass(frozen=True, slots=True)
class Machine:
    """States with a start: the top level, a branch of a Parallel, or the processor of a Map."""

    start_at: str
    states: Mapping[str, State]


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole parsed definition. `timeout_seconds` is the top-level TimeoutSeconds."""

    machine: Machine
    comment: str | None
    timeout_seconds: int | None
