"""`kill -9` of every process at any moment: what StartExecution acknowledged ends as it should."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.resilience.noted_calls import FUNCTIONS, MOST_RETRIES, ask, calls, create, ended, history, insist, step
from tests.support.installation import Installation, Role, installed

CHAOS_STATES: dict[str, Any] = {
    "Begin": {"Type": "Pass", "Next": "First"},
    "First": {**step("First"), "End": None, "Next": "Pause"},
    "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Both"},
    "Both": {
        "Type": "Parallel",
        "Branches": [
            {"StartAt": "Ask", "States": {"Ask": ask()}},
            {"StartAt": "Second", "States": {"Second": step("Second")}},
        ],
        "Next": "Each",
    },
    "Each": {
        "Type": "Map",
        "ItemsPath": "$$.Execution.Input.items",
        "ItemProcessor": {"StartAt": "Third", "States": {"Third": step("Third")}},
        "End": True,
    },
}
CHAOS_STATES["First"].pop("End")
ENTERED = {"Begin": 1, "First": 1, "Pause": 1, "Both": 1, "Ask": 1, "Second": 1, "Each": 1, "Third": 2}
EXECUTIONS = 200


@pytest.mark.timeout(420)
async def test_two_hundred_executions_and_random_deaths(tmp_path: Path) -> None:
    """Every process is killed again and again while 200 executions are started, answered and run to their end.

    Forks have Python's hash seed in common. The first worker is none, so that those after it replay what it began
    with sets in another order.
    """
    (tmp_path / "tokens").mkdir()
    async with installed(tmp_path, FUNCTIONS, {"TEST_FOLDER": str(tmp_path)}, script=True) as installation:
        client = installation.client()
        machine = create(client, "chaos", CHAOS_STATES)
        done = asyncio.Event()
        chaos = asyncio.create_task(kill_at_random(installation))
        answers = asyncio.create_task(answer_all(client, tmp_path, done))
        arns = await start_all(client, machine)
        await chaos
        outcomes = [await ended(client, arn) for arn in arns]
        done.set()
        await answers
        assert Counter(outcome["status"] for outcome in outcomes) == {"SUCCEEDED": EXECUTIONS}, first_failure(outcomes)
        observed = calls(tmp_path)
        for arn in arns:
            await check_history(client, arn, observed)


async def start_all(client: Any, machine: str) -> list[str]:
    """Start the executions, eight at once; their ARNs."""
    slots = asyncio.Semaphore(8)

    async def start(name: str) -> str:
        async with slots:
            try:
                started = await insist(
                    client.start_execution, stateMachineArn=machine, name=name, input='{"items": [1, 2]}'
                )
            except client.exceptions.ExecutionAlreadyExists:  # acknowledged by an API that died before we heard
                return machine.replace(":stateMachine:", ":execution:") + f":{name}"
        arn: str = started["executionArn"]
        return arn

    async with asyncio.TaskGroup() as group:
        starts = [group.create_task(start(f"e{number}")) for number in range(EXECUTIONS)]
    return [task.result() for task in starts]


async def check_history(client: Any, arn: str, observed: Counter[str]) -> None:
    """No transition was done twice, and no task attempted more often than its history and its Retry say."""
    name = arn.rsplit(":", 1)[1]
    events = await history(client, arn)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    entered = Counter(
        event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event
    )
    assert entered == ENTERED, name
    scheduled = Counter(
        json.loads(event["lambdaFunctionScheduledEventDetails"]["input"])["state"]
        for event in events
        if event["type"] == "LambdaFunctionScheduled"
    )
    scheduled["Ask"] = sum(event["type"] == "TaskScheduled" for event in events)
    for state in ("First", "Ask", "Second", "Third"):
        most = ENTERED[state] * (1 + MOST_RETRIES)
        assert ENTERED[state] <= observed[f"{name}|{state}"] <= scheduled[state] <= most, (name, state)


def first_failure(outcomes: list[dict[str, Any]]) -> str:
    """What went wrong first, for the report of a failing test."""
    failed = [outcome for outcome in outcomes if outcome["status"] != "SUCCEEDED"]
    return f"{failed[0]}" if failed else ""


async def kill_at_random(installation: Installation) -> None:
    """Fourteen deaths at random moments; the seed only makes the choice of victims repeatable."""
    chance = random.Random(11)
    victims: list[Role | None] = ["worker", "worker", "functions", "api", None, "worker", "api"] * 2
    chance.shuffle(victims)
    for victim in victims:
        await asyncio.sleep(chance.uniform(0.1, 1.5))
        if victim is None:
            await installation.restart_temporal()
        else:
            await installation.restart(victim)


async def answer_all(client: Any, folder: Path, done: asyncio.Event) -> None:
    """Answer every task token that appears; one whose attempt was given up is refused, which is right."""
    while not done.is_set():
        for file in (folder / "tokens").iterdir():
            with contextlib.suppress(client.exceptions.TaskTimedOut):
                await insist(client.send_task_success, taskToken=file.read_text(), output='"yes"')
            file.unlink()
        await asyncio.sleep(0.05)
