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
SyncExecutionStatus: TypeAlias = Literal["SUCCEEDED", "FAILED", "TIMED_OUT"]
InspectionLevel: TypeAlias = Literal["INFO", "DEBUG", "TRACE"]
MockResponseValidationMode: TypeAlias = Literal["STRICT", "PRESENT", "NONE"]
TestExecutionStatus: TypeAlias = Literal["SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"]
EncryptionType: TypeAlias = Literal["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"]
DiagnosticSeverity: TypeAlias = Literal["ERROR", "WARNING"]
MapRunStatus: TypeAlias = Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]
ValidationResultCode: TypeAlias = Literal["OK", "FAIL"]


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
class PublishStateMachineVersionRequest:
    """Publish the current revision; `revision_id` says which one that is expected to be."""

    state_machine_arn: str
    revision_id: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishStateMachineVersionResponse:
    """The version made, or the one that the revision had."""

    creation_date: datetime
    state_machine_version_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStateMachineVersionsRequest:
    """A page of versions, newest first."""

    state_machine_arn: str
    next_token: str | None = None
    max_results: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachineVersionListItem:
    """One version in a list."""

    state_machine_version_arn: str
    creation_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStateMachineVersionsResponse:
    """A page of versions; `next_token` None on the last."""

    state_machine_versions: tuple[StateMachineVersionListItem, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStateMachineVersionRequest:
    """Delete a version that no alias names."""

    state_machine_version_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStateMachineVersionResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingConfigurationListItem:
    """The share of executions, in percent, that an alias gives a version."""

    state_machine_version_arn: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStateMachineAliasRequest:
    """Create an alias, or confirm that an equal one exists."""

    name: str
    routing_configuration: tuple[RoutingConfigurationListItem, ...]
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateStateMachineAliasResponse:
    """The alias made, or the one that was there."""

    state_machine_alias_arn: str
    creation_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeStateMachineAliasRequest:
    """Read an alias."""

    state_machine_alias_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeStateMachineAliasResponse:
    """One alias in full."""

    state_machine_alias_arn: str
    name: str
    description: str | None = None
    routing_configuration: tuple[RoutingConfigurationListItem, ...]
    creation_date: datetime
    update_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStateMachineAliasRequest:
    """Change an alias; members that are None stay as they are."""

    state_machine_alias_arn: str
    description: str | None = None
    routing_configuration: tuple[RoutingConfigurationListItem, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStateMachineAliasResponse:
    """When the alias was changed."""

    update_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStateMachineAliasRequest:
    """Delete an alias; its versions stay."""

    state_machine_alias_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteStateMachineAliasResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStateMachineAliasesRequest:
    """A page of aliases, oldest first, of a state machine or of one version."""

    state_machine_arn: str
    next_token: str | None = None
    max_results: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachineAliasListItem:
    """One alias in a list."""

    state_machine_alias_arn: str
    creation_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStateMachineAliasesResponse:
    """A page of aliases; `next_token` None on the last."""

    state_machine_aliases: tuple[StateMachineAliasListItem, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateStateMachineDefinitionRequest:
    """Check a definition without storing it; `severity` WARNING asks for warnings too."""

    definition: str
    type: StateMachineType | None = None
    severity: DiagnosticSeverity | None = None
    max_results: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateStateMachineDefinitionDiagnostic:
    """One finding; `location` is None where AWS gives none."""

    severity: DiagnosticSeverity
    code: str
    message: str
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateStateMachineDefinitionResponse:
    """The findings, and whether there were more than was asked for."""

    result: ValidationResultCode
    diagnostics: tuple[ValidateStateMachineDefinitionDiagnostic, ...]
    truncated: bool | None = None


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
class StartSyncExecutionRequest:
    """Run an EXPRESS state machine to its end; `input` None is `{}`, `name` None a fresh UUID."""

    state_machine_arn: str
    name: str | None = None
    input: str | None = None
    trace_header: str | None = None
    included_data: IncludedData | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingDetails:
    """What AWS would have billed."""

    billed_memory_used_in_mb: int | None = None
    billed_duration_in_milliseconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSyncExecutionResponse:
    """How an EXPRESS execution ended."""

    execution_arn: str
    start_date: datetime
    stop_date: datetime
    status: SyncExecutionStatus
    state_machine_arn: str | None = None
    name: str | None = None
    error: str | None = None
    cause: str | None = None
    input: str | None = None
    input_details: CloudWatchEventsExecutionDataDetails | None = None
    output: str | None = None
    output_details: CloudWatchEventsExecutionDataDetails | None = None
    trace_header: str | None = None
    billing_details: BillingDetails | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MockErrorOutput:
    """The error that a mock stands for."""

    error: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MockInput:
    """What takes the place of a state's work: a result as JSON text, or an error."""

    result: str | None = None
    error_output: MockErrorOutput | None = None
    field_validation_mode: MockResponseValidationMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestStateConfiguration:
    """Where in its life the state under test stands."""

    retrier_retry_count: int | None = None
    error_caused_by_state: str | None = None
    map_iteration_failure_count: int | None = None
    map_item_reader_data: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestStateRequest:
    """Run one state: `definition` is the state, or a machine in which `state_name` names it."""

    definition: str
    role_arn: str | None = None
    input: str | None = None
    inspection_level: InspectionLevel | None = None
    reveal_secrets: bool | None = None
    variables: str | None = None
    state_name: str | None = None
    mock: MockInput | None = None
    context: str | None = None
    state_configuration: TestStateConfiguration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionDataRequest:
    """The request of an HTTP Task."""

    protocol: str | None = None
    method: str | None = None
    url: str | None = None
    headers: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionDataResponse:
    """The answer to an HTTP Task."""

    protocol: str | None = None
    status_code: str | None = None
    status_message: str | None = None
    headers: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionErrorDetails:
    """Which retrier or catcher took an error."""

    catch_index: int | None = None
    retry_index: int | None = None
    retry_backoff_interval_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionData:
    """What a state computed on its way, as JSON texts."""

    input: str | None = None
    after_arguments: str | None = None
    after_input_path: str | None = None
    after_parameters: str | None = None
    result: str | None = None
    after_result_selector: str | None = None
    after_result_path: str | None = None
    request: InspectionDataRequest | None = None
    response: InspectionDataResponse | None = None
    variables: str | None = None
    error_details: InspectionErrorDetails | None = None
    after_items_path: str | None = None
    after_item_selector: str | None = None
    after_item_batcher: str | None = None
    after_items_pointer: str | None = None
    tolerated_failure_count: int | None = None
    tolerated_failure_percentage: float | None = None
    max_concurrency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestStateResponse:
    """How one state ended."""

    output: str | None = None
    error: str | None = None
    cause: str | None = None
    inspection_data: InspectionData | None = None
    next_state: str | None = None
    status: TestExecutionStatus | None = None


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
class RedriveExecutionRequest:
    """The execution to go on with; a token under which the call may be repeated."""

    execution_arn: str
    client_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveExecutionResponse:
    """When the execution was redriven."""

    redrive_date: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateActivityRequest:
    """Create an activity, or confirm that it exists."""

    name: str
    tags: tuple[Tag, ...] | None = None
    encryption_configuration: EncryptionConfiguration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateActivityResponse:
    """The activity made, or the one that was there."""

    activity_arn: str
    creation_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeActivityRequest:
    """Read an activity."""

    activity_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeActivityResponse:
    """One activity in full."""

    activity_arn: str
    name: str
    creation_date: datetime
    encryption_configuration: EncryptionConfiguration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteActivityRequest:
    """Delete an activity, if there is one."""

    activity_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteActivityResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListActivitiesRequest:
    """A page of activities, by name."""

    max_results: int | None = None
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityListItem:
    """One activity in a list."""

    activity_arn: str
    name: str
    creation_date: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListActivitiesResponse:
    """A page of activities; `next_token` None on the last."""

    activities: tuple[ActivityListItem, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetActivityTaskRequest:
    """Wait for a task of an activity."""

    activity_arn: str
    worker_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetActivityTaskResponse:
    """A task, `input` as JSON text; both None if none came."""

    task_token: str | None = None
    input: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMapRunsRequest:
    """A page of the map runs that an execution started."""

    execution_arn: str
    max_results: int | None = None
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunListItem:
    """One map run in a list."""

    execution_arn: str
    map_run_arn: str
    state_machine_arn: str
    start_date: datetime
    stop_date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMapRunsResponse:
    """A page of map runs; `next_token` None on the last."""

    map_runs: tuple[MapRunListItem, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeMapRunRequest:
    """Read a map run."""

    map_run_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunItemCounts:
    """The items of a map run, by what became of them."""

    pending: int
    running: int
    succeeded: int
    failed: int
    timed_out: int
    aborted: int
    total: int
    results_written: int
    failures_not_redrivable: int | None = None
    pending_redrive: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunExecutionCounts:
    """The child executions of a map run, by what became of them."""

    pending: int
    running: int
    succeeded: int
    failed: int
    timed_out: int
    aborted: int
    total: int
    results_written: int
    failures_not_redrivable: int | None = None
    pending_redrive: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeMapRunResponse:
    """One map run in full."""

    map_run_arn: str
    execution_arn: str
    status: MapRunStatus
    start_date: datetime
    max_concurrency: int
    tolerated_failure_percentage: float
    tolerated_failure_count: int
    item_counts: MapRunItemCounts
    execution_counts: MapRunExecutionCounts
    stop_date: datetime | None = None
    redrive_count: int | None = None
    redrive_date: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMapRunRequest:
    """Change a running map run; members that are None stay as they are."""

    map_run_arn: str
    max_concurrency: int | None = None
    tolerated_failure_percentage: float | None = None
    tolerated_failure_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMapRunResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagResourceRequest:
    """Add tags to a resource, or change their values."""

    resource_arn: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagResourceResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntagResourceRequest:
    """Remove tags from a resource."""

    resource_arn: str
    tag_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UntagResourceResponse:
    """Nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTagsForResourceRequest:
    """Read the tags of a resource."""

    resource_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTagsForResourceResponse:
    """All tags, by key."""

    tags: tuple[Tag, ...]
