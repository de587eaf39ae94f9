"""The in-process host: stopping, callbacks that come late, and time that is skipped."""

from __future__ import annotations

import asyncio

import pytest

from activities.router import Router
from interpreter.effects import TaskCall
from interpreter.history import render
from interpreter.hosts.inprocess import Ended, InProcessHost
from interpreter.values import JsonValue
from tests.support.executions import START_DATE, Case, execution_start, parsed, token_in
from tests.support.short_histories import compact

_WAIT: JsonValue = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86_400, "End": True}}}
_CALLBACK: JsonValue = {
    "StartAt": "T",
    "States": {
        "T": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}},
            "End": True,
        }
    },
}


class _Tokens:
    def __init__(self) -> None:
        self.given: asyncio.Queue[str] = asyncio.Queue()

    async def __call__(self, call: TaskCall) -> JsonValue:
        self.given.put_nowait(token_in(call.call.argument))
        return "called"


def _host(definition: JsonValue, invoke: _Tokens, *, skip_time: bool = True) -> InProcessHost:
    case = Case(name="p", definition=definition, source="", status="SUCCEEDED", history=[])
    return InProcessHost(parsed(case.text), execution_start(case), {}, Router(), invoke, skip_time=skip_time)


async def test_skipped_time_is_on_the_events() -> None:
    host = _host(_WAIT, _Tokens())

    ended = await host.run()

    assert ended.status == "SUCCEEDED"
    assert [event.timestamp - START_DATE for event in host.events] == [0, 0, 86_400_000, 86_400_000]


async def test_a_stop_ends_what_waits() -> None:
    host = _host(_WAIT, _Tokens(), skip_time=False)
    run = asyncio.create_task(host.run())
    await asyncio.sleep(0)  # let it begin

    host.stop("Why", "so")

    assert await run == Ended("ABORTED", None)
    assert compact(render(host.events))[1:] == ["2<0 WaitStateEntered W", "3<0 ExecutionAborted E=Why"]


@pytest.mark.parametrize("token", ["", "T-unknown"])
async def test_a_token_that_nobody_waits_for(token: str) -> None:
    assert not _host(_CALLBACK, _Tokens()).complete(token, {"output": 1})


async def test_a_token_is_good_for_one_answer() -> None:
    tokens = _Tokens()
    host = _host(_CALLBACK, tokens)
    run = asyncio.create_task(host.run())
    token = await tokens.given.get()

    assert host.complete(token, {"output": 1})
    assert not host.complete(token, {"output": 2})
    assert (await run).status == "SUCCEEDED"
    assert not host.complete(token, {"output": 3})
