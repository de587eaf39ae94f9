"""What the costs of expressions rest on: the machines do what they are said to do, and each cost is a number."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

import pytest

from activities.registry import Registry
from activities.router import Router
from benchmarks import definitions
from benchmarks.cases import execution_start
from benchmarks.expressions import expression_costs
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.execution import Succeeded
from interpreter.hosts.inprocess import InProcessHost
from interpreter.values import JsonValue

STEP = {"a": {"b": "Ada"}, "orderId": "A-9001"}


async def _never(call: TaskCall) -> JsonValue:
    raise AssertionError(call)


@pytest.mark.parametrize(
    "text, input_, output",
    [
        (definitions.outputs, STEP, {"a": {"b": "Ada"}}),
        (definitions.formats, STEP, {**STEP, "formatted": {"text": "Order A-9001"}}),
        (definitions.aggregate, definitions.OBJECTS, 200 * 1.5 * (3 + 4)),
    ],
    ids=["outputs", "formats", "aggregate"],
)
async def test_the_machines(text: Callable[[], str], input_: JsonValue, output: JsonValue) -> None:
    definition = parse_definition(text(), Registry())
    host = InProcessHost(definition, execution_start("expressions", ""), input_, Router(), _never, skip_time=True)
    assert (await host.run()).result == Succeeded(output)


def test_the_costs_are_numbers() -> None:
    costs = expression_costs(1)
    assert isfinite(costs.jsonata_output.median)
    assert isfinite(costs.intrinsic.median)
    assert costs.jsonata_aggregate.median > 0
