"""Redriving: what was stopped at a state boundary goes on as if nothing had been, and what failed, where it failed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import pytest

from interpreter.frames import JsonObject
from interpreter.redrive import redrive_checkpoint
from interpreter.start import ExecutionStart, Redrive
from interpreter.values import MISSING, JsonValue
from tests.interpreter.test_checkpoints import calls_under_way
from tests.support.executions import (
    START_DATE,
    Boundary,
    Case,
    Event,
    InProcessRun,
    Script,
    all_cases,
    execution_start,
    parsed,
    without_time,
)
from tests.support.short_histories import compact

_HOUR: Final = 3_600_000
_BOUNDARIES: Final = 4
"""So many of each case are tried, evenly spread: `test_checkpoints` resumes from all of them."""

_LONG: Final = ("limits: six hundred Waits at once", "limits: twenty-five thousand events")
"""These have a boundary for each of them, and the latter no room for two events more."""

_SHORT: Final = [case for case in all_cases() if case.time != "real" and case.name not in _LONG]

_ENTERED: Final = re.compile(r"(entered at the event id #)(\d+)")


def _redriven_start(case: Case, count: int, date: int) -> ExecutionStart:
    return replace(execution_start(case), redrive=Redrive(count, date, ("run",) * count))


def _aborted_at(case: Case, boundary: Boundary) -> JsonObject:
    """The checkpoint of a redrive, an hour later, of an execution that was stopped at a boundary."""
    execution = InProcessRun(case, boundary).host(Script(case)).execution
    execution.resume(cast(JsonObject, json.loads(boundary.checkpoint)))
    execution.ledger.record("ExecutionAborted", 0)
    return cast(JsonObject, json.loads(json.dumps(redrive_checkpoint(execution, boundary.now + _HOUR))))


@pytest.mark.parametrize("case", _SHORT, ids=lambda case: case.name)
async def test_what_was_stopped_goes_on(case: Case) -> None:
    whole = InProcessRun(case, keeps="all")
    expected = await whole.run()
    compared = 0
    for boundary in _some(whole.boundaries):
        checkpoint = _aborted_at(case, boundary)
        now = boundary.now + _HOUR
        redriven = await InProcessRun(case, boundary, _redriven_start(case, 1, now), now).run(checkpoint)

        first, *events = redriven.events
        last = boundary.events + 1
        assert first == {
            "id": last + 1,
            "previousEventId": last,
            "type": "ExecutionRedriven",
            "executionRedrivenEventDetails": {"redriveCount": 1},
        }
        if _goes_another_way(case, boundary):
            assert str(events[-1]["type"]).startswith("Execution"), "it comes to an end, if to another one"
            continue
        compared += 1
        assert [_without_redrive(event) for event in events] == [
            _without_redrive(event) for event in _moved(expected.events[boundary.events :], boundary.events)
        ]
        assert (redriven.status, redriven.error) == (expected.status, expected.error)
    assert compared, "nothing is under way where the first state is entered"


def _some(boundaries: Sequence[Boundary]) -> Iterator[Boundary]:
    yield from boundaries[:: max(1, len(boundaries) // _BOUNDARIES)]


def _goes_another_way(case: Case, boundary: Boundary) -> bool:
    """Whether a call under way is made again, a Wait or a retrier counts anew, what has failed in a branch is tried
    again."""
    root = json.loads(boundary.checkpoint)["root"]
    anew = any(f'"{member}":' in boundary.checkpoint for member in ("due", "retries", "kind"))
    return anew or calls_under_way(root, parsed(case.text).machine)


def _moved(events: Sequence[Event], after: int) -> list[Event]:
    """The events as they are when two more were recorded after event `after`."""

    def moved(id_: int) -> int:
        return id_ + 2 if id_ > after else id_

    text = _ENTERED.sub(lambda match: f"{match[1]}{moved(int(match[2]))}", json.dumps(events))
    shown = cast("list[Event]", json.loads(text))
    return [
        {**event, "id": moved(cast(int, event["id"])), "previousEventId": moved(cast(int, event["previousEventId"]))}
        for event in shown
    ]


def _without_redrive(event: Event) -> Event:
    """An event without what the context object says of redrives and of the time."""
    text = json.dumps(event)
    text = re.sub(r'(RedriveCount\\*":) ?\d', r"\1", text)
    text = re.sub(r',\\*"RedriveTime\\*": ?\\*"[^"\\]*\\*"', "", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|\b17\d{11}\b", "0", text)
    return cast(Event, json.loads(text))


# ---------------------------------------------------------------------- failures


@dataclass(frozen=True, kw_only=True)
class Failing:
    """An execution that fails and is redriven until it succeeds or `redrives` times.

    `functions` as in `Case`. `history` is compact and without the events before the first redrive.
    """

    name: str
    states: Mapping[str, Any]
    history: Sequence[str]
    input: JsonValue = field(default_factory=dict)
    functions: Mapping[str, Sequence[Mapping[str, JsonValue]]] = field(default_factory=dict)
    language: str = "JSONPath"
    output: JsonValue = None
    redrives: int = 1

    def case(self, name: str) -> Case:
        """The execution as a case of that name."""
        return Case(
            name=name,
            definition={**_machine(**self.states), "QueryLanguage": self.language},
            source="",
            status="FAILED",
            history=(),
            input=self.input,
            functions=self.functions,
        )


def _function(name: str, **fields: JsonValue) -> dict[str, JsonValue]:
    return {"Type": "Task", "Resource": f"arn:aws:lambda:us-east-1:123456789012:function:{name}", **fields}


def _machine(**states: Any) -> dict[str, JsonValue]:
    return {"StartAt": next(iter(states)), "States": states}


def _parallel(*branches: Mapping[str, JsonValue], **fields: Any) -> dict[str, Any]:
    return {"Type": "Parallel", "Branches": list(branches), **fields}


def _map(processor: Mapping[str, JsonValue], **fields: Any) -> dict[str, Any]:
    return {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}


_BOOM: Final[dict[str, JsonValue]] = {"raise": {"type": "Boom", "message": "no"}}
_LARGE: Final[dict[str, JsonValue]] = {"result": "x" * 262_143}
_ONCE: Final[JsonValue] = {"ErrorEquals": ["Boom"], "MaxAttempts": 1, "IntervalSeconds": 1}

FAILURES: Final = [
    Failing(
        name="a Task is scheduled again",
        states={"T": _function("f", Next="E"), "E": {"Type": "Pass", "End": True}},
        functions={"f": [_BOOM, {"result": 1}]},
        output=1,
        history=[
            "7<6 ExecutionRedriven",
            "8<5 LambdaFunctionScheduled",
            "9<8 LambdaFunctionStarted",
            "10<9 LambdaFunctionSucceeded",
            "11<10 TaskStateExited T",
            "12<11 PassStateEntered E",
            "13<12 PassStateExited E",
            "14<13 ExecutionSucceeded",
        ],
    ),
    Failing(
        name="a retrier counts anew",
        states={"T": _function("f", Retry=[_ONCE], End=True)},
        functions={"f": [_BOOM, _BOOM, _BOOM, {"result": 1}]},
        output=1,
        history=[
            "10<9 ExecutionRedriven",
            "11<8 LambdaFunctionScheduled",
            "12<11 LambdaFunctionStarted",
            "13<12 LambdaFunctionFailed E=Boom",
            "14<13 LambdaFunctionScheduled",
            "15<14 LambdaFunctionStarted",
            "16<15 LambdaFunctionSucceeded",
            "17<16 TaskStateExited T",
            "18<17 ExecutionSucceeded",
        ],
    ),
    Failing(
        name="a Fail is entered again",
        states={"F": {"Type": "Fail", "Error": "Bad"}},
        redrives=2,
        history=[
            "4<3 ExecutionRedriven",
            "5<2 FailStateEntered F",
            "6<5 ExecutionFailed E=Bad",
            "7<6 ExecutionRedriven",
            "8<5 FailStateEntered F",
            "9<8 ExecutionFailed E=Bad",
        ],
    ),
    Failing(
        name="a Choice is made again",
        states={
            "C": {"Type": "Choice", "Choices": [{"Variable": "$", "IsString": True, "Next": "E"}]},
            "E": {"Type": "Succeed"},
        },
        history=["4<3 ExecutionRedriven", "5<2 ExecutionFailed E=States.Runtime"],
    ),
    Failing(
        name="a Pass that failed is executed again",
        states={"P": {"Type": "Pass", "InputPath": "$.none", "End": True}},
        history=["4<3 ExecutionRedriven", "5<2 ExecutionFailed E=States.Runtime"],
    ),
    Failing(
        name="an expression is evaluated again",
        language="JSONata",
        states={"P": {"Type": "Pass", "Output": "{% $none %}", "End": True}},
        history=[
            "5<4 ExecutionRedriven",
            "6<3 EvaluationFailed E=States.QueryEvaluationError",
            "7<6 ExecutionFailed E=States.QueryEvaluationError",
        ],
    ),
    Failing(
        name="branches that ended well keep their results",
        states={
            "P": _parallel(
                _machine(A=_function("good", End=True)),
                _machine(B=_function("bad", Next="C"), C={"Type": "Pass", "End": True}),
                _machine(D={"Type": "Wait", "Seconds": 1, "End": True}),
                End=True,
            )
        },
        functions={"good": [{"result": "g"}, _BOOM], "bad": [_BOOM, {"result": "b"}]},
        output=["g", "b", {}],
        history=[
            "18<17 ExecutionRedriven",
            "19<13 LambdaFunctionScheduled",
            "20<19 LambdaFunctionStarted",
            "21<20 LambdaFunctionSucceeded",
            "22<21 TaskStateExited B",
            "23<22 PassStateEntered C",
            "24<23 PassStateExited C",
            "25<10 WaitStateExited D",
            "26<25 ParallelStateSucceeded",
            "27<25 ParallelStateExited P",
            "28<27 ExecutionSucceeded",
        ],
    ),
    Failing(
        name="a Parallel's own retriers count anew, over all branches",
        states={
            "P": _parallel(
                _machine(A=_function("good", End=True)), _machine(B=_function("bad", End=True)), Retry=[_ONCE], End=True
            )
        },
        functions={"good": [{"result": "g"}], "bad": [_BOOM, _BOOM, _BOOM, {"result": "b"}]},
        output=["g", "b"],
        history=[
            "27<26 ExecutionRedriven",
            "28<23 LambdaFunctionScheduled",
            "29<28 LambdaFunctionStarted",
            "30<29 LambdaFunctionFailed E=Boom",
            "31<30 TaskStateAborted",
            "32<30 ParallelStateStarted",
            "33<32 TaskStateEntered A",
            "34<33 LambdaFunctionScheduled",
            "35<34 LambdaFunctionStarted",
            "36<32 TaskStateEntered B",
            "37<36 LambdaFunctionScheduled",
            "38<37 LambdaFunctionStarted",
            "39<35 LambdaFunctionSucceeded",
            "40<39 TaskStateExited A",
            "41<38 LambdaFunctionSucceeded",
            "42<41 TaskStateExited B",
            "43<42 ParallelStateSucceeded",
            "44<42 ParallelStateExited P",
            "45<44 ExecutionSucceeded",
        ],
    ),
    Failing(
        name="a Parallel whose result was too large runs again as a whole",
        states={"P": _parallel(*[_machine(**{name: _function("f", End=True)}) for name in "AB"], End=True)},
        functions={"f": [_LARGE, _LARGE, {"result": 1}]},
        output=[1, 1],
        history=[
            "16<15 ExecutionRedriven",
            "17<14 ParallelStateStarted",
            "18<17 TaskStateEntered A",
            "19<18 LambdaFunctionScheduled",
            "20<19 LambdaFunctionStarted",
            "21<17 TaskStateEntered B",
            "22<21 LambdaFunctionScheduled",
            "23<22 LambdaFunctionStarted",
            "24<20 LambdaFunctionSucceeded",
            "25<24 TaskStateExited A",
            "26<23 LambdaFunctionSucceeded",
            "27<26 TaskStateExited B",
            "28<27 ParallelStateSucceeded",
            "29<27 ParallelStateExited P",
            "30<29 ExecutionSucceeded",
        ],
    ),
    Failing(
        name="a Parallel whose result does not fit is made up again of what there is",
        states={"P": _parallel(_machine(A=_function("f", End=True)), ResultSelector={"x.$": "$[0].none"}, End=True)},
        functions={"f": [{"result": 1}]},
        history=[
            "11<10 ExecutionRedriven",
            "12<8 ParallelStateSucceeded",
            "13<8 ExecutionFailed E=States.Runtime",
        ],
    ),
    Failing(
        name="iterations that ended well keep their results, others go on, the rest begins",
        states={"M": _map(_machine(T=_function("f", End=True)), MaxConcurrency=1)},
        input=[1, 2, 3],
        functions={"f": [{"result": "a"}, _BOOM, {"result": "b"}, {"result": "c"}]},
        output=["a", "b", "c"],
        history=[
            "20<19 ExecutionRedriven",
            "21<15 LambdaFunctionScheduled",
            "22<21 LambdaFunctionStarted",
            "23<22 LambdaFunctionSucceeded",
            "24<23 TaskStateExited T",
            "25<24 MapIterationSucceeded #1",
            "26<24 MapIterationStarted #2",
            "27<26 TaskStateEntered T",
            "28<27 LambdaFunctionScheduled",
            "29<28 LambdaFunctionStarted",
            "30<29 LambdaFunctionSucceeded",
            "31<30 TaskStateExited T",
            "32<31 MapIterationSucceeded #2",
            "33<32 MapStateSucceeded",
            "34<32 MapStateExited M",
            "35<34 ExecutionSucceeded",
        ],
    ),
    Failing(
        name="an iteration whose ItemSelector failed is started again",
        language="JSONata",
        states={
            "M": _map(
                _machine(A={"Type": "Pass", "End": True}),
                ItemSelector="{% $states.context.Execution.RedriveCount = 0 ? $error('not yet') : 'x' %}",
            )
        },
        input=[1],
        output=["x"],
        history=[
            "9<8 ExecutionRedriven",
            "10<3 MapIterationStarted #0",
            "11<10 PassStateEntered A",
            "12<11 PassStateExited A",
            "13<12 MapIterationSucceeded #0",
            "14<13 MapStateSucceeded",
            "15<13 MapStateExited M",
            "16<15 ExecutionSucceeded",
        ],
    ),
    Failing(
        name="deep inside, only what failed or was stopped goes on",
        states={
            "P": _parallel(
                _machine(
                    M=_map(_machine(Q=_parallel(_machine(A=_function("f", End=True)), End=True)), ItemsPath="$.items")
                ),
                _machine(B=_function("bad", End=True)),
                End=True,
            )
        },
        input={"items": [1, 2]},
        functions={"f": [{"result": 1}, {"hang": True}, {"result": 2}], "bad": [_BOOM, {"result": "b"}]},
        output=[[[1], [2]], "b"],
        history=[
            "34<33 ExecutionRedriven",
            "35<21 LambdaFunctionScheduled",
            "36<35 LambdaFunctionStarted",
            "37<20 LambdaFunctionScheduled",
            "38<37 LambdaFunctionStarted",
            "39<23 ParallelStateSucceeded",
            "40<23 ParallelStateExited Q",
            "41<40 MapIterationSucceeded #0",
            "42<36 LambdaFunctionSucceeded",
            "43<42 TaskStateExited B",
            "44<38 LambdaFunctionSucceeded",
            "45<44 TaskStateExited A",
            "46<45 ParallelStateSucceeded",
            "47<45 ParallelStateExited Q",
            "48<47 MapIterationSucceeded #1",
            "49<48 MapStateSucceeded",
            "50<48 MapStateExited M",
            "51<50 ParallelStateSucceeded",
            "52<50 ParallelStateExited P",
            "53<52 ExecutionSucceeded",
        ],
    ),
    Failing(
        name="a runtime error in a branch ends all at once, and all go on",
        states={
            "P": _parallel(
                _machine(A=_function("f", End=True)),
                _machine(B={"Type": "Pass", "InputPath": "$.none", "End": True}),
                End=True,
            )
        },
        functions={"f": [{"hang": True}]},
        history=[
            "9<8 ExecutionRedriven",
            "10<6 LambdaFunctionScheduled",
            "11<10 LambdaFunctionStarted",
            "12<7 ExecutionFailed E=States.Runtime",
        ],
    ),
    Failing(
        name="variables and the context object stay, but for the redrive",
        states={
            "A": {"Type": "Pass", "Assign": {"a": 7}, "Next": "T"},
            "T": _function("f", Parameters={"a.$": "$a", "n.$": "$$.Execution.RedriveCount"}, End=True),
        },
        functions={"f": [_BOOM, _BOOM, {}]},
        redrives=2,
        output={"a": 7, "n": 2},
        history=[
            "9<8 ExecutionRedriven",
            "10<7 LambdaFunctionScheduled",
            "11<10 LambdaFunctionStarted",
            "12<11 LambdaFunctionFailed E=Boom",
            "13<12 ExecutionFailed E=Boom",
            "14<13 ExecutionRedriven",
            "15<12 LambdaFunctionScheduled",
            "16<15 LambdaFunctionStarted",
            "17<16 LambdaFunctionSucceeded",
            "18<17 TaskStateExited T",
            "19<18 ExecutionSucceeded",
        ],
    ),
]


@pytest.mark.parametrize("failing", FAILURES, ids=lambda failing: failing.name)
async def test_what_failed_goes_on(failing: Failing) -> None:
    case = failing.case("redrive")
    script = Script(case)
    host = InProcessRun(case).host(script)
    await host.run()
    before = len(host.events)
    events = list(host.events)
    for count in range(1, failing.redrives + 1):
        assert events[-1].type == "ExecutionFailed"
        now = host.now() + _HOUR
        checkpoint = cast(JsonObject, json.loads(json.dumps(redrive_checkpoint(host.execution, now))))
        host = InProcessRun(case, start=_redriven_start(case, count, now), now=now).host(script)
        ended = await host.run(checkpoint)
        events += host.events

    assert compact(without_time(events))[before:] == list(failing.history)
    succeeds = failing.history[-1].endswith("ExecutionSucceeded")
    assert ended.status == ("SUCCEEDED" if succeeds else "FAILED")
    if succeeds:
        assert getattr(ended.result, "output", MISSING) == failing.output


# ---------------------------------------------------------------------- Wait


@dataclass(frozen=True)
class Waiting:
    """A Wait that is stopped 10 seconds after its start and redriven an hour later; when it ends, from then on."""

    name: str
    wait: Mapping[str, JsonValue]
    seconds: float


WAITS: Final = [
    Waiting("seconds count anew", {"Seconds": 60}, 60),
    Waiting("seconds by a path", {"SecondsPath": "$.seconds"}, 90),
    Waiting("a moment that is past", {"TimestampPath": "$.past"}, 0),
    Waiting("a moment to come", {"TimestampPath": "$.future"}, 3_590),
]


@pytest.mark.parametrize("waiting", WAITS, ids=lambda waiting: waiting.name)
async def test_a_wait_that_was_stopped(waiting: Waiting) -> None:
    input_: JsonValue = {"seconds": 90, "past": "2023-11-14T22:14:20Z", "future": "2023-11-15T00:13:20Z"}
    case = Case(
        name="wait",
        definition={**_machine(W={"Type": "Wait", **waiting.wait, "End": True}), "TimeoutSeconds": 10},
        source="",
        status="TIMED_OUT",
        history=(),
        input=input_,
    )
    first = InProcessRun(case).host(Script(case))
    assert (await first.run()).status == "TIMED_OUT"
    now = first.now() + _HOUR
    assert now == START_DATE + 10_000 + _HOUR
    checkpoint = redrive_checkpoint(first.execution, now)
    longer = replace(case, definition={**cast("dict[str, JsonValue]", case.definition), "TimeoutSeconds": 9_999})
    second = InProcessRun(longer, start=_redriven_start(case, 1, now), now=now).host(Script(case))

    ended = await second.run(checkpoint)

    assert ended.status == "SUCCEEDED"
    assert (second.now() - now) / 1000 == waiting.seconds
    assert compact(without_time(second.events)) == [
        "4<3 ExecutionRedriven",
        "5<2 WaitStateExited W",
        "6<5 ExecutionSucceeded",
    ]
