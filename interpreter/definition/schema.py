"""Which fields objects of a definition may have, in which query language, with which values, as data.

Sources: States Language and developer guide. The parser reads these tables, and the JSON Schema for editors is made of
them (`interpreter.definition.json_schema`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias


class QueryLanguage(StrEnum):
    """The two languages in which a state may be written."""

    JSONPATH = "JSONPath"
    JSONATA = "JSONata"


LONGEST_SECONDS: Final = 99_999_999
"""The largest number of seconds, and of attempts, that a definition may name."""

LONGEST_DELAY_SECONDS: Final = 31_622_400
"""The largest MaxDelaySeconds."""

LARGEST_CONCURRENCY: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a field may have, both ends included; floats where it takes fractions."""

    minimum: float
    maximum: float | None


RANGES: Final[Mapping[str, Range]] = {
    "TimeoutSeconds": Range(1, LONGEST_SECONDS),
    "HeartbeatSeconds": Range(1, LONGEST_SECONDS),
    "Seconds": Range(0, LONGEST_SECONDS),
    "IntervalSeconds": Range(1, LONGEST_SECONDS),
    "MaxAttempts": Range(0, LONGEST_SECONDS),
    "MaxDelaySeconds": Range(1, LONGEST_DELAY_SECONDS),
    "BackoffRate": Range(1.0, None),
    "MaxConcurrency": Range(0, LARGEST_CONCURRENCY),
    "ToleratedFailureCount": Range(0, LARGEST_CONCURRENCY),
    "ToleratedFailurePercentage": Range(0.0, 100.0),
    "MaxItems": Range(0, 100_000_000),
    "MaxItemsPerBatch": Range(0, LARGEST_CONCURRENCY),
    "MaxInputBytesPerBatch": Range(0, 262_144),
}
"""By the name of the field, which means the same wherever it stands."""

LANGUAGES: Final = tuple(QueryLanguage)
VERSIONS: Final = ("1.0",)
JITTER_STRATEGIES: Final = ("NONE", "FULL")
PROCESSOR_MODES: Final = ("INLINE", "DISTRIBUTED")
EXECUTION_TYPES: Final = ("STANDARD", "EXPRESS")
INPUT_TYPES: Final = ("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")
MANIFEST_TYPES: Final = ("ATHENA_DATA", "S3_INVENTORY")
READER_TRANSFORMATIONS: Final = ("NONE", "LOAD_AND_FLATTEN")
CSV_DELIMITERS: Final = ("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")
CSV_HEADER_LOCATIONS: Final = ("FIRST_ROW", "GIVEN")
WRITER_TRANSFORMATIONS: Final = ("NONE", "COMPACT", "FLATTEN")
OUTPUT_TYPES: Final = ("JSON", "JSONL")

RESERVED_ERRORS: Final = frozenset(
    {
        *("States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout", "States.DataLimitExceeded"),
        *("States.Runtime", "States.Permissions", "States.QueryEvaluationError", "States.ReferencePathConflict"),
        *("States.ItemReaderFailed", "States.ResultWriterFailed", "States.ExceedToleratedFailureThreshold"),
        *("States.Http.Socket", "States.ResultPathMatchFailure", "States.ParameterPathFailure", "States.BranchFailed"),
        *("States.IntrinsicFailure", "States.NoChoiceMatched"),
    }
)
"""The error names in `States.` that AWS documents, without `States.Http.StatusCode.<n>`."""

LONGEST_LABEL: Final = 40
NOT_IN_LABELS: Final = frozenset('?*<>{}[]:;,\\|^~$#%&`"')
"""Characters that a Label must not have, beside blanks and control characters."""

STATE_TYPES: Final = ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")
"""In the order in which AWS lists them."""

TERMINAL_TYPES: Final = ("Succeed", "Fail")

FieldTable: TypeAlias = Mapping[str, QueryLanguage | None]
"""The fields of an object, each with the one language it belongs to, or None for both."""


def taken_in(language: QueryLanguage, table: FieldTable) -> frozenset[str]:
    """The fields of `table` that an object has in `language`."""
    return frozenset(name for name, owner in table.items() if owner in (None, language))


_PATHS: Final = QueryLanguage.JSONPATH
_DATA: Final = QueryLanguage.JSONATA


