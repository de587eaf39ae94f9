"""The host's dynamic activity: names, events, ids and failures as Temporal sees them; and what a killed host leaves."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import signal
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from activities.function_calls import request_id_of
from activities.functions.host import FunctionHost, function_activity
from interpreter.values import JsonValue
from tests.activities.functions.conftest import MakeHost, Write


async def run(host: FunctionHost, name: str, *arguments: JsonValue, environment: ActivityEnvironment) -> JsonValue:
    environment.info = dataclasses.replace(environment.info, activity_type=name, activity_id="State-1")
    raw = [RawValue(payload) for payload in DataConverter.default.payload_converter.to_payloads(arguments)]
    result: JsonValue = await environment.run(function_activity(host), raw)
    return result


def environment(start_to_close: float = 30) -> ActivityEnvironment:
    made = ActivityEnvironment()
    made.info = dataclasses.replace(
        made.info,
        start_to_close_timeout=timedelta(seconds=start_to_close),
        schedule_to_close_timeout=None,
        heartbeat_timeout=timedelta(seconds=0.3),
    )
    return made


async def test_event_and_request_id(write: Write, make_host: MakeHost) -> None:
    write("f.py", "def handler(event, context):\n    return [event, context.aws_request_id]\n")
    host = make_host()
    request_id = request_id_of("State-1")
    assert await run(host, "f", {"a": 1}, environment=environment()) == [{"a": 1}, request_id]
    assert await run(host, "f", environment=environment()) == [{}, request_id]


async def test_failure_carries_error_and_cause(write: Write, make_host: MakeHost) -> None:
    write("f.py", "def handler(event, context):\n    raise KeyError('x')\n")
    with pytest.raises(ApplicationError) as raised:
        await run(make_host(), "f", {}, environment=environment())
    detail = raised.value.details[0]
    assert (raised.value.type, raised.value.non_retryable, raised.value.message) == ("KeyError", True, detail["cause"])
    assert detail["error"] == "KeyError"
    assert json.loads(detail["cause"])["requestId"] == request_id_of("State-1")


async def test_start_to_close_timeout_is_a_deadline(write: Write, make_host: MakeHost) -> None:
    write("f.py", "import time\ndef handler(event, context):\n    time.sleep(60)\n")
    with pytest.raises(ApplicationError, match=r"Task timed out after 0\.[0-9]{2} seconds"):
        await run(make_host(), "f", {}, environment=environment(start_to_close=0.5))


async def test_heartbeats_until_cancelled(write: Write, make_host: MakeHost) -> None:
    write("f.py", "import time\ndef handler(event, context):\n    time.sleep(60)\n")
    made, beats = environment(), asyncio.Queue[None]()
    made.on_heartbeat = lambda *_: beats.put_nowait(None)
    running = asyncio.create_task(run(make_host(), "f", {}, environment=made))
    await beats.get()
    await beats.get()
    made.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_orderly_stop_of_the_host_fails_the_call_as_its_death_does(write: Write, make_host: MakeHost) -> None:
    write("f.py", "import time\ndef handler(event, context):\n    time.sleep(60)\n")
    made, beats = environment(), asyncio.Queue[None]()
    made.on_heartbeat = lambda *_: beats.put_nowait(None)
    running = asyncio.create_task(run(make_host(), "f", {}, environment=made))
    await beats.get()
    made.cancel(ActivityCancellationDetails(worker_shutdown=True))
    with pytest.raises(ApplicationError, match="'f': the function host stopped in the middle of the call") as raised:
        await running
    assert raised.value.type == "Lambda.SdkClientException"


async def test_served_by_a_worker(write: Write, make_host: MakeHost, temporal_client: Client) -> None:
    write("price-order.py", "def handler(event, context):\n    return event['quantity'] * 2\n")
    queue = f"functions-{uuid.uuid4()}"
    async with Worker(temporal_client, task_queue=queue, activities=[function_activity(make_host())]):
        result = await temporal_client.execute_activity(
            "price_order", {"quantity": 3}, id=queue, task_queue=queue, start_to_close_timeout=timedelta(seconds=30)
        )
    assert result == 6


HOST = """
import asyncio, sys
from pathlib import Path
from activities.functions.host import FunctionHost
asyncio.run(FunctionHost(Path(sys.argv[1])).invoke("f", sys.argv[2], request_id="r"))
"""


async def test_processes_die_with_a_killed_host(write: Write, tmp_path: Path) -> None:
    write("f.py", "import time\ndef handler(event, context):\n    held = open(event, 'w')\n    time.sleep(60)\n")
    fifo = tmp_path / "held"
    os.mkfifo(fifo)
    host = await asyncio.create_subprocess_exec(sys.executable, "-c", HOST, str(tmp_path), str(fifo))
    with await asyncio.to_thread(fifo.open, "rb") as held:  # opens when the handler does
        host.send_signal(signal.SIGKILL)
        await host.wait()
        assert await asyncio.to_thread(held.read) == b""  # ends when the handler's process does
