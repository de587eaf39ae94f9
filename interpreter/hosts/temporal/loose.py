"""Children that are not bound to their parent's life, but are to be stopped when nobody waits for them any more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from temporalio import workflow

from interpreter.effects import ChildWorkflow, Operation
from interpreter.hosts.temporal.commands import start_stopping
from interpreter.hosts.temporal.wiring import Wiring


class LooseChildren:
    """Those of one execution that run, by operation number."""

    __slots__ = ("_running", "_stops", "_wiring")

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._running: dict[int, ChildWorkflow] = {}
        self._stops: list[asyncio.Task[Any]] = []

    def watch(self, number: int, operation: Operation) -> None:
        """An operation begins; it is remembered if it is such a child."""
        if isinstance(operation, ChildWorkflow) and operation.stop is not None:
            self._running[number] = operation

    def ended(self, number: int) -> None:
        """An operation is over."""
        self._running.pop(number, None)

    def numbers(self) -> Sequence[int]:
        """Those that run, in the order in which they began."""
        return list(self._running)

    def stop(self, numbers: Iterable[int]) -> None:
        """Have those of these operations stopped that are such children and run."""
        for number in numbers:
            child = self._running.pop(number, None)
            if child is not None:
                self._stop(child)

    async def stops_begun(self) -> None:
        """Wait, before the workflow ends, for those that stop its children: Temporal begins none of an ended one."""
        if self._stops:
            await workflow.wait(self._stops)

    def _stop(self, child: ChildWorkflow) -> None:
        stopping = start_stopping(child, self._wiring)
        stopping.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._stops.append(stopping)