def _table(both: str, *, jsonpath: str = "", jsonata: str = "") -> FieldTable:
    return {
        **dict.fromkeys(both.split()),
        **dict.fromkeys(jsonpath.split(), _PATHS),
        **dict.fromkeys(jsonata.split(), _DATA),
    }


MACHINE_FIELDS: Final = _table("StartAt States Comment Version TimeoutSeconds QueryLanguage")
NESTED_MACHINE_FIELDS: Final = _table("StartAt States Comment")
PROCESSOR_FIELDS: Final = _table("StartAt States Comment ProcessorConfig")
PROCESSOR_CONFIG_FIELDS: Final = _table("Mode ExecutionType")
RETRIER_FIELDS: Final = _table(
    "ErrorEquals IntervalSeconds MaxAttempts BackoffRate MaxDelaySeconds JitterStrategy Comment"
)
CATCHER_FIELDS: Final = _table("ErrorEquals Next Comment Assign", jsonpath="ResultPath", jsonata="Output")
ITEM_READER_FIELDS: Final = _table("Resource ReaderConfig", jsonpath="Parameters", jsonata="Arguments")
READER_CONFIG_FIELDS: Final = _table(
    "InputType ManifestType Transformation CSVDelimiter CSVHeaderLocation CSVHeaders ItemsPointer MaxItems",
    jsonpath="MaxItemsPath",
)
ITEM_BATCHER_FIELDS: Final = _table(
    "BatchInput MaxItemsPerBatch MaxInputBytesPerBatch", jsonpath="MaxItemsPerBatchPath MaxInputBytesPerBatchPath"
)
RESULT_WRITER_FIELDS: Final = _table("Resource WriterConfig", jsonpath="Parameters", jsonata="Arguments")
WRITER_CONFIG_FIELDS: Final = _table("Transformation OutputType")

_ROWS: Final[tuple[tuple[str, str, QueryLanguage | None], ...]] = (
    ("Type Comment QueryLanguage", "Task Parallel Map Pass Wait Choice Succeed Fail", None),
    ("Next End", "Task Parallel Map Pass Wait", None),
    ("InputPath OutputPath", "Task Parallel Map Pass Wait Choice Succeed", _PATHS),
    ("Parameters", "Task Parallel Map Pass", _PATHS),
    ("ResultSelector", "Task Parallel Map", _PATHS),
    ("ResultPath", "Task Parallel Map Pass", _PATHS),
    ("Result", "Pass", _PATHS),
    ("Arguments", "Task Parallel", _DATA),
    ("Output", "Task Parallel Map Pass Wait Choice Succeed", _DATA),
    ("Assign", "Task Parallel Map Pass Wait Choice", None),
    ("Retry Catch", "Task Parallel Map", None),
    ("Resource Credentials TimeoutSeconds HeartbeatSeconds", "Task", None),
    ("TimeoutSecondsPath HeartbeatSecondsPath", "Task", _PATHS),
    ("Branches", "Parallel", None),
    ("ItemProcessor Iterator", "Map", None),
    ("ItemsPath MaxConcurrencyPath ToleratedFailureCountPath ToleratedFailurePercentagePath", "Map", _PATHS),
    ("Items", "Map", _DATA),
    ("ItemSelector MaxConcurrency ItemReader ItemBatcher ResultWriter Label", "Map", None),
    ("ToleratedFailureCount ToleratedFailurePercentage", "Map", None),
    ("Choices Default", "Choice", None),
    ("Seconds Timestamp", "Wait", None),
    ("SecondsPath TimestampPath", "Wait", _PATHS),
    ("Error Cause", "Fail", None),
    ("ErrorPath CausePath", "Fail", _PATHS),
)


def _fields_of(state_type: str) -> FieldTable:
    return {
        field: language for fields, types, language in _ROWS if state_type in types.split() for field in fields.split()
    }


