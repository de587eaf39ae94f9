import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StateMachineType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATE_MACHINE_TYPE_UNSPECIFIED: _ClassVar[StateMachineType]
    STATE_MACHINE_TYPE_STANDARD: _ClassVar[StateMachineType]
    STATE_MACHINE_TYPE_EXPRESS: _ClassVar[StateMachineType]

class StateMachineStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATE_MACHINE_STATUS_UNSPECIFIED: _ClassVar[StateMachineStatus]
    STATE_MACHINE_STATUS_ACTIVE: _ClassVar[StateMachineStatus]
    STATE_MACHINE_STATUS_DELETING: _ClassVar[StateMachineStatus]

class ExecutionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXECUTION_STATUS_UNSPECIFIED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_RUNNING: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_SUCCEEDED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_FAILED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_TIMED_OUT: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_ABORTED: _ClassVar[ExecutionStatus]
    EXECUTION_STATUS_PENDING_REDRIVE: _ClassVar[ExecutionStatus]

class ExecutionRedriveStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXECUTION_REDRIVE_STATUS_UNSPECIFIED: _ClassVar[ExecutionRedriveStatus]
    EXECUTION_REDRIVE_STATUS_REDRIVABLE: _ClassVar[ExecutionRedriveStatus]
    EXECUTION_REDRIVE_STATUS_NOT_REDRIVABLE: _ClassVar[ExecutionRedriveStatus]
    EXECUTION_REDRIVE_STATUS_REDRIVABLE_BY_MAP_RUN: _ClassVar[ExecutionRedriveStatus]

