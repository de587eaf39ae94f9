"""The definition model: a state machine as frozen data, made by `interpreter.definition.parse`.

A state's type is its class; behaviour is functions elsewhere, chosen by `match`. Field meanings follow the States
Language and the Step Functions developer guide. What differs between the query languages stands in a state's flow, and
in the types of single fields: a literal, a path where JSONPath has a `...Path`, or a JSONata expression. `next` is None
for a state with `"End": true`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from interpreter.choice_rules import ChoiceRule
from interpreter.dataflow.template import FailText, PayloadTemplate
from interpreter.jsonata import Expression, JsonataTemplate
from interpreter.jsonpath import Path, ReferencePath, parse_reference_path, parse_result_path
from interpreter.values import JsonValue, Missing

WHOLE_DOCUMENT: Final[ReferencePath] = parse_reference_path("$")
WHOLE_RESULT: Final[ReferencePath] = parse_result_path("$")

Template: TypeAlias = PayloadTemplate | JsonataTemplate
"""A template in the language of its state."""

Quantity: TypeAlias = int | Path | Expression
"""An integer: written out, or where it is found."""

Share: TypeAlias = float | Path | Expression
"""A percentage from 0 to 100: written out, or where it is found."""

Condition: TypeAlias = bool | Expression
"""What decides a JSONata branch of a Choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathFlow:
    """How data flows through a JSONPath state, a branch of its Choice or a catcher.

    For `input_path` and `output_path` None stands for `null`, which gives `{}`; for `result_path` too: the result is
    dropped.
    """

    input_path: Path | None = WHOLE_DOCUMENT
    parameters: PayloadTemplate | None = None
    result_selector: PayloadTemplate | None = None
    result_path: ReferencePath | None = WHOLE_RESULT
    output_path: Path | None = WHOLE_DOCUMENT
    assign: PayloadTemplate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonataFlow:
    """How data flows through a JSONata state, a branch of its Choice or a catcher."""

    arguments: JsonataTemplate | None = None
    output: JsonataTemplate | None = None
    assign: JsonataTemplate | None = None


Flow: TypeAlias = PathFlow | JsonataFlow


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
    """`arn:<p>:states:::<service>:<action><pattern>`, `lambda` and `invoke` for instance; history events Task*."""

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
    """One entry of Catch; its flow takes the error output for the result."""

    error_equals: tuple[str, ...]
    next: str
    flow: Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class PassState:
    """Pass. `result` may be any JSON or MISSING."""

    name: str
    next: str | None
    flow: Flow
    result: JsonValue | Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """Task. `credentials` is a template giving `{"RoleArn": ...}`."""

    name: str
    next: str | None
    flow: Flow
    resource: TaskResource
    credentials: Template | None
    timeout_seconds: Quantity | None
    heartbeat_seconds: Quantity | None
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceBranch:
    """One entry of Choices: the rule, where it leads, and the flow that replaces the state's where it wins."""

    rule: ChoiceRule | Condition
    next: str
    flow: Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceState:
    """Choice. What `flow` assigns and hands on counts only when `default` is taken."""

    name: str
    flow: Flow
    choices: tuple[ChoiceBranch, ...]
    default: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitState:
    """Wait: one of `seconds` and `timestamp` is set; a timestamp that is written out is its RFC 3339 text."""

    name: str
    next: str | None
    flow: Flow
    seconds: Quantity | None
    timestamp: str | Path | Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedState:
    """Succeed."""

    name: str
    flow: Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class FailState:
    """Fail. A `FailText` is a path or an intrinsic function call."""

    name: str
    flow: Flow
    error: str | FailText | Expression | None
    cause: str | FailText | Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelState:
    """Parallel."""

    name: str
    next: str | None
    flow: Flow
    branches: tuple[Machine, ...]
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderConfig:
    """How an ItemReader reads; members are None where the definition leaves them out.

    `items_pointer` is a JSON pointer into a JSON file, `max_items` 0 stands for all.
    """

    input_type: str | None = None
    manifest_type: str | None = None
    transformation: str | None = None
    csv_delimiter: str | None = None
    csv_header_location: str | None = None
    csv_headers: tuple[str, ...] | None = None
    items_pointer: str | None = None
    max_items: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReader:
    """Where a Distributed Map reads its items. `parameters` is Parameters or Arguments."""

    resource: ServiceResource
    parameters: Template | None
    config: ReaderConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBatcher:
    """How a Distributed Map makes batches: each limit that is there counts."""

    batch_input: Template | None
    max_items: Quantity | None
    max_input_bytes: Quantity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultWriter:
    """What a Distributed Map does with its results; without `resource` they stay the state's result."""

    resource: ServiceResource | None
    parameters: Template | None
    transformation: str | None
    output_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What a Map in DISTRIBUTED mode has besides: its children are executions of their own, of `execution_type`.

    Without tolerated count and percentage no child may fail.
    """

    execution_type: str
    label: str | None
    reader: ItemReader | None
    batcher: ItemBatcher | None
    writer: ResultWriter | None
    tolerated_failure_count: Quantity | None
    tolerated_failure_percentage: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapState:
    """Map. `max_concurrency` 0 stands for the service's own limit, `distribution` None for the mode INLINE.

    `items` is ItemsPath; or Items as a template, if it is written out, or as an expression; or None for the input of a
    JSONata state. `item_selector` is ItemSelector or its legacy name Parameters.
    """

    name: str
    next: str | None
    flow: Flow
    processor: Machine
    items: ReferencePath | JsonataTemplate | Expression | None
    item_selector: Template | None
    max_concurrency: Quantity
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]
    distribution: Distribution | None = None


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
