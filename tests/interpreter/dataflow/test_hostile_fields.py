"""Hostile JSONata, JSONPath and intrinsic functions in every field that takes them: each fails its state, bounded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from activities.registry import Registry
from activities.router import Router
from interpreter.dataflow import jsonata
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.execution import FailedWith, Succeeded
from interpreter.hosts.inprocess import InProcessHost
from interpreter.values import JsonValue, json_text
from tests.support.executions import Case, execution_start

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
ERROR = "States.QueryEvaluationError"

HOSTILE = [
    "($f := function($n){1 + $f($n + 1)}; $f(1))",
    "($f := function($n){$f($n + 1)}; $f(1))",
    "($f := function(){[$g()]}; $g := function(){[$f()]}; $f())",
    "($f := function($s, $n){$n = 0 ? $s : $f($s & $s, $n - 1)}; $f('x', 40))",
    "($f := function($a, $n){$n = 0 ? $a : $f($append($a, $a), $n - 1)}; $f([1], 40))",
    "[1..10000000]",
    "$range(1, 1e15, 1)",
    "[1..2000].([1..2000])",
    "$map([1..2000], function($v){$map([1..2000], function($w){$w})})",
    "$match($pad('', 40, 'a') & 'c', /(a+)+$/)",
    "$replace($pad('', 40, 'a') & 'c', /(a|aa)+$/, '')",
    "$split($pad('', 200000, 'a'), /a/)",
    "$pad('x', 9000000)",
    "($x := $reduce([1..40], function($x, $n){{'a': $x, 'b': $x}}, 1); $x + 1)",
    "($v := {'b': [1, 2]}; " + "$v := {'b': $v.b.%}; " * 40 + "$uuid($v))",
    "$string($reduce([1..40], function($x, $n){[$x, $x]}, 1))",
    "$sort([1..100000], function($a, $b){$a < $b})",
    "$count([1..200000].($states.input.n & 'x'))",
    "$eval('1')",
    "$error($pad('x', 200000))",
]

ECHO: JsonValue = {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}
BOOM: JsonValue = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Boom"}}}
TASK: dict[str, JsonValue] = {"Type": "Task", "Resource": FUNCTION}
MAP: dict[str, JsonValue] = {"Type": "Map", "Items": [1], "ItemProcessor": ECHO}
PARALLEL: dict[str, JsonValue] = {"Type": "Parallel", "Branches": [ECHO]}
CHOICE: dict[str, JsonValue] = {"Type": "Choice", "Default": "Next"}


def _caught(expression: str) -> dict[str, dict[str, JsonValue]]:
    """States that may have a Catch, by the field with the expression."""
    return {
        "Arguments": {**TASK, "Arguments": expression},
        "Output": {**TASK, "Output": expression},
        "Assign": {**TASK, "Assign": {"a": [expression]}},
        "TimeoutSeconds": {**TASK, "TimeoutSeconds": expression},
        "HeartbeatSeconds": {**TASK, "HeartbeatSeconds": expression},
        "RoleArn": {**TASK, "Credentials": {"RoleArn": expression}},
        "Items": {**MAP, "Items": expression},
        "ItemSelector": {**MAP, "ItemSelector": {"a": expression}},
        "MaxConcurrency": {**MAP, "MaxConcurrency": expression},
        "Output of a Map": {**MAP, "Output": expression},
        "Arguments of a Parallel": {**PARALLEL, "Arguments": expression},
        "Assign of a Parallel": {**PARALLEL, "Assign": {"a": expression}},
    }


def _final(expression: str) -> dict[str, dict[str, JsonValue]]:
    """States and catchers whose failure nothing catches, by the field with the expression."""
    following: dict[str, JsonValue] = {"Next": "Next"}
    holds: dict[str, JsonValue] = {"Condition": True, "Next": "Next"}
    broken: dict[str, JsonValue] = {**PARALLEL, "Branches": [BOOM], **following}
    catcher: dict[str, JsonValue] = {"ErrorEquals": ["Boom"], "Next": "Next"}
    return {
        "Output of a Pass": {"Type": "Pass", "Output": {"a": [expression]}, **following},
        "Assign of a Pass": {"Type": "Pass", "Assign": {"a": expression}, **following},
        "Condition": {**CHOICE, "Choices": [{**holds, "Condition": expression}]},
        "Output of a rule": {**CHOICE, "Choices": [{**holds, "Output": expression}]},
        "Output of a Choice": {**CHOICE, "Choices": [{**holds, "Condition": False}], "Output": expression},
        "Seconds": {"Type": "Wait", "Seconds": expression, **following},
        "Timestamp": {"Type": "Wait", "Timestamp": expression, **following},
        "Output of a Wait": {"Type": "Wait", "Seconds": 0, "Output": expression, **following},
        "Output of a Catch": {**broken, "Catch": [{**catcher, "Output": expression}]},
        "Assign of a Catch": {**broken, "Catch": [{**catcher, "Assign": {"a": expression}}]},
        "Output of a Succeed": {"Type": "Succeed", "Output": expression},
        "Error": {"Type": "Fail", "Error": expression},
        "Cause": {"Type": "Fail", "Error": "e", "Cause": expression},
    }


@pytest.fixture
def _within_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less work than there may be, so that all of it takes seconds, and a clock that decides nothing."""
    for name in ("_TRIES", "_REGEX_TRIES"):
        tries = [(replace(bounds, seconds=60.0), cost) for bounds, cost in getattr(jsonata, name)["aws"]]
        bounds, cost = tries[1]
        few = replace(bounds, work=20_000, steps=min(20_000, bounds.steps * 10), regex_steps=1_000)
        monkeypatch.setattr(jsonata, name, {"aws": (tries[0], (few, cost))})


