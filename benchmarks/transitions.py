"""The time of one state transition without Temporal: the interpreter alone, in this process."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from activities.registry import Registry
from activities.router import Router
from benchmarks import definitions
from benchmarks.cases import execution_start
from benchmarks.samples import Spread, spread
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.hosts.inprocess import InProcessHost
from interpreter.values import JsonValue

_RUNS: Final = 100


async def _never(call: TaskCall) -> JsonValue:
    raise AssertionError(f"a Pass state called {call.call.activity_type}")


def transition_microseconds(repetitions: int) -> Spread:
    """CPU microseconds of one Pass transition, its history events kept in memory; the machine is compiled already."""
    definition = parse_definition(definitions.passes(), Registry())
    start = execution_start("pass", "")

    async def run_all() -> float:
        began = time.process_time()
        for _ in range(_RUNS):
            host = InProcessHost(definition, start, definitions.ORDER, Router(), _never, skip_time=True)
            ended = await host.run()
            assert ended.status == "SUCCEEDED"
        return (time.process_time() - began) / (_RUNS * definitions.PASS_STATES) * 1e6

    return spread([asyncio.run(run_all()) for _ in range(repetitions)])
