"""Tests of `api.service.history`: pages in both directions, cheap ones, and the stream."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from api.service.errors import ExecutionDoesNotExist, InvalidToken
from api.service.gateway import ExecutionStatus
from tests.api.service.installation import Installation, execution_arn

ARN = execution_arn("m", "e")


async def start(installation: Installation, events: int) -> None:
    await installation.create("m")
    await installation.start("m", "e")
    await installation.gateway.record("m", "e", events)


async def pages(installation: Installation, **params: Any) -> list[list[int]]:
    """The ids on each page."""
    read: list[list[int]] = []
    token: dict[str, Any] = {}
    while True:
        answer = await installation.call("GetExecutionHistory", executionArn=ARN, **params, **token)
        read.append([event["id"] for event in answer["events"]])
        if "nextToken" not in answer:
            return read
        token = {"nextToken": answer["nextToken"]}


@dataclass(frozen=True)
class Case:
    name: str
    events: int
    params: dict[str, Any]
    result: list[list[int]]


CASES = [
    Case("none", 0, {}, [[]]),
    Case("all on one page", 3, {}, [[1, 2, 3]]),
    Case("a full page", 3, {"maxResults": 3}, [[1, 2, 3]]),
    Case("two pages", 3, {"maxResults": 2}, [[1, 2], [3]]),
    Case("default size", 201, {}, [list(range(1, 101)), list(range(101, 201)), [201]]),
    Case("zero is the default size", 101, {"maxResults": 0}, [list(range(1, 101)), [101]]),
    Case("reverse", 5, {"maxResults": 2, "reverseOrder": True}, [[5, 4], [3, 2], [1]]),
    Case("reverse, full pages", 4, {"maxResults": 2, "reverseOrder": True}, [[4, 3], [2, 1]]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_pages(installation: Installation, case: Case) -> None:
    await start(installation, case.events)
    assert await pages(installation, **case.params) == case.result


@pytest.mark.parametrize("reverse, most", [(False, 2), (True, 1)])
async def test_many_pages_cost_few_histories(installation: Installation, reverse: bool, most: int) -> None:
    await start(installation, 24_000)
    read = await pages(installation, reverseOrder=reverse)
    assert [id_ for page in read for id_ in page] == sorted(range(1, 24_001), reverse=reverse)
    assert installation.gateway.histories <= most


async def test_without_data(installation: Installation) -> None:
    await start(installation, 2)
    answer = await installation.call("GetExecutionHistory", executionArn=ARN, includeExecutionData=False)
    assert answer["events"][0] == {
        "timestamp": 1.5,
        "type": "PassStateEntered",
        "id": 1,
        "previousEventId": 0,
        "dataless": True,
    }
    answer = await installation.call("GetExecutionHistory", executionArn=ARN, includeExecutionData=True)
    assert "dataless" not in answer["events"][0]


async def test_a_running_history_goes_on_where_a_page_ended(installation: Installation) -> None:
    await start(installation, 5)
    first = await installation.call("GetExecutionHistory", executionArn=ARN, maxResults=3)
    await installation.gateway.record("m", "e", 2)
    second = await installation.call("GetExecutionHistory", executionArn=ARN, nextToken=first["nextToken"])
    assert [event["id"] for event in second["events"]] == [4, 5, 6, 7]


async def test_tokens_outlive_the_snapshot(installation: Installation) -> None:
    await start(installation, 5)
    first = await installation.call("GetExecutionHistory", executionArn=ARN, maxResults=2)
    for number in range(20):
        await installation.start("m", f"other{number}")
        await installation.gateway.record("m", f"other{number}", 3)
        await installation.call("GetExecutionHistory", executionArn=execution_arn("m", f"other{number}"), maxResults=1)
    second = await installation.call("GetExecutionHistory", executionArn=ARN, nextToken=first["nextToken"])
    assert [event["id"] for event in second["events"]] == [3, 4, 5]


@pytest.mark.parametrize(
    "change",
    [{"reverseOrder": True}, {"includeExecutionData": False}, {"executionArn": execution_arn("m", "other")}],
    ids=lambda change: next(iter(change)),
)
async def test_tokens_are_bound_to_their_call(installation: Installation, change: dict[str, Any]) -> None:
    await start(installation, 5)
    await installation.start("m", "other")
    first = await installation.call("GetExecutionHistory", executionArn=ARN, maxResults=2)
    params = {"executionArn": ARN, "nextToken": first["nextToken"]} | change
    with pytest.raises(InvalidToken):
        await installation.call("GetExecutionHistory", **params)


async def test_watches_to_the_end(installation: Installation) -> None:
    await start(installation, 2)
    events = aiter(installation.service.watch_execution(ARN))
    seen = [(await anext(events))["id"] for _ in range(2)]
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)
    assert not waiting.done()
    await installation.gateway.record("m", "e", 2)
    seen.append((await waiting)["id"])
    await installation.gateway.end("m", "e", ExecutionStatus.SUCCEEDED)
    seen += [event["id"] async for event in events]
    assert seen == [1, 2, 3, 4]


async def test_watches_nothing_unknown(installation: Installation) -> None:
    with pytest.raises(ExecutionDoesNotExist):
        await anext(aiter(installation.service.watch_execution(ARN)))
