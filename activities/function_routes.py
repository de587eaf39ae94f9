"""How functions are reached: the setting `functions`, its rules, and the choice that it makes for one function.

The setting is `"temporal"`, `"lambda"`, or a mapping from function names (`name`, `name:qualifier`, or `*` for the
rest) to one of these words, `{"task_queue": ..., "worker"?: "foreign" | "ours"}` or `{"url": ...}`. An execution
records it when it starts, so that a replay makes the same choice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from activities.function_names import FunctionName
from activities.names import FUNCTIONS_QUEUE, OPEN_WAITS_QUEUE, WAITS_QUEUE, WORKFLOW_QUEUE, is_temporal_name
from interpreter.values import JsonValue, json_text, json_type_name, parse_json

ANY_FUNCTION: Final = "*"

RESERVED_QUEUES: Final = frozenset({WORKFLOW_QUEUE, WAITS_QUEUE, OPEN_WAITS_QUEUE})
"""Task queues of our own activities, which no definition and no setting may name."""

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9_-]{1,128})?")


@dataclass(frozen=True, slots=True)
class TemporalRoute:
    """The function is a Temporal activity of its name on `task_queue`."""

    task_queue: str
    worker: Literal["ours", "foreign"]


@dataclass(frozen=True, slots=True)
class LambdaRoute:
    """The function is invoked through the Lambda API."""


@dataclass(frozen=True, slots=True)
class UrlRoute:
    """The function answers at `url`; `exact` where the setting names this very qualifier."""

    url: str
    exact: bool


FunctionRoute: TypeAlias = TemporalRoute | LambdaRoute | UrlRoute

_HOSTED: Final = TemporalRoute(FUNCTIONS_QUEUE, "ours")
_LAMBDA: Final = LambdaRoute()


def function_route(functions: JsonValue, function: FunctionName | None) -> FunctionRoute:
    """The way to `function` by a setting that `parse_functions` has accepted.

    A function that a mapping does not name goes the way of `*`, and without one to our functions queue. `function` is
    None for a name that Lambda would refuse: it goes the way of `*` too.
    """
    if not isinstance(functions, dict):
        return _route_of(functions, exact=False)
    for key in _keys(function):
        if key in functions:
            return _route_of(functions[key], exact=function is not None and key == function.qualified)
    return _HOSTED


def _keys(function: FunctionName | None) -> tuple[str, ...]:
    if function is None:
        return (ANY_FUNCTION,)
    return (function.qualified, function.name, ANY_FUNCTION)


def _route_of(choice: JsonValue, *, exact: bool) -> FunctionRoute:
    match choice:
        case "lambda":
            return _LAMBDA
        case {"url": str(url)}:
            return UrlRoute(url, exact)
        case {"task_queue": str(queue), "worker": "ours"}:
            return TemporalRoute(queue, "ours")
        case {"task_queue": str(queue)}:
            return TemporalRoute(queue, "foreign")
        case _:
            return _HOSTED


def parse_functions(setting: JsonValue) -> JsonValue:
    """Check the setting `functions`, given as a value or as text, and return it as a value.

    Text that begins with `{` is read as JSON.

    Raises:
        ValueError: says what was expected and what came, for the person who wrote the setting.
    """
    if isinstance(setting, str):
        return _parse_text(setting.strip())
    if isinstance(setting, dict):
        for name, choice in setting.items():
            _check_key(name)
            _check_choice(name, choice)
        return setting
    raise ValueError(f"functions must be 'temporal', 'lambda' or a mapping, not {_described(setting)}")


def _parse_text(text: str) -> JsonValue:
    if text in ("temporal", "lambda"):
        return text
    if not text.startswith("{"):
        raise ValueError(f"functions must be 'temporal', 'lambda' or a JSON object, not {text!r}")
    try:
        value = parse_json(text)
    except ValueError as error:
        raise ValueError(f"functions is not JSON: {error}") from None
    return parse_functions(value)


def _check_key(name: str) -> None:
    if name != ANY_FUNCTION and _KEY.fullmatch(name) is None:
        raise ValueError(f"functions names {name!r}, which is neither '*' nor a function's name")


def _check_choice(name: str, choice: JsonValue) -> None:
    members = choice if isinstance(choice, dict) else {}
    queue, url = members.get("task_queue"), members.get("url")
    if choice in ("temporal", "lambda"):
        return
    if isinstance(url, str) and members.keys() == {"url"}:
        _check_url(name, url)
    elif isinstance(queue, str) and members.keys() <= {"task_queue", "worker"}:
        _check_queue(name, queue, members.get("worker", "foreign"))
    else:
        raise ValueError(
            f"functions maps {name!r} to {_described(choice)}; expected 'temporal', 'lambda', "
            '{"task_queue": "...", "worker": "foreign" | "ours"} or {"url": "..."}'
        )


def _check_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"functions maps {name!r} to the url {url!r}, which is not an http or https URL")


def _check_queue(name: str, queue: str, worker: JsonValue) -> None:
    if not queue or queue in RESERVED_QUEUES:
        raise ValueError(f"functions maps {name!r} to the task queue {queue!r}, which is empty or reserved")
    if not is_temporal_name(queue):
        raise ValueError(f"functions maps {name!r} to the task queue {queue!r}, which Temporal takes for no queue")
    if worker not in ("foreign", "ours"):
        raise ValueError(f"functions maps {name!r} to the worker {_described(worker)}; expected 'foreign' or 'ours'")


def _described(value: JsonValue) -> str:
    return repr(value) if isinstance(value, str) else f"{json_type_name(value)} {json_text(value)}"
