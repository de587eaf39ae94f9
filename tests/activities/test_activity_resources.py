"""The router on activity ARNs: the queue of the ARN, and the look-up before it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from activities.names import ACTIVITY_EXISTS
from activities.router import Router
from interpreter.definition.model import ActivityResource, LambdaFunctionResource
from interpreter.effects import ActivityCall, ActivityFailure, TaskRequest
from interpreter.errors import StatesError

ARN = "arn:aws:states:us-east-1:123456789012:activity:a"
REQUEST = TaskRequest(ActivityResource(ARN), {"x": 1}, "T", "T-1", 10, 5)


def test_is_a_temporal_activity_on_the_queue_of_its_arn() -> None:
    assert Router().route(REQUEST, "temporal") == ActivityCall(ARN, ARN, {"x": 1}, "polled")


def test_is_looked_up_until_that_is_answered() -> None:
    call = ActivityCall(ACTIVITY_EXISTS, "steploom", {"arn": ARN}, "ours", repeated=True)
    assert Router().look_up(REQUEST) == call


def test_nothing_else_is_looked_up() -> None:
    function = LambdaFunctionResource("arn:aws:lambda:us-east-1:123456789012:function:f")
    assert Router().look_up(TaskRequest(function, {}, "T", "T-1", None, None)) is None


def test_its_result_is_as_it_is() -> None:
    assert Router().result(REQUEST, "temporal", [1]) == [1]


@dataclass(frozen=True)
class Case:
    name: str
    failure: ActivityFailure
    error: str


CASES = [
    Case("time is up", ActivityFailure("timeout", None, "", (), True, started=False), "States.Timeout"),
    Case("a missed heartbeat", ActivityFailure("heartbeat", None, "", (), True), "States.Timeout"),
    Case("failed by an operator", ActivityFailure("application", "E", "", (), True), "E"),
    Case("anything else", ActivityFailure("other", None, "gone", (), True), "States.TaskFailed"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_failures(case: Case) -> None:
    error: StatesError = Router().failure(REQUEST, "temporal", case.failure)
    assert error.name == case.error
