"""What the comparison rests on, without a server: the same number of tasks, and histories of the length they claim."""

import pytest

from activities.registry import Registry
from activities.router import Router
from benchmarks import definitions
from benchmarks.cases import CASES, Case, execution_start
from benchmarks.histories import history_case
from interpreter.definition.parse import parse_definition
from interpreter.effects import TaskCall
from interpreter.hosts.inprocess import InProcessHost
from interpreter.values import JsonValue

TASKS = {
    "sequential": definitions.CHAIN_LENGTH,
    "jsonata_sequential": definitions.CHAIN_LENGTH,
    "parallel": definitions.PARALLEL_WIDTH,
    "map": definitions.MAP_ITEMS,
}
OUTPUTS: dict[str, JsonValue] = {
    "sequential": definitions.ORDER,
    "jsonata_sequential": definitions.ORDER,
    "parallel": [definitions.ORDER] * definitions.PARALLEL_WIDTH,
    "map": definitions.ITEMS["items"],
    "pass": definitions.ORDER,
}


async def run(case: Case) -> tuple[list[TaskCall], InProcessHost]:
    calls: list[TaskCall] = []

    async def echo(call: TaskCall) -> JsonValue:
        calls.append(call)
        return call.call.argument

    definition = parse_definition(case.definition, Registry())
    host = InProcessHost(definition, execution_start(case.name, ""), case.input, Router(), echo, skip_time=True)
    await host.run()
    return calls, host


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_case_calls_echo_as_often_as_the_hand_written_workflow_and_gives_its_output(case: Case) -> None:
    calls, host = await run(case)
    assert [call.call.activity_type for call in calls] == ["echo"] * TASKS.get(case.name, 0)
    assert getattr(host.execution.result, "output", None) == OUTPUTS[case.name]


@pytest.mark.parametrize("events", [1_000, 10_000])
async def test_a_history_case_has_the_events_it_claims(events: int) -> None:
    _, host = await run(history_case(events))
    assert len(host.events) == events