@pytest.mark.usefixtures("_within_less")
@pytest.mark.parametrize("source", HOSTILE)
async def test_what_may_catch_catches(source: str) -> None:
    catch: JsonValue = [{"ErrorEquals": [ERROR], "Next": "Caught"}]
    for field, state in _caught(f"{{% {source} %}}").items():
        states: dict[str, JsonValue] = {
            "S": {**state, "Catch": catch, "Next": "Next"},
            "Next": {"Type": "Pass", "Output": "went on", "End": True},
            "Caught": {"Type": "Pass", "Output": "caught", "End": True},
        }
        assert await _ending(states, {"n": 1}, "JSONata") == "caught", field


@pytest.mark.usefixtures("_within_less")
@pytest.mark.parametrize("source", HOSTILE)
async def test_all_else_fails_the_execution(source: str) -> None:
    for field, state in _final(f"{{% {source} %}}").items():
        states: dict[str, JsonValue] = {"S": state}
        if state["Type"] not in ("Succeed", "Fail"):
            states["Next"] = {"Type": "Pass", "Output": "went on", "End": True}
        assert await _ending(states, {"n": 1}, "JSONata") == ERROR, field


async def _ending(states: dict[str, JsonValue], given: JsonValue, language: str) -> JsonValue:
    """The output, or the name of the error."""

    async def answer(call: TaskCall) -> JsonValue:
        return None

    text = json_text({"QueryLanguage": language, "StartAt": "S", "States": states})
    start = execution_start(Case(name="x", definition=None, source="", status="SUCCEEDED", history=()))
    host = InProcessHost(parse_definition(text, Registry()), start, given, Router(), answer, skip_time=True)
    await host.run()
    result = host.execution.result
    if isinstance(result, FailedWith):
        return result.error.name
    assert isinstance(result, Succeeded)
    return result.output


DEEP: JsonValue = [1]
for _ in range(150):
    DEEP = {"a": DEEP}
GIVEN: dict[str, JsonValue] = {
    "items": [{"d": number, "s": "a" * 40 + "c"} for number in range(1_000)],
    "deep": DEEP,
    "text": "a" * 200_000,
    "json": json_text(list(range(30_000))),
    "big": {f"k{number}": number for number in range(10_000)},
}


@dataclass(frozen=True)
class Part:
    """A value of a payload template, and the error or True where it is right that it has a value."""

    text: str
    ends: str | bool


PARTS = [
    Part("$.items[?(@.s =~ /(a+)+$/)]", True),
    Part("$.items[?(@.s =~ /(a|aa)+$/)]", True),
    Part("$.items[?(@.s =~ /(a*)*b/)]", True),
    Part("$..*..*..*", "States.Runtime"),
    Part("$..items..d..a", True),
    Part("$.deep..*", True),
    Part("$..[?(@..d)]..[?(@..d)]", "States.Runtime"),
    Part("$.items[0:999999999]", True),
    Part("$.items[-999999999:]", True),
    Part("$.items[" + ",".join("0" for _ in range(2_000)) + "]", True),
    Part("States.ArrayRange(1, 999999999, 1)", "States.Runtime"),
    Part("States.ArrayRange(1, 10, 0)", "States.Runtime"),
    Part("States.ArrayPartition($.items, 0)", "States.Runtime"),
    Part("States.ArrayPartition($.items, 1)", True),
    Part("States.Base64Encode($.text)", "States.Runtime"),
    Part("States.Base64Decode($.text)", "States.Runtime"),
    Part("States.Hash($.text, 'SHA-512')", "States.Runtime"),
    Part("States.StringSplit($.text, 'a')", True),
    Part("States.JsonMerge($.big, $.deep, true)", "States.Runtime"),
    Part("States.JsonMerge($.big, $.deep, false)", True),
    Part("States.StringToJson($.json)", True),
    Part("States.Format('" + "{}" * 500 + "'" + ", $.text" * 500 + ")", "States.Runtime"),
    Part("States.Array(" * 10 + "$.text" + ")" * 10, True),
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.text[:50])
async def test_paths_and_intrinsic_functions_end(part: Part) -> None:
    states: dict[str, JsonValue] = {
        "S": {"Type": "Pass", "Parameters": {"v.$": part.text}, "Next": "T"},
        "T": {"Type": "Pass", "Result": True, "End": True},
    }
    ended = await _ending(states, GIVEN, "JSONPath")
    assert ended == part.ends