class ExecutionRedriveFilter(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXECUTION_REDRIVE_FILTER_UNSPECIFIED: _ClassVar[ExecutionRedriveFilter]
    EXECUTION_REDRIVE_FILTER_REDRIVEN: _ClassVar[ExecutionRedriveFilter]
    EXECUTION_REDRIVE_FILTER_NOT_REDRIVEN: _ClassVar[ExecutionRedriveFilter]

class IncludedData(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INCLUDED_DATA_UNSPECIFIED: _ClassVar[IncludedData]
    INCLUDED_DATA_ALL_DATA: _ClassVar[IncludedData]
    INCLUDED_DATA_METADATA_ONLY: _ClassVar[IncludedData]

class LogLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LOG_LEVEL_UNSPECIFIED: _ClassVar[LogLevel]
    LOG_LEVEL_ALL: _ClassVar[LogLevel]
    LOG_LEVEL_ERROR: _ClassVar[LogLevel]
    LOG_LEVEL_FATAL: _ClassVar[LogLevel]
    LOG_LEVEL_OFF: _ClassVar[LogLevel]

class EncryptionType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENCRYPTION_TYPE_UNSPECIFIED: _ClassVar[EncryptionType]
    ENCRYPTION_TYPE_AWS_OWNED_KEY: _ClassVar[EncryptionType]
    ENCRYPTION_TYPE_CUSTOMER_MANAGED_KMS_KEY: _ClassVar[EncryptionType]

class DiagnosticSeverity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIAGNOSTIC_SEVERITY_UNSPECIFIED: _ClassVar[DiagnosticSeverity]
    DIAGNOSTIC_SEVERITY_ERROR: _ClassVar[DiagnosticSeverity]
    DIAGNOSTIC_SEVERITY_WARNING: _ClassVar[DiagnosticSeverity]

class ValidationResultCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VALIDATION_RESULT_CODE_UNSPECIFIED: _ClassVar[ValidationResultCode]
    VALIDATION_RESULT_CODE_OK: _ClassVar[ValidationResultCode]
    VALIDATION_RESULT_CODE_FAIL: _ClassVar[ValidationResultCode]

class SyncExecutionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SYNC_EXECUTION_STATUS_UNSPECIFIED: _ClassVar[SyncExecutionStatus]
    SYNC_EXECUTION_STATUS_SUCCEEDED: _ClassVar[SyncExecutionStatus]
    SYNC_EXECUTION_STATUS_FAILED: _ClassVar[SyncExecutionStatus]
    SYNC_EXECUTION_STATUS_TIMED_OUT: _ClassVar[SyncExecutionStatus]

class MapRunStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MAP_RUN_STATUS_UNSPECIFIED: _ClassVar[MapRunStatus]
    MAP_RUN_STATUS_RUNNING: _ClassVar[MapRunStatus]
    MAP_RUN_STATUS_SUCCEEDED: _ClassVar[MapRunStatus]
    MAP_RUN_STATUS_FAILED: _ClassVar[MapRunStatus]
    MAP_RUN_STATUS_ABORTED: _ClassVar[MapRunStatus]

class InspectionLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INSPECTION_LEVEL_UNSPECIFIED: _ClassVar[InspectionLevel]
    INSPECTION_LEVEL_INFO: _ClassVar[InspectionLevel]
    INSPECTION_LEVEL_DEBUG: _ClassVar[InspectionLevel]
    INSPECTION_LEVEL_TRACE: _ClassVar[InspectionLevel]

class TestExecutionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TEST_EXECUTION_STATUS_UNSPECIFIED: _ClassVar[TestExecutionStatus]
    TEST_EXECUTION_STATUS_SUCCEEDED: _ClassVar[TestExecutionStatus]
    TEST_EXECUTION_STATUS_FAILED: _ClassVar[TestExecutionStatus]
    TEST_EXECUTION_STATUS_RETRIABLE: _ClassVar[TestExecutionStatus]
    TEST_EXECUTION_STATUS_CAUGHT_ERROR: _ClassVar[TestExecutionStatus]

class MockResponseValidationMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MOCK_RESPONSE_VALIDATION_MODE_UNSPECIFIED: _ClassVar[MockResponseValidationMode]
    MOCK_RESPONSE_VALIDATION_MODE_STRICT: _ClassVar[MockResponseValidationMode]
    MOCK_RESPONSE_VALIDATION_MODE_PRESENT: _ClassVar[MockResponseValidationMode]
    MOCK_RESPONSE_VALIDATION_MODE_NONE: _ClassVar[MockResponseValidationMode]
STATE_MACHINE_TYPE_UNSPECIFIED: StateMachineType
STATE_MACHINE_TYPE_STANDARD: StateMachineType
STATE_MACHINE_TYPE_EXPRESS: StateMachineType
STATE_MACHINE_STATUS_UNSPECIFIED: StateMachineStatus
STATE_MACHINE_STATUS_ACTIVE: StateMachineStatus
STATE_MACHINE_STATUS_DELETING: StateMachineStatus
EXECUTION_STATUS_UNSPECIFIED: ExecutionStatus
EXECUTION_STATUS_RUNNING: ExecutionStatus
EXECUTION_STATUS_SUCCEEDED: ExecutionStatus
EXECUTION_STATUS_FAILED: ExecutionStatus
EXECUTION_STATUS_TIMED_OUT: ExecutionStatus
EXECUTION_STATUS_ABORTED: ExecutionStatus
EXECUTION_STATUS_PENDING_REDRIVE: ExecutionStatus
EXECUTION_REDRIVE_STATUS_UNSPECIFIED: ExecutionRedriveStatus
EXECUTION_REDRIVE_STATUS_REDRIVABLE: ExecutionRedriveStatus
EXECUTION_REDRIVE_STATUS_NOT_REDRIVABLE: ExecutionRedriveStatus
EXECUTION_REDRIVE_STATUS_REDRIVABLE_BY_MAP_RUN: ExecutionRedriveStatus
EXECUTION_REDRIVE_FILTER_UNSPECIFIED: ExecutionRedriveFilter
EXECUTION_REDRIVE_FILTER_REDRIVEN: ExecutionRedriveFilter
EXECUTION_REDRIVE_FILTER_NOT_REDRIVEN: ExecutionRedriveFilter
INCLUDED_DATA_UNSPECIFIED: IncludedData
INCLUDED_DATA_ALL_DATA: IncludedData
INCLUDED_DATA_METADATA_ONLY: IncludedData
LOG_LEVEL_UNSPECIFIED: LogLevel
LOG_LEVEL_ALL: LogLevel
LOG_LEVEL_ERROR: LogLevel
LOG_LEVEL_FATAL: LogLevel
LOG_LEVEL_OFF: LogLevel
ENCRYPTION_TYPE_UNSPECIFIED: EncryptionType
ENCRYPTION_TYPE_AWS_OWNED_KEY: EncryptionType
ENCRYPTION_TYPE_CUSTOMER_MANAGED_KMS_KEY: EncryptionType
DIAGNOSTIC_SEVERITY_UNSPECIFIED: DiagnosticSeverity
DIAGNOSTIC_SEVERITY_ERROR: DiagnosticSeverity
DIAGNOSTIC_SEVERITY_WARNING: DiagnosticSeverity
VALIDATION_RESULT_CODE_UNSPECIFIED: ValidationResultCode
VALIDATION_RESULT_CODE_OK: ValidationResultCode
VALIDATION_RESULT_CODE_FAIL: ValidationResultCode
SYNC_EXECUTION_STATUS_UNSPECIFIED: SyncExecutionStatus
SYNC_EXECUTION_STATUS_SUCCEEDED: SyncExecutionStatus
SYNC_EXECUTION_STATUS_FAILED: SyncExecutionStatus
SYNC_EXECUTION_STATUS_TIMED_OUT: SyncExecutionStatus
MAP_RUN_STATUS_UNSPECIFIED: MapRunStatus
MAP_RUN_STATUS_RUNNING: MapRunStatus
MAP_RUN_STATUS_SUCCEEDED: MapRunStatus
MAP_RUN_STATUS_FAILED: MapRunStatus
MAP_RUN_STATUS_ABORTED: MapRunStatus
INSPECTION_LEVEL_UNSPECIFIED: InspectionLevel
INSPECTION_LEVEL_INFO: InspectionLevel
INSPECTION_LEVEL_DEBUG: InspectionLevel
INSPECTION_LEVEL_TRACE: InspectionLevel
TEST_EXECUTION_STATUS_UNSPECIFIED: TestExecutionStatus
TEST_EXECUTION_STATUS_SUCCEEDED: TestExecutionStatus
TEST_EXECUTION_STATUS_FAILED: TestExecutionStatus
TEST_EXECUTION_STATUS_RETRIABLE: TestExecutionStatus
TEST_EXECUTION_STATUS_CAUGHT_ERROR: TestExecutionStatus
MOCK_RESPONSE_VALIDATION_MODE_UNSPECIFIED: MockResponseValidationMode
MOCK_RESPONSE_VALIDATION_MODE_STRICT: MockResponseValidationMode
MOCK_RESPONSE_VALIDATION_MODE_PRESENT: MockResponseValidationMode
MOCK_RESPONSE_VALIDATION_MODE_NONE: MockResponseValidationMode

class Tag(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class LoggingConfiguration(_message.Message):
    __slots__ = ("level", "include_execution_data", "destinations")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_EXECUTION_DATA_FIELD_NUMBER: _ClassVar[int]
    DESTINATIONS_FIELD_NUMBER: _ClassVar[int]
    level: LogLevel
    include_execution_data: bool
    destinations: _containers.RepeatedCompositeFieldContainer[LogDestination]
    def __init__(self, level: _Optional[_Union[LogLevel, str]] = ..., include_execution_data: _Optional[bool] = ..., destinations: _Optional[_Iterable[_Union[LogDestination, _Mapping]]] = ...) -> None: ...

class LogDestination(_message.Message):
    __slots__ = ("cloud_watch_logs_log_group",)
    CLOUD_WATCH_LOGS_LOG_GROUP_FIELD_NUMBER: _ClassVar[int]
    cloud_watch_logs_log_group: CloudWatchLogsLogGroup
    def __init__(self, cloud_watch_logs_log_group: _Optional[_Union[CloudWatchLogsLogGroup, _Mapping]] = ...) -> None: ...

class CloudWatchLogsLogGroup(_message.Message):
    __slots__ = ("log_group_arn",)
    LOG_GROUP_ARN_FIELD_NUMBER: _ClassVar[int]
    log_group_arn: str
    def __init__(self, log_group_arn: _Optional[str] = ...) -> None: ...

class TracingConfiguration(_message.Message):
    __slots__ = ("enabled",)
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    def __init__(self, enabled: _Optional[bool] = ...) -> None: ...

class EncryptionConfiguration(_message.Message):
    __slots__ = ("type", "kms_key_id", "kms_data_key_reuse_period_seconds")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    KMS_KEY_ID_FIELD_NUMBER: _ClassVar[int]
    KMS_DATA_KEY_REUSE_PERIOD_SECONDS_FIELD_NUMBER: _ClassVar[int]
    type: EncryptionType
    kms_key_id: str
    kms_data_key_reuse_period_seconds: int
    def __init__(self, type: _Optional[_Union[EncryptionType, str]] = ..., kms_key_id: _Optional[str] = ..., kms_data_key_reuse_period_seconds: _Optional[int] = ...) -> None: ...

class VariableNames(_message.Message):
    __slots__ = ("names",)
    NAMES_FIELD_NUMBER: _ClassVar[int]
    names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, names: _Optional[_Iterable[str]] = ...) -> None: ...

class ExecutionDataDetails(_message.Message):
    __slots__ = ("included",)
    INCLUDED_FIELD_NUMBER: _ClassVar[int]
    included: bool
    def __init__(self, included: _Optional[bool] = ...) -> None: ...

class CreateStateMachineRequest(_message.Message):
    __slots__ = ("name", "definition", "role_arn", "type", "logging_configuration", "tags", "tracing_configuration", "publish", "version_description", "encryption_configuration")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    LOGGING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    TRACING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_FIELD_NUMBER: _ClassVar[int]
    VERSION_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    name: str
    definition: str
    role_arn: str
    type: StateMachineType
    logging_configuration: LoggingConfiguration
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    tracing_configuration: TracingConfiguration
    publish: bool
    version_description: str
    encryption_configuration: EncryptionConfiguration
    def __init__(self, name: _Optional[str] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., type: _Optional[_Union[StateMachineType, str]] = ..., logging_configuration: _Optional[_Union[LoggingConfiguration, _Mapping]] = ..., tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ..., tracing_configuration: _Optional[_Union[TracingConfiguration, _Mapping]] = ..., publish: _Optional[bool] = ..., version_description: _Optional[str] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ...) -> None: ...

class CreateStateMachineResponse(_message.Message):
    __slots__ = ("state_machine_arn", "creation_date", "state_machine_version_arn")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    creation_date: _timestamp_pb2.Timestamp
    state_machine_version_arn: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state_machine_version_arn: _Optional[str] = ...) -> None: ...

class DescribeStateMachineRequest(_message.Message):
    __slots__ = ("state_machine_arn", "included_data")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    INCLUDED_DATA_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    included_data: IncludedData
    def __init__(self, state_machine_arn: _Optional[str] = ..., included_data: _Optional[_Union[IncludedData, str]] = ...) -> None: ...

class DescribeStateMachineResponse(_message.Message):
    __slots__ = ("state_machine_arn", "name", "status", "definition", "role_arn", "type", "creation_date", "logging_configuration", "tracing_configuration", "label", "revision_id", "description", "encryption_configuration", "variable_references")
    class VariableReferencesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: VariableNames
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[VariableNames, _Mapping]] = ...) -> None: ...
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    LOGGING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TRACING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_REFERENCES_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    status: StateMachineStatus
    definition: str
    role_arn: str
    type: StateMachineType
    creation_date: _timestamp_pb2.Timestamp
    logging_configuration: LoggingConfiguration
    tracing_configuration: TracingConfiguration
    label: str
    revision_id: str
    description: str
    encryption_configuration: EncryptionConfiguration
    variable_references: _containers.MessageMap[str, VariableNames]
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[_Union[StateMachineStatus, str]] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., type: _Optional[_Union[StateMachineType, str]] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., logging_configuration: _Optional[_Union[LoggingConfiguration, _Mapping]] = ..., tracing_configuration: _Optional[_Union[TracingConfiguration, _Mapping]] = ..., label: _Optional[str] = ..., revision_id: _Optional[str] = ..., description: _Optional[str] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ..., variable_references: _Optional[_Mapping[str, VariableNames]] = ...) -> None: ...

