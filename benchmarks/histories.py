"""GetExecutionHistory of long executions against fetching Temporal's own history.

The operation is called as the HTTP door calls it, from parameters to the bytes of each page of a thousand events, on a
service without anything in its caches. The allowance: what fetching Temporal's history takes, and 50 microseconds an
event.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from temporalio.client import WorkflowHandle

from activities.payloads import CompiledDefinitions
from api.gateway import TemporalGateway
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.service.conversion import to_json
from api.service.history import Histories
from api.service.shapes import GetExecutionHistoryRequest
from benchmarks import definitions
from benchmarks.cases import Case, execution_arn
from benchmarks.samples import Spread, spread
from benchmarks.stage import Stage
from interpreter.values import json_bytes

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
    histories = Histories(gateway, Arns(ServiceConfig()), express=None)
    arn, shown, token = execution_arn(machine, name), 0, None
    began = time.perf_counter()
    while True:
        request = GetExecutionHistoryRequest(execution_arn=arn, max_results=_PAGE, next_token=token)
        answer = await histories.get(request)
        json_bytes(to_json(answer))
        shown += len(answer.events)
        token = answer.next_token
        if token is None:
            break
    seconds = time.perf_counter() - began
    if shown != events:
        raise ValueError(f"the history has {shown} events, not {events}")
    return seconds
