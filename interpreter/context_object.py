"""The context object (`$$`), built only when an expression looks at it (developer guide, "Context object")."""

from __future__ import annotations

from dataclasses import dataclass

from interpreter.frames import Frame, MapItem
from interpreter.start import ExecutionStart
from interpreter.timestamps import format_timestamp
from interpreter.values import JsonValue


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """The members that stay the same for a whole execution."""

    start: ExecutionStart
    input: JsonValue

    def as_json(self) -> dict[str, JsonValue]:
        """`Execution` and `StateMachine`."""
        start = self.start
        started = format_timestamp(start.start_date)
        execution: dict[str, JsonValue]
        if start.is_express:
            role_arn = start.role_arn or None  # TestState needs none
            execution = {
                "Id": start.execution_arn,
                "Input": self.input,
                "Name": start.name,
                "RoleArn": role_arn,
                "StartTime": started,
            }
        else:
            execution = {
                "Id": start.execution_arn,
                "Input": self.input,
                "StartTime": started,
                "Name": start.name,
                "RoleArn": start.role_arn,
                "RedriveCount": start.redrive_count,
            }
            if start.redrive is not None:
                execution["RedriveTime"] = format_timestamp(start.redrive.date)
        return {
            "Execution": execution,
            "StateMachine": {"Id": start.state_machine_arn, "Name": start.state_machine_arn.rsplit(":", 1)[-1]},
        }


class ContextView:
    """The context object as one evaluation sees it.

    `retry_count` is shown in states that can retry; `item` and `token` where they are given.
    """

    __slots__ = ("_execution", "_frame", "_item", "_retries", "_shown", "_token")

    def __init__(
        self,
        execution: ExecutionContext,
        frame: Frame,
        *,
        retries: bool = False,
        token: str | None = None,
        item: MapItem | None = None,
    ) -> None:
        self._execution = execution
        self._frame = frame
        self._item = frame.item if item is None else item
        self._retries = retries
        self._token = token
        self._shown: dict[str, JsonValue] | None = None

    def as_json(self) -> dict[str, JsonValue]:
        """The whole context object."""
        if self._shown is None:
            self._shown = self._build()
        return self._shown

    def _build(self) -> dict[str, JsonValue]:
        frame = self._frame
        state: dict[str, JsonValue] = {
            "Name": frame.state_name,
            "EnteredTime": format_timestamp(frame.entered_at),
        }
        if self._retries:
            state["RetryCount"] = frame.retry_count
        shown = self._execution.as_json()
        shown["State"] = state
        if self._token is not None:
            shown["Task"] = {"Token": self._token}
        if self._item is not None:
            shown["Map"] = {"Item": self._item.as_json()}
        return shown