class UpdateStateMachineRequest(_message.Message):
    __slots__ = ("state_machine_arn", "definition", "role_arn", "logging_configuration", "tracing_configuration", "publish", "version_description", "encryption_configuration")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    LOGGING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TRACING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_FIELD_NUMBER: _ClassVar[int]
    VERSION_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    definition: str
    role_arn: str
    logging_configuration: LoggingConfiguration
    tracing_configuration: TracingConfiguration
    publish: bool
    version_description: str
    encryption_configuration: EncryptionConfiguration
    def __init__(self, state_machine_arn: _Optional[str] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., logging_configuration: _Optional[_Union[LoggingConfiguration, _Mapping]] = ..., tracing_configuration: _Optional[_Union[TracingConfiguration, _Mapping]] = ..., publish: _Optional[bool] = ..., version_description: _Optional[str] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ...) -> None: ...

class UpdateStateMachineResponse(_message.Message):
    __slots__ = ("update_date", "revision_id", "state_machine_version_arn")
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    update_date: _timestamp_pb2.Timestamp
    revision_id: str
    state_machine_version_arn: str
    def __init__(self, update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revision_id: _Optional[str] = ..., state_machine_version_arn: _Optional[str] = ...) -> None: ...

class DeleteStateMachineRequest(_message.Message):
    __slots__ = ("state_machine_arn",)
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    def __init__(self, state_machine_arn: _Optional[str] = ...) -> None: ...

class DeleteStateMachineResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListStateMachinesRequest(_message.Message):
    __slots__ = ("max_results", "next_token")
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    max_results: int
    next_token: str
    def __init__(self, max_results: _Optional[int] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListStateMachinesResponse(_message.Message):
    __slots__ = ("state_machines", "next_token")
    STATE_MACHINES_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machines: _containers.RepeatedCompositeFieldContainer[StateMachineListItem]
    next_token: str
    def __init__(self, state_machines: _Optional[_Iterable[_Union[StateMachineListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class StateMachineListItem(_message.Message):
    __slots__ = ("state_machine_arn", "name", "type", "creation_date")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    type: StateMachineType
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., type: _Optional[_Union[StateMachineType, str]] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DescribeStateMachineForExecutionRequest(_message.Message):
    __slots__ = ("execution_arn", "included_data")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    INCLUDED_DATA_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    included_data: IncludedData
    def __init__(self, execution_arn: _Optional[str] = ..., included_data: _Optional[_Union[IncludedData, str]] = ...) -> None: ...

class DescribeStateMachineForExecutionResponse(_message.Message):
    __slots__ = ("state_machine_arn", "name", "definition", "role_arn", "update_date", "logging_configuration", "tracing_configuration", "map_run_arn", "label", "revision_id", "encryption_configuration", "variable_references")
    class VariableReferencesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: VariableNames
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[VariableNames, _Mapping]] = ...) -> None: ...
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    LOGGING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    TRACING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    MAP_RUN_ARN_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    VARIABLE_REFERENCES_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    definition: str
    role_arn: str
    update_date: _timestamp_pb2.Timestamp
    logging_configuration: LoggingConfiguration
    tracing_configuration: TracingConfiguration
    map_run_arn: str
    label: str
    revision_id: str
    encryption_configuration: EncryptionConfiguration
    variable_references: _containers.MessageMap[str, VariableNames]
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., logging_configuration: _Optional[_Union[LoggingConfiguration, _Mapping]] = ..., tracing_configuration: _Optional[_Union[TracingConfiguration, _Mapping]] = ..., map_run_arn: _Optional[str] = ..., label: _Optional[str] = ..., revision_id: _Optional[str] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ..., variable_references: _Optional[_Mapping[str, VariableNames]] = ...) -> None: ...

class ValidateStateMachineDefinitionRequest(_message.Message):
    __slots__ = ("definition", "type", "severity", "max_results")
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    definition: str
    type: StateMachineType
    severity: DiagnosticSeverity
    max_results: int
    def __init__(self, definition: _Optional[str] = ..., type: _Optional[_Union[StateMachineType, str]] = ..., severity: _Optional[_Union[DiagnosticSeverity, str]] = ..., max_results: _Optional[int] = ...) -> None: ...

class ValidateStateMachineDefinitionResponse(_message.Message):
    __slots__ = ("result", "diagnostics", "truncated")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    result: ValidationResultCode
    diagnostics: _containers.RepeatedCompositeFieldContainer[ValidateStateMachineDefinitionDiagnostic]
    truncated: bool
    def __init__(self, result: _Optional[_Union[ValidationResultCode, str]] = ..., diagnostics: _Optional[_Iterable[_Union[ValidateStateMachineDefinitionDiagnostic, _Mapping]]] = ..., truncated: _Optional[bool] = ...) -> None: ...

class ValidateStateMachineDefinitionDiagnostic(_message.Message):
    __slots__ = ("severity", "code", "message", "location")
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    severity: DiagnosticSeverity
    code: str
    message: str
    location: str
    def __init__(self, severity: _Optional[_Union[DiagnosticSeverity, str]] = ..., code: _Optional[str] = ..., message: _Optional[str] = ..., location: _Optional[str] = ...) -> None: ...

class PublishStateMachineVersionRequest(_message.Message):
    __slots__ = ("state_machine_arn", "revision_id", "description")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    REVISION_ID_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    revision_id: str
    description: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., revision_id: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class PublishStateMachineVersionResponse(_message.Message):
    __slots__ = ("creation_date", "state_machine_version_arn")
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    creation_date: _timestamp_pb2.Timestamp
    state_machine_version_arn: str
    def __init__(self, creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state_machine_version_arn: _Optional[str] = ...) -> None: ...

class DeleteStateMachineVersionRequest(_message.Message):
    __slots__ = ("state_machine_version_arn",)
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_version_arn: str
    def __init__(self, state_machine_version_arn: _Optional[str] = ...) -> None: ...

class DeleteStateMachineVersionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListStateMachineVersionsRequest(_message.Message):
    __slots__ = ("state_machine_arn", "next_token", "max_results")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    next_token: str
    max_results: int
    def __init__(self, state_machine_arn: _Optional[str] = ..., next_token: _Optional[str] = ..., max_results: _Optional[int] = ...) -> None: ...

class ListStateMachineVersionsResponse(_message.Message):
    __slots__ = ("state_machine_versions", "next_token")
    STATE_MACHINE_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machine_versions: _containers.RepeatedCompositeFieldContainer[StateMachineVersionListItem]
    next_token: str
    def __init__(self, state_machine_versions: _Optional[_Iterable[_Union[StateMachineVersionListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class StateMachineVersionListItem(_message.Message):
    __slots__ = ("state_machine_version_arn", "creation_date")
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_version_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_version_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RoutingConfigurationListItem(_message.Message):
    __slots__ = ("state_machine_version_arn", "weight")
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    state_machine_version_arn: str
    weight: int
    def __init__(self, state_machine_version_arn: _Optional[str] = ..., weight: _Optional[int] = ...) -> None: ...

class CreateStateMachineAliasRequest(_message.Message):
    __slots__ = ("description", "name", "routing_configuration")
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROUTING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    description: str
    name: str
    routing_configuration: _containers.RepeatedCompositeFieldContainer[RoutingConfigurationListItem]
    def __init__(self, description: _Optional[str] = ..., name: _Optional[str] = ..., routing_configuration: _Optional[_Iterable[_Union[RoutingConfigurationListItem, _Mapping]]] = ...) -> None: ...

class CreateStateMachineAliasResponse(_message.Message):
    __slots__ = ("state_machine_alias_arn", "creation_date")
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_alias_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DescribeStateMachineAliasRequest(_message.Message):
    __slots__ = ("state_machine_alias_arn",)
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    def __init__(self, state_machine_alias_arn: _Optional[str] = ...) -> None: ...

class DescribeStateMachineAliasResponse(_message.Message):
    __slots__ = ("state_machine_alias_arn", "name", "description", "routing_configuration", "creation_date", "update_date")
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ROUTING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    name: str
    description: str
    routing_configuration: _containers.RepeatedCompositeFieldContainer[RoutingConfigurationListItem]
    creation_date: _timestamp_pb2.Timestamp
    update_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_alias_arn: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., routing_configuration: _Optional[_Iterable[_Union[RoutingConfigurationListItem, _Mapping]]] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UpdateStateMachineAliasRequest(_message.Message):
    __slots__ = ("state_machine_alias_arn", "description", "routing_configuration")
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ROUTING_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    description: str
    routing_configuration: _containers.RepeatedCompositeFieldContainer[RoutingConfigurationListItem]
    def __init__(self, state_machine_alias_arn: _Optional[str] = ..., description: _Optional[str] = ..., routing_configuration: _Optional[_Iterable[_Union[RoutingConfigurationListItem, _Mapping]]] = ...) -> None: ...

class UpdateStateMachineAliasResponse(_message.Message):
    __slots__ = ("update_date",)
    UPDATE_DATE_FIELD_NUMBER: _ClassVar[int]
    update_date: _timestamp_pb2.Timestamp
    def __init__(self, update_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DeleteStateMachineAliasRequest(_message.Message):
    __slots__ = ("state_machine_alias_arn",)
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    def __init__(self, state_machine_alias_arn: _Optional[str] = ...) -> None: ...

class DeleteStateMachineAliasResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListStateMachineAliasesRequest(_message.Message):
    __slots__ = ("state_machine_arn", "next_token", "max_results")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    next_token: str
    max_results: int
    def __init__(self, state_machine_arn: _Optional[str] = ..., next_token: _Optional[str] = ..., max_results: _Optional[int] = ...) -> None: ...

class ListStateMachineAliasesResponse(_message.Message):
    __slots__ = ("state_machine_aliases", "next_token")
    STATE_MACHINE_ALIASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    state_machine_aliases: _containers.RepeatedCompositeFieldContainer[StateMachineAliasListItem]
    next_token: str
    def __init__(self, state_machine_aliases: _Optional[_Iterable[_Union[StateMachineAliasListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class StateMachineAliasListItem(_message.Message):
    __slots__ = ("state_machine_alias_arn", "creation_date")
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    state_machine_alias_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, state_machine_alias_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StartExecutionRequest(_message.Message):
    __slots__ = ("state_machine_arn", "name", "input", "input_value", "trace_header")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INPUT_VALUE_FIELD_NUMBER: _ClassVar[int]
    TRACE_HEADER_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    input: str
    input_value: _struct_pb2.Value
    trace_header: str
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., input: _Optional[str] = ..., input_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., trace_header: _Optional[str] = ...) -> None: ...

class StartExecutionResponse(_message.Message):
    __slots__ = ("execution_arn", "start_date")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    start_date: _timestamp_pb2.Timestamp
    def __init__(self, execution_arn: _Optional[str] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StartSyncExecutionRequest(_message.Message):
    __slots__ = ("state_machine_arn", "name", "input", "input_value", "trace_header", "included_data")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INPUT_VALUE_FIELD_NUMBER: _ClassVar[int]
    TRACE_HEADER_FIELD_NUMBER: _ClassVar[int]
    INCLUDED_DATA_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    name: str
    input: str
    input_value: _struct_pb2.Value
    trace_header: str
    included_data: IncludedData
    def __init__(self, state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., input: _Optional[str] = ..., input_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., trace_header: _Optional[str] = ..., included_data: _Optional[_Union[IncludedData, str]] = ...) -> None: ...

class StartSyncExecutionResponse(_message.Message):
    __slots__ = ("execution_arn", "state_machine_arn", "name", "start_date", "stop_date", "status", "error", "cause", "input", "input_details", "output", "output_details", "trace_header", "billing_details")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INPUT_DETAILS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DETAILS_FIELD_NUMBER: _ClassVar[int]
    TRACE_HEADER_FIELD_NUMBER: _ClassVar[int]
    BILLING_DETAILS_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    state_machine_arn: str
    name: str
    start_date: _timestamp_pb2.Timestamp
    stop_date: _timestamp_pb2.Timestamp
    status: SyncExecutionStatus
    error: str
    cause: str
    input: str
    input_details: ExecutionDataDetails
    output: str
    output_details: ExecutionDataDetails
    trace_header: str
    billing_details: BillingDetails
    def __init__(self, execution_arn: _Optional[str] = ..., state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[_Union[SyncExecutionStatus, str]] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ..., input: _Optional[str] = ..., input_details: _Optional[_Union[ExecutionDataDetails, _Mapping]] = ..., output: _Optional[str] = ..., output_details: _Optional[_Union[ExecutionDataDetails, _Mapping]] = ..., trace_header: _Optional[str] = ..., billing_details: _Optional[_Union[BillingDetails, _Mapping]] = ...) -> None: ...

class BillingDetails(_message.Message):
    __slots__ = ("billed_memory_used_in_mb", "billed_duration_in_milliseconds")
    BILLED_MEMORY_USED_IN_MB_FIELD_NUMBER: _ClassVar[int]
    BILLED_DURATION_IN_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    billed_memory_used_in_mb: int
    billed_duration_in_milliseconds: int
    def __init__(self, billed_memory_used_in_mb: _Optional[int] = ..., billed_duration_in_milliseconds: _Optional[int] = ...) -> None: ...

class DescribeExecutionRequest(_message.Message):
    __slots__ = ("execution_arn", "included_data")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    INCLUDED_DATA_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    included_data: IncludedData
    def __init__(self, execution_arn: _Optional[str] = ..., included_data: _Optional[_Union[IncludedData, str]] = ...) -> None: ...

class DescribeExecutionResponse(_message.Message):
    __slots__ = ("execution_arn", "state_machine_arn", "name", "status", "start_date", "stop_date", "input", "input_details", "output", "output_details", "trace_header", "map_run_arn", "error", "cause", "state_machine_version_arn", "state_machine_alias_arn", "redrive_count", "redrive_date", "redrive_status", "redrive_status_reason")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INPUT_DETAILS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DETAILS_FIELD_NUMBER: _ClassVar[int]
    TRACE_HEADER_FIELD_NUMBER: _ClassVar[int]
    MAP_RUN_ARN_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_COUNT_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_STATUS_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_STATUS_REASON_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    state_machine_arn: str
    name: str
    status: ExecutionStatus
    start_date: _timestamp_pb2.Timestamp
    stop_date: _timestamp_pb2.Timestamp
    input: str
    input_details: ExecutionDataDetails
    output: str
    output_details: ExecutionDataDetails
    trace_header: str
    map_run_arn: str
    error: str
    cause: str
    state_machine_version_arn: str
    state_machine_alias_arn: str
    redrive_count: int
    redrive_date: _timestamp_pb2.Timestamp
    redrive_status: ExecutionRedriveStatus
    redrive_status_reason: str
    def __init__(self, execution_arn: _Optional[str] = ..., state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[_Union[ExecutionStatus, str]] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., input: _Optional[str] = ..., input_details: _Optional[_Union[ExecutionDataDetails, _Mapping]] = ..., output: _Optional[str] = ..., output_details: _Optional[_Union[ExecutionDataDetails, _Mapping]] = ..., trace_header: _Optional[str] = ..., map_run_arn: _Optional[str] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ..., state_machine_version_arn: _Optional[str] = ..., state_machine_alias_arn: _Optional[str] = ..., redrive_count: _Optional[int] = ..., redrive_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., redrive_status: _Optional[_Union[ExecutionRedriveStatus, str]] = ..., redrive_status_reason: _Optional[str] = ...) -> None: ...

class WaitForExecutionRequest(_message.Message):
    __slots__ = ("execution_arn",)
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    def __init__(self, execution_arn: _Optional[str] = ...) -> None: ...

class ListExecutionsRequest(_message.Message):
    __slots__ = ("state_machine_arn", "status_filter", "max_results", "next_token", "map_run_arn", "redrive_filter")
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FILTER_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MAP_RUN_ARN_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_FILTER_FIELD_NUMBER: _ClassVar[int]
    state_machine_arn: str
    status_filter: ExecutionStatus
    max_results: int
    next_token: str
    map_run_arn: str
    redrive_filter: ExecutionRedriveFilter
    def __init__(self, state_machine_arn: _Optional[str] = ..., status_filter: _Optional[_Union[ExecutionStatus, str]] = ..., max_results: _Optional[int] = ..., next_token: _Optional[str] = ..., map_run_arn: _Optional[str] = ..., redrive_filter: _Optional[_Union[ExecutionRedriveFilter, str]] = ...) -> None: ...

class ListExecutionsResponse(_message.Message):
    __slots__ = ("executions", "next_token")
    EXECUTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    executions: _containers.RepeatedCompositeFieldContainer[ExecutionListItem]
    next_token: str
    def __init__(self, executions: _Optional[_Iterable[_Union[ExecutionListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class ExecutionListItem(_message.Message):
    __slots__ = ("execution_arn", "state_machine_arn", "name", "status", "start_date", "stop_date", "map_run_arn", "item_count", "state_machine_version_arn", "state_machine_alias_arn", "redrive_count", "redrive_date")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    MAP_RUN_ARN_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNT_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_VERSION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ALIAS_ARN_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_COUNT_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    state_machine_arn: str
    name: str
    status: ExecutionStatus
    start_date: _timestamp_pb2.Timestamp
    stop_date: _timestamp_pb2.Timestamp
    map_run_arn: str
    item_count: int
    state_machine_version_arn: str
    state_machine_alias_arn: str
    redrive_count: int
    redrive_date: _timestamp_pb2.Timestamp
    def __init__(self, execution_arn: _Optional[str] = ..., state_machine_arn: _Optional[str] = ..., name: _Optional[str] = ..., status: _Optional[_Union[ExecutionStatus, str]] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., map_run_arn: _Optional[str] = ..., item_count: _Optional[int] = ..., state_machine_version_arn: _Optional[str] = ..., state_machine_alias_arn: _Optional[str] = ..., redrive_count: _Optional[int] = ..., redrive_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetExecutionHistoryRequest(_message.Message):
    __slots__ = ("execution_arn", "max_results", "reverse_order", "next_token", "include_execution_data")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    REVERSE_ORDER_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_EXECUTION_DATA_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    max_results: int
    reverse_order: bool
    next_token: str
    include_execution_data: bool
    def __init__(self, execution_arn: _Optional[str] = ..., max_results: _Optional[int] = ..., reverse_order: _Optional[bool] = ..., next_token: _Optional[str] = ..., include_execution_data: _Optional[bool] = ...) -> None: ...

class GetExecutionHistoryResponse(_message.Message):
    __slots__ = ("events", "next_token")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[HistoryEvent]
    next_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[HistoryEvent, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class HistoryEvent(_message.Message):
    __slots__ = ("id", "previous_event_id", "timestamp", "type", "details_name", "details")
    ID_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DETAILS_NAME_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    id: int
    previous_event_id: int
    timestamp: _timestamp_pb2.Timestamp
    type: str
    details_name: str
    details: _struct_pb2.Struct
    def __init__(self, id: _Optional[int] = ..., previous_event_id: _Optional[int] = ..., timestamp: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., type: _Optional[str] = ..., details_name: _Optional[str] = ..., details: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class WatchExecutionRequest(_message.Message):
    __slots__ = ("execution_arn", "after_event_id")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    AFTER_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    after_event_id: int
    def __init__(self, execution_arn: _Optional[str] = ..., after_event_id: _Optional[int] = ...) -> None: ...

class WatchExecutionResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: HistoryEvent
    def __init__(self, event: _Optional[_Union[HistoryEvent, _Mapping]] = ...) -> None: ...

class StopExecutionRequest(_message.Message):
    __slots__ = ("execution_arn", "error", "cause")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    error: str
    cause: str
    def __init__(self, execution_arn: _Optional[str] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ...) -> None: ...

class StopExecutionResponse(_message.Message):
    __slots__ = ("stop_date",)
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    stop_date: _timestamp_pb2.Timestamp
    def __init__(self, stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RedriveExecutionRequest(_message.Message):
    __slots__ = ("execution_arn", "client_token")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    client_token: str
    def __init__(self, execution_arn: _Optional[str] = ..., client_token: _Optional[str] = ...) -> None: ...

class RedriveExecutionResponse(_message.Message):
    __slots__ = ("redrive_date",)
    REDRIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    redrive_date: _timestamp_pb2.Timestamp
    def __init__(self, redrive_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SendTaskSuccessRequest(_message.Message):
    __slots__ = ("task_token", "output", "output_value")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_VALUE_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    output: str
    output_value: _struct_pb2.Value
    def __init__(self, task_token: _Optional[str] = ..., output: _Optional[str] = ..., output_value: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ...) -> None: ...

class SendTaskSuccessResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SendTaskFailureRequest(_message.Message):
    __slots__ = ("task_token", "error", "cause")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    error: str
    cause: str
    def __init__(self, task_token: _Optional[str] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ...) -> None: ...

class SendTaskFailureResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SendTaskHeartbeatRequest(_message.Message):
    __slots__ = ("task_token",)
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    def __init__(self, task_token: _Optional[str] = ...) -> None: ...

class SendTaskHeartbeatResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CreateActivityRequest(_message.Message):
    __slots__ = ("name", "tags", "encryption_configuration")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    name: str
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    encryption_configuration: EncryptionConfiguration
    def __init__(self, name: _Optional[str] = ..., tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ...) -> None: ...

class CreateActivityResponse(_message.Message):
    __slots__ = ("activity_arn", "creation_date")
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, activity_arn: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class DescribeActivityRequest(_message.Message):
    __slots__ = ("activity_arn",)
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    def __init__(self, activity_arn: _Optional[str] = ...) -> None: ...

class DescribeActivityResponse(_message.Message):
    __slots__ = ("activity_arn", "name", "creation_date", "encryption_configuration")
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    name: str
    creation_date: _timestamp_pb2.Timestamp
    encryption_configuration: EncryptionConfiguration
    def __init__(self, activity_arn: _Optional[str] = ..., name: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., encryption_configuration: _Optional[_Union[EncryptionConfiguration, _Mapping]] = ...) -> None: ...

class DeleteActivityRequest(_message.Message):
    __slots__ = ("activity_arn",)
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    def __init__(self, activity_arn: _Optional[str] = ...) -> None: ...

class DeleteActivityResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListActivitiesRequest(_message.Message):
    __slots__ = ("max_results", "next_token")
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    max_results: int
    next_token: str
    def __init__(self, max_results: _Optional[int] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListActivitiesResponse(_message.Message):
    __slots__ = ("activities", "next_token")
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    activities: _containers.RepeatedCompositeFieldContainer[ActivityListItem]
    next_token: str
    def __init__(self, activities: _Optional[_Iterable[_Union[ActivityListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class ActivityListItem(_message.Message):
    __slots__ = ("activity_arn", "name", "creation_date")
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATION_DATE_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    name: str
    creation_date: _timestamp_pb2.Timestamp
    def __init__(self, activity_arn: _Optional[str] = ..., name: _Optional[str] = ..., creation_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetActivityTaskRequest(_message.Message):
    __slots__ = ("activity_arn", "worker_name")
    ACTIVITY_ARN_FIELD_NUMBER: _ClassVar[int]
    WORKER_NAME_FIELD_NUMBER: _ClassVar[int]
    activity_arn: str
    worker_name: str
    def __init__(self, activity_arn: _Optional[str] = ..., worker_name: _Optional[str] = ...) -> None: ...

class GetActivityTaskResponse(_message.Message):
    __slots__ = ("task_token", "input")
    TASK_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    task_token: str
    input: str
    def __init__(self, task_token: _Optional[str] = ..., input: _Optional[str] = ...) -> None: ...

class MapRunItemCounts(_message.Message):
    __slots__ = ("pending", "running", "succeeded", "failed", "timed_out", "aborted", "total", "results_written", "failures_not_redrivable", "pending_redrive")
    PENDING_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    ABORTED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    RESULTS_WRITTEN_FIELD_NUMBER: _ClassVar[int]
    FAILURES_NOT_REDRIVABLE_FIELD_NUMBER: _ClassVar[int]
    PENDING_REDRIVE_FIELD_NUMBER: _ClassVar[int]
    pending: int
    running: int
    succeeded: int
    failed: int
    timed_out: int
    aborted: int
    total: int
    results_written: int
    failures_not_redrivable: int
    pending_redrive: int
    def __init__(self, pending: _Optional[int] = ..., running: _Optional[int] = ..., succeeded: _Optional[int] = ..., failed: _Optional[int] = ..., timed_out: _Optional[int] = ..., aborted: _Optional[int] = ..., total: _Optional[int] = ..., results_written: _Optional[int] = ..., failures_not_redrivable: _Optional[int] = ..., pending_redrive: _Optional[int] = ...) -> None: ...

class MapRunExecutionCounts(_message.Message):
    __slots__ = ("pending", "running", "succeeded", "failed", "timed_out", "aborted", "total", "results_written", "failures_not_redrivable", "pending_redrive")
    PENDING_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    ABORTED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    RESULTS_WRITTEN_FIELD_NUMBER: _ClassVar[int]
    FAILURES_NOT_REDRIVABLE_FIELD_NUMBER: _ClassVar[int]
    PENDING_REDRIVE_FIELD_NUMBER: _ClassVar[int]
    pending: int
    running: int
    succeeded: int
    failed: int
    timed_out: int
    aborted: int
    total: int
    results_written: int
    failures_not_redrivable: int
    pending_redrive: int
    def __init__(self, pending: _Optional[int] = ..., running: _Optional[int] = ..., succeeded: _Optional[int] = ..., failed: _Optional[int] = ..., timed_out: _Optional[int] = ..., aborted: _Optional[int] = ..., total: _Optional[int] = ..., results_written: _Optional[int] = ..., failures_not_redrivable: _Optional[int] = ..., pending_redrive: _Optional[int] = ...) -> None: ...

class DescribeMapRunRequest(_message.Message):
    __slots__ = ("map_run_arn",)
    MAP_RUN_ARN_FIELD_NUMBER: _ClassVar[int]
    map_run_arn: str
    def __init__(self, map_run_arn: _Optional[str] = ...) -> None: ...

class DescribeMapRunResponse(_message.Message):
    __slots__ = ("map_run_arn", "execution_arn", "status", "start_date", "stop_date", "max_concurrency", "tolerated_failure_percentage", "tolerated_failure_count", "item_counts", "execution_counts", "redrive_count", "redrive_date")
    MAP_RUN_ARN_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    TOLERATED_FAILURE_PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
    TOLERATED_FAILURE_COUNT_FIELD_NUMBER: _ClassVar[int]
    ITEM_COUNTS_FIELD_NUMBER: _ClassVar[int]
    EXECUTION_COUNTS_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_COUNT_FIELD_NUMBER: _ClassVar[int]
    REDRIVE_DATE_FIELD_NUMBER: _ClassVar[int]
    map_run_arn: str
    execution_arn: str
    status: MapRunStatus
    start_date: _timestamp_pb2.Timestamp
    stop_date: _timestamp_pb2.Timestamp
    max_concurrency: int
    tolerated_failure_percentage: float
    tolerated_failure_count: int
    item_counts: MapRunItemCounts
    execution_counts: MapRunExecutionCounts
    redrive_count: int
    redrive_date: _timestamp_pb2.Timestamp
    def __init__(self, map_run_arn: _Optional[str] = ..., execution_arn: _Optional[str] = ..., status: _Optional[_Union[MapRunStatus, str]] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., max_concurrency: _Optional[int] = ..., tolerated_failure_percentage: _Optional[float] = ..., tolerated_failure_count: _Optional[int] = ..., item_counts: _Optional[_Union[MapRunItemCounts, _Mapping]] = ..., execution_counts: _Optional[_Union[MapRunExecutionCounts, _Mapping]] = ..., redrive_count: _Optional[int] = ..., redrive_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListMapRunsRequest(_message.Message):
    __slots__ = ("execution_arn", "max_results", "next_token")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    MAX_RESULTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    max_results: int
    next_token: str
    def __init__(self, execution_arn: _Optional[str] = ..., max_results: _Optional[int] = ..., next_token: _Optional[str] = ...) -> None: ...

class ListMapRunsResponse(_message.Message):
    __slots__ = ("map_runs", "next_token")
    MAP_RUNS_FIELD_NUMBER: _ClassVar[int]
    NEXT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    map_runs: _containers.RepeatedCompositeFieldContainer[MapRunListItem]
    next_token: str
    def __init__(self, map_runs: _Optional[_Iterable[_Union[MapRunListItem, _Mapping]]] = ..., next_token: _Optional[str] = ...) -> None: ...

class MapRunListItem(_message.Message):
    __slots__ = ("execution_arn", "map_run_arn", "state_machine_arn", "start_date", "stop_date")
    EXECUTION_ARN_FIELD_NUMBER: _ClassVar[int]
    MAP_RUN_ARN_FIELD_NUMBER: _ClassVar[int]
    STATE_MACHINE_ARN_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    STOP_DATE_FIELD_NUMBER: _ClassVar[int]
    execution_arn: str
    map_run_arn: str
    state_machine_arn: str
    start_date: _timestamp_pb2.Timestamp
    stop_date: _timestamp_pb2.Timestamp
    def __init__(self, execution_arn: _Optional[str] = ..., map_run_arn: _Optional[str] = ..., state_machine_arn: _Optional[str] = ..., start_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_date: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UpdateMapRunRequest(_message.Message):
    __slots__ = ("map_run_arn", "max_concurrency", "tolerated_failure_percentage", "tolerated_failure_count")
    MAP_RUN_ARN_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    TOLERATED_FAILURE_PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
    TOLERATED_FAILURE_COUNT_FIELD_NUMBER: _ClassVar[int]
    map_run_arn: str
    max_concurrency: int
    tolerated_failure_percentage: float
    tolerated_failure_count: int
    def __init__(self, map_run_arn: _Optional[str] = ..., max_concurrency: _Optional[int] = ..., tolerated_failure_percentage: _Optional[float] = ..., tolerated_failure_count: _Optional[int] = ...) -> None: ...

class UpdateMapRunResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TestStateRequest(_message.Message):
    __slots__ = ("definition", "role_arn", "input", "inspection_level", "reveal_secrets", "variables", "state_name", "mock", "context", "state_configuration")
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    ROLE_ARN_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INSPECTION_LEVEL_FIELD_NUMBER: _ClassVar[int]
    REVEAL_SECRETS_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    STATE_NAME_FIELD_NUMBER: _ClassVar[int]
    MOCK_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    STATE_CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    definition: str
    role_arn: str
    input: str
    inspection_level: InspectionLevel
    reveal_secrets: bool
    variables: str
    state_name: str
    mock: MockInput
    context: str
    state_configuration: TestStateConfiguration
    def __init__(self, definition: _Optional[str] = ..., role_arn: _Optional[str] = ..., input: _Optional[str] = ..., inspection_level: _Optional[_Union[InspectionLevel, str]] = ..., reveal_secrets: _Optional[bool] = ..., variables: _Optional[str] = ..., state_name: _Optional[str] = ..., mock: _Optional[_Union[MockInput, _Mapping]] = ..., context: _Optional[str] = ..., state_configuration: _Optional[_Union[TestStateConfiguration, _Mapping]] = ...) -> None: ...

class MockInput(_message.Message):
    __slots__ = ("result", "error_output", "field_validation_mode")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ERROR_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    FIELD_VALIDATION_MODE_FIELD_NUMBER: _ClassVar[int]
    result: str
    error_output: MockErrorOutput
    field_validation_mode: MockResponseValidationMode
    def __init__(self, result: _Optional[str] = ..., error_output: _Optional[_Union[MockErrorOutput, _Mapping]] = ..., field_validation_mode: _Optional[_Union[MockResponseValidationMode, str]] = ...) -> None: ...

class MockErrorOutput(_message.Message):
    __slots__ = ("error", "cause")
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    error: str
    cause: str
    def __init__(self, error: _Optional[str] = ..., cause: _Optional[str] = ...) -> None: ...

class TestStateConfiguration(_message.Message):
    __slots__ = ("retrier_retry_count", "error_caused_by_state", "map_iteration_failure_count", "map_item_reader_data")
    RETRIER_RETRY_COUNT_FIELD_NUMBER: _ClassVar[int]
    ERROR_CAUSED_BY_STATE_FIELD_NUMBER: _ClassVar[int]
    MAP_ITERATION_FAILURE_COUNT_FIELD_NUMBER: _ClassVar[int]
    MAP_ITEM_READER_DATA_FIELD_NUMBER: _ClassVar[int]
    retrier_retry_count: int
    error_caused_by_state: str
    map_iteration_failure_count: int
    map_item_reader_data: str
    def __init__(self, retrier_retry_count: _Optional[int] = ..., error_caused_by_state: _Optional[str] = ..., map_iteration_failure_count: _Optional[int] = ..., map_item_reader_data: _Optional[str] = ...) -> None: ...

class TestStateResponse(_message.Message):
    __slots__ = ("output", "error", "cause", "inspection_data", "next_state", "status")
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    INSPECTION_DATA_FIELD_NUMBER: _ClassVar[int]
    NEXT_STATE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    output: str
    error: str
    cause: str
    inspection_data: InspectionData
    next_state: str
    status: TestExecutionStatus
    def __init__(self, output: _Optional[str] = ..., error: _Optional[str] = ..., cause: _Optional[str] = ..., inspection_data: _Optional[_Union[InspectionData, _Mapping]] = ..., next_state: _Optional[str] = ..., status: _Optional[_Union[TestExecutionStatus, str]] = ...) -> None: ...

class InspectionData(_message.Message):
    __slots__ = ("input", "after_arguments", "after_input_path", "after_parameters", "result", "after_result_selector", "after_result_path", "request", "response", "variables", "error_details", "after_items_path", "after_item_selector", "after_item_batcher", "after_items_pointer", "tolerated_failure_count", "tolerated_failure_percentage", "max_concurrency")
    INPUT_FIELD_NUMBER: _ClassVar[int]
    AFTER_ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    AFTER_INPUT_PATH_FIELD_NUMBER: _ClassVar[int]
    AFTER_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    AFTER_RESULT_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    AFTER_RESULT_PATH_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    ERROR_DETAILS_FIELD_NUMBER: _ClassVar[int]
    AFTER_ITEMS_PATH_FIELD_NUMBER: _ClassVar[int]
    AFTER_ITEM_SELECTOR_FIELD_NUMBER: _ClassVar[int]
    AFTER_ITEM_BATCHER_FIELD_NUMBER: _ClassVar[int]
    AFTER_ITEMS_POINTER_FIELD_NUMBER: _ClassVar[int]
    TOLERATED_FAILURE_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOLERATED_FAILURE_PERCENTAGE_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENCY_FIELD_NUMBER: _ClassVar[int]
    input: str
    after_arguments: str
    after_input_path: str
    after_parameters: str
    result: str
    after_result_selector: str
    after_result_path: str
    request: InspectionDataRequest
    response: InspectionDataResponse
    variables: str
    error_details: InspectionErrorDetails
    after_items_path: str
    after_item_selector: str
    after_item_batcher: str
    after_items_pointer: str
    tolerated_failure_count: int
    tolerated_failure_percentage: float
    max_concurrency: int
    def __init__(self, input: _Optional[str] = ..., after_arguments: _Optional[str] = ..., after_input_path: _Optional[str] = ..., after_parameters: _Optional[str] = ..., result: _Optional[str] = ..., after_result_selector: _Optional[str] = ..., after_result_path: _Optional[str] = ..., request: _Optional[_Union[InspectionDataRequest, _Mapping]] = ..., response: _Optional[_Union[InspectionDataResponse, _Mapping]] = ..., variables: _Optional[str] = ..., error_details: _Optional[_Union[InspectionErrorDetails, _Mapping]] = ..., after_items_path: _Optional[str] = ..., after_item_selector: _Optional[str] = ..., after_item_batcher: _Optional[str] = ..., after_items_pointer: _Optional[str] = ..., tolerated_failure_count: _Optional[int] = ..., tolerated_failure_percentage: _Optional[float] = ..., max_concurrency: _Optional[int] = ...) -> None: ...

class InspectionDataRequest(_message.Message):
    __slots__ = ("protocol", "method", "url", "headers", "body")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    protocol: str
    method: str
    url: str
    headers: str
    body: str
    def __init__(self, protocol: _Optional[str] = ..., method: _Optional[str] = ..., url: _Optional[str] = ..., headers: _Optional[str] = ..., body: _Optional[str] = ...) -> None: ...

class InspectionDataResponse(_message.Message):
    __slots__ = ("protocol", "status_code", "status_message", "headers", "body")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    STATUS_CODE_FIELD_NUMBER: _ClassVar[int]
    STATUS_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    protocol: str
    status_code: str
    status_message: str
    headers: str
    body: str
    def __init__(self, protocol: _Optional[str] = ..., status_code: _Optional[str] = ..., status_message: _Optional[str] = ..., headers: _Optional[str] = ..., body: _Optional[str] = ...) -> None: ...

class InspectionErrorDetails(_message.Message):
    __slots__ = ("catch_index", "retry_index", "retry_backoff_interval_seconds")
    CATCH_INDEX_FIELD_NUMBER: _ClassVar[int]
    RETRY_INDEX_FIELD_NUMBER: _ClassVar[int]
    RETRY_BACKOFF_INTERVAL_SECONDS_FIELD_NUMBER: _ClassVar[int]
    catch_index: int
    retry_index: int
    retry_backoff_interval_seconds: int
    def __init__(self, catch_index: _Optional[int] = ..., retry_index: _Optional[int] = ..., retry_backoff_interval_seconds: _Optional[int] = ...) -> None: ...

class TagResourceRequest(_message.Message):
    __slots__ = ("resource_arn", "tags")
    RESOURCE_ARN_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    resource_arn: str
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    def __init__(self, resource_arn: _Optional[str] = ..., tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ...) -> None: ...

class TagResourceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class UntagResourceRequest(_message.Message):
    __slots__ = ("resource_arn", "tag_keys")
    RESOURCE_ARN_FIELD_NUMBER: _ClassVar[int]
    TAG_KEYS_FIELD_NUMBER: _ClassVar[int]
    resource_arn: str
    tag_keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, resource_arn: _Optional[str] = ..., tag_keys: _Optional[_Iterable[str]] = ...) -> None: ...

class UntagResourceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListTagsForResourceRequest(_message.Message):
    __slots__ = ("resource_arn",)
    RESOURCE_ARN_FIELD_NUMBER: _ClassVar[int]
    resource_arn: str
    def __init__(self, resource_arn: _Optional[str] = ...) -> None: ...

class ListTagsForResourceResponse(_message.Message):
    __slots__ = ("tags",)
    TAGS_FIELD_NUMBER: _ClassVar[int]
    tags: _containers.RepeatedCompositeFieldContainer[Tag]
    def __init__(self, tags: _Optional[_Iterable[_Union[Tag, _Mapping]]] = ...) -> None: ...
