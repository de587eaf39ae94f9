"""How an execution is told to Temporal, whoever starts it: the API, or another execution as its child."""

from __future__ import annotations

import hashlib

from activities.names import ALIAS_ATTRIBUTE, EXPRESS_QUEUE, LOGGED_MEMO, VERSION_ATTRIBUTE, WORKFLOW_QUEUE
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, json_bytes, parse_json


def workflow_id(state_machine_name: str, key: str) -> str:
    """The workflow id of an execution; `key` is its name, for EXPRESS with the UUID behind."""
    return f"{state_machine_name}:{key}"


def task_queue(start: ExecutionStart) -> str:
    """The task queue of an execution."""
    return EXPRESS_QUEUE if start.is_express else WORKFLOW_QUEUE


def input_hash(input_text: str) -> str:
    """By which a repeated StartExecution is told from another one of the same name."""
    return hashlib.sha256(json_bytes(parse_json(input_text))).hexdigest()


def workflow_memo(start: ExecutionStart, input_text: str, timeout_seconds: int) -> dict[str, JsonValue]:
    """What lists and descriptions show without a look at the history."""
    memo: dict[str, JsonValue] = {"startDate": start.start_date, "timeoutSeconds": timeout_seconds}
    logged: dict[str, JsonValue] = {} if start.logging is None else {LOGGED_MEMO: True}
    return {**memo, "input": input_hash(input_text), **logged}


def keyword_attributes(start: ExecutionStart) -> dict[str, str]:
    """The search attributes of an execution."""
    given = ((VERSION_ATTRIBUTE, start.version_arn), (ALIAS_ATTRIBUTE, start.alias_arn))
    return {name: value for name, value in given if value is not None}