STATE_FIELDS: Final = {state_type: _fields_of(state_type) for state_type in STATE_TYPES}
"""Type of state -> its fields, each with the one language it belongs to, or None for both."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What stands in one query language for a field of the other.

    Attributes:
        groups: of each group the first field that an object takes stands for it; none where no field does.
        text: how they are told to people.
    """

    groups: tuple[tuple[str, ...], ...]
    text: str = "{}"

    def told(self, taken: Collection[str]) -> str | None:
        """What to write in an object that takes the fields `taken`; None where it takes none of these."""
        found = [next((name for name in group if name in taken), None) for group in self.groups]
        names = [name for name in found if name is not None]
        if self.groups and not names:
            return None
        *first, last = names or [""]
        return self.text.format(f"{', '.join(first)} or {last}" if first else last)


EXPRESSION_FIELDS: Final = tuple(
    name for name in (*RANGES, "Timestamp", "Error", "Cause") if name not in RETRIER_FIELDS
)
"""Which have a path beside them in JSONPath (`TimeoutSecondsPath`), and may be an expression in JSONata."""

COUNTERPARTS: Final[Mapping[QueryLanguage, Mapping[str, Counterpart]]] = {
    QueryLanguage.JSONPATH: {
        "Arguments": Counterpart((("Parameters",),)),
        "Output": Counterpart((("ResultSelector", "Parameters"), ("ResultPath",), ("OutputPath",))),
        "Items": Counterpart((("ItemsPath",),)),
        "Condition": Counterpart((("Variable",),), "{} with an operator"),
    },
    QueryLanguage.JSONATA: {
        "Parameters": Counterpart((("Arguments", "ItemSelector", "Output"),)),
        "InputPath": Counterpart((), "an expression on $states.input"),
        **dict.fromkeys(("ResultSelector", "ResultPath", "OutputPath", "Result"), Counterpart((("Output",),))),
        "ItemsPath": Counterpart((("Items",),)),
        "Variable": Counterpart((("Condition",),)),
        **{f"{name}Path": Counterpart(((name,),), "an expression in {}") for name in EXPRESSION_FIELDS},
    },
}
"""Language of a state -> a field of the other language -> what stands for it."""

REQUIRED_FIELDS: Final = {
    "Task": ("Resource",),
    "Parallel": ("Branches",),
    "Choice": ("Choices",),
}

TRANSITION_TYPES: Final = ("Task", "Parallel", "Map", "Pass", "Wait")
"""Types that have exactly one of Next and End."""

PROCESSOR_SPELLINGS: Final = ("ItemProcessor", "Iterator")
"""Of which a Map has exactly one; the second is the former."""

DISTRIBUTED_FIELDS: Final = ("ItemReader", "ItemBatcher", "ResultWriter")
"""Which a Map has in the mode DISTRIBUTED only."""

EXCLUSIVE_FIELDS: Final = (
    ("Next", "End"),
    ("Error", "ErrorPath"),
    ("Cause", "CausePath"),
    ("TimeoutSeconds", "TimeoutSecondsPath"),
    ("HeartbeatSeconds", "HeartbeatSecondsPath"),
    ("MaxConcurrency", "MaxConcurrencyPath"),
    ("ToleratedFailureCount", "ToleratedFailureCountPath"),
    ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
    PROCESSOR_SPELLINGS,
    ("ItemSelector", "Parameters"),
    ("SecondsPath", "Seconds", "TimestampPath", "Timestamp"),
)
"""Of each group a state has one at most."""

CREDENTIALS_FIELDS: Final = {
    QueryLanguage.JSONPATH: ("RoleArn", "RoleArn.$"),
    QueryLanguage.JSONATA: ("RoleArn",),
}
"""Of which Credentials have one."""

WAIT_FORMS: Final = {
    QueryLanguage.JSONPATH: ("SecondsPath", "Seconds", "TimestampPath", "Timestamp"),
    QueryLanguage.JSONATA: ("Seconds", "Timestamp"),
}
"""Of which a Wait has exactly one."""

READER_EXCLUSIVE_FIELDS: Final = ("MaxItems", "MaxItemsPath")
BATCHER_EXCLUSIVE_FIELDS: Final = (
    ("MaxItemsPerBatch", "MaxItemsPerBatchPath"),
    ("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"),
)
BATCHER_LIMITS: Final = {
    QueryLanguage.JSONPATH: tuple(field for pair in BATCHER_EXCLUSIVE_FIELDS for field in pair),
    QueryLanguage.JSONATA: tuple(pair[0] for pair in BATCHER_EXCLUSIVE_FIELDS),
}
"""Of which an ItemBatcher has one at least."""
