"""GetExecutionHistory of long executions against fetching Temporal's own history.

The projection is made anew each time, by a gateway without anything in its caches, and shown in pages of a thousand
events, as a client would read them. The allowance: what fetching Temporal's history takes, and 50 microseconds an
event.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from temporalio.client import WorkflowHandle

from activities.payloads import CompiledDefinitions
from api.gateway import TemporalGateway
from benchmarks import definitions
from benchmarks.cases import Case
from benchmarks.samples import Spread, spread
from benchmarks.stage import Stage

_MICROSECONDS_PER_EVENT: Final = 50
_PAGE: Final = 1_000
_CHAIN: Final = 10


@dataclass(frozen=True, slots=True)
class HistoryReading:
    """How long it took to read one history. Wall clock, in seconds.

    Attributes:
        events: of Step Functions.
        temporal_events: of Temporal.
        projected: GetExecutionHistory, all pages.
        fetched: Temporal's history alone.
        ratio: `projected` divided by the allowance.
    """

    events: int
    temporal_events: int
    projected: Spread
    fetched: Spread
    ratio: Spread


def history_case(events: int) -> Case:
    """A case of Pass states and a Map of them whose history has exactly `events` events.

    An iteration has 2 events of its own, a Pass state 2, the Map 4 and the execution 2.
    """
    per_item = 2 + 2 * _CHAIN
    rest = events - 2 - 4
    items, lead_events = rest // per_item, rest % per_item
    return Case(
        name=f"history-{events}",
        title=f"history of {events}",
        definition=definitions.iterations(lead_events // 2, _CHAIN),
        input={"items": list(range(items))},
        executions=1,
        in_flight=1,
    )


async def read_histories(stage: Stage, events: int, repetitions: int) -> HistoryReading:
    """Run an execution of `events` events and read its history some times.

    Raises:
        ValueError: its history is of another length.
    """
    (handle,) = await stage.run("steploom", history_case(events), 1)
    machine, _, name = handle.id.partition(":")
    projected, fetched, ratios = [], [], []
    for _ in range(repetitions):
        temporal_events, fetch_seconds = await _fetch(handle)
        seconds = await _project(stage, machine, name, events)
        projected.append(seconds)
        fetched.append(fetch_seconds)
        ratios.append(seconds / (fetch_seconds + events * _MICROSECONDS_PER_EVENT / 1e6))
    return HistoryReading(events, temporal_events, spread(projected), spread(fetched), spread(ratios))


async def _fetch(handle: WorkflowHandle[Any, Any]) -> tuple[int, float]:
    began = time.perf_counter()
    history = await handle.fetch_history()
    return len(history.events), time.perf_counter() - began


async def _project(stage: Stage, machine: str, name: str, events: int) -> float:
    gateway = TemporalGateway(stage.client, CompiledDefinitions(stage.store))
    began = time.perf_counter()
    history = await gateway.history(machine, name)
    shown = [event for first in range(0, len(history), _PAGE) for event in history[first : first + _PAGE]]
    seconds = time.perf_counter() - began
    if len(shown) != events:
        raise ValueError(f"the history has {len(shown)} events, not {events}")
    return seconds
