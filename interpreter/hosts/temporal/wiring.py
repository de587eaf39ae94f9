"""What a worker process gives every execution that it hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from interpreter.definition.model import Definition
from interpreter.effects import TaskRouter
from interpreter.event_log import EventLog


class Definitions(Protocol):
    """Compiled definitions by content hash."""

    def compiled(self, hash_: str) -> Definition:
        """The definition; it was fetched when the workflow's input was decoded.

        Raises:
            LookupError: it is not at hand, which fails the workflow task and has it tried again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the worker gives every execution it hosts.

    Attributes:
        router: where tasks go.
        definitions: what executions run.
        waits_queue: the task queue, polled by nobody, of callbacks without a heartbeat.
        open_waits_queue: that of callbacks with one.
        workflow_queue: that of children, and of the activities below.
        callback_wait: the activity type of an open callback.
        close_wait: that of the activity which closes abandoned ones.
        local_call: that of the local activity which makes short calls.
        job: the workflow type that stops a child.
        event_log: where executions with a loggingConfiguration are logged.
    """

    router: TaskRouter
    definitions: Definitions
    waits_queue: str
    open_waits_queue: str
    workflow_queue: str
    callback_wait: str
    close_wait: str
    local_call: str
    job: str
    event_log: EventLog | None = None


class _Installed:
    wiring: Wiring | None = None


def install(wiring: Wiring) -> None:
    """Set the process's wiring; called once before a worker starts."""
    _Installed.wiring = wiring


def installed() -> Wiring:
    """The process's wiring.

    Raises:
        RuntimeError: there is none yet.
    """
    if _Installed.wiring is None:
        raise RuntimeError("interpreter.hosts.temporal.wiring.install was not called in this worker")
    return _Installed.wiring
