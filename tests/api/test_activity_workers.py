"""Workers of activities as AWS's users write them: plain boto3 over HTTP, with heartbeats, and one that dies."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from api.aws_json.application import create_app
from api.aws_json.server import serve
from api.temporal_server import TemporalServer
from tests.support.engine import ROLE, running_engine

HEARTBEAT_SECONDS = 3


@dataclass
class Worker:
    """A worker's loop, in a thread of its own. `dies` is where it falls silent with a task in its hands."""

    url: str
    activity: str
    dies: bool = False
    beats: int = 1
    refused: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    took: threading.Event = field(default_factory=threading.Event)
    refusal: threading.Event = field(default_factory=threading.Event)

    def client(self) -> Any:
        return boto3.client(
            "stepfunctions",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def run(self) -> None:
        client = self.client()
        while not self.stopped.is_set():
            try:
                task = client.get_activity_task(activityArn=self.activity, workerName="plain")
            except BotoCoreError:
                return  # the door has closed
            if task.get("taskToken"):
                self.took.set()
                self._work(client, task["taskToken"], json.loads(task["input"]))

    def _work(self, client: Any, token: str, event: dict[str, Any]) -> None:
        if self.dies:
            self.stopped.wait()
            try:
                client.send_task_success(taskToken=token, output="{}")
            except ClientError as error:
                self.refused.append(error.response["Error"]["Code"])
                self.refusal.set()
            return
        for _ in range(self.beats):
            self.stopped.wait(HEARTBEAT_SECONDS / 4)
            client.send_task_heartbeat(taskToken=token)
        client.send_task_success(taskToken=token, output=json.dumps({"doubled": 2 * event["n"]}))


@dataclass(frozen=True)
class Setting:
    url: str
    client: Any
    activity: str

    async def run(self, **fields: Any) -> dict[str, Any]:
        """Run an execution of one Task on the activity to its end."""
        task = {"Type": "Task", "Resource": self.activity, "HeartbeatSeconds": HEARTBEAT_SECONDS, "End": True} | fields
        definition = json.dumps({"StartAt": "T", "States": {"T": task}})
        made = await asyncio.to_thread(
            self.client.create_state_machine, name=str(uuid4()), definition=definition, roleArn=ROLE
        )
        started = await asyncio.to_thread(
            self.client.start_execution, stateMachineArn=made["stateMachineArn"], input='{"n": 21}'
        )
        async with asyncio.timeout(60):
            while True:
                described: dict[str, Any] = await asyncio.to_thread(
                    self.client.describe_execution, executionArn=started["executionArn"]
                )
                if described["status"] != "RUNNING":
                    return described


async def _ready() -> bool:
    return True


@pytest.fixture
async def setting(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[Setting]:
    async with (
        running_engine(temporal_server, tmp_path, {}) as engine,
        serve(create_app(engine.service, ready=_ready), "127.0.0.1", 0, grace_seconds=0.1) as port,
    ):
        url = f"http://127.0.0.1:{port}"
        client = Worker(url, "").client()
        made = await asyncio.to_thread(client.create_activity, name=str(uuid4()))
        yield Setting(url, client, made["activityArn"])


def _started(worker: Worker) -> Worker:
    threading.Thread(target=worker.run, daemon=True).start()
    return worker


async def test_heartbeats_keep_a_task(setting: Setting) -> None:
    worker = _started(Worker(setting.url, setting.activity, beats=5))  # longer than HeartbeatSeconds
    described = await setting.run()
    worker.stopped.set()
    assert (described["status"], described.get("output")) == ("SUCCEEDED", '{"doubled":42}')


async def test_another_worker_takes_over_from_one_that_died(setting: Setting) -> None:
    dying = _started(Worker(setting.url, setting.activity, dies=True))
    retry = [{"ErrorEquals": ["States.HeartbeatTimeout"], "IntervalSeconds": 1, "MaxAttempts": 2}]
    running = asyncio.create_task(setting.run(Retry=retry))
    await asyncio.to_thread(dying.took.wait, 30)
    other = _started(Worker(setting.url, setting.activity))

    described = await running

    dying.stopped.set()
    other.stopped.set()
    assert (described["status"], described.get("output")) == ("SUCCEEDED", '{"doubled":42}')
    await asyncio.to_thread(dying.refusal.wait, 30)
    assert dying.refused == ["TaskTimedOut"]
