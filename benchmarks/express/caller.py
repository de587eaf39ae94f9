"""A caller in a process of its own, so that its CPU is counted apart: `python -m benchmarks.express.caller`.

It makes calls to warm up, says `ready`, waits for a line on its standard input, makes its calls, and prints what they
took as JSON: `{"cpu": seconds, "latencies": [seconds, ...]}`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final, Literal, get_args

import boto3
from botocore.config import Config
from temporalio.client import Client

from api.engine import compression_to
from benchmarks.cases import EXECUTION_TIMEOUT_SECONDS
from benchmarks.definitions import ORDER
from interpreter.values import json_text

Call = Literal["StartSyncExecution", "StartExecution", "StartExecution to its output", "start_workflow"]

_POLL_SECONDS: Final = 0.05
"""Between two calls of DescribeExecution of a caller that waits for an output."""

_WARM_UP_CALLS: Final = 50


def boto3_client(url: str, connections: int) -> Any:
    """A client of the HTTP door, as programs make one: signed, each call made once."""
    config = Config(max_pool_connections=connections, retries={"total_max_attempts": 1}, inject_host_prefix=False)
    return boto3.client(
        "stepfunctions",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="benchmark",
        aws_secret_access_key="benchmark",
        config=config,
    )


def call_through_boto3(url: str, call: Call, arn: str, threads: int, calls: int) -> None:
    """Make the calls from threads that share a client."""
    client = boto3_client(url, threads)
    text = json_text(ORDER)

    def once() -> None:
        match call:
            case "StartSyncExecution":
                answer = client.start_sync_execution(stateMachineArn=arn, input=text)
            case "StartExecution to its output":
                answer = _ended(client, client.start_execution(stateMachineArn=arn, input=text)["executionArn"])
            case _:
                client.start_execution(stateMachineArn=arn, input=text)
                return
        if answer.get("output") != text:
            raise RuntimeError(f"another output was expected: {answer}")

    _in_threads(once, threads, _WARM_UP_CALLS)
    _await_go()
    cpu = time.process_time()
    latencies = _in_threads(once, threads, calls)
    _tell(time.process_time() - cpu, latencies)


def _ended(client: Any, execution_arn: str) -> Any:
    """An execution once it has ended, asked for as programs do: AWS's API waits for none. Any: made by boto3."""
    while True:
        answer = client.describe_execution(executionArn=execution_arn)
        if answer["status"] != "RUNNING":
            return answer
        time.sleep(_POLL_SECONDS)


def _in_threads(once: Callable[[], None], threads: int, calls: int) -> list[float]:
    numbers, latencies = iter(range(calls)), list[float]()

    def lane() -> None:
        for _ in numbers:  # one iterator for all: `next` of a range's is atomic
            began = time.perf_counter()
            once()
            latencies.append(time.perf_counter() - began)

    lanes = [threading.Thread(target=lane) for _ in range(threads)]
    for each in lanes:
        each.start()
    for each in lanes:
        each.join()
    if len(latencies) != calls:
        raise RuntimeError(f"{calls - len(latencies)} of {calls} calls failed")
    return latencies


async def start_workflows(address: str, machine: str, lanes: int, calls: int) -> None:
    """Start workflows by `client.start_workflow`, as one does it by hand, `lanes` at once."""
    client = await Client.connect(address, grpc_compression=compression_to(address))

    async def lane(numbers: Iterator[int], latencies: list[float]) -> None:
        for _ in numbers:
            began = time.perf_counter()
            await client.start_workflow(
                machine,
                ORDER,
                id=f"{machine}:{uuid.uuid4()}",
                task_queue="nobody",
                execution_timeout=timedelta(seconds=EXECUTION_TIMEOUT_SECONDS),
            )
            latencies.append(time.perf_counter() - began)

    async def run(calls: int) -> list[float]:
        numbers, latencies = iter(range(calls)), list[float]()
        await asyncio.gather(*(lane(numbers, latencies) for _ in range(lanes)))
        return latencies

    await run(_WARM_UP_CALLS)
    await asyncio.to_thread(_await_go)
    cpu = time.process_time()
    latencies = await run(calls)
    _tell(time.process_time() - cpu, latencies)


def _await_go() -> None:
    print("ready", flush=True)
    if not sys.stdin.readline():
        sys.exit(1)


def _tell(cpu: float, latencies: list[float]) -> None:
    print(json.dumps({"cpu": cpu, "latencies": latencies}), flush=True)


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.express.caller", description=__doc__)
    parser.add_argument("call", choices=get_args(Call))
    parser.add_argument("--at", required=True, help="the HTTP door's URL, or Temporal's address")
    parser.add_argument("--machine", required=True, help="the state machine's ARN, or the workflow's type")
    parser.add_argument("--lanes", type=int, required=True, help="calls at once")
    parser.add_argument("--calls", type=int, required=True)
    given = parser.parse_args()
    if given.call == "start_workflow":
        asyncio.run(start_workflows(given.at, given.machine, given.lanes, given.calls))
    else:
        call_through_boto3(given.at, given.call, given.machine, given.lanes, given.calls)


if __name__ == "__main__":
    _main()
