"""What the routers of mocked executions share: a mocked call begins nothing that could be waited for."""

from __future__ import annotations

from interpreter.effects import ActivityCall, ChildWorkflow, Outcome, TaskRequest
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue


class NothingBegun:
    """The part of a `TaskRouter` that is the same for all mocked calls: most of it they never reach."""

    def shown(self, request: TaskRequest) -> JsonValue:
        """The arguments as they are."""
        return request.arguments

    def child(self, request: TaskRequest, value: JsonValue, *, has_token: bool) -> ChildWorkflow:
        """No call prepares one."""
        raise TypeError("a mocked call prepares no child workflow")

    def taken(self, request: TaskRequest, value: JsonValue) -> ActivityCall:
        """No call prepares a child workflow."""
        raise TypeError("a mocked call prepares no child workflow")

    def watch(self, request: TaskRequest, value: JsonValue, start: ExecutionStart) -> ChildWorkflow:
        """No call submits one."""
        raise TypeError("a mocked call submits no job")

    def ended(self, request: TaskRequest, value: JsonValue, outcome: Outcome, now: int) -> JsonValue:
        """There is none that could end."""
        raise TypeError("a mocked call submits no job")
