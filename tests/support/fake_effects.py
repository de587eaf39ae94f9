"""A host of one's own making: it remembers what an execution begins, and the test answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from interpreter.effects import Operation
from interpreter.history import Clock


@dataclass
class FakeEffects:
    """Begins operations by remembering them, at the time of a clock to set."""

    clock: Clock = field(default_factory=lambda: Clock(0))
    started: dict[int, Operation] = field(default_factory=dict)

    def now(self) -> int:
        return self.clock.now

    def start(self, number: int, operation: Operation) -> None:
        self.started[number] = operation

    def cancel(self, number: int, operation: Operation) -> None:
        del self.started[number]

    def task_token(self, operation_id: str) -> str:
        return operation_id
