"""Requests and responses of the application service, one frozen dataclass each.

Members carry the names of AWS's service model (botocore, `stepfunctions` 2016-11-23) in snake case, structures the
names of its shapes. An absent optional member is None. Dates are aware, UTC, in milliseconds. Documents (definition,
input, output) are JSON as text, as on the wire; history events alone are plain JSON in AWS's own member names.

Requests are made by `api.service.conversion.to_request`, which checks the model's constraints first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from api.service.gateway import ExecutionStatus
from interpreter.values import JsonValue

StateMachineType: TypeAlias = Literal["STANDARD", "EXPRESS"]
StateMachineStatus: TypeAlias = Literal["ACTIVE", "DELETING"]
ExecutionStatusFilter: TypeAlias = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]
ExecutionRedriveFilter: TypeAlias = Literal["REDRIVEN", "NOT_REDRIVEN"]
ExecutionRedriveStatus: TypeAlias = Literal["REDRIVABLE", "NOT_REDRIVABLE", "REDRIVABLE_BY_MAP_RUN"]
IncludedData: TypeAlias = Literal["ALL_DATA", "METADATA_ONLY"]
LogLevel: TypeAlias = Literal["ALL", "ERROR", "FATAL", "OFF"]
EncryptionType: TypeAlias = Literal["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWatchLogsLogGroup:
    """A log group by ARN, which ends in `:*`."""

    log_group_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogDestination:
    """Where a state machine logs to."""

    cloud_watch_logs_log_group: CloudWatchLogsLogGroup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingConfiguration:
    """What a state machine logs; an empty list of destinations differs from an absent one."""

    level: LogLevel | None = None
    include_execution_data: bool | None = None
    destinations: tuple[LogDestination, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracingConfiguration:
    """Whether X-Ray tracing is on."""

    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionConfiguration:
    """The key that encrypts a state machine's data."""

    type: EncryptionType
    kms_key_id: str | None = None
    kms_data_key_reuse_period_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag of a resource."""

    key: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWatchEventsExecutionDataDetails:
    """Whether the input or output beside it is shown."""

    included: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStateMachineRequest:
    """Create a state machine, or confirm that an equal one exists."""

    name: str
    definition: str
    role_arn: str
    type: StateMachineType | None = None
    logging_configuration: LoggingConfiguration | None = None
    tags: tuple[Tag, ...] | None = None
    tracing_configuration: TracingConfiguration | None = None
    publish: bool | None = None
    version_description: str | None = None
    encryption_configuration: EncryptionConfiguration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStateMachineResponse:
    """The state machine made, or the one that was there."""

    state_machine_arn: str
    creation_date: datetime
    state_machine_version_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeStateMachineRequest:
    """Read a state machine's current revision."""

    state_machine_arn: str
    included_data: IncludedData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeStateMachineResponse:
    """A state machine; `variable_references` maps state names to the variables they read."""

    state_machine_arn: str
    name: str
    status: StateMachineStatus
    definition: str
    role_arn: str
    type: StateMachineType
    creation_date: datetime
    logging_configuration: LoggingConfiguration | None = None
    tracing_configuration: TracingConfiguration | None = None
    label: str | None = None
    revision_id: str | None = None
    description: str | None = None
    encryption_configuration: EncryptionConfiguration | None = None
    variable_references: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStateMachineRequest:
    """Change a state machine; members that are None stay as they are."""

    state_machine_arn: str
    definition: str | None = None
    role_arn: str | None = None
    logging_configuration: LoggingConfiguration | None = None
    tracing_configuration: TracingConfiguration | None = None
    publish: bool | None = None
    version_description: str | None = None
    encryption_configuration: EncryptionConfiguration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStateMachineResponse:
    """The current revision; `revision_id` is None while it is still that of the creation."""

    update_date: datetime
    revision_id: str | None = None
    state_machine_version_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStateMachineRequest:
    """Delete a state machine once its executions have ended."""

    state_machine_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStateMachineResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStateMachinesRequest:
    """A page of state machines, by name."""

    max_results: int | None = None
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachineListItem:
    """One state machine in a list."""

    state_machine_arn: str
    name: str
    type: StateMachineType
    creation_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStateMachinesResponse:
    """A page of state machines; `next_token` None on the last."""

    state_machines: tuple[StateMachineListItem, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeStateMachineForExecutionRequest:
    """Read the revision of a state machine that an execution runs."""

    execution_arn: str
    included_data: IncludedData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeStateMachineForExecutionResponse:
    """What an execution runs, which need not be the current revision."""

    state_machine_arn: str
    name: str
    definition: str
    role_arn: str
    update_date: datetime
    logging_configuration: LoggingConfiguration | None = None
    tracing_configuration: TracingConfiguration | None = None
    map_run_arn: str | None = None
    label: str | None = None
    revision_id: str | None = None
    encryption_configuration: EncryptionConfiguration | None = None
    variable_references: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartExecutionRequest:
    """Start an execution; `input` None is `{}`, `name` None a fresh UUID."""

    state_machine_arn: str
    name: str | None = None
    input: str | None = None
    trace_header: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartExecutionResponse:
    """The execution started, or the running one of that name and input."""

    execution_arn: str
    start_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeExecutionRequest:
    """Read one execution."""

    execution_arn: str
    included_data: IncludedData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeExecutionResponse:
    """One execution in full."""

    execution_arn: str
    state_machine_arn: str
    status: ExecutionStatus
    start_date: datetime
    name: str | None = None
    stop_date: datetime | None = None
    input: str | None = None
    input_details: CloudWatchEventsExecutionDataDetails | None = None
    output: str | None = None
    output_details: CloudWatchEventsExecutionDataDetails | None = None
    trace_header: str | None = None
    map_run_arn: str | None = None
    error: str | None = None
    cause: str | None = None
    state_machine_version_arn: str | None = None
    state_machine_alias_arn: str | None = None
    redrive_count: int | None = None
    redrive_date: datetime | None = None
    redrive_status: ExecutionRedriveStatus | None = None
    redrive_status_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExecutionsRequest:
    """A page of executions, newest first, of a state machine or a map run."""

    state_machine_arn: str | None = None
    status_filter: ExecutionStatusFilter | None = None
    max_results: int | None = None
    next_token: str | None = None
    map_run_arn: str | None = None
    redrive_filter: ExecutionRedriveFilter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionListItem:
    """One execution in a list."""

    execution_arn: str
    state_machine_arn: str
    name: str
    status: ExecutionStatus
    start_date: datetime
    stop_date: datetime | None = None
    map_run_arn: str | None = None
    item_count: int | None = None
    state_machine_version_arn: str | None = None
    state_machine_alias_arn: str | None = None
    redrive_count: int | None = None
    redrive_date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExecutionsResponse:
    """A page of executions; `next_token` None on the last."""

    executions: tuple[ExecutionListItem, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetExecutionHistoryRequest:
    """A page of an execution's events."""

    execution_arn: str
    max_results: int | None = None
    reverse_order: bool | None = None
    next_token: str | None = None
    include_execution_data: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetExecutionHistoryResponse:
    """Events as AWS's HistoryEvent in JSON, `timestamp` in epoch seconds; `next_token` None on the last page."""

    events: tuple[Mapping[str, JsonValue], ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopExecutionRequest:
    """Stop an execution."""

    execution_arn: str
    error: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopExecutionResponse:
    """When the execution ended."""

    stop_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTaskSuccessRequest:
    """Complete the task that a token stands for; `output` is JSON as text."""

    task_token: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTaskSuccessResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTaskFailureRequest:
    """Fail the task that a token stands for."""

    task_token: str
    error: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTaskFailureResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTaskHeartbeatRequest:
    """Say that the task which a token stands for is alive."""

    task_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTaskHeartbeatResponse:
    """Nothing to say."""
