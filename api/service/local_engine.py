"""What runs executions inside the service, without Temporal's workflows: synchronous Express and TestState."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from api.service.slots import Slots
from interpreter.definition.model import Definition
from interpreter.effects import TaskRouter
from interpreter.hosts.inprocess import Invoke, RunChild


class Definitions(Protocol):
    """Compiled definitions by content hash."""

    async def fetch(self, hash_: str) -> Definition:
        """The definition, from a cache or from the store. Raises: LookupError."""
        ...


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """The parts that an execution in process needs from outside.

    Attributes:
        definitions: what state machines run.
        router: where Tasks go.
        invoke: makes their calls.
        children: starts the workflows that they have started.
        slots: how many may run at once.
    """

    definitions: Definitions
    router: TaskRouter
    invoke: Invoke
    children: RunChild | None = None
    slots: Slots = field(default_factory=Slots)
