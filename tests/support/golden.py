"""Golden histories: recorded runs of Temporal with the definition they ran and the events they mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from activities.payloads import CompiledDefinitions, data_converter
from activities.router import Router
from api.history_records import RecordReader
from interpreter.frames import JsonObject
from interpreter.history import render
from interpreter.hosts.projection import Projection
from interpreter.hosts.tokens import TaskToken
from interpreter.start import ExecutionStart
from interpreter.values import JsonValue, parse_json
from tests.support.executions import Event
from tests.support.temporal import MemoryStore

HISTORIES: Final = Path(__file__).parents[1] / "histories"
_NAMESPACE: Final = "default"
_AT_EACH_END: Final = 50
_OF_THE_MACHINE: Final = frozenset(
    ("identity", "stackTrace", "binaryChecksum", "requestId", "workerVersion", "buildId")
)


@dataclass(frozen=True, slots=True)
class Golden:
    """One recorded run.

    Attributes:
        definition: the definition's text.
        workflow_id: Temporal's id of the run's workflow.
        history: Temporal's history, as its JSON.
        events: what GetExecutionHistory shows of it; of a long one its beginning and its end.
    """

    definition: str
    workflow_id: str
    history: Mapping[str, JsonValue]
    events: Sequence[Event]

    @classmethod
    def load(cls, path: Path) -> Golden:
        """Read a file that `store` has written."""
        return cls(**json.loads(path.read_text("utf-8")))

    def store(self, path: Path) -> None:
        """Write it, without what names the machine it was recorded on."""
        shown = {
            "workflow_id": self.workflow_id,
            "definition": self.definition,
            "events": list(self.events),
            "history": _without_machine(cast(JsonValue, self.history)),
        }
        path.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", "utf-8")

    def recorded(self) -> WorkflowHistory:
        """Temporal's history."""
        return WorkflowHistory.from_json(self.workflow_id, json.dumps(self.history))

    def definitions(self) -> tuple[MemoryStore, CompiledDefinitions]:
        """A store that holds the definition, and the cache over it."""
        store = MemoryStore()
        store.add(self.definition)
        return store, CompiledDefinitions(store)


def _without_machine(value: JsonValue) -> JsonValue:
    match value:
        case dict():
            return {name: _without_machine(member) for name, member in value.items() if name not in _OF_THE_MACHINE}
        case list():
            return [_without_machine(member) for member in value]
        case _:
            return value


def abridged(events: Sequence[Event]) -> list[Event]:
    """What a file keeps of a history."""
    return list(events) if len(events) <= 2 * _AT_EACH_END else [*events[:_AT_EACH_END], *events[-_AT_EACH_END:]]


async def project(definition: str, workflow_id: str, history: Sequence[HistoryEvent]) -> Sequence[Event]:
    """The events that a Temporal history means, without a server."""
    store = MemoryStore()
    hash_ = store.add(definition)
    definitions = CompiledDefinitions(store)
    first = history[0].workflow_execution_started_event_attributes
    start, input_, *checkpoint = (payload.data for payload in first.input.payloads)
    projection = Projection(
        await definitions.fetch(hash_),
        ExecutionStart.from_json(cast("dict[str, JsonValue]", parse_json(start))),
        parse_json(input_),
        input_.decode(),
        Router(),
        lambda id_: TaskToken(_NAMESPACE, workflow_id, first.original_execution_run_id, id_).encode(),
        cast("JsonObject", parse_json(checkpoint[0])) if checkpoint else None,
    )
    for record in await RecordReader(data_converter(definitions, store)).read(history):
        projection.feed(record)
    return render(projection.events)
