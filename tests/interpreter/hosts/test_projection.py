"""The projecting host: fed with records of Temporal, it goes where the Temporal host went, task by task."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from activities.router import Router
from interpreter.chance import SeededChance
from interpreter.effects import ActivityFailure, Done, Failed
from interpreter.history import render
from interpreter.hosts.operations import TURN_COMMANDS
from interpreter.hosts.projection import (
    ActivityEnded,
    CancelRequested,
    Closed,
    Projection,
    Record,
    TaskCompleted,
    TaskStarted,
    TimerFired,
)
from interpreter.values import JsonValue, json_text
from tests.support.executions import SEED, START_DATE, Case, InProcessRun, execution_start, parsed
from tests.support.short_histories import compact

_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
_CALL = {"Type": "Task", "Resource": _FUNCTION, "End": True}
_WAIT = {"Type": "Wait", "Seconds": 1000, "End": True}


def _case(definition: JsonValue, input_: JsonValue = None) -> Case:
    return Case(name="p", definition=definition, source="", status="SUCCEEDED", history=[], input=input_)


def _machine(**states: Any) -> dict[str, JsonValue]:
    return {"StartAt": next(iter(states)), "States": states}


def _branches(*states: Any, prefix: str = "B", **fields: JsonValue) -> dict[str, JsonValue]:
    branches: list[JsonValue] = [_machine(**{f"{prefix}{index}": state}) for index, state in enumerate(states)]
    return {"Type": "Parallel", "Branches": branches, **fields}


def _projection(case: Case, engine: int) -> Projection:
    start = replace(execution_start(case), engine=engine)
    return Projection(parsed(case.text), start, case.input, case.input_text, Router(), lambda id_: id_)


def _fed(case: Case, *records: Record, engine: int = 2) -> Projection:
    projection = _projection(case, engine)
    for record in records:
        projection.feed(record)
    return projection


def _task(number: int) -> tuple[Record, Record]:
    return TaskStarted(number, START_DATE + number), TaskCompleted(number)


def _operation(state: str, number: int = 1) -> str:
    chance = SeededChance(SEED, operations=number - 1)
    return chance.operation_id(state)


def _shown(projection: Projection) -> list[str]:
    return compact(render(projection.events))


_ONE_CALL = _case(_machine(T=_CALL))
_SCHEDULED = [
    "1<0 ExecutionStarted",
    "2<0 TaskStateEntered T",
    "3<2 LambdaFunctionScheduled",
    "4<3 LambdaFunctionStarted",
]
_CALLED = [*_SCHEDULED, "5<4 LambdaFunctionSucceeded", "6<5 TaskStateExited T", "7<6 ExecutionSucceeded"]


def test_the_start_is_shown_before_any_worker_took_it_up() -> None:
    projection = _fed(_ONE_CALL)

    assert _shown(projection) == _SCHEDULED[:1]
    assert projection.events[0].timestamp == START_DATE
    assert not projection.ended


def test_what_a_task_did_is_shown_when_it_is_completed() -> None:
    started, completed = _task(3)

    assert _shown(_fed(_ONE_CALL, started)) == _SCHEDULED[:1]
    assert _shown(_fed(_ONE_CALL, started, completed)) == _SCHEDULED


def test_events_have_the_time_of_the_workflow_task_that_caused_them() -> None:
    ended = ActivityEnded(_operation("T"), Done(1))
    projection = _fed(_ONE_CALL, *_task(3), ended, *_task(8))

    times = {event.type: event.timestamp - START_DATE for event in projection.events}
    assert times == {
        "ExecutionStarted": 0,
        **dict.fromkeys(("TaskStateEntered", "LambdaFunctionScheduled", "LambdaFunctionStarted"), 3),
        **dict.fromkeys(("LambdaFunctionSucceeded", "TaskStateExited", "ExecutionSucceeded"), 8),
    }


def test_no_event_is_earlier_than_the_one_before() -> None:
    """Servers of one installation may differ about the time; the Temporal host's does not go back."""
    back: list[Record] = [TaskStarted(8, START_DATE + 1), TaskCompleted(8)]
    projection = _fed(_ONE_CALL, *_task(3), ActivityEnded(_operation("T"), Done(1)), *back)

    assert [event.timestamp - START_DATE for event in projection.events] == [0, 3, 3, 3, 3, 3, 3]


