"""The state machines that are measured, and the inputs of both sides."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Final

from interpreter.values import JsonValue

JsonObject = dict[str, JsonValue]

CHAIN_LENGTH: Final = 10
PARALLEL_WIDTH: Final = 100
MAP_ITEMS: Final = 400
MAP_WIDTH: Final = 40
PASS_STATES: Final = 100
TASK_TIMEOUT_SECONDS: Final = 30
TASKS_QUEUE: Final = "steploom-benchmark-tasks"

ORDER: Final[JsonObject] = {"orderId": "A-9001", "userId": 42, "lines": [{"sku": "K-17", "quantity": 3, "price": 9.9}]}
ITEMS: Final[JsonObject] = {"items": [{"orderId": f"A-{number:04}", "userId": number} for number in range(MAP_ITEMS)]}

OBJECTS: Final[JsonObject] = {
    "lines": [{"sku": f"K-{number}", "quantity": number % 5, "price": 1.5} for number in range(1_000)]
}


def sequential() -> str:
    """Ten Task states in a row."""
    return _text({f"Task{number}": _task() for number in range(CHAIN_LENGTH)})


def parallel() -> str:
    """A Parallel of a hundred branches with one Task state each."""
    branches: list[JsonValue] = [_machine({f"Task{number}": _task()}) for number in range(PARALLEL_WIDTH)]
    return _text({"All": {"Type": "Parallel", "Branches": branches}})


def inline_map() -> str:
    """An inline Map over the input's items, forty at once, with one Task state for each."""
    state: JsonObject = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "MaxConcurrency": MAP_WIDTH,
        "ItemProcessor": _machine({"Task": _task()}),
    }
    return _text({"Each": state})


def passes(count: int = PASS_STATES) -> str:
    """Pass states in a row, which hand their input on."""
    return _text({f"Pass{number}": {"Type": "Pass"} for number in range(count)})


def jsonata_sequential() -> str:
    """Ten Task states in a row, each with Arguments and an Output in JSONata."""
    return _text({f"Task{number}": _jsonata_task() for number in range(CHAIN_LENGTH)})


def outputs() -> str:
    """Pass states in a row, each with an Output that takes a member out of its input."""
    output: JsonObject = {"a": {"b": "{% $states.input.a.b %}"}}
    state: JsonObject = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": output}
    return _text({f"Pass{number}": state for number in range(PASS_STATES)})


def formats() -> str:
    """Pass states in a row, each with a text made by an intrinsic function."""
    state: JsonObject = {
        "Type": "Pass",
        "Parameters": {"text.$": "States.Format('Order {}', $.orderId)"},
        "ResultPath": "$.formatted",
    }
    return _text({f"Pass{number}": state for number in range(PASS_STATES)})


def aggregate() -> str:
    """One state that filters, maps and sums what `OBJECTS` holds."""
    large = "$filter($states.input.lines, function($line) {$line.quantity > 2})"
    total = f"{{% $sum($map({large}, function($line) {{$line.price * $line.quantity}})) %}}"
    return _text({"Sum": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": total}})


def iterations(lead: int, chain: int) -> str:
    """`lead` Pass states, then an inline Map over the input's items with `chain` Pass states for each."""
    states: dict[str, JsonObject] = {f"Lead{number}": {"Type": "Pass"} for number in range(lead)}
    processor = _machine({f"Pass{number}": {"Type": "Pass"} for number in range(chain)})
    return _text({**states, "Each": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor}})


def _task() -> JsonObject:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::temporal:activity",
        "Parameters": {"ActivityType": "echo", "TaskQueue": TASKS_QUEUE, "Input.$": "$"},
        "TimeoutSeconds": TASK_TIMEOUT_SECONDS,
    }


def _jsonata_task() -> JsonObject:
    return {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:aws:states:::temporal:activity",
        "Arguments": {"ActivityType": "echo", "TaskQueue": TASKS_QUEUE, "Input": "{% $states.input %}"},
        "Output": "{% $states.result %}",
        "TimeoutSeconds": TASK_TIMEOUT_SECONDS,
    }


def _machine(states: dict[str, JsonObject]) -> JsonObject:
    """A machine of these states in this order, each going to the next."""
    names = list(states)
    linked: JsonObject = {name: {**states[name], "Next": after} for name, after in pairwise(names)}
    linked[names[-1]] = {**states[names[-1]], "End": True}
    return {"StartAt": names[0], "States": linked}


def _text(states: dict[str, JsonObject]) -> str:
    return json.dumps(_machine(states))
