"""Which functions of a definition need a function host."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from api.cli.hosted_functions import COMPUTED, hosted_functions
from interpreter.values import JsonValue

INVOKE = "arn:aws:states:::lambda:invoke"


def plain(name: str) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:lambda:us-east-1:123456789012:function:{name}", "End": True}


def invoke(resource: str = INVOKE, field: str = "Parameters", **arguments: str) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "End": True, field: arguments}


def machine(*states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "S0", "States": {f"S{number}": state for number, state in enumerate(states)}}


@dataclass(frozen=True)
class Case:
    id: str
    definition: dict[str, Any]
    hosted: list[str]
    functions: JsonValue = "temporal"


@pytest.mark.parametrize(
    "case",
    [
        Case("no task", machine({"Type": "Succeed"}), []),
        Case("plain ARN", machine(plain("ship:7")), ["ship"]),
        Case("each once, by name", machine(plain("b"), invoke(FunctionName="a"), plain("b")), ["a", "b"]),
        Case("callback", machine(invoke(INVOKE + ".waitForTaskToken", FunctionName="ask")), ["ask"]),
        Case("arguments", machine(invoke(field="Arguments", FunctionName="ask")), ["ask"]),
        Case("path", machine(invoke(**{"FunctionName.$": "$.f"})), [COMPUTED]),
        Case("JSONata", machine(invoke(field="Arguments", FunctionName="{% $f %}")), [COMPUTED]),
        Case("branch", machine({"Type": "Parallel", "Branches": [machine(plain("in"))], "End": True}), ["in"]),
        Case("processor", machine({"Type": "Map", "ItemProcessor": machine(plain("in")), "End": True}), ["in"]),
        Case("iterator", machine({"Type": "Map", "Iterator": machine(plain("in")), "End": True}), ["in"]),
        Case("other service", machine(invoke("arn:aws:states:::sqs:sendMessage", QueueUrl="q")), []),
        Case("on AWS", machine(plain("a"), invoke(**{"FunctionName.$": "$.f"})), [], "lambda"),
        Case("one at a URL", machine(plain("a"), plain("b")), ["b"], {"a": {"url": "http://a.test"}}),
        Case("own queue", machine(plain("a")), [], {"*": {"task_queue": "mine"}}),
    ],
    ids=lambda case: case.id,
)
def test_hosted_functions(case: Case) -> None:
    assert hosted_functions(json.dumps(case.definition), case.functions) == case.hosted
