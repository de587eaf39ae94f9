"""What the expressions of a state see, in either language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from interpreter.frames import Frame
from interpreter.inspection import Inspection
from interpreter.jsonpath import Scope
from interpreter.limits import IntrinsicQuotas
from interpreter.values import MISSING, JsonValue, Missing

if TYPE_CHECKING:
    from interpreter.execution import Execution

HandedOn: TypeAlias = tuple[JsonValue, dict[str, JsonValue] | None]
"""What a state hands on: its output, and the variables it sets (None without Assign)."""


@dataclass(slots=True)
class View(Scope):
    """What the expressions of one state see, at one moment of its visit.

    To JSONPath it is a `Scope`: `document` is what `$` stands for, and changes as the data flows.

    Attributes:
        execution: the execution that the state belongs to.
        frame: the machine that is in the state; its input is the state's raw input.
        inspection: where the data is noted on its way, None where nobody looks.
        chain: the frame whose chain of events a failed evaluation joins: an iteration that is about to start, else
            `frame`.
        result: what the state's work came to, MISSING before it is done and where there is none.
        error_output: what a catcher caught, MISSING elsewhere.
    """

    execution: Execution
    frame: Frame
    inspection: Inspection | None
    chain: Frame
    result: JsonValue | Missing = MISSING
    error_output: JsonValue | Missing = MISSING

    @property
    def quotas(self) -> IntrinsicQuotas:
        """Those of the execution's mode."""
        return self.execution.limits.intrinsics

    def charge(self, nodes: int) -> None:
        """Let the execution count the work, and bound it."""
        self.execution.work.charge(nodes)

    def check_printable(self, value: JsonValue) -> None:
        """As the execution's release bounds data by a worker's memory."""
        self.execution.data.check_printable(value)


class StatesVariable(Mapping[str, JsonValue]):
    """JSONata's `$states` (developer guide, "Reserved variable"); the context object is built when it is looked at."""

    __slots__ = ("_view",)

    def __init__(self, view: View) -> None:
        self._view = view

    def __getitem__(self, name: str) -> JsonValue:
        value = self._find(name)
        if value is MISSING:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        yield "input"
        yield "context"
        if self._view.result is not MISSING:
            yield "result"
        if self._view.error_output is not MISSING:
            yield "errorOutput"

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, name: str) -> JsonValue | Missing:
        match name:
            case "input":
                return self._view.frame.input
            case "context":
                return self._view.context.as_json()
            case "result":
                return self._view.result
            case "errorOutput":
                return self._view.error_output
            case _:
                return MISSING