def test_a_task_that_failed_is_as_if_it_had_not_been() -> None:
    started, completed = _task(9)

    assert _shown(_fed(_ONE_CALL, TaskStarted(3, START_DATE), started, completed)) == _SCHEDULED


def test_what_arrives_while_a_task_runs_belongs_to_the_next() -> None:
    ended = ActivityEnded(_operation("T"), Done(1))
    early = [*_task(3), TaskStarted(7, START_DATE), ended, TaskCompleted(7)]

    assert _shown(_fed(_ONE_CALL, *early)) == _SCHEDULED
    assert _shown(_fed(_ONE_CALL, *early, *_task(10))) == _CALLED


def test_activities_are_known_by_id() -> None:
    other = ActivityEnded("5", Done(2))

    projection = _fed(_ONE_CALL, *_task(3), other, ActivityEnded(_operation("T"), Done(1)), *_task(8))

    assert _shown(projection) == _CALLED
    assert projection.ended


def test_a_heartbeat_that_the_state_asked_for_is_a_timeout() -> None:
    missed = ActivityFailure("heartbeat", None, "", (), heartbeat_asked=False)
    parameters = {"ActivityType": "f", "TaskQueue": "plain"}
    plain = {**_CALL, "Resource": "arn:aws:states:::temporal:activity", "Parameters": parameters}
    asked = _case(_machine(T={**plain, "TimeoutSeconds": 9, "HeartbeatSeconds": 5}))
    ended = ActivityEnded(_operation("T"), Failed(missed))

    assert _shown(_fed(asked, *_task(3), ended, *_task(8)))[-1].endswith("E=States.Timeout")
    assert _shown(_fed(_ONE_CALL, *_task(3), ended, *_task(8)))[-1].endswith("E=Lambda.SdkClientException")


def test_a_stop_beats_what_came_with_it() -> None:
    records = [*_task(3), CancelRequested(), ActivityEnded(_operation("T"), Done(1)), *_task(8)]
    stopping = _fed(_ONE_CALL, *records)
    assert _shown(stopping) == _SCHEDULED
    assert not stopping.ended, "its last event is not there yet"

    stopping.feed(Closed("aborted", START_DATE + 50, "Why", "so"))

    assert _shown(stopping) == [*_SCHEDULED, "5<0 ExecutionAborted E=Why"]
    assert stopping.ended


def test_a_timeout_from_outside() -> None:
    projection = _fed(_ONE_CALL, *_task(3), Closed("timed-out", START_DATE + 50))

    assert _shown(projection) == [*_SCHEDULED, "5<0 ExecutionTimedOut E=States.Timeout"]
    assert projection.events[-1].timestamp == START_DATE + 50


def test_timers_are_known_by_number() -> None:
    case = _case(_machine(P={**_branches(_WAIT, _WAIT), "End": True}))

    projection = _fed(case, *_task(3), TimerFired(2), *_task(8), TimerFired(1), *_task(12))

    exited = [line for line in _shown(projection) if "WaitStateExited" in line]
    assert exited == ["6<5 WaitStateExited B1", "7<4 WaitStateExited B0"]


