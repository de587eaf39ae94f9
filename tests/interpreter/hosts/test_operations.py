"""What one turn begins: first in, first out, within what Temporal bears."""

from __future__ import annotations

from typing import Literal

import pytest

from interpreter.definition.model import LambdaFunctionResource
from interpreter.effects import ActivityCall, CallbackWait, Operation, TaskCall, TaskRequest, Timer
from interpreter.hosts.operations import (
    CLOSED_AT_ONCE,
    PENDING_BUDGET,
    TURN_BYTES,
    TURN_COMMANDS,
    Begun,
    OperationQueue,
    asks_heartbeat,
)
from interpreter.values import JsonValue


def _call(
    argument: JsonValue = None, heartbeat: int | None = None, worker: Literal["ours", "foreign", "polled"] = "ours"
) -> TaskCall:
    request = TaskRequest(LambdaFunctionResource("arn:f"), argument, "T", "T-1", None, heartbeat)
    return TaskCall(request, ActivityCall("f", "functions", argument, worker))


def _wait(heartbeat: int | None = None) -> CallbackWait:
    return CallbackWait("T", "T-1", None, heartbeat)


TIMER = Timer(5, "Wait: W")


def _queue(count: int, operation: Operation) -> OperationQueue:
    queue = OperationQueue()
    for number in range(1, count + 1):
        queue.start(number, operation)
    return queue


def _numbers(begun: Begun) -> list[int]:
    return [number for number, _ in begun.started]


def test_all_begins_at_once_in_order() -> None:
    queue = OperationQueue()
    operations: list[tuple[int, Operation]] = [(3, TIMER), (1, _call()), (2, _wait())]
    for number, operation in operations:
        queue.start(number, operation)

    assert queue.turn() == Begun(operations, [], [], again=False)
    assert queue.turn() == Begun([], [], [], again=False)


@pytest.mark.parametrize("operation", [TIMER, _call(), _wait()], ids=["timer", "call", "wait"])
def test_a_turn_has_so_many_commands(operation: Operation) -> None:
    queue = _queue(TURN_COMMANDS + 1, operation)

    first, second = queue.turn(), queue.turn()

    assert _numbers(first) == list(range(1, TURN_COMMANDS + 1))
    assert first.again
    assert (_numbers(second), second.again) == ([TURN_COMMANDS + 1], False)


def test_a_turn_carries_so_many_bytes() -> None:
    queue = _queue(3, _call("x" * (TURN_BYTES // 2 - 2)))

    assert (_numbers(first := queue.turn()), first.again) == ([1, 2], True)
    assert (_numbers(second := queue.turn()), second.again) == ([3], False)


def test_what_is_larger_than_a_turn_goes_alone() -> None:
    queue = _queue(2, _call("x" * (TURN_BYTES + 1)))

    assert _numbers(queue.turn()) == [1]
    assert _numbers(queue.turn()) == [2]


def _drained(queue: OperationQueue) -> list[int]:
    begun: list[int] = []
    while turn := _numbers(queue.turn()):
        begun += turn
    return begun


@pytest.mark.parametrize("operation", [_call(), _wait()], ids=["call", "wait"])
def test_so_many_are_pending(operation: Operation) -> None:
    queue = _queue(PENDING_BUDGET + 2, operation)

    assert _drained(queue) == list(range(1, PENDING_BUDGET + 1))
    assert not queue.turn().again, "the end of one wakes the host"

    queue.settled(7)
    assert _drained(queue) == [PENDING_BUDGET + 1]

    queue.cancel(8, operation)
    assert _drained(queue) == [PENDING_BUDGET + 2]


def test_timers_are_not_pending() -> None:
    assert len(_drained(_queue(2 * PENDING_BUDGET, TIMER))) == 2 * PENDING_BUDGET


def test_the_first_that_must_wait_holds_up_all_behind_it() -> None:
    """Timers are numbered by the SDK in the order of beginning: nothing may overtake."""
    queue = _queue(PENDING_BUDGET + 1, _call())
    queue.start(PENDING_BUDGET + 2, TIMER)

    assert _drained(queue) == list(range(1, PENDING_BUDGET + 1))
    queue.settled(1)
    assert _drained(queue) == [PENDING_BUDGET + 1, PENDING_BUDGET + 2]


def test_what_has_not_begun_is_taken_back_without_a_trace() -> None:
    queue = _queue(2, TIMER)
    queue.cancel(1, TIMER)

    assert queue.turn() == Begun([(2, TIMER)], [], [], again=False)


def test_what_has_begun_is_cancelled_with_the_next_turn() -> None:
    queue = _queue(1, TIMER)
    queue.turn()
    queue.cancel(1, TIMER)

    assert queue.turn() == Begun([], [(1, TIMER)], [], again=False)
    assert queue.turn() == Begun([], [], [], again=False)


@pytest.mark.parametrize(
    "operation, asked",
    [
        (_call(), False),
        (_call(heartbeat=5), False),
        (_call(heartbeat=5, worker="foreign"), True),
        (_call(heartbeat=5, worker="polled"), True),
        (_wait(), False),
        (_wait(5), True),
    ],
    ids=["call", "heartbeat of our own worker", "plain worker", "activity", "wait", "wait with heartbeat"],
)
def test_asks_heartbeat(operation: TaskCall | CallbackWait, asked: bool) -> None:
    assert asks_heartbeat(operation) is asked


def test_many_abandoned_waits_are_closed_together_and_stay_pending_until_then() -> None:
    queue = OperationQueue()
    for number in range(1, PENDING_BUDGET + 1):
        queue.start(number, CallbackWait("T", f"T-{number}", None, 60))
    while queue.turn().again:
        pass
    for number in range(1, PENDING_BUDGET + 1):
        queue.cancel(number, CallbackWait("T", f"T-{number}", None, 60))
    queue.start(PENDING_BUDGET + 1, _call())
    begun = queue.turn()
    assert len(begun.closings) == PENDING_BUDGET // CLOSED_AT_ONCE
    assert begun.closings[0].activity_ids == tuple(f"T-{number}" for number in range(1, CLOSED_AT_ONCE + 1))
    assert begun.started == [], "what is not closed is still pending"
    queue.closed(begun.closings[0])
    assert queue.turn().started == [(PENDING_BUDGET + 1, _call())]


def test_one_abandoned_wait_is_closed_without_being_watched() -> None:
    queue = OperationQueue()
    queue.start(1, _wait(5))
    queue.turn()
    queue.cancel(1, _wait(5))
    (closing,) = queue.turn().closings
    assert (closing.numbers, closing.activity_ids, closing.activity_id) == ((1,), ("T-1",), None)
