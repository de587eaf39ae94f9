"""AWS's quotas on one execution, and their absence in `native` mode."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Literal

import pytest

from activities.router import Router
from interpreter.data_limits import DataLimits
from interpreter.errors import StatesDataLimitExceeded
from interpreter.execution import FailedWith, Succeeded
from interpreter.hosts.inprocess import Ended, InProcessHost
from interpreter.limits import limits_of
from interpreter.measure import Measure
from interpreter.values import json_text
from tests.support.executions import Case, execution_start, parsed

ENGINE = 3


def test_aws_enforces_its_quotas() -> None:
    limits = limits_of("aws", ENGINE)

    assert (limits.payload_bytes, limits.history_events, limits.inline_map_width) == (256 * 1024, 25_000, 40)
    assert limits.variables_bytes == 10 * 1024 * 1024
    assert (limits.intrinsics.text_characters, limits.intrinsics.range_elements) == (10_000, 1_000)


def test_native_has_none_on_data_and_events() -> None:
    limits = limits_of("native", ENGINE)

    assert (limits.payload_bytes, limits.variables_bytes, limits.history_events) == (None, None, None)
    assert limits.inline_map_width > 40


def test_executions_of_earlier_releases_keep_what_they_began_with() -> None:
    assert limits_of("native", 2).wait_seconds == limits_of("aws", ENGINE).wait_seconds
    assert limits_of("native", 2).intrinsics == limits_of("aws", ENGINE).intrinsics


_JSONATA = {"QueryLanguage": "JSONata"}


def _pass(**fields: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True, **fields}}}


def _wide_map() -> dict[str, Any]:
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 10, "End": True}}}
    return {
        "StartAt": "M",
        "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": wait, "End": True}},
    }


LIFTED: dict[str, tuple[dict[str, Any], Any, str]] = {
    "a result": (_pass(Parameters={"s.$": "$.s", "t.$": "$.s"}), {"s": "x" * 200_000}, "States.DataLimitExceeded"),
    "a variable": (
        _pass(Assign={"v.$": "States.Array($.s, $.s)"}, OutputPath=None),
        {"s": "x" * 200_000},
        "States.DataLimitExceeded",
    ),
    "a Wait": (
        {"StartAt": "W", "States": {"W": {"Type": "Wait", "Timestamp": "2100-01-01T00:00:00Z", "End": True}}},
        {},
        "States.Runtime",
    ),
    "text for Base64": (_pass(Parameters={"s.$": "States.Base64Encode($.s)"}), {"s": "x" * 10_001}, "States.Runtime"),
    "text to hash": (_pass(Parameters={"s.$": "States.Hash($.s, 'MD5')"}), {"s": "x" * 10_001}, "States.Runtime"),
    "an expression that nests": (
        {**_pass(Output="{% ($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(200)) %}"), **_JSONATA},
        {},
        "States.QueryEvaluationError",
    ),
    "a text in an expression": (
        {**_pass(Output="{% $count([$pad('', 7000000, 'x')]) %}"), **_JSONATA},
        {},
        "States.QueryEvaluationError",
    ),
    "a range": (_pass(Parameters={"s.$": "States.ArrayRange(1, 1001, 1)"}), {}, "States.Runtime"),
}


async def _never(_: object) -> None:
    raise AssertionError("nothing is called")


def _run(
    definition: dict[str, Any], input_: Any, mode: Literal["aws", "native"], engine: int = ENGINE
) -> tuple[Ended, InProcessHost]:
    case = Case(name="limits", definition=definition, source="", status="SUCCEEDED", history=[], input=input_)
    start = replace(execution_start(case), mode=mode, engine=engine)
    host = InProcessHost(parsed(json_text(definition)), start, input_, Router(), _never, skip_time=True)
    return asyncio.run(host.run()), host


@pytest.mark.parametrize("definition, input_, error", LIFTED.values(), ids=LIFTED)
def test_what_aws_refuses_runs_in_native_mode(definition: dict[str, Any], input_: Any, error: str) -> None:
    refused = _run(definition, input_, "aws")[0].result
    assert isinstance(refused, FailedWith)
    assert refused.error.name == error

    assert isinstance(_run(definition, input_, "native")[0].result, Succeeded)


@pytest.mark.parametrize("mode, seconds", [("aws", 20), ("native", 10)])
def test_the_width_of_inline_maps(mode: Literal["aws", "native"], seconds: int) -> None:
    ended, host = _run(_wide_map(), {"items": [0] * 80}, mode)
    assert ended.status == "SUCCEEDED"
    assert round((host.events[-1].timestamp - host.events[0].timestamp) / 1000) == seconds


def _assigning(prefix: str, count: int, *, same: bool = False) -> dict[str, Any]:
    """Pass states that each set a variable of 250,002 bytes, one of its own or all the `same`, and then a Wait."""
    states: dict[str, Any] = {}
    for number in range(count):
        assign = {f"v{0 if same else number}.$": "$.s"}
        states[f"{prefix}{number}"] = {"Type": "Pass", "Assign": assign, "Next": f"{prefix}{number + 1}"}
    states[f"{prefix}{count}"] = {"Type": "Wait", "Seconds": 1, "End": True}
    return {"StartAt": f"{prefix}0", "States": states}


def _branches(*branches: dict[str, Any], **leads: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": list(branches), "ResultPath": None, **leads}


_TWENTY = _assigning("A", 20)
STORED: dict[str, tuple[dict[str, Any], bool]] = {
    "one after the other": (_assigning("A", 42), False),
    "as many as fit": (_assigning("A", 41), True),
    "the same again": (_assigning("A", 60, same=True), True),
    "in branches": (
        {
            "StartAt": "P",
            "States": {"P": _branches(_assigning("A", 14), _assigning("B", 14), _assigning("C", 14), End=True)},
        },
        False,
    ),
    "in branches that have ended": (
        {
            "StartAt": "P",
            "States": {
                "P": _branches(_TWENTY, Next="Q"),
                "Q": _branches(_assigning("B", 20), Next="R"),
                "R": _branches(_assigning("C", 20), End=True),
            },
        },
        True,
    ),
}


@pytest.mark.parametrize("definition, fits", STORED.values(), ids=STORED)
def test_the_bytes_of_all_variables(definition: dict[str, Any], fits: bool) -> None:
    input_ = {"s": "x" * 250_000}
    ended = _run(definition, input_, "aws")[0].result
    if fits:
        assert isinstance(ended, Succeeded)
    else:
        assert isinstance(ended, FailedWith)
        assert ended.error.name == "States.DataLimitExceeded"
        assert str(ended.error.cause).startswith("The variables of the execution exceed 10485760 bytes")
    assert isinstance(_run(definition, input_, "native")[0].result, Succeeded)


@pytest.mark.parametrize("engine, status", [(2, "FAILED"), (3, "SUCCEEDED")])
def test_variables_that_are_too_large_are_caught_since_engine_3(engine: int, status: str) -> None:
    branch = _pass(Result=1)
    caught = [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "C"}]
    states = {
        "P": _branches(branch, Assign={"v.$": "$$.Execution.Input.s", "w.$": "$$.Execution.Input.s"}, Catch=caught)
        | {"End": True},
        "C": {"Type": "Succeed"},
    }
    ended, _ = _run({"StartAt": "P", "States": states}, {"s": "x" * 200_000}, "aws", engine)
    assert ended.status == status


@pytest.mark.parametrize("engine, result", [(2, Succeeded), (3, FailedWith)])
def test_results_beyond_memory_are_refused_since_engine_3(engine: int, result: type[Succeeded | FailedWith]) -> None:
    """Earlier releases ran executions that keep nothing of them."""
    echoes = [{"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}} for name in map(str, range(700))]
    definition = {"StartAt": "P", "States": {"P": _branches(*echoes, End=True)}}
    assert isinstance(_run(definition, "x" * 100_000, "native", engine)[0].result, result)


_EIGHTEEN = range(18)
REPEATING: dict[str, dict[str, Any]] = {
    "many paths": _pass(Parameters={f"{number}.$": "$.s" for number in _EIGHTEEN}, ResultPath=None),
    "many indices": _pass(Parameters={"n.$": f"States.ArrayLength($.l[{', '.join('0' for _ in _EIGHTEEN)}])"}),
    "many expressions": _pass(Output=["{% $states.input.s %}" for _ in _EIGHTEEN]) | _JSONATA,
}


@pytest.mark.parametrize("engine, result", [(2, Succeeded), (3, FailedWith)])
@pytest.mark.parametrize("definition", REPEATING.values(), ids=REPEATING)
def test_parts_beyond_memory_are_refused_since_engine_3(
    definition: dict[str, Any], engine: int, result: type[Succeeded | FailedWith]
) -> None:
    text = "x" * 4_000_000
    assert isinstance(_run(definition, {"s": text, "l": [text]}, "native", engine)[0].result, result)


def test_values_beyond_memory_are_refused_since_engine_3() -> None:
    value = "x" * 64 * 1024 * 1024
    DataLimits(limits_of("native", 2), 2, Measure()).check_size(value, "S")
    with pytest.raises(StatesDataLimitExceeded, match="would have more than"):
        DataLimits(limits_of("native", 3), 3, Measure()).check_size(value, "S")


@pytest.mark.parametrize("characters, result", [(90_000, Succeeded), (110_000, FailedWith)])
def test_how_long_an_expression_may_be(characters: int, result: type[Succeeded | FailedWith]) -> None:
    definition = {**_pass(Output=f"{{% $length('{'a' * characters}') %}}"), **_JSONATA}
    assert isinstance(_run(definition, {}, "native")[0].result, result)
