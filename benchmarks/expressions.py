"""What expressions cost beyond a Pass state, and what one over a thousand objects takes: the interpreter alone.

The machines run in process, as `benchmarks.transitions` runs its own, in turn with a machine of plain Pass states.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from activities.registry import Registry
from activities.router import Router
from benchmarks import definitions
from benchmarks.cases import execution_start
from benchmarks.definitions import JsonObject
from benchmarks.samples import Spread, spread
from interpreter.definition.model import Definition
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.execution import Succeeded
from interpreter.hosts.inprocess import InProcessHost
from interpreter.values import JsonValue

_RUNS: Final = 20
_AGGREGATIONS: Final = 20
_PAUSE_SECONDS: Final = 0.25
"""A shared machine is fast for some seconds and then slow for some: samples are to be of both."""

_STEP_INPUT: Final[JsonObject] = {"a": {"b": "Ada"}, "orderId": "A-9001"}


@dataclass(frozen=True, slots=True)
class ExpressionCosts:
    """CPU time of expressions.

    Attributes:
        jsonata_output: microseconds that a state with the Output `$states.input.a.b` takes beyond a Pass state.
        intrinsic: microseconds that a state with `States.Format` takes beyond a Pass state.
        jsonata_aggregate: milliseconds of an execution whose one state filters, maps and sums 1,000 objects.
    """

    jsonata_output: Spread
    intrinsic: Spread
    jsonata_aggregate: Spread


def expression_costs(repetitions: int) -> ExpressionCosts:
    """Measure all of them, plain Pass states before and after each sample, half a second or so for each repetition."""
    passes, outputs, formats, aggregate = (
        _parsed(text)
        for text in (definitions.passes(), definitions.outputs(), definitions.formats(), definitions.aggregate())
    )
    for definition in (passes, outputs, formats):  # compiled and cached before anything counts
        _seconds(definition, _STEP_INPUT, 1)
    extra: Mapping[str, list[float]] = {"outputs": [], "formats": []}
    sums: list[float] = []
    for number in range(repetitions):
        if number:
            time.sleep(_PAUSE_SECONDS)
        before = _seconds(passes, _STEP_INPUT, _RUNS)
        output, format_ = _seconds(outputs, _STEP_INPUT, _RUNS), _seconds(formats, _STEP_INPUT, _RUNS)
        plain = (before + _seconds(passes, _STEP_INPUT, _RUNS)) / 2
        for name, seconds in (("outputs", output), ("formats", format_)):
            extra[name].append((seconds - plain) / definitions.PASS_STATES * 1e6)
        sums.append(_seconds(aggregate, definitions.OBJECTS, _AGGREGATIONS) * 1e3)
    return ExpressionCosts(spread(extra["outputs"]), spread(extra["formats"]), spread(sums))


def _parsed(text: str) -> Definition:
    return parse_definition(text, Registry())


def _seconds(definition: Definition, input_: JsonValue, runs: int) -> float:
    """CPU seconds of one execution."""

    async def run_all() -> float:
        began = time.process_time()
        for _ in range(runs):
            host = InProcessHost(
                definition, execution_start("expressions", ""), input_, Router(), _never, skip_time=True
            )
            ended = await host.run()
            assert isinstance(ended.result, Succeeded)
        return (time.process_time() - began) / runs

    return asyncio.run(run_all())


async def _never(call: TaskCall) -> JsonValue:
    raise AssertionError(f"a state without a Task called {call.call.activity_type}")
