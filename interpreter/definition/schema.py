"""Which fields each type of state may have, in which query language, as data (States Language and developer guide)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class QueryLanguage(StrEnum):
    """The two languages in which a state may be written."""

    JSONPATH = "JSONPath"
    JSONATA = "JSONata"


LONGEST_SECONDS: Final = 99_999_999
"""The largest number of seconds, and of attempts, that a definition may name."""

LARGEST_CONCURRENCY: Final = 2**31 - 1

STATE_TYPES: Final = ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")
"""In the order in which AWS lists them."""

TERMINAL_TYPES: Final = ("Succeed", "Fail")

MACHINE_FIELDS: Final = frozenset({"StartAt", "States", "Comment", "Version", "TimeoutSeconds", "QueryLanguage"})
NESTED_MACHINE_FIELDS: Final = frozenset({"StartAt", "States", "Comment"})
PROCESSOR_FIELDS: Final = NESTED_MACHINE_FIELDS | {"ProcessorConfig"}
PROCESSOR_CONFIG_FIELDS: Final = frozenset({"Mode", "ExecutionType"})
RETRIER_FIELDS: Final = frozenset(
    {
        "ErrorEquals",
        "IntervalSeconds",
        "MaxAttempts",
        "BackoffRate",
        "MaxDelaySeconds",
        "JitterStrategy",
        "Comment",
    }
)
CATCHER_FIELDS: Final = frozenset({"ErrorEquals", "Next", "Comment", "Assign", "ResultPath"})

_PATHS: Final = QueryLanguage.JSONPATH
_DATA: Final = QueryLanguage.JSONATA

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


def _fields_of(state_type: str) -> dict[str, QueryLanguage | None]:
    return {
        field: language for fields, types, language in _ROWS if state_type in types.split() for field in fields.split()
    }


STATE_FIELDS: Final = {state_type: _fields_of(state_type) for state_type in STATE_TYPES}
"""Type of state -> its fields, each with the one language it belongs to, or None for both."""

REQUIRED_FIELDS: Final = {
    "Task": ("Resource",),
    "Parallel": ("Branches",),
    "Choice": ("Choices",),
}

TRANSITION_TYPES: Final = ("Task", "Parallel", "Map", "Pass", "Wait")
"""Types that have exactly one of Next and End."""

EXCLUSIVE_FIELDS: Final = (
    ("Next", "End"),
    ("Error", "ErrorPath"),
    ("Cause", "CausePath"),
    ("TimeoutSeconds", "TimeoutSecondsPath"),
    ("HeartbeatSeconds", "HeartbeatSecondsPath"),
    ("MaxConcurrency", "MaxConcurrencyPath"),
    ("ToleratedFailureCount", "ToleratedFailureCountPath"),
    ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
    ("ItemProcessor", "Iterator"),
    ("ItemSelector", "Parameters"),
    ("Seconds", "SecondsPath", "Timestamp", "TimestampPath"),
)
"""Of each group a state has one at most."""
