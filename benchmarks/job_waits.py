"""`python -m benchmarks.job_waits`: what one worker needs while many executions wait for jobs (`.sync`).

The jobs are those of a small Glue API in this process, and run until the measuring is over. Progress goes to standard
error, the results to standard output; the last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import psutil
from aiohttp import web

from benchmarks.express.caller import boto3_client
from benchmarks.express.installation import Installation, installed
from benchmarks.processes import cpu_seconds

_ROLE: Final = "arn:aws:iam::123456789012:role/benchmark"
_DEFINITION: Final = {
    "StartAt": "Job",
    "States": {
        "Job": {
            "Type": "Task",
            "Resource": "arn:aws:states:::glue:startJobRun.sync",
            "Parameters": {"JobName": "job"},
            "End": True,
        }
    },
}
_MEGABYTE: Final = 1_000_000


class Jobs:
    """A Glue API whose runs do not end; it counts what it is asked, and sets `all_begun` when all are there."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.all_begun = asyncio.Event()
        self.begun = 0
        self.asked = 0

    async def answer(self, request: web.Request) -> web.Response:
        """StartJobRun and GetJobRun."""
        if request.headers["X-Amz-Target"].endswith("StartJobRun"):
            self.begun += 1
            if self.begun == self.expected:
                self.all_begun.set()
            body: dict[str, Any] = {"JobRunId": f"jr_{self.begun}"}
        else:
            self.asked += 1
            body = {"JobRun": {"Id": "jr", "JobRunState": "RUNNING"}}
        return web.Response(text=json.dumps(body), content_type="application/x-amz-json-1.1")


@asynccontextmanager
async def _served(jobs: Jobs) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_post("/", jobs.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _start(stage: Installation, jobs: Jobs, number: int) -> None:
    """Start the executions and wait until each has submitted its job."""
    client = boto3_client(stage.url, 10)
    made = await asyncio.to_thread(
        client.create_state_machine, name="waits", definition=json.dumps(_DEFINITION), roleArn=_ROLE
    )
    for _ in range(number):
        await asyncio.to_thread(client.start_execution, stateMachineArn=made["stateMachineArn"])
    await jobs.all_begun.wait()


async def measure(number: int, settling_seconds: float, seconds: float) -> dict[str, float]:
    """CPU in percent of a core and memory in MB of the worker, and questions for each second, while all jobs run."""
    jobs = Jobs(number)
    async with _served(jobs) as url:
        os.environ |= {"AWS_ENDPOINT_URL_GLUE": url, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
        async with installed() as stage, stage.worker() as pid:
            idle_memory = psutil.Process(pid).memory_info().rss
            _progress(f"starting {number} executions")
            await _start(stage, jobs, number)
            _progress(f"all wait; settling for {settling_seconds:.0f} s, measuring for {seconds:.0f} s")
            await asyncio.sleep(settling_seconds)
            before, server, asked, began = cpu_seconds(pid), cpu_seconds(stage.server.pid), jobs.asked, time.monotonic()
            await asyncio.sleep(seconds)
            elapsed = time.monotonic() - began
            return {
                "waits": number,
                "worker_cpu_percent": 100 * (cpu_seconds(pid) - before) / elapsed,
                "server_cpu_percent": 100 * (cpu_seconds(stage.server.pid) - server) / elapsed,
                "worker_memory_mb": psutil.Process(pid).memory_info().rss / _MEGABYTE,
                "idle_memory_mb": idle_memory / _MEGABYTE,
                "questions_per_second": (jobs.asked - asked) / elapsed,
            }


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and print the result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.job_waits", description=__doc__)
    parser.add_argument("--waits", type=int, default=500, help="executions that wait (%(default)s)")
    parser.add_argument("--settling", type=float, default=30.0, help="seconds before the measuring (%(default)s)")
    parser.add_argument("--seconds", type=float, default=60.0, help="seconds of measuring (%(default)s)")
    given = parser.parse_args()
    result = asyncio.run(measure(given.waits, given.settling, given.seconds))
    for name, value in result.items():
        print(f"{name.replace('_', ' '):<22}{value:>8.1f}")
    print(json.dumps({name: round(value, 2) for name, value in result.items()}))


if __name__ == "__main__":
    main()