def test_what_comes_of_a_cancelled_operation_wakes_nobody() -> None:
    """The Temporal host sleeps through such a task; a turn here would begin operations that it began later."""
    many = [_WAIT] * (2 * TURN_COMMANDS + 1)
    retried = _branches(_CALL, _WAIT, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Many"}], Next="Many")
    case = _case(_machine(P=retried, Many=_branches(*many, prefix="M", End=True)))
    failed = Failed(ActivityFailure("application", "Boom", "no", (), heartbeat_asked=False))
    # Timer 1 is of the first Parallel. Then 500 timers and one that asks for more, and the same again, and the last.
    ask, ask_again, last = TURN_COMMANDS + 2, 2 * TURN_COMMANDS + 3, 2 * TURN_COMMANDS + 4
    begun = [*_task(3), ActivityEnded(_operation("B0"), failed), *_task(8)]

    projection = _fed(
        case,
        *begun,
        TimerFired(1),
        *_task(11),
        TimerFired(ask),
        *_task(14),
        TimerFired(ask_again),
        *_task(17),
        engine=1,  # which did not pause for the number of operations
    )
    before = len(projection.events)
    for record in (TimerFired(last), *_task(20)):
        projection.feed(record)

    fresh = _shown(projection)[before:]
    assert [line.split(" ", 1)[1] for line in fresh] == [f"WaitStateExited M{2 * TURN_COMMANDS}"]


# ---------------------------------------------------------------------- the hosts agree


def _leaf() -> st.SearchStrategy[dict[str, Any]]:
    paths = st.sampled_from(["$", "$.a", "$.a.b", "$.none"])
    return st.one_of(
        st.fixed_dictionaries({"Type": st.just("Pass")}, optional={"Result": st.sampled_from([1, [1, 2], {"a": 3}])}),
        st.fixed_dictionaries({"Type": st.just("Pass"), "InputPath": paths}),
        st.fixed_dictionaries({"Type": st.just("Pass"), "Parameters": st.just({"id.$": "States.UUID()", "a.$": "$"})}),
        st.fixed_dictionaries({"Type": st.just("Pass"), "ResultPath": st.sampled_from(["$.r", "$.a.r"])}),
        st.fixed_dictionaries(
            {"Type": st.just("Choice"), "then": st.sampled_from(["Fail", "Succeed"]), "Variable": st.just("$.a")}
        ),
        st.fixed_dictionaries({"Type": st.just("Fail")}, optional={"Error": st.just("Bad"), "Cause": st.just("why")}),
    )


def _group(inner: st.SearchStrategy[list[dict[str, Any]]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    catch = st.sampled_from([{}, {"Catch": True}])
    parallel = st.builds(
        lambda branches, more: {"Type": "Parallel", "branches": branches, **more},
        st.lists(inner, min_size=1, max_size=3),
        catch,
    )
    each = st.builds(
        lambda body, width, more: {"Type": "Map", "body": body, "MaxConcurrency": width, **more},
        inner,
        st.integers(0, 2),
        catch,
    )
    return st.lists(_leaf() | parallel | each, min_size=1, max_size=4)


_MACHINES = st.recursive(st.lists(_leaf(), min_size=1, max_size=3), _group, max_leaves=8)


class _Names:
    """State names, unique in the whole document."""

    def __init__(self) -> None:
        self._count = 0

    def next(self) -> str:
        self._count += 1
        return f"S{self._count}"


def _built(states: Sequence[dict[str, Any]], names: _Names) -> dict[str, JsonValue]:
    """The states in sequence, with an end that catchers lead to."""
    own = [names.next() for _ in states]
    end = names.next()
    built: dict[str, JsonValue] = {end: {"Type": "Succeed"}}
    for state, name, after in zip(reversed(states), reversed(own), reversed([*own[1:], end]), strict=True):
        built[name] = _state(state, after, end, names, built)
    return {"StartAt": own[0], "States": built}


def _state(
    state: dict[str, Any], after: str, end: str, names: _Names, built: dict[str, JsonValue]
) -> dict[str, JsonValue]:
    match state["Type"]:
        case "Fail":
            # a Choice before it keeps what follows reachable
            fail = names.next()
            built[fail] = state
            return {"Type": "Choice", "Choices": [{"Variable": "$", "IsNumeric": True, "Next": after}], "Default": fail}
        case "Choice":
            target = names.next()
            built[target] = {"Type": state["then"]}
            rule = {"Variable": state["Variable"], "IsPresent": True, "Next": target}
            return {"Type": "Choice", "Choices": [rule], "Default": after}
        case "Parallel":
            branches: list[JsonValue] = [_built(branch, names) for branch in state["branches"]]
            return {"Type": "Parallel", "Branches": branches, "Next": after, **_catch(state, end)}
        case "Map":
            body = _built(state["body"], names)
            more = {"MaxConcurrency": state["MaxConcurrency"], "Next": after, **_catch(state, end)}
            return {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": body, **more}
        case _:
            return {**state, "Next": after}


def _catch(state: dict[str, Any], end: str) -> dict[str, JsonValue]:
    return {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": end}]} if "Catch" in state else {}


@settings(max_examples=150, deadline=None)
@given(states=_MACHINES, input_=st.sampled_from([{"items": [1, {"a": 2}]}, {"a": {"b": 1}, "items": []}, {"a": 1}]))
async def test_the_hosts_agree(states: list[dict[str, Any]], input_: dict[str, JsonValue]) -> None:
    """States that ask nothing of the world all run in the first task."""
    definition = _built(states, _Names())
    case = _case(json.loads(json_text(definition)), input_)

    run = await InProcessRun(case).run()
    projection = _fed(case, *_task(3))

    shown = [
        {name: value for name, value in event.items() if name != "timestamp"} for event in render(projection.events)
    ]
    assert projection.ended
    assert shown == run.events
